"""Exposure: how bright a picture is, and how much of it is lost in black or white."""

import numpy as np
from PIL import Image

NAME = "light 1"
# JPEG moves black and white by a level or two.
BLACK, WHITE = 2, 253


def brightness_and_clipped(grey: Image.Image) -> tuple[float, float]:
    """Mean luma, 0 to 100; and percent of the pixels at or below 2 or at or above 253."""
    counts = np.array(grey.histogram(), np.float64)
    total = counts.sum()
    mean = float(counts @ np.arange(256) / total / 255 * 100)
    return mean, float((counts[: BLACK + 1].sum() + counts[WHITE:].sum()) / total * 100)
