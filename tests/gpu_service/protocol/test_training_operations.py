"""Arithmetic of a run, against the shapes that the networks lay out, and against published times."""

import math
import re
from collections.abc import Mapping
from typing import Any

import pytest

from gpu_service.networks import discriminator_layout, stylegan2_layout, stylegan3_layout
from gpu_service.protocol.training_operations import (
    discriminator_operations,
    generator_operations,
    operations_per_kimg,
)
from gpu_service.protocol.training_presets import resolve

Shapes = Mapping[str, tuple[int, ...]]


@pytest.mark.parametrize(("preset", "size"), [("small", 64), ("auto", 256), ("stylegan2", 1024)])
def test_every_weight_of_stylegan2_works_at_each_of_its_places(preset, size):
    config = resolve(preset, size=size)
    common: dict[str, Any] = {"resolution": size, "c_dim": 0, "conv_clamp": config.conv_clamp}
    names = ("z_dim", "w_dim", "mapping_layers", "channel_base", "channel_max")
    generator = stylegan2_layout.StyleGan2Config(**common, **{name: getattr(config, name) for name in names})
    judge = discriminator_layout.DiscriminatorConfig(
        **common, channel_base=config.d_channel_base, channel_max=config.d_channel_max
    )
    made = by_blocks(stylegan2_layout.tensor_shapes(generator), halved=("conv0",))
    assert made == pytest.approx(generator_operations(config), rel=0.01)
    judged = by_blocks(discriminator_layout.tensor_shapes(judge), halved=("conv1", "skip"))
    assert judged == pytest.approx(discriminator_operations(config), rel=0.01)


def by_blocks(shapes: Shapes, *, halved: tuple[str, ...]) -> float:
    """Weights of convolutions times the places where they work: b64.conv1 at 64 × 64, halved ones at 32 × 32."""
    found = [
        (re.search(r"b(\d+)\.(conv\d?|skip|torgb|fromrgb)\.weight$", name), shape) for name, shape in shapes.items()
    ]
    sides = [(int(hit[1]) // (2 if hit[2] in halved and int(hit[1]) > 4 else 1), shape) for hit, shape in found if hit]
    return sum(math.prod(shape) * side**2 for side, shape in sides)


@pytest.mark.parametrize("preset", ["stylegan3-t", "stylegan3-r"])
@pytest.mark.parametrize("size", [64, 256])
def test_layers_of_stylegan3_work_at_the_sides_in_their_names(preset, size):
    config = resolve(preset, size=size)
    names = ("z_dim", "w_dim", "mapping_layers", "channel_base", "channel_max", "conv_clamp")
    rotating = {"conv_kernel": 1, "use_radial_filters": True} if preset == "stylegan3-r" else {}
    common: dict[str, Any] = {name: getattr(config, name) for name in names} | {"resolution": size, "c_dim": 0}
    shapes = stylegan3_layout.tensor_shapes(stylegan3_layout.StyleGan3Config(**common, **rotating))
    layers = {
        int(hit[1]): (int(hit[2]), shapes[name])
        for name in shapes
        if (hit := re.search(r"L(\d+)_(\d+)_\d+\.weight$", name))
    }
    sides = [layers[0][0], *(layers[number][0] for number in range(len(layers) - 1))]  # of what comes in
    whole = sum(math.prod(layers[number][1]) * side**2 for number, side in enumerate(sides))
    assert generator_operations(config) == pytest.approx(whole, rel=0.2)


def test_twice_the_batch_costs_as_much_a_picture_and_twice_the_maps_four_times():
    one = resolve("small", size=64)
    assert operations_per_kimg(resolve("small", size=64, batch=32)) == operations_per_kimg(one)
    wide = one.model_copy(update={"channel_base": 4096, "channel_max": 128, "d_channel_base": 4096})
    wide = wide.model_copy(update={"d_channel_max": 256})
    assert generator_operations(wide) == pytest.approx(4 * generator_operations(one), rel=0.05)
    assert discriminator_operations(wide) == pytest.approx(4 * discriminator_operations(one), rel=0.05)


def test_published_times_of_one_card_are_within_its_range():
    """StyleGAN2-ADA on one A100: 12.53 and 90.39 seconds for a thousand pictures."""
    ratio = operations_per_kimg(resolve("stylegan2", size=1024)) / operations_per_kimg(resolve("auto", size=256))
    assert 1 / 1.5 < ratio / (90.39 / 12.53) < 1.5
