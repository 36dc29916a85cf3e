"""Pictures moved by matrices: copied pixel by pixel, or filtered so that nothing is blurred and nothing aliases.

Karras et al. 2020 (ADA), appendix B.1: twice the pixels by the wavelet sym6, places between them by straight lines,
half the pixels by the same wavelet; beyond its edges a picture goes on as in a mirror. An unmoved picture comes back.
All of it is linear in the pictures, so gradients of every order are the same three steps the other way round.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.training.augment.wavelets import SYM6

TAPS = len(SYM6)
BEFORE = TAPS // 2 - 1  # fine samples that a pixel reaches back: its middle lies between fine samples 0 and 1
REACH = TAPS // 4  # pixels beyond the edge that the fine samples at the edge need
BLOCK = 32  # pixels that one small product makes, in pictures too large for one product with a whole matrix
LARGEST_AT_ONCE = 128
# Pixels beyond the edges that are worked out; farther out, fine samples are mirrored, which for a filter that is not
# quite even is a trace off at the highest frequencies.
MARGIN = 16
LAG = float((np.arange(TAPS) * SYM6).sum() / SYM6.sum()) - (TAPS - 1) / 2  # fine samples from the filter's middle


def copy(images: Tensor, matrices: Tensor) -> Tensor:
    """Mirrored, turned by quarters, shifted by whole pixels: the very same numbers. [n, C, S, S], [n, 3, 3]"""
    size = images.shape[-1]
    places = _places(matrices.to(images), torch.arange(size, device=images.device) - (size - 1) / 2)
    return _look_up(images, _mirrored(places, (size - 1) / 2).mul_(2 / size), "nearest")


def move(images: Tensor, matrices: Tensor) -> Tensor:
    """Moved anyhow. [n, C, S, S], [n, 3, 3] -> [n, C, S, S]"""
    size = images.shape[-1]
    margin = min(MARGIN, size // 2)
    fine = _rise(images, margin)
    # Two fine samples to a pixel; those beyond the edges are for the way down.
    wanted = torch.arange(-BEFORE, 2 * size + TAPS - 2 - BEFORE, device=images.device) + 0.5 - size
    places = _places(matrices.to(images), wanted, steps_per_pixel=2)
    is_near = places.abs() < size + 2 * margin - 1
    mirrored = _mirrored(places - LAG, size - 1).add_(LAG)
    places = torch.where(is_near, places, mirrored).div_(size + 2 * margin)
    return _fall(_look_up(fine, places, "bilinear"))


def _places(matrices: Tensor, steps: Tensor, *, steps_per_pixel: int = 1) -> Tensor:
    """Where a square of those steps, from the middle, comes from. [n, 3, 3], [m] -> [n, m, m, 2], (x, y) in steps"""
    steps = steps.to(matrices)
    across = matrices[:, None, None, :2, 0] * steps[:, None]  # [n, 1, m, 2]
    down = matrices[:, None, :2, 1] * steps[:, None] + matrices[:, None, :2, 2] * steps_per_pixel  # [n, m, 2]
    return across + down[:, :, None]


def _mirrored(places: Tensor, far: float) -> Tensor:
    """Folded at −far and at far until they lie between."""
    return (places - far).remainder_(4 * far).sub_(2 * far).abs_().sub_(far)


def _look_up(images: Tensor, places: Tensor, mode: str) -> Tensor:
    """[n, C, s, s] at [n, m, m, 2], −1…1 from edge to edge -> [n, C, m, m]"""
    looked_up: Tensor = _LookUp.apply(images, places, MODES[mode])
    return looked_up


MODES = {"bilinear": 0, "nearest": 1}  # as the library numbers them
ZEROS = 0  # beyond the edges, where nothing is ever read


class _LookUp(torch.autograd.Function):
    """grid_sample, which with places fixed is a matrix: its gradient's gradient is itself."""

    @staticmethod
    def forward(ctx: Any, images: Tensor, grid: Tensor, mode: int) -> Tensor:
        ctx.save_for_backward(grid)
        ctx.mode, ctx.size = mode, images.shape
        return torch.grid_sampler_2d(images, grid, mode, ZEROS, False)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        (grid,) = ctx.saved_tensors
        return _PutBack.apply(gradients[0], grid, ctx.mode, ctx.size), None, None


