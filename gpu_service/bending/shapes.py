"""Bends that read a neighbourhood: blur, erode, dilate, edge. Maps are float32 [N, C, H, W], strengths [N]."""

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.bending.how import How

BLUR_PX = 4.0
LEAST_SIGMA = 1e-3


def blur(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Gaussian of σ = 4 |s| px, edges mirrored; faithful: never below σ = 1."""
    sigma = (strength.abs() * BLUR_PX).clamp(min=1.0 if how.bend.faithful else LEAST_SIGMA)
    pictures, channels, height, width = maps.shape
    x = maps.reshape(1, pictures * channels, height, width)
    for axis, side in ((2, height), (3, width)):
        radius = min(how.bend.size // 2, side - 1)
        steps = torch.arange(-radius, radius + 1, dtype=maps.dtype, device=maps.device)
        kernel = (-0.5 * (steps / sigma[:, None]).square()).exp()
        kernel = (kernel / kernel.sum(dim=1, keepdim=True)).repeat_interleave(channels, dim=0)
        shape, pad = ((-1, 1, 1, 2 * radius + 1), (radius, radius, 0, 0))
        if axis == 2:
            shape, pad = (-1, 1, 2 * radius + 1, 1), (0, 0, radius, radius)
        x = functional.conv2d(functional.pad(x, pad, mode="reflect"), kernel.reshape(shape), groups=pictures * channels)
    return x.reshape(maps.shape)


def dilate(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Fades to the highest of a square."""
    return torch.lerp(maps, _highest(maps, how.bend.size), strength[:, None, None, None])


def erode(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Fades to the lowest of a square."""
    return torch.lerp(maps, -_highest(-maps, how.bend.size), strength[:, None, None, None])


def edge(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """Fades to the length of the slope, by Sobel's filters over 8, edges repeated."""
    x = functional.pad(maps, (1, 1, 1, 1), mode="replicate")
    smooth_down = x[:, :, :-2] + 2 * x[:, :, 1:-1] + x[:, :, 2:]
    smooth_across = x[..., :-2] + 2 * x[..., 1:-1] + x[..., 2:]
    across = smooth_down[..., 2:] - smooth_down[..., :-2]
    down = smooth_across[:, :, 2:] - smooth_across[:, :, :-2]
    return torch.lerp(maps, torch.hypot(across, down) / 8, strength[:, None, None, None])


def _highest(maps: Tensor, size: int) -> Tensor:
    """Of a square of `size` px (an even size counts as the next odd one), one axis after the other."""
    radius = size // 2
    maps = functional.max_pool2d(maps, (2 * radius + 1, 1), stride=1, padding=(radius, 0))
    return functional.max_pool2d(maps, (1, 2 * radius + 1), stride=1, padding=(0, radius))
