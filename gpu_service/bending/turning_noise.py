"""Noise that turns: two fixed fields per size, mixed by an angle, so that the grain moves round a circle and returns.

AIART calls it faux 3-D. Sizes from 64 px up are warped by the frame's displacement map.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from gpu_service.bending.chain import Flows
from gpu_service.bending.warps import warp

LOUD_FROM_PX = 64


@lru_cache(maxsize=32)
def fields(side: int, seed: int, device: torch.device) -> Tensor:
    """The two fields X and Y of a size, standard normal. [2, side, side]"""
    chance = torch.Generator().manual_seed(seed)
    return torch.randn(2, side, side, generator=chance).to(device)


@dataclass(frozen=True)
class TurningNoise:
    """Noise of one batch: σ · (X (cos θ + sin θ) + Y (cos θ - sin θ)), of spread √2 σ; divided by √2 if `is_even`.

    `turns` [N] are θ/2π; `swell` [N] is σ from 64 px up, it is 1 below. `seed` None: the size is the seed, as in the
    original. `flows`: displacement maps, or None for still ones.
    """

    turns: np.ndarray
    swell: np.ndarray
    device: torch.device
    is_even: bool
    flows: Flows | None = None
    seed: int | None = None

    def __call__(self, side: int, chosen: slice) -> Tensor:
        """The maps of those pictures. -> float32 [n, 1, side, side]"""
        angle = 2 * np.pi * np.mod(self.turns[chosen].astype(np.float64), 1.0)
        size = self.swell[chosen] if side >= LOUD_FROM_PX else np.ones(len(angle))
        size = size / np.sqrt(2) if self.is_even else size
        shares = np.stack([size * (np.cos(angle) + np.sin(angle)), size * (np.cos(angle) - np.sin(angle))], axis=1)
        numbers = torch.from_numpy(shares.astype(np.float32)).to(self.device)[:, :, None, None]
        x, y = fields(side, side if self.seed is None else self.seed * 4099 + side, self.device)
        maps = (x * numbers[:, 0] + y * numbers[:, 1])[:, None]
        if self.flows is None or side < LOUD_FROM_PX:
            return maps
        return warp(maps, self.flows(side, chosen))
