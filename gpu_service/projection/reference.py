"""The published recipe, as GANce used it: every frame by itself, from the mean, one w and all noise maps, Adam.

Karras et al. 2020, appendix D. Slow, and the measure of everything else: see `quick`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from gpu_service.projection.course import distances_to
from gpu_service.projection.easel import Easel
from gpu_service.projection.losses import Losses

RATE, RAMP_DOWN, RAMP_UP = 0.1, 0.25, 0.05
SHAKING, SHAKING_UNTIL = 0.05, 0.75
PATTERN_WEIGHT = 1e5
OnStep = Callable[[int, float], None]


@dataclass
class History:
    """What was kept of each step, where asked: latents [num_ws, W], noises [numbers], images [3, R, R]."""

    latents: list[np.ndarray] = field(default_factory=list)
    noises: list[np.ndarray] = field(default_factory=list)
    images: list[np.ndarray] = field(default_factory=list)


@dataclass(frozen=True)
class Found:
    """The end of a search. `losses` [steps] with the noise term; `w` [W], `noise` [numbers].

    `distances` float32 [steps]: how far w lay from its last after each step, summed over all rows.
    """

    w: Tensor
    noise: Tensor
    losses: np.ndarray
    history: History
    distances: np.ndarray


def rate_at(t: float) -> float:
    """The learning rate at share t of the way."""
    down = 0.5 - 0.5 * math.cos(math.pi * min(1.0, (1 - t) / RAMP_DOWN))
    return RATE * down * min(1.0, t / RAMP_UP)


def shaking_at(t: float, sigma: float) -> float:
    """How far w is shaken at share t of the way."""
    return sigma * SHAKING * max(0.0, 1 - t / SHAKING_UNTIL) ** 2


def project_cold(
    target: Tensor,
    easel: Easel,
    losses: Losses,
    *,
    steps: int,
    seed: int = 0,
    keep: tuple[str, ...] = (),
    on_step: OnStep = lambda step, loss: None,
) -> Found:
    """Search for one picture, about −1…1 [3, R, R]. `keep`: latents, noises, images of each step."""
    chance = torch.Generator().manual_seed(seed)
    spread = easel.spread
    with torch.no_grad():
        wanted = losses.look(target[None])
    w = spread.mean[None].clone().requires_grad_(True)
    noise = torch.randn(1, easel.maps.numbers, generator=chance).to(easel.device).requires_grad_(True)
    adam = torch.optim.Adam([w, noise], betas=(0.9, 0.999), lr=RATE)
    course, history, way = list[float](), History(), list[np.ndarray]()
    for step in range(steps):
        t = step / steps
        adam.param_groups[0]["lr"] = rate_at(t)
        shaken = w + torch.randn(w.shape, generator=chance).to(w) * shaking_at(t, spread.sigma)
        picture = easel.paint(shaken, noise)
        loss = losses.apart(picture, wanted)[0] + PATTERN_WEIGHT * easel.maps.pattern(noise)[0]
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        easel.maps.normalise(noise)
        course.append(float(loss.detach()))
        way.append(w.detach().cpu().numpy()[:, None].copy())
        _keep(history, keep, w, noise, picture, easel)
        on_step(step + 1, course[-1])
    last = np.repeat(way[-1], easel.num_ws, axis=1)
    distances = distances_to(last, way, num_ws=easel.num_ws)[0]
    return Found(w.detach()[0], noise.detach()[0], np.array(course), history, distances)


def _keep(history: History, keep: tuple[str, ...], w: Tensor, noise: Tensor, picture: Tensor, easel: Easel) -> None:
    if "latents" in keep:
        rows = w.detach().expand(easel.num_ws, -1)
        history.latents.append(rows.cpu().numpy().copy())
    if "noises" in keep:
        history.noises.append(noise.detach()[0].cpu().numpy().copy())
    if "images" in keep:
        history.images.append(picture.detach()[0].cpu().numpy().copy())
