"""The fast way draws StyleGAN3's pictures; how fast it is, is measured in bench/stylegan.py."""

from dataclasses import replace

import pytest
import torch

from gpu_service.networks import fast
from gpu_service.networks.camera import look_transform
from gpu_service.networks.crew import on_one_core
from gpu_service.networks.fast import Way
from gpu_service.networks.fresh import random_stylegan3
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.networks.stylegan3_layout import StyleGan3Config
from gpu_service.snapshots.store import import_snapshot, load_network
from tests.gpu_service.networks.test_fast import LEAST_DB, likeness_db

T = StyleGan3Config(
    z_dim=12, w_dim=10, c_dim=0, resolution=32, mapping_layers=2, channel_base=512, channel_max=24, conv_clamp=0.8
)
R = replace(T, conv_kernel=1, use_radial_filters=True, channel_base=1024)


def draw(network: StyleGan3, way: Way | None, *, count: int = 2, **more: object) -> torch.Tensor:
    z = torch.randn(4, network.z_dim, generator=torch.Generator().manual_seed(2))[:count]
    with fast.drawing(way), torch.inference_mode():
        return network.synthesis(network.mapping(z), **more)


@pytest.fixture(scope="module", params=[T, R], ids=["T", "R"])
def network(request: pytest.FixtureRequest) -> StyleGan3:
    return random_stylegan3(request.param, 3)


def test_small_numbers_draw_the_same_pictures(network):
    wanted, drawn = draw(network, None), draw(network, Way("bf16"))
    assert not torch.equal(drawn, wanted)
    assert likeness_db(drawn / wanted.std() / 2, wanted / wanted.std() / 2) >= LEAST_DB


def test_in_float32_the_fast_form_is_exact(network):
    engine = network.prepare("fp32")
    w = network.mapping(torch.randn(2, 12, generator=torch.Generator().manual_seed(2)))
    camera = look_transform(turn=20, pan_x=0.1)
    with torch.inference_mode():
        wanted = network.synthesis(w, transform=camera)
        drawn = engine(w, camera.expand(2, 3, 3))
    assert (drawn - wanted).abs().max() < 1e-4 * wanted.std()


def test_a_gpus_filters_draw_the_same(network):
    """A GPU filters tap by tap; that form runs here as well."""
    engine, other = network.prepare("bf16"), network.prepare("bf16")
    for layer in other.layers:
        layer.bands = None
    w = network.mapping(torch.randn(2, 12, generator=torch.Generator().manual_seed(2)))
    wanted, drawn = on_one_core(lambda: (engine(w, None), other(w, None)))
    # Float32 rounds otherwise, and bf16 now and then makes a step of it.
    assert (drawn - wanted).square().mean().sqrt() < 0.01 * wanted.std()


def test_a_fast_picture_does_not_depend_on_its_batch(network):
    together = draw(network, Way("bf16"), count=3)
    assert torch.equal(together[:1], draw(network, Way("bf16"), count=1))


def test_a_preview_may_use_all_cores(network):
    film, preview = draw(network, Way("bf16"), count=1), draw(network, Way("bf16"), count=1, quality="preview")
    assert likeness_db(preview / film.std() / 2, film / film.std() / 2) >= LEAST_DB


@pytest.mark.parametrize("name", ["sg3t-64-moved.pkl", "sg3r-64.pkl"])
def test_files_are_drawn_as_well(sample_data, tmp_path, name):
    import_snapshot(sample_data / "snapshots" / name, to=tmp_path / "network.safetensors")
    loaded = load_network(tmp_path / "network.safetensors")
    assert isinstance(loaded, StyleGan3)
    wanted, drawn = draw(loaded, None), draw(loaded, Way("bf16"))
    assert likeness_db(drawn / wanted.std() / 2, wanted / wanted.std() / 2) >= LEAST_DB
    assert loaded.prepared.number_of_bytes() > 0
