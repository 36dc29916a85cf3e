"""The pictures of a projection file by film frame: what was looked for, and what was found."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from gpu_service.errors import RenderError
from gpu_service.projection.file import Projection
from gpu_service.projection.safe_hdf5 import opened
from gpu_service.visualizers.base import Plan

NOTHING = np.zeros((64, 64, 3), np.uint8)


class ProjectedPictures:
    """Reads one pair at a time and keeps the last."""

    def __init__(self, plan: Plan) -> None:
        self.place = plan.stages["timing"]["place"]
        self.file = _at(plan.materials.file(plan.scene.projections[0].sha256), plan.stages["projection"]["w"])
        self._last: tuple[int, list[np.ndarray]] | None = None

    def both(self, frame: int) -> Sequence[np.ndarray]:
        """Target and result, [H, W, 3]; black where the file holds none."""
        number = int(self.place[frame])
        if self._last is None or self._last[0] != number:
            self._last = (number, [_or_nothing(self.file.target, number), _or_nothing(self.file.final, number)])
        return self._last[1]

    def target(self, frame: int) -> np.ndarray:
        """What was looked for, uint8 [H, W, 3]. RenderError where the file holds no target."""
        return self.file.target(int(self.place[frame]))


def _at(path: Path, w: np.ndarray) -> Projection:
    """The file again, without reading its latents a second time."""
    from gpu_service.projection.facts import read_facts

    with opened(path) as file:
        facts = read_facts(file, path)
    return Projection(path, facts, w, losses=np.full(len(w), np.nan), steps=np.zeros(len(w), int))


def _or_nothing(read: Callable[[int], np.ndarray], number: int) -> np.ndarray:
    try:
        return read(number)
    except RenderError:
        return NOTHING
