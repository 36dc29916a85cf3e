"""Ears: a rim, a bowl and a lobe, set on the sides of the head."""

import numpy as np

from gpu_service.portraits.head import profile
from gpu_service.portraits.mesh import Grid
from gpu_service.portraits.person import Face
from gpu_service.portraits.shapes import ramp

ROWS, COLUMNS = 30, 36


def ear(face: Face, side: float) -> Grid:
    """One ear, `side` -1 at the picture's left."""
    tall = np.linspace(0, np.pi, ROWS, dtype=np.float32)[:, None]
    round_ = np.linspace(-np.pi, np.pi, COLUMNS, dtype=np.float32)[None]
    up = np.cos(tall) * np.ones_like(round_)
    out = np.sin(tall) * np.cos(round_)  # away from the head
    ahead = -np.sin(tall) * np.sin(round_) * side
    reach = np.sqrt(up**2 + ahead**2)
    bowl = -0.85 * np.exp(-((reach / 0.62) ** 4)) + 0.35 * np.exp(-(((reach - 0.45) / 0.12) ** 2)) * (ahead < 0.1)
    thick = 0.055 * (out + np.where(out > 0, bowl * ramp(out, 0.0, 0.5), 0))
    height = 0.19 * face.ears * up
    depth = 0.105 * face.ears * ahead * (0.85 + 0.28 * up) - 0.02 * up
    lean = np.radians(32)  # ears stand off towards the back
    x = thick * np.cos(lean) - depth * np.sin(lean) * 0.9
    z = depth * np.cos(lean) + thick * np.sin(lean) * 0.2
    half, _, _, middle = profile(np.array([-0.16], np.float32), face)
    points = np.stack([side * (x + half[0] - 0.005), height - 0.16, z + middle[0] - 0.06], axis=2)
    return Grid(points.astype(np.float32), np.zeros((ROWS, COLUMNS, 0), np.float32))
