"""Colours of each picture, turned by one matrix. Karras et al. 2020 (ADA), appendix B, in its order.

A matrix leads from an old colour (r, g, b, 1), −1…1, to a new one; transforms that come later stand left. [n, 4, 4]
"""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from gpu_service.training.augment.draws import Draws

BRIGHTNESS_DEVIATION = 0.2
CONTRAST_DEVIATION = 0.5 * math.log(2)  # of the logarithm
SATURATION_DEVIATION = math.log(2)  # of the logarithm
GREY = 3**-0.5  # each part of the grey axis, whose length is 1


def colours(draws: Draws, p: Tensor | float, kinds: frozenset[str]) -> Tensor:
    """[n, 4, 4]"""
    found = _unchanged(draws)
    for kind, matrix in MATRICES.items():
        if kind in kinds:
            found = torch.where(draws.happens(kind, p)[:, None, None], matrix(draws) @ found, found)
    return found


def paint(images: Tensor, matrices: Tensor) -> Tensor:
    """[n, 3, H, W], [n, 4, 4] -> [n, 3, H, W]"""
    # Sums and no product of matrices, which GPUs may shorten: what stays as it is, stays so to the bit.
    columns = matrices[:, :3, :, None, None].unbind(dim=2)  # four of [n, 3, 1, 1]
    red, green, blue = images.split(1, dim=1)
    return torch.addcmul(torch.addcmul(torch.addcmul(columns[3], red, columns[0]), green, columns[1]), blue, columns[2])


def _brightness(draws: Draws) -> Tensor:
    matrix = _unchanged(draws)
    matrix[:, :3, 3] = draws.normal("brightness") * BRIGHTNESS_DEVIATION
    return matrix


def _contrast(draws: Draws) -> Tensor:
    factor = torch.exp(draws.normal("contrast") * CONTRAST_DEVIATION)
    return torch.diag_embed(torch.cat([factor.expand(-1, 3), torch.ones_like(factor)], dim=1))


def _luma_flip(draws: Draws) -> Tensor:
    """Dark for light at the same colour: mirrored along the grey axis (Householder)."""
    is_flipped = (draws.even("lumaflip") >= 0.5).to(draws.evens)[:, :, None]
    return _unchanged(draws) - 2 * _along_grey(draws) * is_flipped


def _hue(draws: Draws) -> Tensor:
    """Any turn about the grey axis (Rodrigues)."""
    angle = ((draws.even("hue") * 2 - 1) * math.pi)[:, :, None]
    grey, everything = _along_grey(draws), _unchanged(draws)
    across = torch.zeros_like(everything)
    across[:, 0, 1], across[:, 0, 2], across[:, 1, 2] = -GREY, GREY, -GREY
    across[:, 1, 0], across[:, 2, 0], across[:, 2, 1] = GREY, -GREY, GREY
    still = grey.clone()
    still[:, 3, 3] = 1
    return still + torch.cos(angle) * (everything - still) + torch.sin(angle) * across


def _saturation(draws: Draws) -> Tensor:
    factor = torch.exp(draws.normal("saturation") * SATURATION_DEVIATION)[:, :, None]
    still = _along_grey(draws)
    still[:, 3, 3] = 1
    return still + (_unchanged(draws) - still) * factor


MATRICES: dict[str, Callable[[Draws], Tensor]] = {
    "brightness": _brightness,
    "contrast": _contrast,
    "lumaflip": _luma_flip,
    "hue": _hue,
    "saturation": _saturation,
}


def _unchanged(draws: Draws) -> Tensor:
    return torch.eye(4, dtype=draws.evens.dtype, device=draws.evens.device).repeat(len(draws), 1, 1)


def _along_grey(draws: Draws) -> Tensor:
    """What a colour has of grey: v vᵀ. [n, 4, 4], nothing in the last row and column"""
    matrix = torch.zeros(len(draws), 4, 4, dtype=draws.evens.dtype, device=draws.evens.device)
    matrix[:, :3, :3] = GREY**2
    return matrix
