"""The networks that a run begins with: new ones, or those of a snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from gpu_service.networks import find
from gpu_service.networks.discriminator import Discriminator, random_discriminator
from gpu_service.networks.discriminator_layout import DiscriminatorConfig
from gpu_service.networks.discriminator_layout import tensor_shapes as discriminator_shapes
from gpu_service.networks.fresh import random_stylegan2, random_stylegan3
from gpu_service.networks.stylegan import StyleGan
from gpu_service.networks.stylegan2_layout import LayoutError, StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config
from gpu_service.protocol.training import TrainingConfig
from gpu_service.snapshots.facts import AVERAGE, LAYOUTS
from gpu_service.snapshots.reader import ReadNetwork
from gpu_service.training.errors import TrainingError

LABEL_LAYERS = 8
SEED_OF_D = 1
# What a start settles, and how a person calls it.
FIXED = {
    "resolution": "pixels a side",
    "z_dim": "numbers in z",
    "w_dim": "numbers in w",
    "mapping_layers": "mapping layers",
    "channel_base": "feature maps × pixels a side",
    "channel_max": "feature maps at most",
    "conv_kernel": "pixels a side of its kernels",
}


@dataclass(frozen=True)
class Built:
    """In float32 on the CPU; `average` is a network of its own."""

    generator: StyleGan
    average: StyleGan
    discriminator: Discriminator


def networks(config: TrainingConfig, num_classes: int, start: Mapping[str, ReadNetwork], notes: list[str]) -> Built:
    """What the run begins with. A start without G goes on from its average, one without D gets a new one, both said.

    Raises TrainingError where a start has other shapes.
    """
    if "G_ema" not in start:
        generator = new_generator(config, num_classes)
        return Built(generator, copy_of(generator), new_discriminator(config, num_classes))
    average = generator_of(start["G_ema"], config, num_classes)
    generator = generator_of(start["G"], config, num_classes) if "G" in start else copy_of(average)
    if "G" not in start:
        notes.append("The start holds no generator in training: its averaged one goes on.")
    held = discriminator_of(start["D"], config, num_classes) if "D" in start else None
    if held is None:
        notes.append("The start holds no discriminator for these pictures: a new one learns from nothing.")
    return Built(generator, average, held or new_discriminator(config, num_classes))


def copy_of(generator: StyleGan) -> StyleGan:
    """The same network with weights of its own."""
    device = next(generator.parameters()).device
    return type(generator).from_tensors(generator.to_json(), generator.tensors(), device=device, dtype=torch.float32)


def generator_config(config: TrainingConfig, num_classes: int) -> StyleGan2Config | StyleGan3Config:
    """Settings of the generator that the run trains."""
    sizes: dict[str, Any] = {
        "z_dim": config.z_dim,
        "w_dim": config.w_dim,
        "c_dim": num_classes,
        "resolution": config.size,
    }
    maps: dict[str, Any] = {
        "channel_base": config.channel_base,
        "channel_max": config.channel_max,
        "conv_clamp": config.conv_clamp,
    }
    if config.family == "stylegan2":
        return StyleGan2Config(**sizes, **maps, mapping_layers=config.mapping_layers)
    is_r = config.family == "stylegan3-r"
    return StyleGan3Config(
        **sizes,
        **maps,
        mapping_layers=config.mapping_layers,
        conv_kernel=1 if is_r else 3,
        use_radial_filters=is_r,
    )


def discriminator_config(config: TrainingConfig, num_classes: int) -> DiscriminatorConfig:
    """Settings of the discriminator that the run trains."""
    plain = DiscriminatorConfig(
        resolution=config.size,
        c_dim=num_classes,
        channel_base=config.d_channel_base,
        channel_max=config.d_channel_max,
        mapping_layers=LABEL_LAYERS,
        mbstd_group=config.mbstd_group,
        conv_clamp=config.conv_clamp,
        freeze_layers=config.freeze_d,
    )
    return replace(plain, cmap_dim=plain.channels(4)) if num_classes else plain


def new_generator(config: TrainingConfig, num_classes: int) -> StyleGan:
    """With random weights; the seed is the run's."""
    wanted = generator_config(config, num_classes)
    if isinstance(wanted, StyleGan2Config):
        return random_stylegan2(wanted, config.seed)
    return random_stylegan3(wanted, config.seed)


