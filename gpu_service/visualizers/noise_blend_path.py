"""The vector of each frame: noise and spectrum blended, and no faster than the flicker limit allows."""

from collections.abc import Sequence

import numpy as np

from gpu_service.music.smoothed_noise import read_at
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.noise_blend_parameters import NoiseBlendParameters


def vectors(plan: Plan, frames: Sequence[int]) -> np.ndarray:
    """z of those frames. -> float32 [N, V]"""
    chosen: NoiseBlendParameters = plan.parameters
    if chosen.flicker_limit == 0:
        return blend(plan, np.asarray(frames))
    path = plan.remember("path", lambda: limited_path(plan, per_second=chosen.flicker_limit))
    return path[list(frames)]


def blend(plan: Plan, frames: np.ndarray) -> np.ndarray:
    """(1 − α) noise + α spectrum. int [N] -> float32 [N, V]"""
    chosen: NoiseBlendParameters = plan.parameters
    stages = plan.stages
    noise = read_at(stages["noise"]["table"], stages["clock"]["phase"][frames])
    noise = (2 * noise - 1) * column(plan, "noise_range", frames)
    alpha = column(plan, "alpha", frames) if chosen.music else np.zeros((1, 1), np.float32)
    if not alpha.any():
        return noise
    if chosen.follow:
        spectrum = stages["follower"]["bins"][frames]
    else:
        low, high = column(plan, "spectrum_low", frames), column(plan, "spectrum_high", frames)
        spectrum = low + (high - low) * stages["spectrum"]["bins"][frames]
    return (1 - alpha) * noise + alpha * spectrum


def column(plan: Plan, name: str, frames: np.ndarray) -> np.ndarray:
    """A parameter as its routes drive it, beside vectors. -> float32 [N, 1]"""
    return plan.value(name, frames.tolist()).astype(np.float32)[:, None]


def limited_path(plan: Plan, *, per_second: float) -> np.ndarray:
    """The whole path, each vector at rms 1 (networks do that to z anyway), its steps capped in rms. [frames, V]

    A capped path lags behind and catches up as soon as the music lets it.
    """
    path = unit_rms(blend(plan, np.arange(plan.scene.frames)))
    cap = np.float32(per_second / float(plan.scene.frame_rate))
    steps = np.sqrt(np.square(np.diff(path, axis=0)).mean(axis=1))
    too_fast = np.flatnonzero(steps > cap)
    for k in range(too_fast[0] + 1 if len(too_fast) else len(path), len(path)):
        move = path[k] - path[k - 1]
        step = np.sqrt(np.square(move).mean())
        if step > cap:
            path[k] = path[k - 1] + move * (cap / step)
    return path


def unit_rms(z: np.ndarray) -> np.ndarray:
    """[N, V] -> [N, V]; a vector of zeros stays one."""
    return z / np.maximum(np.sqrt(np.square(z).mean(axis=1, keepdims=True)), np.float32(1e-12))
