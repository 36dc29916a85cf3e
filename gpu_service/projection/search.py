"""The search for several frames at once: Adam on their w, a smoothness term between neighbours, an end on a plateau.

It can be kept and gone on with after every step, to the same bits.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gpu_service.projection.easel import Easel
from gpu_service.projection.losses import Losses

BETAS, TINY = (0.9, 0.99), 1e-8
# Half precision ends where gradients of pictures begin.
HALF_SCALE = 4096.0
# Of the smoothness term, where it is set to 1: small beside any loss, so that only what the loss does not see is moved.
SMOOTHNESS_UNIT = 0.02
# Of the pull, where it is set to 1: at first, for it lets go with the rate. Pixels then stay among faces with eyes.
PULL_UNIT = 0.1
# Nothing is gained any more: less than that share of the loss in so many steps.
PLATEAU_SHARE, PLATEAU_STEPS = 0.004, 8
ALWAYS_SHARE = 0.25


@dataclass(frozen=True)
class Plan:
    """`rate` in standard deviations of w a step, at first; it falls to 0 over `steps`, or sooner on a plateau."""

    steps: int
    rate: float
    smoothness: float = 0.0
    pull: float = 0.0
    fits_noise: bool = False
    noise_rate: float = 0.1


class Descent:
    """Adam on one array, its moments open to be kept."""

    def __init__(self, value: Tensor) -> None:
        self.value = value.detach().clone().requires_grad_(True)
        self.first, self.second = torch.zeros_like(self.value), torch.zeros_like(self.value)

    @torch.no_grad()
    def step(self, rate: float, number: int, scale: float) -> None:
        """One step along the gradient, which was scaled."""
        if self.value.grad is None:
            return
        gradient = torch.nan_to_num(self.value.grad / scale, posinf=0.0, neginf=0.0)
        self.first.lerp_(gradient, 1 - BETAS[0])
        self.second.lerp_(gradient.square(), 1 - BETAS[1])
        size = (self.second / (1 - BETAS[1] ** number)).sqrt() + TINY
        self.value -= rate / (1 - BETAS[0] ** number) * self.first / size
        self.value.grad = None


class Search:
    """n frames. `before` and `after` are the found w of their neighbours [W] or [num_ws, W], where there are any."""

    def __init__(
        self,
        easel: Easel,
        losses: Losses,
        targets: Tensor,
        start: Tensor,
        plan: Plan,
        *,
        noise: Tensor | None = None,
        before: Tensor | None = None,
        after: Tensor | None = None,
    ) -> None:
        self.easel, self.losses, self.plan = easel, losses, plan
        self.before, self.after = before, after
        with torch.no_grad():
            self.wanted = losses.look(targets)
        self._w = Descent(start)
        maps = easel.own_noise if noise is None else noise
        self._noise = Descent(maps.expand(len(start), -1)) if plan.fits_noise else None
        self._fixed = maps
        self.number, self.end = 0, plan.steps
        self.course: list[float] = []
        self.frame_losses = torch.full((len(start),), math.nan)
        self._scale = HALF_SCALE if easel.precision == "fp16" else 1.0

    @property
    def is_done(self) -> bool:
        return self.number >= self.end

    @property
    def w(self) -> Tensor:
        """Where it is. [n, W] or [n, num_ws, W]"""
        return self._w.value.detach()

    @property
    def noise(self) -> Tensor:
        """The maps that it draws with, [n or 1, numbers]."""
        return self._fixed if self._noise is None else self._noise.value.detach()

    def step(self) -> Tensor:
        """One drawing of every frame, one step of each. -> what was drawn"""
        w, noise = self._w.value, self._fixed if self._noise is None else self._noise.value
        share = self._share()
        pictures = self.easel.paint(w, noise)
        each = self.losses.apart(pictures, self.wanted)
        loss = each.sum()
        if self.plan.smoothness:
            loss = loss + self.plan.smoothness * SMOOTHNESS_UNIT * self._roughness(w)
        if self.plan.pull:
            loss = loss + self.plan.pull * PULL_UNIT * share * self.easel.usual.strayed(w).sum()
        (loss * self._scale).backward()
        self.number += 1
        self._w.step(self.plan.rate * self.easel.spread.each * share, self.number, self._scale)
        if self._noise is not None:
            self._noise.step(self.plan.noise_rate * share, self.number, self._scale)
            self.easel.maps.straighten(self._noise.value)
        self.frame_losses = each.detach().cpu()
        self.course.append(float(self.frame_losses.mean()))
        self._look_for_plateau()
        return pictures.detach()

    def _share(self) -> float:
        """Of the rate: a quarter of a wave, from 1 to 0."""
        return 0.5 + 0.5 * math.cos(math.pi * min(1.0, self.number / self.end))

    def _roughness(self, w: Tensor) -> Tensor:
        """Squared steps between neighbours, in standard deviations of a number, summed over frames."""
        rows = [w]
        if self.before is not None:
            rows.insert(0, self.before[None])
        if self.after is not None:
            rows.append(self.after[None])
        whole = torch.cat(rows)
        steps = (whole[1:] - whole[:-1]) / self.easel.spread.each
        return steps.square().flatten(1).mean(dim=1).sum()

    def _look_for_plateau(self) -> None:
        """The rate falls over the next steps, where the last ones gained nothing."""
        if self.number < 2 * PLATEAU_STEPS or self.number < ALWAYS_SHARE * self.plan.steps:
            return
        recent, earlier = self.course[-PLATEAU_STEPS:], self.course[-2 * PLATEAU_STEPS : -PLATEAU_STEPS]
        gained = 1 - sum(recent) / max(sum(earlier), TINY)
        if gained < PLATEAU_SHARE:
            self.end = min(self.end, self.number + PLATEAU_STEPS)

    def state(self) -> dict[str, np.ndarray]:
        """Everything that the next step depends on."""
        held = {
            "place": np.array([self.number, self.end]),
            "course": np.array(self.course),
            "losses": self.frame_losses.numpy(),
        }
        for name, descent in (("w", self._w), ("noise", self._noise)):
            if descent is not None:
                parts = (("", descent.value.detach()), ("_first", descent.first), ("_second", descent.second))
                held |= {name + part: tensor.cpu().numpy() for part, tensor in parts}
        return held

    def restore(self, held: Mapping[str, np.ndarray]) -> None:
        """Go on from there."""
        self.number, self.end = (int(number) for number in held["place"])
        self.course = [float(loss) for loss in held["course"]]
        self.frame_losses = torch.from_numpy(np.array(held["losses"]))
        for name, descent in (("w", self._w), ("noise", self._noise)):
            if descent is not None:
                with torch.no_grad():
                    for part, tensor in (("", descent.value), ("_first", descent.first), ("_second", descent.second)):
                        tensor.copy_(torch.from_numpy(np.array(held[name + part])))
