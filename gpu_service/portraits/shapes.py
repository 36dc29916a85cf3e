"""Soft shapes that everything is modelled with. All take and give float32 arrays of any one shape."""

from functools import lru_cache

import numpy as np
from scipy.interpolate import PchipInterpolator

Array = np.ndarray
SAMPLES = 384


def bump(x: Array, y: Array, *, at: tuple[float, float], size: tuple[float, float]) -> Array:
    """A soft hill, 1 in its middle."""
    return np.exp(-(((x - at[0]) / size[0]) ** 2) - ((y - at[1]) / size[1]) ** 2)


def ramp(value: Array, start: Array | float, end: Array | float) -> Array:
    """0 before start, 1 after end, smooth between; start may be the larger."""
    t = np.clip((value - start) / (end - start), 0, 1)
    return t * t * (3 - 2 * t)


def curve(at: Array, points: list[tuple[float, float]]) -> Array:
    """A smooth line through points, with no wiggle between them; flat beyond its ends."""
    places, heights = _sampled(tuple(sorted(points)))
    return np.interp(at, places, heights).astype(np.float32)


@lru_cache(maxsize=4096)
def _sampled(points: tuple[tuple[float, float], ...]) -> tuple[Array, Array]:
    """The curve as a fine polygon, which is quick to read at many places."""
    xs, ys = zip(*points, strict=True)
    places = np.linspace(xs[0], xs[-1], SAMPLES)
    return places, PchipInterpolator(xs, ys)(places)


def mix(a: Array | float, b: Array | float, share: Array | float) -> Array:
    return np.asarray(a + (b - a) * share)


def noise(table: Array, u: Array, v: Array) -> Array:
    """The table read smoothly at (u, v) cells, repeating for ever, -1..1. Its sides are powers of two."""
    rows, columns = table.shape
    left, above = np.floor(u), np.floor(v)
    across, down = u - left, v - above
    column, row = left.astype(np.int32) & (columns - 1), above.astype(np.int32) & (rows - 1)
    here, below = row * columns, ((row + 1) & (rows - 1)) * columns
    right = (column + 1) & (columns - 1)
    flat = table.reshape(-1)
    top = flat[here + column] * (1 - across) + flat[here + right] * across
    return np.asarray(top * (1 - down) + (flat[below + column] * (1 - across) + flat[below + right] * across) * down)


def linear(*srgb: float) -> Array:
    """A colour as people write it (0..255), in linear light, [3]."""
    value = np.array(srgb, np.float32) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


def unit(vectors: Array) -> Array:
    """Vectors of length one, [..., 3]."""
    length = np.sqrt(np.einsum("...i,...i->...", vectors, vectors))
    return vectors / np.maximum(length, 1e-6)[..., None]
