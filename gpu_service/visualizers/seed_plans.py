"""Plans of other seeds: where a cue changes the visualizer's seed, its frames are drawn from a plan of that seed."""

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gpu_service.protocol import SceneSpec

if TYPE_CHECKING:
    from torch import Tensor

    from gpu_service.visualizers.base import Plan

# So many are ready before the first picture; further ones are made when they are drawn, and the oldest leave. Of a
# track of hours there is room for fewer.
KEPT, KEPT_BYTES = 8, 1_500_000_000


class SeedPlans:
    """The plan of a scene, and those of its cues' seeds."""

    def __init__(self, plan: "Plan", make: "Callable[[SceneSpec], Plan]") -> None:
        self.plan, self.base = plan, int(plan.parameters.seed)
        self._make, self._lock = make, threading.Lock()
        self._kept: OrderedDict[int, Plan] = OrderedDict()
        size = sum(array.nbytes for arrays in plan.stages.values() for array in arrays.values())
        self.most = min(max(KEPT_BYTES // max(size, 1), 1), KEPT)

    def get_ready(self) -> None:
        """Make the first ones."""
        for seed in self.plan.score.all_seeds(base=self.base)[: self.most]:
            self.of(seed)

    def of(self, seed: int) -> "Plan":
        """The plan of that seed."""
        if seed == self.base:
            return self.plan
        with self._lock:
            if seed not in self._kept:
                self._kept[seed] = self._make(self._scene(seed))
            self._kept.move_to_end(seed)
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
            return self._kept[seed]

    def _scene(self, seed: int) -> SceneSpec:
        scene = self.plan.scene
        actions = [action for action in scene.actions if action.kind not in ("seed", "hold")]
        return scene.model_copy(update={"parameters": {**scene.parameters, "seed": seed}, "actions": actions})

    def draw(self, frames: Sequence[int], draw: "Callable[[Plan, Sequence[int]], Tensor]") -> "Tensor":
        """Each frame from the plan of its seed. -> uint8 [N, 3, H, W]"""
        groups: dict[int, list[int]] = defaultdict(list)
        for place, seed in enumerate(self.plan.score.seeds(frames, base=self.base)):
            groups[seed].append(place)
        if len(groups) == 1:
            return draw(self.of(next(iter(groups))), frames)
        # torch takes seconds to import, and only drawing needs it.
        import torch

        drawn = {seed: draw(self.of(seed), [frames[place] for place in places]) for seed, places in groups.items()}
        first = next(iter(drawn.values()))
        pictures = torch.empty(len(frames), *first.shape[1:], dtype=first.dtype)
        for seed, places in groups.items():
            pictures[places] = drawn[seed]
        return pictures
