"""The line between the lips, which lips, beard and head all follow."""

import numpy as np

from gpu_service.portraits.person import Face
from gpu_service.portraits.shapes import Array, bump


def mouth_line(x: Array, face: Face) -> Array:
    """Height of the line between the lips: a smile lifts its ends."""
    across = np.clip(np.abs(x) / face.mouth_width, 0, 1.4)
    return -0.655 + (0.012 + 0.05 * face.smile) * across**2 - 0.012 * bump(x, x * 0, at=(0, 0), size=(0.05, 1))
