"""A run's folder: what it is (run.json), what it said (stats.jsonl), checkpoints, snapshots; one trainer at a time.

RUN/run.json  RUN/stats.jsonl  RUN/checkpoints/  RUN/snapshots/
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from gpu_service.protocol import Report, TrainingConfig
from gpu_service.training.checkpoint_file import NO_ROOM
from gpu_service.training.errors import TrainingError
from gpu_service.whole_files import write_whole

Fit = Literal["exact", "pad", "crop"]
# A trainer that was told to end may be writing its checkpoint.
LOCK_SECONDS = 5.0


class PicturesFacts(BaseModel):
    """Which pictures a run learns from. `fingerprint` is that of their names and contents, wherever they lie."""

    model_config = ConfigDict(frozen=True)

    path: str
    count: int
    fingerprint: str


class RunFacts(BaseModel):
    """What a run is, from its beginning to its end. `start` = SHA-256 of the snapshot that it was fine-tuned from."""

    model_config = ConfigDict(frozen=True)

    form: Literal[1] = 1
    name: str
    config: TrainingConfig
    pictures: PicturesFacts
    fit: Fit = "exact"
    start: str | None = None
    aspect: float | None = None
    begun_at: str = ""


class Kept(BaseModel):
    """The facts of a checkpoint: enough to go on where run.json is not. `seconds` = the run's own clock."""

    model_config = ConfigDict(frozen=True)

    config: TrainingConfig
    pictures: PicturesFacts
    pictures_shown: int
    trainer: dict[str, Any]
    seconds: float
    snapped_at: int
    snapshots_asked: int


class RunFolder:
    """Paths, and the two small files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.facts_path, self.stats_path = path / "run.json", path / "stats.jsonl"
        self.checkpoints, self.snapshots = path / "checkpoints", path / "snapshots"
        self._waiting = b""

    def make(self) -> None:
        """Make the folders. Raises TrainingError where something else lies."""
        try:
            for folder in (self.path, self.checkpoints, self.snapshots):
                folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TrainingError(f"The run's folder {self.path} cannot be made: {error.strerror}.") from error

    @contextmanager
    def locked(self, *, alone: bool = True, patience_seconds: float = LOCK_SECONDS) -> Iterator[None]:
        """Be the only trainer of this run; `alone` False: one of several whose first holds the lock.

        Raises TrainingError while another one is at work.
        """
        if not alone:
            yield
            return
        handle = os.open(self.path, os.O_RDONLY)
        try:
            _lock(handle, self.path, patience_seconds)
            yield
        finally:
            os.close(handle)

    def facts(self) -> RunFacts | None:
        """What run.json says; None where no run was begun. Raises TrainingError when it cannot be read."""
        if not self.facts_path.exists():
            return None
        try:
            return RunFacts.model_validate_json(self.facts_path.read_bytes())
        except (ValidationError, OSError) as error:
            raise TrainingError(f"{self.facts_path} is no record of a run. Choose another folder.") from error

    def write_facts(self, facts: RunFacts) -> None:
        """Replace run.json, whole or not at all."""
        write_whole(self.facts_path, facts.model_dump_json(indent=2) + "\n", to_disk=True)

    def append(self, report: Report) -> None:
        """One line of what happened, and when. While the disk is full, lines wait for the next one."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **report.model_dump(mode="json")}
        self._waiting += json.dumps(line, ensure_ascii=False).encode() + b"\n"
        try:
            with self.stats_path.open("ab", buffering=0) as file:
                if _add(file, self._waiting):
                    self._waiting = b""
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise

    def has_made(self, kimg: float) -> bool:
        """Whether a snapshot of that age was finished."""
        return any(line.get("kind") == "snapshot" and line.get("kimg") == kimg for line in _lines(self.stats_path))


def _add(file: FileIO, data: bytes) -> bool:
    """Write all of it, or nothing, at the beginning of a line. -> whether it was written"""
    place = file.seek(0, os.SEEK_END)
    with open(file.name, "rb") as before:
        before.seek(max(place - 1, 0))
        if before.read(1) not in (b"", b"\n"):  # a killed writer left half a line
            data = b"\n" + data
    try:
        if file.write(data) == len(data):
            return True
    except OSError:
        file.truncate(place)
        raise
    file.truncate(place)
    return False


def _lines(path: Path) -> Iterator[dict[str, object]]:
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            for text in file:
                try:
                    line = json.loads(text)
                except ValueError:
                    continue
                if isinstance(line, dict):
                    yield line


def _lock(handle: int, shown: Path, patience_seconds: float) -> None:
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() - began > patience_seconds:
                raise TrainingError(f"Another trainer is at work on {shown}. Wait for it, or end it.") from error
            time.sleep(0.1)
        else:
            return
