"""What is behind: a painted studio wall with a pool of light on it."""

import numpy as np
from scipy.ndimage import zoom

from gpu_service.portraits.person import Person
from gpu_service.portraits.shapes import Array, linear, mix, noise

WALLS = [
    (2.0, linear(92, 90, 86)), (1.6, linear(70, 84, 98)), (1.2, linear(112, 100, 84)), (1.0, linear(84, 92, 80)),
    (1.0, linear(122, 84, 66)), (0.8, linear(60, 88, 90)), (0.8, linear(104, 70, 74)), (1.0, linear(148, 140, 130)),
    (0.8, linear(44, 48, 56)), (0.6, linear(150, 122, 82)), (0.6, linear(86, 80, 104)),
]  # fmt: skip

SOFT_PX = 64  # a wall has no detail


def backdrop(person: Person, key: Array, size_px: int) -> Array:
    """Linear light, [size, size, 3]. The wall is brighter where the face is darker, as painters have it."""
    dice = person.dice("backdrop")
    wall = dice.pick(WALLS) * (1 + 0.12 * np.array([dice.around(0, 1) for _ in range(3)], np.float32))
    wall = wall * dice.around(0.85, 0.22)
    at = (np.arange(SOFT_PX, dtype=np.float32) + 0.5) / SOFT_PX
    x, y = np.meshgrid(at, at)
    middle = (0.5 - 0.22 * float(key[0]) + dice.around(0, 0.08), 0.46 + dice.around(0, 0.08))
    reach = dice.between(0.38, 0.7)
    pool = np.exp(-(((x - middle[0]) / reach) ** 2) - ((y - middle[1]) / (reach * 1.15)) ** 2)
    cloud = noise(dice.lattice(8, 8), x * 2.2, y * 2.2) + 0.5 * noise(dice.lattice(8, 8), x * 5, y * 5)
    strength = dice.between(0.5, 1.25)
    level = 0.48 + strength * pool + 0.10 * dice.between(0, 1) * cloud
    level *= 1 - 0.35 * dice.between(0.3, 1) * ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2
    tint = mix(
        np.ones(3, np.float32), np.array([1.06, 1.0, 0.92], np.float32), (pool * dice.around(0.3, 0.6))[..., None]
    )
    soft = np.asarray(wall * level[..., None] * tint, np.float32)
    factor = size_px / SOFT_PX
    return np.stack([zoom(soft[..., c], factor, order=1, grid_mode=True, mode="nearest") for c in range(3)], axis=2)
