"""Perceptual path length: how far pictures jump when w moves a little. Karras et al., StyleGAN, 2019, section 4.1."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from gpu_service.networks.base import Network
from gpu_service.training.metrics.features import Features

STEP = 1e-4
OUTLIERS = 0.01  # left out at either end

Rows = Callable[[int], Tensor]


def path_length(
    network: Network, features: Features, rows: Rows, *, pairs: int, at_once: int, told: Callable[[int], None]
) -> float:
    """Mean of distance / STEP² where a straight way from one w to another begins; lower is smoother.

    `rows(n)` gives n new w [n, L, W]; `told` hears how many pictures were drawn. Noise stays as it is in the file.
    """
    found: list[np.ndarray] = []
    for first in range(0, pairs, at_once):
        count = min(at_once, pairs - first)
        start, end = rows(count), rows(count)
        near = torch.lerp(start, end, STEP)
        here, there = (network.synthesis(w, noise_mode="const") * 127.5 + 128 for w in (start, near))
        found.append((features.apart(here, there) / STEP**2).double().cpu().numpy())
        told(2 * count)
    return trimmed_mean(np.concatenate(found))


def trimmed_mean(values: np.ndarray) -> float:
    """Of what is left when the smallest and the largest hundredth are gone."""
    low = np.quantile(values, OUTLIERS, method="lower")
    high = np.quantile(values, 1 - OUTLIERS, method="higher")
    return float(values[(values >= low) & (values <= high)].mean())
