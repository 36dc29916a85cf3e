"""The blur in front of StyleGAN3-R's discriminator in its first days. Karras et al. 2021, appendix."""

import math

import torch
from torch import Tensor
from torch.nn import functional

REACH = 3  # standard deviations


def blurred(pictures: Tensor, sigma: float) -> Tensor:
    """Every colour through a bell that halves `sigma` pixels from its middle; black around. [n, 3, R, R] -> the same"""
    reach = math.floor(sigma * REACH)
    if reach <= 0:
        return pictures
    places = torch.arange(-reach, reach + 1, device=pictures.device, dtype=pictures.dtype)
    bell = torch.exp2(-(places / sigma).square())
    bell = (bell / bell.sum()).expand(pictures.shape[1], 1, 1, -1)
    channels = pictures.shape[1]
    rows = functional.conv2d(pictures, bell, padding=(0, reach), groups=channels)
    return functional.conv2d(rows, bell.transpose(2, 3), padding=(reach, 0), groups=channels)
