"""Displacement maps: a small grid of directions, turned with the frame, enlarged to a field of flow.

The grid and its directions are `music.reactive.displacement`'s. Flows are pixels of the map's own size.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gpu_service.music.reactive.displacement import directions, grid_of, reach_of
from gpu_service.networks.enlarging import lanczos

LEAST_PX = 1.0
LOBES = 5


@dataclass(frozen=True)
class Displacement:
    """Flows of one batch. amplitude [N], 1 is the table's; disorder [N], at 0 the flow is one shift.

    `is_never_off` keeps the original's least amplitude of one pixel.
    """

    amplitude: np.ndarray
    disorder: np.ndarray
    fineness: float
    is_never_off: bool
    device: torch.device

    def __call__(self, side: int, chosen: slice) -> Tensor:
        """(down, across) in pixels of those pictures. -> float32 [n, 2, side, side]"""
        grid = grid_of(side, resolution_factor=self.fineness)
        pixels = self.amplitude[chosen].astype(np.float64) * reach_of(side).amplitude
        pixels = np.maximum(pixels, LEAST_PX) if self.is_never_off else pixels
        small = directions(grid, self.disorder[chosen])[:, ::-1] * pixels[:, None, None, None]
        enlarge = lanczos(grid, side, device=self.device, lobes=LOBES)
        return enlarge @ torch.from_numpy(small.astype(np.float32)).to(self.device) @ enlarge.T
