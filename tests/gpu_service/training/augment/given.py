"""Draws with chosen numbers."""

import torch
from torch import Tensor

from gpu_service.training.augment.draws import EVEN, GATES, NORMAL, Draws, draw

P = 0.5
Numbers = dict[str, list[float]]


def chance(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def pictures(count: int, size: int, *, seed: int = 0) -> Tensor:
    """Noise, the hardest picture of all. float64 [n, 3, S, S]"""
    return torch.rand(count, 3, size, size, generator=chance(seed), dtype=torch.float64) * 2 - 1


def only(*gates: str, even: Numbers | None = None, normal: Numbers | None = None) -> Draws:
    """One picture to which those kinds happen at strength P, with those numbers."""
    draws = draw(1, chance(5)).to(torch.device("cpu"), torch.float64)
    for name in GATES:
        draws.gates[:, GATES.index(name)] = 0.0 if name in gates else 1.0
    for kind, numbers in (even or {}).items():
        draws.evens[0, EVEN[kind]] = torch.tensor(numbers, dtype=torch.float64)
    for kind, numbers in (normal or {}).items():
        draws.normals[0, NORMAL[kind]] = torch.tensor(numbers, dtype=torch.float64)
    return draws
