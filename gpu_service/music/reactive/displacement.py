"""Displacement of the noise (`specs/seeds/aiart.md` §2.7): per size a grid of directions, and how far they reach."""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Reach:
    """Fewest and most points of the grid, and the farthest that it moves, in pixels."""

    fewest: int
    most: int
    amplitude: float


TABLE = {
    4: Reach(2, 3, 2),
    8: Reach(2, 5, 3),
    16: Reach(3, 5, 4),
    32: Reach(3, 8, 6),
    64: Reach(4, 12, 10),
    128: Reach(5, 16, 16),
    256: Reach(6, 24, 32),
    512: Reach(7, 32, 64),
}


def reach_of(size: int) -> Reach:
    """The row of that size, or of the next one in the table; above 512 the amplitude grows with the size."""
    if size > 512:
        last = TABLE[512]
        return Reach(last.fewest, last.most, last.amplitude * size / 512)
    return TABLE[next(known for known in TABLE if known >= size)]


def grid_of(size: int, *, resolution_factor: float = 0.75) -> int:
    """max(fewest, ⌈most · factor⌉), the factor raised to the next fifth: 0.75 means 0.8."""
    fifths = math.ceil(resolution_factor * 5 - 1e-9) / 5
    row = reach_of(size)
    return max(row.fewest, math.ceil(row.most * fifths - 1e-9))


def amplitude(size: int, drums: np.ndarray) -> np.ndarray:
    """How many pixels the noise is moved: max(1, d · the table's). [N] -> [N]"""
    return np.maximum(1.0, np.asarray(drums, np.float64) * reach_of(size).amplitude)


def directions(grid: int, disorder: np.ndarray) -> np.ndarray:
    """The grid's directions (x, y) for each frame. [N] -> float64 [N, 2, grid, grid]

    θ, φ ~ N(0, f) by generator(grid), the same draw for every f; (cos πθ, sin(πφ + π/2)) turned by 2πf. At f = 0
    both are 1 everywhere: a plain shift.
    """
    f = np.asarray(disorder, np.float64)[:, None, None]
    theta, phi = f * np.random.default_rng(grid).standard_normal((2, 1, grid, grid))
    x, y = np.cos(np.pi * theta), np.sin(np.pi * phi + np.pi / 2)
    cos, sin = np.cos(2 * np.pi * f), np.sin(2 * np.pi * f)
    return np.stack([x * cos - y * sin, x * sin + y * cos], axis=1)
