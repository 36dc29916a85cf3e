"""The last picture of each preview that stands still: it can be sent once more, finer, without being drawn again."""

from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from gpu_service.visualizers.base import Plan

KEPT = 4


class Stills:
    """Pictures by their plan's key; a plan that was made anew has drawn none yet."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[Plan, int, np.ndarray]] = OrderedDict()

    def find(self, key: str, plan: Plan, frames: Sequence[int]) -> np.ndarray | None:
        """uint8 [1, 3, H, W], if this plan's last picture was this one."""
        kept = self._kept.get(key)
        return kept[2] if kept is not None and kept[0] is plan and [kept[1]] == list(frames) else None

    def keep(self, key: str, plan: Plan, frames: Sequence[int], drawn: np.ndarray) -> None:
        """Pictures of a film that plays come in numbers: only single ones stand."""
        self.forget(key)
        if len(frames) == 1:
            self._kept[key] = (plan, frames[0], drawn)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def forget(self, key: str) -> None:
        """Let go of a plan's picture."""
        self._kept.pop(key, None)
