"""Bends that move pixels: zoom, translate, rotate, shear, swirl, displacement, flips.

Maps are float32 [N, C, H, W], strengths [N]. Each point of the answer reads the maps at another place, bilinearly.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.bending.how import How

# What a zoom of strength 1 leaves of the side, by depth in eighths. 4 px is as 8 px, which AIART's table begins with.
ZOOM_LEAVES = (0.80, 0.80, 0.80, 0.85, 0.85, 0.90, 0.90, 0.95)
SMALLEST_ZOOM = 0.05
FARTHEST_PX, FARTHEST_SHARE = 15, 15 / 64
ROTATE_DEGREES, SHEAR_DEGREES, STEEPEST_DEGREES = 20.0, 50.0, 85.0
SWIRL_PX, SWIRL_SIDE, SWIRL_SPAN, LEAST_RADIUS = 40.0, 512, 10 * math.pi, 1e-3
PADDING = {"mirror": "reflection", "edge": "border", "black": "zeros"}


def zoom(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Sees only the middle, 1 - s (1 - z) of the side; out where s is below 0."""
    factor = (1 - strength * (1 - ZOOM_LEAVES[how.depth])).clamp(min=SMALLEST_ZOOM)
    none = torch.zeros_like(factor)
    return _affine(maps, (factor, none, none, none, factor, none), how)


def translate(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Moves by -15/64 s of the side along one axis; faithful: by -trunc(15 s) pixels, whatever the side."""
    side = maps.shape[-1] if how.bend.axis == "x" else maps.shape[-2]
    moved_px = (strength * FARTHEST_PX).trunc() if how.bend.faithful else strength * (FARTHEST_SHARE * side)
    shift, one, none = moved_px * (2 / side), torch.ones_like(strength), torch.zeros_like(strength)
    across, down = (shift, none) if how.bend.axis == "x" else (none, shift)
    return _affine(maps, (one, none, across, none, one, down), how)


def rotate(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Turns by 20° s, counter-clockwise to the eye."""
    angle = strength * math.radians(ROTATE_DEGREES)
    cosine, sine, none = angle.cos(), angle.sin(), torch.zeros_like(angle)
    return _affine(maps, (cosine, -sine, none, sine, cosine, none), how)


def shear(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Leans by 50° s: each row reads tan(50° s) of its height above the middle to the side."""
    steepest = math.radians(STEEPEST_DEGREES)
    lean = (strength * math.radians(SHEAR_DEGREES)).clamp(-steepest, steepest).tan()
    one, none = torch.ones_like(lean), torch.zeros_like(lean)
    return _affine(maps, (one, lean, none, none, one, none), how)


def swirl(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Warps by 40 s (cos πy, sin(0.4 R) ln(2 R)) pixels of a picture of 512, x and y over ±10π. Edges are clamped."""
    flow = swirl_flow(*maps.shape[-2:], maps.device)
    return warp(maps, flow[None] * (strength * (SWIRL_PX / SWIRL_SIDE * maps.shape[-1]))[:, None, None, None])


@lru_cache(maxsize=16)
def swirl_flow(height: int, width: int, device: torch.device) -> Tensor:
    """(down, across) before its strength, [2, height, width]; R is floored, or the middle would be 0 · -∞."""
    y = torch.linspace(-SWIRL_SPAN, SWIRL_SPAN, height, dtype=torch.float64)[:, None]
    x = torch.linspace(-SWIRL_SPAN, SWIRL_SPAN, width, dtype=torch.float64)[None]
    radius = (x.square() + y.square()).sqrt().clamp(min=LEAST_RADIUS)
    across = torch.sin(0.4 * radius) * torch.log(2 * radius)
    return torch.stack([torch.cos(math.pi * y).expand_as(across), across]).float().to(device)


def displacement(maps: Tensor, strength: Tensor, how: How) -> Tensor:
    """Warps by s times the frame's displacement map of that size."""
    assert how.flow is not None
    return warp(maps, how.flow * strength[:, None, None, None])


def flip_h(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """Left becomes right."""
    return torch.lerp(maps, maps.flip(3), strength[:, None, None, None])


def flip_v(maps: Tensor, strength: Tensor, _how: How) -> Tensor:
    """Up becomes down."""
    return torch.lerp(maps, maps.flip(2), strength[:, None, None, None])


def warp(maps: Tensor, flow: Tensor) -> Tensor:
    """out(y, x) = maps(y - flow₀, x - flow₁), bilinear, edges clamped. [N, C, H, W], [N, 2, H, W] in pixels"""
    height, width = maps.shape[-2:]
    down = _middles(height, maps.device)[:, None] - flow[:, 0] * (2 / height)
    across = _middles(width, maps.device) - flow[:, 1] * (2 / width)
    grid = torch.stack([across, down], dim=3)
    return functional.grid_sample(maps, grid, padding_mode="border", align_corners=False)


@lru_cache(maxsize=32)
def _middles(side: int, device: torch.device) -> Tensor:
    """Where the middles of pixels lie, -1…1 from edge to edge. [side]"""
    return ((torch.arange(side, dtype=torch.float64) + 0.5) * 2 / side - 1).float().to(device)


def _affine(maps: Tensor, matrix: tuple[Tensor, ...], how: How) -> Tensor:
    """Read at matrix · (x, y, 1), about the middle, in half sides. Six numbers of each picture, row by row."""
    a, b, c, d, e, f = (each[:, None, None] for each in matrix)
    height, width = maps.shape[-2:]
    y, x = _middles(height, maps.device)[:, None], _middles(width, maps.device)
    # In half sides of a square, so that turning a wide picture does not lean it.
    wide = width / height
    grid = torch.stack([a * x + b * (y / wide) + c, d * (x * wide) + e * y + f], dim=3)
    return functional.grid_sample(maps, grid, padding_mode=PADDING[how.bend.edges], align_corners=False)
