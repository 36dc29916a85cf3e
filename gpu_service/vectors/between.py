"""Ways from vector to vector: straight, along an arc, and smooth through all. float64, no torch."""

import numpy as np
from scipy.interpolate import CubicSpline

SAME_DIRECTION, OPPOSITE = 1e-6, np.pi - 1e-3


def slerp(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Turn by the angle, and let the length grow evenly. [..., n], [..., n], [...] -> [..., n]

    Where there is no arc (a vector of length 0, the same direction, or opposite ones) the way is straight.
    """
    share = np.asarray(share, np.float64)[..., None]
    lengths = np.linalg.norm(start, axis=-1, keepdims=True), np.linalg.norm(end, axis=-1, keepdims=True)
    units = [vector / np.maximum(length, 1e-300) for vector, length in zip((start, end), lengths, strict=True)]
    angle = _angle(units[0], units[1])
    is_arc = (angle > SAME_DIRECTION) & (angle < OPPOSITE) & (lengths[0] > 0) & (lengths[1] > 0)
    sine = np.where(is_arc, np.sin(angle), 1.0)
    turned = (np.sin((1 - share) * angle) * units[0] + np.sin(share * angle) * units[1]) / sine
    along = turned * ((1 - share) * lengths[0] + share * lengths[1])
    return np.where(is_arc, along, lerp(start, end, share[..., 0]))


def lerp(start: np.ndarray, end: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Straight. [..., n], [..., n], [...] -> [..., n]"""
    share = np.asarray(share, np.float64)[..., None]
    return (1 - share) * start + share * end


def _angle(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between unit vectors, exact for small angles too (Kahan). [..., n] -> [..., 1]"""
    apart, together = np.linalg.norm(a - b, axis=-1, keepdims=True), np.linalg.norm(a + b, axis=-1, keepdims=True)
    return 2 * np.arctan2(apart, together)


def spline(knots: np.ndarray, points: np.ndarray, *, is_loop: bool) -> CubicSpline:
    """A curve through all points with an even speed at each: periodic where the last point is the first again.

    knots [P] ascending, points [P, …].
    """
    return CubicSpline(knots, points, axis=0, bc_type="periodic" if is_loop else "natural")
