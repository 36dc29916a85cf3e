"""A projection on its way, on disk: done frames as parts, and the search in hand, so that a crash loses almost nothing.

Everything is written aside and moved into place, so that each file is whole or not there.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.projection.writing import settle

PART = re.compile(r"part-(\d{6})-(\d{6})\.hdf5")


class WorkFolder:
    """`parts` of frames that follow one another; `order.json` says of what; `state.npz` is the search in hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.state_path = path / "state.npz"

    def begun(self) -> dict[str, Any]:
        """The order that lies there; nothing where none does."""
        kept = self.path / "order.json"
        return dict(json.loads(kept.read_text(encoding="utf-8"))) if kept.exists() else {}

    def begin(self, order: Mapping[str, Any]) -> None:
        """Take the order, or see that it is of the one that lies there. RenderError where it is of another."""
        self.path.mkdir(parents=True, exist_ok=True)
        kept = self.path / "order.json"
        told = json.dumps(order, sort_keys=True, indent=2)
        if not kept.exists():
            partial = kept.with_name(".order.json.part")
            partial.write_text(told, encoding="utf-8")
            settle(partial, kept)
            return
        before = self.begun()
        for name in ("target", "snapshot"):
            if before.get(name) != order[name]:
                raise RenderError(
                    f"The projection in {self.path.name} was begun with another {name}. Go on with it, or anew.",
                    kind="bad_input",
                )

    def parts(self) -> list[Path]:
        """Those that follow one another from frame 0 on."""
        found: dict[int, tuple[int, Path]] = {}
        if self.path.is_dir():
            for path in self.path.iterdir():
                if named := PART.fullmatch(path.name):
                    found[int(named[1])] = (int(named[2]), path)
        following, place = [], 0
        while place in found:
            place, path = found[place]
            following.append(path)
        return following

    def part(self, first: int, end: int) -> Path:
        """Where frames `first` … `end` - 1 go."""
        return self.path / f"part-{first:06d}-{end:06d}.hdf5"

    def take_part(self, part: Path, first: int, end: int) -> None:
        """A copy of a batch that was found elsewhere; what overlaps it here goes."""
        for path in self.path.iterdir():
            if (named := PART.fullmatch(path.name)) and int(named[1]) < end and int(named[2]) > first:
                path.unlink()
        target = self.part(first, end)
        partial = target.with_name(f".{target.name}.part")
        shutil.copyfile(part, partial)
        settle(partial, target)

    @property
    def done(self) -> int:
        """Frames that are found."""
        parts = self.parts()
        return span(parts[-1])[1] if parts else 0

    def keep_state(self, state: Mapping[str, np.ndarray]) -> None:
        """The search in hand, in place of the one before."""
        partial = self.path / ".state.npz.part"
        with partial.open("wb") as file:
            np.savez(file, **state)  # type: ignore[arg-type]  # arrays by name
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self.state_path)

    def state(self) -> dict[str, np.ndarray]:
        """The search in hand; nothing where there is none or it cannot be read."""
        try:
            with np.load(self.state_path, allow_pickle=False) as held:
                return {name: held[name] for name in held.files}
        except (OSError, ValueError, EOFError, KeyError):
            return {}

    def remove(self) -> None:
        """The projection is whole; nothing of this is needed."""
        shutil.rmtree(self.path, ignore_errors=True)


def span(part: Path) -> tuple[int, int]:
    """First frame and end of a part."""
    named = PART.fullmatch(part.name)
    assert named is not None
    return int(named[1]), int(named[2])