class _PutBack(torch.autograd.Function):
    """The transposed matrix."""

    @staticmethod
    def forward(ctx: Any, gradient: Tensor, grid: Tensor, mode: int, size: torch.Size) -> Tensor:
        ctx.save_for_backward(grid)
        ctx.mode = mode
        back = torch.ops.aten.grid_sampler_2d_backward
        shape_only = gradient.new_zeros(()).expand(size)
        found: Tensor = back(gradient.contiguous(), shape_only, grid, mode, ZEROS, False, [True, False])[0]
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Any:
        (grid,) = ctx.saved_tensors
        return _LookUp.apply(gradients[0], grid, ctx.mode), None, None, None


def _rise(images: Tensor, margin: int) -> Tensor:
    """Two fine samples a pixel, also of the mirror around. [n, C, S, S] -> sides 2 · (S + 2 · margin)"""
    size, form = images.shape[-1], (images.dtype, images.device)
    if size <= LARGEST_AT_ONCE:
        whole = _mirroring(size, margin + REACH, *form) @ _rising(size + 2 * margin, *form)
        return whole.T @ images @ whole
    around = functional.pad(images, [margin + REACH] * 4, mode="reflect")
    return _in_stretches(around, _rising(BLOCK, *form), BLOCK)


def _fall(fine: Tensor) -> Tensor:
    """One pixel for two fine samples. [n, C, s, s] -> sides (s - TAPS + 2) / 2"""
    size, form = (fine.shape[-1] - TAPS + 2) // 2, (fine.dtype, fine.device)
    if size <= LARGEST_AT_ONCE:
        whole = _falling(size, *form)
        return whole.T @ fine @ whole
    return _in_stretches(fine, _falling(BLOCK, *form), 2 * BLOCK)


def _in_stretches(images: Tensor, matrix: Tensor, step: int) -> Tensor:
    """Stretches of rows and columns, `step` apart and as long as the matrix is high, each through the matrix."""
    for _axis in range(2):
        stretches = images.unfold(-1, matrix.shape[0], step).contiguous()
        images = (stretches.flatten(0, -2) @ matrix).view(*stretches.shape[:-2], -1).transpose(-1, -2)
    return images


@lru_cache(maxsize=8)
def _mirroring(size: int, beyond: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Pixels to pixels with those of the mirror before and after. [size, size + 2 · beyond]"""
    places = np.pad(np.arange(size), beyond, mode="reflect")
    return torch.from_numpy(places == np.arange(size)[:, None]).to(device, dtype)


@lru_cache(maxsize=8)
def _rising(pixels: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Pixels to fine samples. [pixels + 2 · REACH, 2 · pixels]"""
    read, made = np.arange(-REACH, pixels + REACH)[:, None], np.arange(2 * pixels)
    return torch.from_numpy(_tap(made - 2 * read + BEFORE) * 2**0.5).to(device, dtype)


@lru_cache(maxsize=8)
def _falling(pixels: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Fine samples to pixels: the same turned round, half as loud. [2 · pixels + TAPS - 2, pixels]"""
    read, made = np.arange(-BEFORE, 2 * pixels + TAPS - 2 - BEFORE)[:, None], np.arange(pixels)
    return torch.from_numpy(_tap(read - 2 * made + BEFORE) / 2**0.5).to(device, dtype)


def _tap(index: np.ndarray) -> np.ndarray:
    """sym6 at those places, 0 outside of it."""
    return np.where((index >= 0) & (index < TAPS), SYM6[index.clip(0, TAPS - 1)], 0.0)
