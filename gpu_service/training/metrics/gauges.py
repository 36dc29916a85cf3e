"""What is taken from each picture, of the data and of a network alike, in one pass over either.

A gauge is fed uint8 pictures [n, 3, S, S] and gives arrays in the end; those of the data can be kept.
"""

from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from gpu_service.training.metrics.features import Features

LUMA = (0.299, 0.587, 0.114)
SMALL_PX = 16
PATCH_PX, PATCHES = 7, 16_384  # a level, over all pictures
BINOMIAL = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


class Gauge(Protocol):
    """`title` tells it from others with other settings."""

    title: str

    def add(self, pictures: Tensor) -> None:
        """Look at some more."""
        ...

    def numbers(self) -> dict[str, np.ndarray]:
        """What was found, by name."""
        ...


class Detail:
    """Energy of the Laplacian of the luma, whose root is the contrast of the finest detail."""

    title = "detail"

    def __init__(self) -> None:
        self._energy, self._pixels = 0.0, 0

    def add(self, pictures: Tensor) -> None:
        """[n, 3, S, S] uint8"""
        luma = torch.einsum("nchw,c->nhw", pictures.float(), torch.tensor(LUMA, device=pictures.device))
        middle = luma[:, 1:-1, 1:-1]
        around = luma[:, 2:, 1:-1] + luma[:, :-2, 1:-1] + luma[:, 1:-1, 2:] + luma[:, 1:-1, :-2]
        self._energy += float((around - 4 * middle).double().square().sum())
        self._pixels += middle.numel()

    def numbers(self) -> dict[str, np.ndarray]:
        """contrast [1], in levels of 0…255"""
        return {"contrast": np.sqrt([self._energy / max(self._pixels, 1)])}


class Small:
    """Pictures of 16 × 16."""

    title = "small"

    def __init__(self) -> None:
        self._rows: list[Tensor] = []

    def add(self, pictures: Tensor) -> None:
        """[n, 3, S, S] uint8"""
        small = functional.adaptive_avg_pool2d(pictures.float(), min(SMALL_PX, pictures.shape[-1]))
        self._rows.append(small.flatten(1).cpu())

    def numbers(self) -> dict[str, np.ndarray]:
        """rows [n, 768]"""
        return {"rows": torch.cat(self._rows).numpy()}


class Patches:
    """Patches of 7 × 7 of every level of the Laplacian pyramid, from full size to 16 pixels. Karras et al. 2018."""

    def __init__(self, pictures: int) -> None:
        self.title = f"patches-{pictures}"
        self._each = -(-PATCHES // pictures)
        self._places = torch.Generator().manual_seed(0)
        self._levels: dict[int, list[Tensor]] = {}

    def add(self, pictures: Tensor) -> None:
        """[n, 3, S, S] uint8"""
        for level in laplacian_pyramid(pictures.float()):
            side = level.shape[-1]
            room = side - PATCH_PX + 1
            places = torch.randint(0, room * room, (len(level), self._each), generator=self._places)
            windows = (
                level.unfold(2, PATCH_PX, 1).unfold(3, PATCH_PX, 1).permute(0, 2, 3, 1, 4, 5)
            )  # [n, y, x, 3, 7, 7]
            rows = torch.arange(len(level))[:, None]
            found = windows[rows, places // room, places % room]  # [n, each, 3, 7, 7]
            self._levels.setdefault(side, []).append(found.flatten(0, 1).cpu())

    def numbers(self) -> dict[str, np.ndarray]:
        """One array for each level, by its side: [PATCHES, 3, 49]"""
        found = {f"{side:04d}": torch.cat(rows)[:PATCHES].flatten(2) for side, rows in self._levels.items()}
        return {side: rows.numpy() for side, rows in found.items()}


class Pooled:
    """Features of the operator's network."""

    def __init__(self, features: Features) -> None:
        self.title = f"features-{features.sha256}-{features.layer}"
        self._features = features
        self._rows: list[Tensor] = []

    def add(self, pictures: Tensor) -> None:
        """[n, 3, S, S] uint8"""
        self._rows.append(self._features.pooled(pictures).cpu())

    def numbers(self) -> dict[str, np.ndarray]:
        """rows [n, D]"""
        return {"rows": torch.cat(self._rows).numpy()}


def laplacian_pyramid(pictures: Tensor) -> list[Tensor]:
    """What each halving loses, finest first, then what is left: [n, 3, S, S] -> sides S, S/2, … 16."""
    levels, left = [], pictures
    while left.shape[-1] > SMALL_PX:
        half = _blurred(left)[:, :, ::2, ::2]
        spread = torch.zeros_like(left)
        spread[:, :, ::2, ::2] = half * 4
        levels.append(left - _blurred(spread))
        left = half
    return [*levels, left]


def _blurred(pictures: Tensor) -> Tensor:
    taps = torch.tensor(BINOMIAL, dtype=pictures.dtype, device=pictures.device)
    kernel = torch.outer(taps, taps).expand(3, 1, 5, 5)
    return functional.conv2d(functional.pad(pictures, [2] * 4, mode="reflect"), kernel, groups=3)
