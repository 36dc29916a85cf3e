"""Small trainings for tests: networks of 16 pixels and random pictures."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gpu_service.protocol.training import TrainingConfig
from gpu_service.protocol.training_presets import resolve
from gpu_service.snapshots.array_file import write_arrays
from gpu_service.snapshots.facts import TRAINING_KEY, training_path
from gpu_service.snapshots.store import write
from gpu_service.snapshots.training_file import FORM
from gpu_service.training.trainer import Trainer
from gpu_service.training.weights import Weights
from tests.conftest import missing

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
    if changes.get("precision") == "bf16" and not torch.ops.mkldnn._is_mkldnn_bf16_supported():
        missing("This processor cannot compute in bf16.")
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


def gradients(trainer: Trainer, *, labels: Tensor | None = None, share: tuple[int, int] = (0, 1)) -> dict[str, Tensor]:
    """The gradients of each part of one step, and the sums behind them; no weight moves. `share`: rank and size."""
    found: dict[str, Tensor] = {}
    names = iter(["generator", "paths", "discriminator", "slope"])

    def look(weights: Weights) -> None:
        found[next(names)] = weights.forms[0].all.clone()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Weights, "step", look)
        trainer.step(batches(1)[0].chunk(share[1])[share[0]], labels)
    return found


def start_of(trainer: Trainer, folder: Path) -> Path:
    """A snapshot of it with its training file beside it."""
    path = folder / "start.safetensors"
    write(trainer.generator(), path)
    parts = trainer.parts()
    tensors = {f"{name}.{key}": array for name, part in parts.items() for key, array in part.tensors.items()}
    told = {name: {"kind": part.kind, "config": part.config} for name, part in parts.items()}
    note = json.dumps({"form": FORM, "parts": told, "warnings": []})
    write_arrays(tensors, training_path(path), metadata={TRAINING_KEY: note})
    return path
