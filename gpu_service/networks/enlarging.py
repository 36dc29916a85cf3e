"""Pictures brought to a larger size by Lanczos' filter: crisp, with mean and contrast kept."""

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

LOBES = 3


def enlarged(pictures: Tensor, size: tuple[int, int]) -> Tensor:
    """Scaled until they cover (height, width), the middle cut out. float [N, 3, H, W]

    Raises ValueError where a picture would have to shrink.
    """
    height, width = pictures.shape[-2:]
    scale = max(size[0] / height, size[1] / width)
    if scale < 1:
        raise ValueError("Lanczos is for enlarging.")
    covering = (max(round(height * scale), size[0]), max(round(width * scale), size[1]))
    top, left = (covering[0] - size[0]) // 2, (covering[1] - size[1]) // 2
    down = lanczos(height, covering[0], device=pictures.device)[top : top + size[0]]
    across = lanczos(width, covering[1], device=pictures.device)[left : left + size[1]]
    return torch.matmul(torch.matmul(down, pictures), across.T)


@lru_cache(maxsize=64)
def lanczos(small: int, large: int, *, device: torch.device, lobes: int = LOBES) -> Tensor:
    """The matrix that enlarges an axis, its rows summing to 1. [large, small]"""
    at = (np.arange(large) + 0.5) * small / large - 0.5
    away = at[:, None] - np.arange(small)
    weight = np.where(np.abs(away) < lobes, np.sinc(away) * np.sinc(away / lobes), 0)
    weight /= weight.sum(axis=1, keepdims=True)
    return torch.from_numpy(weight.astype(np.float32)).to(device)
