"""A camera in front of a StyleGAN3 network: its input is a plane of waves that can be panned, turned and zoomed.

Points are (x, y, 1), in picture widths from the middle, x to the right, y down.
"""

import math

import torch
from torch import Tensor

NOT_MOVED = (0.0, 0.0, 0.0, 1.0)


def look_transform(*, pan_x: float = 0.0, pan_y: float = 0.0, turn: float = 0.0, zoom: float = 1.0) -> Tensor | None:
    """Where each point of the picture is found in the network's own picture, [3, 3] float32. None: nothing moves.

    What is seen is made `zoom` times as large and turned `turn` degrees clockwise, both about the middle of the
    picture, then moved `pan_x` widths to the right and `pan_y` down. The matrix is the way back.
    """
    if (pan_x, pan_y, turn % 360, zoom) == NOT_MOVED:
        return None
    angle = math.radians(turn)
    cosine, sine = math.cos(angle) / zoom, math.sin(angle) / zoom
    back = [
        [cosine, sine, -cosine * pan_x - sine * pan_y],
        [-sine, cosine, sine * pan_x - cosine * pan_y],
        [0.0, 0.0, 1.0],
    ]
    return torch.tensor(back, dtype=torch.float64).float()
