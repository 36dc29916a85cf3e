"""How much the music's complexity changes (`gance.md` §2.9): plain sound packs into fewer bytes than busy sound."""

import zlib
from typing import Literal

import numpy as np
from scipy.interpolate import InterpolatedUnivariateSpline

from gpu_service.music.gance import smooth


def complexity_change(blocks: np.ndarray, *, window: int) -> np.ndarray:
    """Of frames' samples [frames, V] -> float64 [frames], ∞ where it is not defined: in the first window − 1 frames.

    Packed size of each frame, mean of the last three (the first two: of all), Savitzky–Golay (7, 3), the slope of a
    spline through it, its size, summed over the last `window` frames.
    """
    sizes = np.array([len(zlib.compress(block.astype("<f4").tobytes())) for block in blocks], float)
    count = len(sizes)
    if count == 0:
        return sizes
    trailing = np.full(count, sizes.mean())
    trailing[2:] = (sizes[2:] + sizes[1:-1] + sizes[:-2]) / 3
    smoothed = smooth(trailing, window=7, order=3, axis=0)
    slope = np.zeros(count)
    if count > 1:
        degree: Literal[1, 2, 3] = 3 if count > 3 else 2 if count == 3 else 1
        spline = InterpolatedUnivariateSpline(np.arange(count), smoothed, k=degree)
        slope = np.abs(spline.derivative()(np.arange(count)))
    change = np.full(count, np.inf)
    if count >= window:
        total = np.cumsum(np.concatenate([[0.0], slope]))
        change[window - 1 :] = total[window:] - total[:-window]
    return change
