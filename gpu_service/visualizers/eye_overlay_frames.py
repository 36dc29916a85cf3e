"""Which frames of projection-blend show their target's eyes, and those frames.

A run of likeness reaches over neighbours, so pictures are drawn in fixed batches, looked at once, and the last kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from gpu_service.eye_boxes import Box, EyeFinder, eye_finder
from gpu_service.networks.base import fit, to_uint8
from gpu_service.settings import read_settings
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.eye_overlay import Likeness, Limits, in_long_run, laid_over, likeness
from gpu_service.visualizers.projection_blend_parameters import ProjectionBlendParameters
from gpu_service.visualizers.projection_pictures import ProjectedPictures

# Frames are drawn for looking in batches that begin at multiples of this, whoever asks.
GRAIN, KEPT_BATCHES, KEPT_TARGETS = 8, 6, 16
# Distances are told for pictures that are so high, unless they are meant in pixels of the film.
HEIGHT_OF_DISTANCES = 1024
Drawer = Callable[[Sequence[int]], Tensor]


class EyesInPlan:
    """Remembered with its plan. `draw` draws frames without any overlay."""

    def __init__(self, plan: Plan, draw: Drawer, *, finder: EyeFinder | None = None) -> None:
        self.plan, self.draw = plan, draw
        self.find = finder or eye_finder(read_settings().face_landmarks)
        self.targets = ProjectedPictures(plan)
        self.limits = limits_of(plan)
        self.likenesses: dict[int, Likeness] = {}
        self._batches: OrderedDict[int, np.ndarray] = OrderedDict()
        self._targets: OrderedDict[int, tuple[np.ndarray, list[Box]]] = OrderedDict()

    def frames(self, frames: Sequence[int]) -> Tensor:
        """Those frames, uint8 [N, 3, H, W]."""
        return torch.from_numpy(np.stack([self._frame(frame) for frame in frames]))

    def shows(self, frame: int) -> bool:
        """Whether this frame shows its target's eyes."""
        return in_long_run(self._is_like, frame, run=self.limits.run, frames=self.plan.scene.frames)

    def _frame(self, frame: int) -> np.ndarray:
        picture = self._drawn(frame)
        return laid_over(picture, *self._target(frame)) if self.shows(frame) else picture

    def _is_like(self, frame: int) -> bool:
        if not is_calm(self.plan, frame):
            return False
        if frame not in self.likenesses:
            over, eyes = self._target(frame)
            picture = self._drawn(frame)
            self.likenesses[frame] = likeness(picture, over, self.find(picture) if eyes else [], eyes)
        return self.likenesses[frame].within(self.limits)

    def _drawn(self, frame: int) -> np.ndarray:
        number = frame // GRAIN
        if number not in self._batches:
            end = min((number + 1) * GRAIN, self.plan.scene.frames)
            self._batches[number] = self.draw(range(number * GRAIN, end)).numpy()
            room = KEPT_BATCHES + 2 * -(-self.limits.run // GRAIN)
            while len(self._batches) > room:
                self._batches.popitem(last=False)
        self._batches.move_to_end(number)
        return self._batches[number][frame % GRAIN]

    def _target(self, frame: int) -> tuple[np.ndarray, list[Box]]:
        """What was looked for, as large as the film, uint8 [3, H, W], and its eyes."""
        number = int(self.targets.place[frame])
        if number not in self._targets:
            picture = torch.from_numpy(self.targets.target(frame).transpose(2, 0, 1)[None] / np.float32(127.5) - 1)
            fitted = to_uint8(fit(picture, (self.plan.scene.height, self.plan.scene.width)))[0].numpy()
            self._targets[number] = (fitted, self.find(fitted))
            while len(self._targets) > KEPT_TARGETS:
                self._targets.popitem(last=False)
        return self._targets[number]


def limits_of(plan: Plan) -> Limits:
    """The three limits, for pictures of this film."""
    chosen: ProjectionBlendParameters = plan.parameters
    scale = plan.scene.height / HEIGHT_OF_DISTANCES if chosen.distance_in == "share" else 1.0
    return Limits(chosen.bbox_distance * scale, chosen.phash_distance, chosen.track_length)


def is_calm(plan: Plan, frame: int) -> bool:
    """Whether the music is plain enough there for eyes to show; where it is not known, it is not."""
    chosen: ProjectionBlendParameters = plan.parameters
    if not chosen.calm_only:
        return True
    changes = plan.stages["complexity"]["change"]
    heard = min(int(plan.stages["timing"]["heard"][frame]), len(changes) - 1)
    return bool(changes[heard] <= chosen.complexity_threshold)
