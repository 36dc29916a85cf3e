"""Drawing by network instead of by time, where not all snapshots of a film fit into memory (`gance.md` §2.7, G6).

Pictures wait in a file and leave it in time order. Each is drawn in the company that it would have had anyway (those of
its batch that the same network draws), so that not a bit changes.
"""

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gpu_service.routes.mixes import Mix
from gpu_service.visualizers.base import Plan, Visualizer

MOST_WAITING_BYTES = 32 << 30


@dataclass(frozen=True)
class Item:
    """Frames of one batch that draw with the same snapshots."""

    mix: Mix
    batch: range
    frames: tuple[int, ...]


class Grouped:
    """Batches of a stretch of film. Call `step` until nothing is `left`; then, or before, take what `has` come."""

    def __init__(
        self, visualizer: Visualizer, plan: Plan, items: Sequence[Item], *, folder: Path, backwards: bool = False
    ) -> None:
        self.visualizer, self.plan = visualizer, plan
        self.left = sorted(items, key=lambda item: (item.mix, item.batch.start), reverse=backwards)
        self._missing: dict[int, int] = defaultdict(int)
        for item in items:
            self._missing[item.batch.start] += 1
        self._first = min(item.batch.start for item in items)
        end = max(item.batch.stop for item in items)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives as long as this does
        shape = (end - self._first, 3, plan.scene.height, plan.scene.width)
        self._pictures = np.memmap(self._file, np.uint8, "w+", shape=shape)

    def step(self) -> Sequence[int]:
        """Draw the next frames of one network. -> which"""
        item = self.left.pop(0)
        drawn = self.visualizer.draw(self.plan, item.frames, quality="film").numpy()
        self._pictures[[frame - self._first for frame in item.frames]] = drawn
        self._missing[item.batch.start] -= 1
        return item.frames

    def has(self, batch: range) -> bool:
        """Whether all of a batch is drawn."""
        return self._missing[batch.start] == 0

    def take(self, batch: range) -> np.ndarray:
        """Its pictures, uint8 [N, 3, H, W]."""
        return np.array(self._pictures[batch.start - self._first : batch.stop - self._first])

    def close(self) -> None:
        """Give the file back."""
        del self._pictures
        self._file.close()


def grouped(
    visualizer: Visualizer, plan: Plan, batches: Iterable[range], *, folder: Path, backwards: bool = False
) -> Grouped | None:
    """None where all networks fit, where one draws everything, or where frames do not say which one draws them.

    `backwards` begins with the network that the stretch before has ended with.
    """
    if plan.materials.networks_fit():
        return None
    items: list[Item] = []
    for batch in batches:
        mixes = visualizer.network_mixes(plan, plan.score.shown(batch))
        if mixes is None:
            return None
        for mix in sorted(set(mixes)):
            frames = tuple(frame for frame, own in zip(batch, mixes, strict=True) if own == mix)
            items.append(Item(mix, batch, frames))
    if len({item.mix for item in items}) < 2:
        return None
    return Grouped(visualizer, plan, items, folder=folder, backwards=backwards)


def may_wait(plan: Plan, frames: int, *, folder: Path) -> bool:
    """Whether the pictures of so many frames have room there."""
    wanted = frames * 3 * plan.scene.height * plan.scene.width
    return wanted <= min(MOST_WAITING_BYTES, shutil.disk_usage(folder).free // 2)