def new_discriminator(config: TrainingConfig, num_classes: int) -> Discriminator:
    """With random weights of another seed than the generator's."""
    return random_discriminator(discriminator_config(config, num_classes), config.seed + SEED_OF_D)


def blank(facts: Mapping[str, Any]) -> tuple[StyleGan, StyleGan, Discriminator]:
    """Generator, average and discriminator of those settings, to be filled. Raises TrainingError."""
    kind, settings = facts["generator"]["kind"], facts["generator"]["config"]
    try:
        held = DiscriminatorConfig.from_json(facts["discriminator"])
        zeros = {name: torch.zeros(shape) for name, shape in LAYOUTS[kind](settings).items()}
        shapes = discriminator_shapes(held)
    except LayoutError as error:
        raise TrainingError(f"The checkpoint describes a network that cannot be. {error}") from error
    cpu = torch.device("cpu")
    generators = [find(kind).from_tensors(settings, zeros, device=cpu, dtype=torch.float32) for _ in range(2)]
    assert isinstance(generators[0], StyleGan)
    assert isinstance(generators[1], StyleGan)
    nothing = {name: torch.zeros(shape) for name, shape in shapes.items()}
    return generators[0], generators[1], Discriminator.from_tensors(held.to_json(), nothing, device=cpu)


def generator_of(part: ReadNetwork, config: TrainingConfig, num_classes: int) -> StyleGan:
    """The generator of a snapshot, for going on with. Raises TrainingError where the run has other shapes."""
    wanted = generator_config(config, num_classes)
    kind = "stylegan2" if isinstance(wanted, StyleGan2Config) else "stylegan3"
    if part.kind != kind:
        raise TrainingError(f"The start is a network of the kind {part.kind}, the run trains {kind}.")
    told = wanted.to_json()
    if part.config["c_dim"] != num_classes:
        raise TrainingError(
            f"The start knows {part.config['c_dim']} classes, the pictures have {num_classes}. "
            "Both need the same labels, or none."
        )
    others = [
        f"{part.config[name]} {words} instead of {told[name]}"
        for name, words in FIXED.items()
        if name in told and part.config.get(name) != told[name]
    ]
    shapes = {name: array.shape for name, array in part.tensors.items() if name != AVERAGE}
    if others and shapes != {name: shape for name, shape in LAYOUTS[kind](told).items() if name != AVERAGE}:
        raise TrainingError(f"The start has other shapes than the run: {', '.join(others)}.")
    tensors = _tensors(part)
    network = find(part.kind).from_tensors(
        {**part.config, "conv_clamp": config.conv_clamp}, tensors, device=torch.device("cpu"), dtype=torch.float32
    )
    assert isinstance(network, StyleGan)
    if not network.has_average:  # found from samples once, so that it can be followed
        average = network.average_w().clone()
        network._mapping.register_buffer("w_avg", average)
    return network


def discriminator_of(part: ReadNetwork, config: TrainingConfig, num_classes: int) -> Discriminator | None:
    """The discriminator of a snapshot, or None where it judges other pictures."""
    held = DiscriminatorConfig.from_json(part.config)
    if (held.resolution, held.c_dim, held.picture_channels) != (config.size, num_classes, 3):
        return None
    settings = replace(
        held, mbstd_group=config.mbstd_group, conv_clamp=config.conv_clamp, freeze_layers=config.freeze_d
    )
    return Discriminator.from_tensors(settings.to_json(), _tensors(part), device=torch.device("cpu"))


def _tensors(part: ReadNetwork) -> dict[str, Tensor]:
    return {name: torch.from_numpy(array) for name, array in part.tensors.items()}
