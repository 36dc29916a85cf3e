"""A disk that can be cut at any operation and at any byte: what the spool did is recorded, then replayed in part.

The model is harder than a real file system: bytes that were not yet synced may end anywhere, and of the renames that no
sync of their folder has followed, any may be missing.
"""

import random
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from capture_agent import durable


@dataclass
class Recorder:
    """Every write, rename and sync of `capture_agent.durable` below `folder`, in order."""

    folder: Path
    steps: list[tuple] = field(default_factory=list)

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        write, rename, sync = durable.write_temporary, durable.rename, durable.sync_folder

        def recorded_write(folder: Path, data: bytes):
            written = write(folder, data)
            self.steps.append(("write", self._within(written[0]), data))
            return written

        def recorded_rename(source: Path, target: Path) -> None:
            rename(source, target)
            self.steps.append(("rename", self._within(source), self._within(target)))

        def recorded_sync(folder: Path) -> None:
            sync(folder)
            self.steps.append(("sync", self._within(folder)))

        monkeypatch.setattr(durable, "write_temporary", recorded_write)
        monkeypatch.setattr(durable, "rename", recorded_rename)
        monkeypatch.setattr(durable, "sync_folder", recorded_sync)

    def _within(self, path: Path) -> Path:
        return path.relative_to(self.folder) if path.is_relative_to(self.folder) else Path()

    def disk_after(self, cut: int, target: Path, chance: random.Random) -> None:
        """The disk as it may look when the power went in the middle of step number `cut`."""
        for folder in [one for one in self.folder.rglob("*") if one.is_dir()]:
            (target / folder.relative_to(self.folder)).mkdir(parents=True, exist_ok=True)
        pending: list[tuple[Path, Path]] = []
        for number, step in enumerate(self.steps[: cut + 1]):
            if step[0] == "write":
                whole = number < cut
                data = step[2] if whole else step[2][: chance.randint(0, len(step[2]))]
                (target / step[1]).write_bytes(data)
            elif step[0] == "rename":
                pending.append((target / step[1], target / step[2]))
            elif step[0] == "sync" and number < cut:
                # A later rename of the same file waits for the earlier one.
                for source, new in [one for one in pending if one[1].parent == target / step[1]]:
                    self._rename(source, new)
                    pending.remove((source, new))
        for source, new in pending:
            if chance.random() < 0.5:
                self._rename(source, new)

    def _rename(self, source: Path, new: Path) -> None:
        if source.exists():
            source.replace(new)


def cut_files(folder: Path, target: Path, chance: random.Random, share: float = 0.3) -> set[str]:
    """A copy of a tree in which some files end at a random byte. -> the names of those that were cut"""
    shutil.copytree(folder, target)
    cut = set()
    for path in sorted(one for one in target.rglob("*") if one.is_file()):
        if chance.random() < share and path.stat().st_size:
            with path.open("r+b") as file:
                file.truncate(chance.randrange(path.stat().st_size))
            cut.add(path.name)
    return cut
