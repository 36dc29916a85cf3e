"""Four octaves of a picture, each louder or softer. Karras et al. 2020 (ADA), appendix B, “image-space filtering”."""

import math
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from gpu_service.training.augment.draws import BANDS, Draws
from gpu_service.training.augment.wavelets import filter_bank

GAIN_DEVIATION = math.log(2)  # of the logarithm
# Share of a natural picture's power in each band: what is turned up is paid for by the others.
POWER = (10 / 13, 1 / 13, 1 / 13, 1 / 13)


def gains(draws: Draws, p: Tensor | float) -> Tensor:
    """How loud each band becomes. [n, 4]"""
    power = torch.tensor(POWER, dtype=draws.normals.dtype, device=draws.normals.device)
    total = torch.ones_like(draws.normal("filter"))
    for band in range(BANDS):
        gain = torch.exp(draws.normal("filter")[:, band] * GAIN_DEVIATION)
        each = torch.ones_like(total)
        each[:, band] = torch.where(draws.happens(f"filter_{band}", p), gain, 1)
        total = total * each / (power * each**2).sum(dim=1, keepdim=True).sqrt()
    return total


def turn_up(images: Tensor, loudness: Tensor) -> Tensor:
    """Along rows and along columns, with mirrored edges. [n, C, S, S], [n, 4] -> [n, C, S, S]"""
    bands = _matrices(images.shape[-1], images.dtype, images.device)
    matrices = torch.einsum("nb,bij->nij", loudness, bands)[:, None]
    return matrices @ images @ matrices.transpose(-1, -2)


@lru_cache(maxsize=4)
def _matrices(size: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """Each band as a matrix that makes a row of pixels from a row of pixels. [4, S, S]"""
    bank = filter_bank()
    reach = bank.shape[1] // 2
    made, read = np.mgrid[:size, -reach : reach + 1]
    beyond = (made + read) % (2 * size - 2)
    places = size - 1 - np.abs(beyond - (size - 1))  # folded at the middles of the outermost pixels
    matrices = np.zeros((len(bank), size, size))
    for band, taps in enumerate(bank):
        np.add.at(matrices[band], (made, places), np.broadcast_to(taps, made.shape))
    return torch.from_numpy(matrices).to(device, dtype)
