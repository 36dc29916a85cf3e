"""w of each frame: the projection's, and its first rows blended with the music (`gance.md` §2.6)."""

from collections.abc import Sequence

import numpy as np

from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.projection_blend_parameters import ProjectionBlendParameters


def rows(plan: Plan, frames: Sequence[int], *, num_ws: int) -> np.ndarray:
    """(1 − α) w + α spectrum in rows 0…depth − 1; the others are the projection's, bit by bit. float32 [N, num_ws, W]

    A projection with fewer rows than the network lends its last one to the rest.
    """
    chosen: ProjectionBlendParameters = plan.parameters
    w = projected(plan, frames)
    w = w[:, np.minimum(np.arange(num_ws), w.shape[1] - 1)]
    if not chosen.music:
        return w
    depth = plan.value("depth", frames)
    takes_music = np.arange(num_ws) < depth[:, None]
    alpha = beside_rows(plan, "alpha", frames)
    return np.where(takes_music[..., None], (1 - alpha) * w + alpha * music(plan, frames), w)


def projected(plan: Plan, frames: Sequence[int]) -> np.ndarray:
    """The projection at those film frames, straight between two of its own. float32 [N, rows, W]"""
    w, place = plan.stages["projection"]["w"], plan.stages["timing"]["place"][list(frames)]
    before = np.floor(place).astype(np.int64)
    share = (place - before).astype(np.float32)[:, None, None]
    after = (before + 1) % len(w)
    return np.where(share == 0, w[before], (1 - share) * w[before] + share * w[after])


def music(plan: Plan, frames: Sequence[int]) -> np.ndarray:
    """The spectrum at those film frames, within its range. float32 [N, 1, V]"""
    bins = plan.stages["spectrum"]["bins"]
    heard = np.minimum(plan.stages["timing"]["heard"][list(frames)], len(bins) - 1)
    low, high = beside_rows(plan, "spectrum_low", frames), beside_rows(plan, "spectrum_high", frames)
    return low + (high - low) * bins[heard][:, None]


def beside_rows(plan: Plan, name: str, frames: Sequence[int]) -> np.ndarray:
    """A parameter as its routes drive it. -> float32 [N, 1, 1]"""
    return plan.value(name, frames).astype(np.float32)[:, None, None]
