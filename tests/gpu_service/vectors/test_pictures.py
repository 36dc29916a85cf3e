"""A look reaches the network whole, and sheets put each picture in its place."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.networks.base import Network, to_uint8
from gpu_service.networks.camera import look_transform
from gpu_service.protocol import Look, VectorSpec
from gpu_service.snapshots.store import import_snapshot, load_network
from gpu_service.vectors import pictures
from gpu_service.vectors.recipes import Recipes

SEEDS = [VectorSpec(seed=seed) for seed in range(3)]


@pytest.fixture(scope="module")
def moving(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """A StyleGAN3 network, whose input can be moved."""
    path = tmp_path_factory.mktemp("moving") / "sg3t.safetensors"
    import_snapshot(sample_data / "snapshots" / "sg3t-64.pkl", to=path)
    return load_network(path)


def test_noise_can_be_weaker_none_or_another(network):
    w = Recipes(network).rows(SEEDS)
    drawn = {
        name: pictures.draw(network, w, look=look, size=None)
        for name, look in {
            "own": Look(),
            "none": Look(noise="none"),
            "off": Look(noise_strength=0),
            "half": Look(noise_strength=0.5),
            "other": Look(noise="random", noise_seed=9),
        }.items()
    }
    assert torch.equal(drawn["none"], drawn["off"])
    for name in ("none", "half", "other"):
        assert not torch.equal(drawn[name], drawn["own"]), name
    expected = network.synthesis(torch.from_numpy(w), noise_mode="random", noise=[9] * 3)
    assert torch.equal(drawn["other"], to_uint8(expected))


def test_the_camera_reaches_stylegan3_and_leaves_others_alone(moving, network):
    look = Look(pan_x=0.25, pan_y=-0.1, turn=30, zoom=1.5)
    w = Recipes(moving).rows(SEEDS[:1])
    moved = look_transform(pan_x=0.25, pan_y=-0.1, turn=30, zoom=1.5)
    expected = to_uint8(moving.synthesis(torch.from_numpy(w), transform=moved))
    drawn = pictures.draw(moving, w, look=look, size=None)
    assert torch.equal(drawn, expected)
    assert not torch.equal(drawn, pictures.draw(moving, w, size=None))
    w = Recipes(network).rows(SEEDS[:1])
    assert torch.equal(pictures.draw(network, w, look=look, size=None), pictures.draw(network, w, size=None))


@given(count=st.integers(1, 30), columns=st.integers(1, 9))
def test_a_sheet_has_a_place_for_each_and_no_more_rows_than_it_needs(count: int, columns: int):
    sheet = pictures.Sheet(count, columns=columns, tile=2)
    for place in range(count):
        sheet.put(place, np.full((3, 2, 2), place + 1, np.uint8))
    grid = sheet.pixels[0, ::2, ::2].ravel()
    assert list(grid[:count]) == list(range(1, count + 1))
    assert not grid[count:].any()
    assert len(grid) - count < columns
