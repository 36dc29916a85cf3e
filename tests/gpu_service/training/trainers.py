"""Small trainings for tests: networks of 16 pixels and random pictures."""

from typing import Any

import torch
from torch import Tensor

from gpu_service.protocol.training import TrainingConfig
from gpu_service.protocol.training_presets import resolve
from gpu_service.training.trainer import Trainer

CPU = torch.device("cpu")
LITTLE = {
    "size": 16,
    "batch": 8,
    "channel_base": 256,
    "channel_max": 16,
    "z_dim": 16,
    "w_dim": 16,
    "r1_every": 2,
    "path_every": 2,
    "precision": "fp32",
    "augment": "none",
}


def little_config(**changes: Any) -> TrainingConfig:
    """Every term at least each second step, float32, no augmentation, unless told otherwise."""
    values = LITTLE | changes
    return resolve(values.pop("preset", "small"), **values)


def little_trainer(**changes: Any) -> Trainer:
    """A trainer of such a run."""
    return Trainer(little_config(**changes), device=CPU)


def batches(count: int, *, size: int = 16, batch: int = 8, seed: int = 0) -> list[Tensor]:
    """Random pictures, uint8."""
    chance = torch.Generator().manual_seed(seed)
    return [torch.randint(0, 256, (batch, 3, size, size), generator=chance, dtype=torch.uint8) for _ in range(count)]


def kept(trainer: Trainer) -> dict[str, Tensor]:
    """Its tensors as they are now."""
    return {name: tensor.clone() for name, tensor in trainer.tensors().items()}


def differences(one: Trainer, other: Trainer) -> list[str]:
    """Names of tensors and facts that are not the same to the bit."""
    here, there = one.tensors(), other.tensors()
    assert set(here) == set(there)
    odd = [name for name in here if not torch.equal(here[name], there[name])]
    return odd + [name for name, value in one.facts().items() if other.facts()[name] != value]
