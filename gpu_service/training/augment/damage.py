"""Noise over a picture, and a square cut out of it. Karras et al. 2020 (ADA), appendix B, “corruptions”."""

import torch
from torch import Tensor

from gpu_service.training.augment.draws import Draws

NOISE_DEVIATION = 0.1  # of the half-normal strength
CUT = 0.5  # side of the square, share of the picture's


def noise_strengths(draws: Draws, p: Tensor | float) -> Tensor:
    """Standard deviation of each picture's noise. [n]"""
    strength = draws.normal("noise")[:, 0].abs() * NOISE_DEVIATION
    return torch.where(draws.happens("noise", p), strength, 0)


def add_noise(images: Tensor, strengths: Tensor, seeds: Tensor) -> Tensor:
    """Each picture's noise comes from its own seed, whoever stands beside it. [n, C, H, W], [n], [n]"""
    noise = torch.zeros_like(images)
    for index, (strength, seed) in enumerate(zip(strengths.tolist(), seeds.tolist(), strict=True)):
        if strength > 0:
            own = torch.Generator(images.device).manual_seed(seed)
            noise[index].normal_(std=strength, generator=own)
    return images + noise


def cut_out(images: Tensor, draws: Draws, p: Tensor | float) -> Tensor:
    """A grey square (0) whose middle lies anywhere in the picture. [n, C, H, W]"""
    height, width = images.shape[-2:]
    middle = draws.even("cutout")[:, :, None]  # [n, 2, 1], x and y
    x, y = ((torch.arange(side, device=images.device) + 0.5) / side for side in (width, height))
    is_cut = ((x - middle[:, 0]).abs() < CUT / 2)[:, None, :] & ((y - middle[:, 1]).abs() < CUT / 2)[:, :, None]
    return images.masked_fill((is_cut & draws.happens("cutout", p)[:, None, None])[:, None], 0)
