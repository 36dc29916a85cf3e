"""Displacement maps: a small grid of directions, drawn by chance, turned with the frame, enlarged to a field of flow.

Disorder 0 is one shift for all points; it grows with f. Amplitudes are pixels of the map's own size.
"""

import math
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

# Side: smallest and largest grid, largest amplitude. The last two lines go on as the others do.
TABLE = {
    4: (2, 3, 2),
    8: (2, 5, 3),
    16: (3, 5, 4),
    32: (3, 8, 6),
    64: (4, 12, 10),
    128: (5, 16, 16),
    256: (6, 24, 32),
    512: (7, 32, 64),
    1024: (8, 40, 128),
    2048: (9, 48, 256),
}
LEAST_PX = 1.0
LOBES = 5


def grid_side(side: int, *, fineness: float) -> int:
    """Points along an axis of the small grid; the fineness counts as the next fifth."""
    smallest, largest, _ = TABLE[_nearest(side)]
    fifths = math.ceil(round(fineness * 5, 9))
    return max(smallest, math.ceil(round(largest * fifths / 5, 9)))


def largest_px(side: int) -> float:
    """How far a map of that side is warped at most."""
    known = _nearest(side)
    return TABLE[known][2] * side / known


def directions(disorder: np.ndarray, *, grid: int, seed: int | None = None) -> np.ndarray:
    """(down, across) of each grid point. disorder f [N] -> float32 [N, 2, grid, grid]

    gx = cos(πθ), gy = sin(πφ + π/2), turned by 2πf; θ, φ ~ N(0, f) from the generator of `seed`, or of the grid's
    side, which is the original's.
    """
    chance = torch.Generator().manual_seed(grid if seed is None else seed)
    theta, phi = torch.randn(2, grid, grid, generator=chance, dtype=torch.float64).numpy()
    f = disorder.astype(np.float64)[:, None, None]
    gx, gy = np.cos(np.pi * f * theta), np.sin(np.pi * f * phi + np.pi / 2)
    turn = 2 * np.pi * np.mod(f, 1.0)
    across, down = gx * np.cos(turn) - gy * np.sin(turn), gx * np.sin(turn) + gy * np.cos(turn)
    return np.stack([down, across], axis=1).astype(np.float32)


def flow(
    side: int,
    *,
    amplitude: np.ndarray,
    disorder: np.ndarray,
    fineness: float,
    faithful: bool,
    device: torch.device,
    seed: int | None = None,
) -> Tensor:
    """The flow of some frames, in pixels. amplitude 0…1 [N], disorder [N] -> [N, 2, side, side]

    Faithful: never less than a pixel, as in the original.
    """
    grid = grid_side(side, fineness=fineness)
    pixels = amplitude.astype(np.float64) * largest_px(side)
    pixels = np.maximum(pixels, LEAST_PX) if faithful else pixels
    small = directions(disorder, grid=grid, seed=seed) * pixels[:, None, None, None]
    enlarge = lanczos(grid, side, device)
    return enlarge @ torch.from_numpy(small.astype(np.float32)).to(device) @ enlarge.T


@lru_cache(maxsize=32)
def lanczos(small: int, large: int, device: torch.device) -> Tensor:
    """The matrix that enlarges an axis by Lanczos with five lobes, its rows summing to 1. [large, small]"""
    at = (np.arange(large) + 0.5) * small / large - 0.5
    away = at[:, None] - np.arange(small)
    weight = np.where(np.abs(away) < LOBES, np.sinc(away) * np.sinc(away / LOBES), 0)
    weight /= weight.sum(axis=1, keepdims=True)
    return torch.from_numpy(weight.astype(np.float32)).to(device)


def _nearest(side: int) -> int:
    """The side of the table that is nearest in octaves."""
    return min(TABLE, key=lambda known: abs(math.log2(known / side)))
