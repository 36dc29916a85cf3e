"""Sharpness: how much fine detail a picture has for its contrast, at one fixed size.

    a = σ(∇²g) / √(σ²(g) + 4)         g: grey levels 0…255 of the region, scaled to 256 × 256 px, smoothed
    sharpness = 100 · a / (a + 0.06)  ∇²: the Laplacian, [0 1 0; 1 −4 1; 0 1 0]; smoothed by [1 2 1]/4 both ways

σ²(∇²g) is the known "variance of the Laplacian". Dividing by the contrast makes it a measure of the lens and not of the
light; smoothing and the 4 keep the camera's noise from counting. Blurring takes fine detail first, so `a` falls.
"""

import numpy as np
from PIL import Image

NAME = "focus 1"
SIDE_PX = 256
FLAT = 4.0
HALF = 0.06


def sharpness(grey: Image.Image, box: tuple[float, float, float, float] | None = None) -> float:
    """0 to 100 of the region (left, top, right, bottom in pixels), or of the whole picture."""
    region = box or (0.0, 0.0, float(grey.width), float(grey.height))
    small = grey.resize((SIDE_PX, SIDE_PX), Image.Resampling.BILINEAR, box=_inside(region, grey.size))
    return from_detail(detail(np.asarray(small, np.float32)))


def detail(levels: np.ndarray) -> float:
    """σ of the Laplacian over σ of the grey levels. [H, W] -> 0 and up"""
    smooth = (levels[:-2] + 2 * levels[1:-1] + levels[2:]) / 4
    smooth = (smooth[:, :-2] + 2 * smooth[:, 1:-1] + smooth[:, 2:]) / 4
    middle = smooth[1:-1, 1:-1]
    laplacian = smooth[:-2, 1:-1] + smooth[2:, 1:-1] + smooth[1:-1, :-2] + smooth[1:-1, 2:] - 4 * middle
    return float(laplacian.std() / np.sqrt(middle.var() + FLAT))


def from_detail(a: float) -> float:
    return 100 * a / (a + HALF)


def _inside(region: tuple[float, float, float, float], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """The part of the region that lies in the picture; never less than a pixel."""
    width, height = size
    left, top = min(max(region[0], 0.0), width - 1.0), min(max(region[1], 0.0), height - 1.0)
    right, bottom = min(max(region[2], left + 1.0), width), min(max(region[3], top + 1.0), height)
    return left, top, right, bottom
