"""What a plan says a run will keep on the disk, and how its numbers are counted."""

import math
from typing import Any

import pytest

from gpu_service.networks import discriminator_layout, stylegan2_layout, stylegan3_layout
from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training_bytes import checkpoint_bytes, disk_bytes, parameters, snapshot_bytes, training_bytes
from gpu_service.protocol.training_presets import resolve
from gpu_service.snapshots.facts import BUFFERS
from studio.blobs.store import readable_size

pytestmark = pytest.mark.django_db


def test_disk_is_counted_ahead_and_a_full_one_refuses(plan, settings):
    told = plan()
    wanted = TrainingConfig.model_validate(told["config"])
    assert told["disk_bytes"] == disk_bytes(wanted) > 20 * snapshot_bytes(wanted)
    settings.FREE_BYTES_FLOOR = 10**18
    (problem,) = plan()["problems"]
    least = readable_size(2 * checkpoint_bytes(wanted) + 2 * training_bytes(wanted))
    assert problem["sentence"] == (
        f"The studio’s disk has 0 bytes left, and this run keeps {least} at the least. "
        "Free some, or choose a smaller one."
    )


@pytest.mark.parametrize("classes", [0, 10])
@pytest.mark.parametrize(
    ("preset", "size"), [("small", 64), ("auto", 256), ("stylegan2", 1024), ("stylegan3-t", 256), ("stylegan3-r", 128)]
)
def test_trained_numbers_are_counted_as_the_networks_lay_them_out(preset, size, classes):
    wanted = resolve(preset, size=size, labels=bool(classes))
    names = ("z_dim", "w_dim", "mapping_layers", "channel_base", "channel_max", "conv_clamp")
    common: dict[str, Any] = {name: getattr(wanted, name) for name in names} | {"c_dim": classes, "resolution": size}
    if wanted.family == "stylegan2":
        generator = stylegan2_layout.tensor_shapes(stylegan2_layout.StyleGan2Config(**common))
    else:
        rotating = {"conv_kernel": 1, "use_radial_filters": True} if preset == "stylegan3-r" else {}
        generator = stylegan3_layout.tensor_shapes(stylegan3_layout.StyleGan3Config(**common, **rotating))
    judge = discriminator_layout.DiscriminatorConfig(
        resolution=size,
        c_dim=classes,
        channel_base=wanted.d_channel_base,
        channel_max=wanted.d_channel_max,
        cmap_dim=min(wanted.d_channel_base // 4, wanted.d_channel_max) if classes else 0,
    )
    counted = tuple(
        sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(BUFFERS))
        for shapes in (generator, discriminator_layout.tensor_shapes(judge))
    )
    assert parameters(wanted, num_classes=classes) == counted
