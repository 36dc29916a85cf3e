"""The checkpoints of a run: the last two are kept, and that of the newest snapshot; a damaged one gives way."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from torch import Tensor

from gpu_service.training.checkpoint_facts import NAME
from gpu_service.training.checkpoint_file import (
    NO_ROOM,
    DamagedCheckpoint,
    read_checkpoint,
    size_bytes,
    write_checkpoint,
)
from gpu_service.training.errors import TrainingError

KEPT = 2
# What else the run writes before the next checkpoint: reports, a sheet.
SPARE_BYTES = 8 << 20
PATTERN = "checkpoint-" + "[0-9]" * 12 + ".safetensors"


class NoRoom(TrainingError):
    """The disk is full. The checkpoints before are untouched."""


@dataclass(frozen=True)
class Found:
    """A checkpoint that is whole. `damaged`: sentences about newer ones that are not."""

    path: Path
    tensors: dict[str, Tensor]
    facts: dict[str, Any]
    damaged: list[str] = field(default_factory=list)


def free_bytes(folder: Path) -> int:
    """Room on the disk of a folder."""
    return shutil.disk_usage(folder).free


class Checkpoints:
    """Files named after the pictures shown until then. `room` says how many bytes are free."""

    def __init__(self, folder: Path, *, room: Callable[[Path], int] = free_bytes) -> None:
        self.folder, self.room = folder, room
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, pictures: int) -> Path:
        """Where the checkpoint after so many pictures lies."""
        return self.folder / NAME.format(pictures)

    def all(self) -> list[Path]:
        """From the oldest to the newest."""
        return sorted(self.folder.glob(PATTERN))

    def newest_whole(self) -> Found | None:
        """The newest that is as it was written; those that are not lie aside as .damaged. TrainingError: none is."""
        told: list[str] = []
        for path in reversed(self.all()):
            try:
                tensors, facts = read_checkpoint(path)
            except DamagedCheckpoint as error:
                path.replace(path.with_suffix(".damaged"))
                told.append(str(error))
                continue
            return Found(path, tensors, facts, told)
        if told:
            raise TrainingError(f"{' '.join(told)} There is no other. Begin again in another folder, from a snapshot.")
        return None

    def save(self, pictures: int, tensors: Mapping[str, Tensor], facts: Mapping[str, Any], *, keep: set[Path]) -> Path:
        """Write one and throw out the old but `keep`. Raises NoRoom, and leaves the ones before as they are."""
        path, needed = self.path(pictures), size_bytes(tensors, facts) + SPARE_BYTES
        for left in self.folder.glob(".checkpoint-*.part"):  # by a writer that was killed
            left.unlink(missing_ok=True)
        if self.room(self.folder) < needed:
            # Two whole ones are a luxury where there is no room for a third.
            self._prune(1, keep=set())
        if (free := self.room(self.folder)) < needed:
            raise NoRoom(_sentence(needed, free))
        try:
            write_checkpoint(path, tensors, facts)
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise TrainingError(f"The checkpoint could not be written: {error.strerror}.") from error
            raise NoRoom(_sentence(needed, self.room(self.folder))) from error
        self._prune(KEPT, keep=keep)
        return path

    def _prune(self, kept: int, *, keep: set[Path]) -> None:
        for path in self.all()[:-kept]:
            if path not in keep:
                path.unlink(missing_ok=True)
        if len(self.all()) >= KEPT:
            for path in self.folder.glob("checkpoint-*.damaged"):
                path.unlink(missing_ok=True)


def _sentence(needed: int, free: int) -> str:
    return (
        f"The disk of the run is full: a checkpoint needs {needed / 1e6:.0f} MB, {free / 1e6:.0f} MB are free. "
        "Free space there."
    )
