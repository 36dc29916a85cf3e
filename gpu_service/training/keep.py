"""A trainer as tensors and facts, and back to the bit.

What is missing or of another shape is refused before anything is overwritten.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from gpu_service.snapshots.reader import ReadNetwork
from gpu_service.training import build
from gpu_service.training.augment.pipe import Augment
from gpu_service.training.errors import TrainingError

if TYPE_CHECKING:
    from gpu_service.training.trainer import Trainer

FORM = 1


def tensors_of(trainer: "Trainer") -> dict[str, Tensor]:
    """Everything that has numbers, by name; views, to be written or copied before the next step."""
    nets = trainer.nets
    named = {
        "G": nets.generator.tensors(),
        "G_ema": nets.averaged.tensors(),
        "D": nets.discriminator.tensors(),
        "adam.G": nets.g.tensors(),
        "adam.D": nets.d.tensors(),
    }
    found = {f"{part}.{name}": tensor.detach() for part, held in named.items() for name, tensor in held.items()}
    return found | {"path_mean": nets.path_mean, "signs": trainer.signs, "chance": nets.chance.state()}


def facts_of(trainer: "Trainer") -> dict[str, Any]:
    """Everything else, as JSON."""
    nets = trainer.nets
    return {
        "form": FORM,
        "step": trainer.step_index,
        "pictures": trainer.pictures,
        "p": trainer.p,
        "precision": nets.precision.name,
        "micro_batch": trainer.micro_batch,
        "micro_batch_wanted": trainer.config.micro_batch,
        "num_classes": nets.num_classes,
        "generator": {"kind": nets.generator.kind, "config": nets.generator.to_json()},
        "discriminator": nets.discriminator.to_json(),
        "device": trainer.device.type,
        "torch": torch.__version__,
    }


def parts_of(trainer: "Trainer") -> dict[str, ReadNetwork]:
    """What another training goes on from beside the averaged generator: G, D, augment_pipe, as arrays."""
    nets = trainer.nets

    def part(kind: str, config: dict[str, object], tensors: Mapping[str, Tensor]) -> ReadNetwork:
        arrays = {name: tensor.detach().cpu().contiguous().clone().numpy() for name, tensor in tensors.items()}
        return ReadNetwork(kind, config, arrays, [])

    augment = nets.augment or Augment(trainer.config.pipe)
    return {
        "G": part(nets.generator.kind, nets.generator.to_json(), nets.generator.tensors()),
        "D": part("discriminator", nets.discriminator.to_json(), nets.discriminator.tensors()),
        "augment_pipe": part("augmentation", {"pipe": trainer.config.pipe}, augment.tensors(trainer.p)),
    }


@torch.no_grad()
def restore(trainer: "Trainer", tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Go on from there. Raises TrainingError where it is the state of another training."""
    if facts.get("form") != FORM:
        raise TrainingError("The checkpoint was written by another version of Phosphene.")
    nets = trainer.nets
    told = {"generator": facts["generator"], "discriminator": facts["discriminator"]}
    if told != {name: facts_of(trainer)[name] for name in told}:
        nets.take(*build.blank(facts))
    held = tensors_of(trainer)
    odd = sorted(set(held) ^ set(tensors)) + [
        name for name in held if name in tensors and held[name].shape != tensors[name].shape and name != "chance"
    ]
    if odd:
        raise TrainingError(f"The checkpoint does not fit this training: {odd[0]}, {len(odd)} tensors in all.")
    for name, tensor in held.items():
        if name != "chance":
            tensor.copy_(tensors[name])
    _take_chance(trainer, tensors["chance"], facts)
    trainer.step_index, trainer.pictures, trainer.p = facts["step"], facts["pictures"], facts["p"]
    if facts.get("micro_batch_wanted") == trainer.config.micro_batch:  # what memory made of it holds on
        trainer.shares.hold(facts["micro_batch"])
    if trainer.config.precision == "auto":  # what it was on the first day holds on
        nets.take_precision(facts["precision"], trainer.notes)


def _take_chance(trainer: "Trainer", state: Tensor, facts: Mapping[str, Any]) -> None:
    if facts["device"] == trainer.device.type:
        trainer.nets.chance.set_state(state)
        return
    # Generators of CPUs and GPUs have nothing in common: another chance from here on, the same for every process.
    trainer.nets.chance.restart(trainer.config.seed + facts["step"])
    trainer.notes.append(
        f"The run began on another kind of device ({facts['device']}): what chance draws from here on "
        "differs from what it would have drawn there."
    )
