"""Shaping: what a route makes of its source. Curves are 0…1; what remembers works on a grid of its own, not on frames.

So another frame rate sees the same curve at the same second.
"""

from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.signal import oaconvolve

from gpu_service.protocol.routes import RouteSpec

TICKS_PER_SECOND = 120
# A longer filter is cheaper by Fourier.
LONG_SIGMA_TICKS = 40.0
HAIR = 1e-6
Curve = Callable[[np.ndarray], np.ndarray]
"""A curve that can be asked at any seconds: float64 [n] -> float64 [n], 0…1."""


def remembers(route: RouteSpec) -> bool:
    """Whether what it gives depends on other moments too."""
    return max(route.smoothing_seconds, route.attack_seconds, route.release_seconds) > 0


def remembered(route: RouteSpec, curve: Curve, *, duration_seconds: float) -> Curve:
    """The curve smoothed and followed. One that needs no memory stays as it is, to be asked at any moment."""
    if not remembers(route):
        return curve
    rise, fall = route.attack_seconds, route.release_seconds
    ticks = np.arange(int(duration_seconds * TICKS_PER_SECOND) + 2) / TICKS_PER_SECOND
    targets = smoothed(curve(ticks), seconds=route.smoothing_seconds)
    levels = followed(targets, rise_seconds=rise, fall_seconds=fall)

    def at(seconds: np.ndarray) -> np.ndarray:
        # From the tick before on: a leap acts at its own moment, not spread over the ticks around it.
        tick = np.clip(np.floor(seconds * TICKS_PER_SECOND + HAIR).astype(np.int64), 0, len(ticks) - 1)
        target = np.interp(seconds, ticks, targets) if route.smoothing_seconds > 0 else curve(seconds)
        step, since = target - levels[tick], np.maximum(seconds - ticks[tick], 0)
        up, down = (since / max(constant, 1e-9) for constant in (rise, fall))
        return np.where(since > HAIR, levels[tick] - step * np.expm1(-np.where(step > 0, up, down)), levels[tick])

    return at


def smoothed(levels: np.ndarray, *, seconds: float) -> np.ndarray:
    """Gaussian of width σ; beyond its ends the curve goes on as it was there. [ticks] -> [ticks]"""
    sigma = seconds * TICKS_PER_SECOND
    if sigma == 0 or len(levels) < 2:
        return levels
    if sigma <= LONG_SIGMA_TICKS:
        return gaussian_filter1d(levels, sigma, mode="nearest")
    reach = round(4 * sigma)
    kernel = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) / sigma))
    padded = np.pad(levels, reach, mode="edge")
    return np.clip(oaconvolve(padded, kernel / kernel.sum(), "valid"), levels.min(), levels.max())


def followed(levels: np.ndarray, *, rise_seconds: float, fall_seconds: float) -> np.ndarray:
    """Chase the curve, upwards and downwards with these time constants; 0 is at once. [ticks] -> [ticks]"""
    if rise_seconds == fall_seconds == 0 or len(levels) == 0:
        return levels
    rise, fall = (
        1 - float(np.exp(-1 / (TICKS_PER_SECOND * seconds))) if seconds > 0 else 1.0
        for seconds in (rise_seconds, fall_seconds)
    )
    # Plain numbers: a loop over numpy's takes ten times as long.
    level, chased = float(levels[0]), list[float]()
    for target in levels.tolist():
        step = target - level
        level += step * (rise if step > 0 else fall)
        chased.append(level)
    return np.array(chased)


def finished(route: RouteSpec, levels: np.ndarray) -> np.ndarray:
    """Quantised, bent, turned over: what needs no memory, and so acts while drawing. [N] -> [N], 0…1"""
    if route.quantise > 1:
        levels = np.round(levels * (route.quantise - 1)) / (route.quantise - 1)
    elif route.quantise == 1:
        levels = np.zeros_like(levels)
    if route.bend:
        levels = levels ** (4.0**route.bend)
    return 1 - levels if route.invert else levels
