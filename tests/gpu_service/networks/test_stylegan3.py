"""StyleGAN3 by its own promises; likeness to NVIDIA's pictures is tested in test_reference.py."""

from dataclasses import replace

import pytest
import torch

from gpu_service.networks import NetworkError
from gpu_service.networks.camera import look_transform
from gpu_service.networks.crew import on_one_core
from gpu_service.networks.fresh import random_stylegan3
from gpu_service.networks.stylegan3 import StyleGan3
from gpu_service.networks.stylegan3_layout import StyleGan3Config, layer_plans

T = StyleGan3Config(
    z_dim=12, w_dim=10, c_dim=0, resolution=64, mapping_layers=2, channel_base=512, channel_max=12, conv_clamp=256
)
R = replace(T, conv_kernel=1, use_radial_filters=True, channel_base=1024)
MIDDLE = slice(12, -12)  # what the edges of the maps do not reach


@pytest.fixture(scope="module", params=[T, R], ids=["T", "R"])
def network(request: pytest.FixtureRequest) -> StyleGan3:
    """Random weights, an input that w turns and shifts, and magnitudes other than 1."""
    network = random_stylegan3(request.param, 5)
    chance = torch.Generator().manual_seed(6)
    tensors = dict(network.tensors())
    tensors["synthesis.input.affine.weight"] = torch.randn(4, 10, generator=chance) * 0.3
    for name in tensors:
        if name.endswith("magnitude_ema"):
            tensors[name] = torch.tensor(0.7)
    return StyleGan3.from_tensors(request.param.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)


@pytest.fixture(scope="module")
def still(network) -> torch.Tensor:
    """Two pictures that no camera moves."""
    return network.synthesis(rows(network, 2))


def rows(network: StyleGan3, count: int) -> torch.Tensor:
    return network.mapping(torch.randn(count, 12, generator=torch.Generator().manual_seed(1)))


def difference(a: torch.Tensor, b: torch.Tensor) -> float:
    """Of the middles, as a share of their spread."""
    a, b = a[..., MIDDLE, MIDDLE], b[..., MIDDLE, MIDDLE]
    return float((a - b).square().mean().sqrt() / b.std())


def test_a_picture_does_not_depend_on_its_batch_or_the_number_of_cores(network, still):
    usual = torch.get_num_threads()
    for threads in (1, 2):
        torch.set_num_threads(threads)
        alone = network.synthesis(rows(network, 2)[1:])
        assert torch.equal(alone, still[1:])
    torch.set_num_threads(usual)


def test_drawn_as_one_batch_pictures_agree_closely_with_those_drawn_alone(network, still):
    w = rows(network, 2).requires_grad_()
    together = on_one_core(lambda: network.synthesis(w)).detach()
    assert (together - still).abs().max() < 1e-4 * still.std()


@pytest.mark.parametrize(("right", "down"), [(8, 0), (0, -8), (5, 3)])
def test_a_camera_moves_the_picture_to_the_right_and_down(network, still, right, down):
    moved = network.synthesis(rows(network, 2), transform=look_transform(pan_x=right / 64, pan_y=down / 64))
    assert difference(moved, still.roll((down, right), dims=(2, 3))) < 0.02
    assert difference(moved, still.roll((-down, -right), dims=(2, 3))) > 0.05


def test_a_camera_turns_the_picture_clockwise_and_then_moves_it():
    network = random_stylegan3(R, 5)
    still = network.synthesis(rows(network, 1))
    turned = network.synthesis(rows(network, 1), transform=look_transform(turn=90))
    assert difference(turned, torch.rot90(still, -1, (2, 3))) < 1e-3
    both = network.synthesis(rows(network, 1), transform=look_transform(turn=90, pan_x=6 / 64))
    assert difference(both, torch.rot90(still, -1, (2, 3)).roll(6, dims=3)) < 1e-3


def test_a_camera_at_twice_the_zoom_moves_twice_as_far(network):
    w = rows(network, 1)
    near = network.synthesis(w, transform=look_transform(zoom=2))
    moved = network.synthesis(w, transform=look_transform(zoom=2) @ look_transform(pan_x=8 / 64))
    assert difference(moved, near.roll(8, dims=3)) < 0.02
    plain = look_transform(pan_x=4 / 64) @ look_transform(zoom=2)  # half as far before it is made larger
    assert difference(network.synthesis(w, transform=plain), near.roll(8, dims=3)) < 0.02


def test_each_picture_may_have_its_own_camera(network, still):
    cameras = torch.stack([torch.eye(3), look_transform(pan_x=0.25)])
    drawn = network.synthesis(rows(network, 2), transform=cameras)
    assert torch.equal(drawn[:1], still[:1])
    assert torch.equal(drawn[1:], network.synthesis(rows(network, 2)[1:], transform=cameras[1]))
    assert look_transform(turn=360) is None
    with pytest.raises(NetworkError, match="matrix of 3 × 3"):
        network.synthesis(rows(network, 2), transform=torch.eye(2))


def test_a_clamp_bites_where_there_is_one(network, still):
    config = network.config
    tensors = network.tensors()
    for clamp, is_same in ((None, True), (0.1, False)):
        other = StyleGan3.from_tensors(
            replace(config, conv_clamp=clamp).to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32
        )
        assert torch.equal(other.synthesis(rows(network, 2)), still) == is_same


def test_styles_are_stacked_by_the_rows_they_read(network):
    plans = layer_plans(network.config)
    whole = network.style_weights()
    assert whole.shape == (sum(plan.in_channels for plan in plans[:-1]), 10)
    assert torch.equal(network.style_weights(range(1, 3)), whole[: plans[0].in_channels + plans[1].in_channels])
    assert network.style_weights(range(15, 16)).shape == (plans[-1].in_channels, 10)  # the colour layer's own row
    assert network.style_weights(range(1)).shape == (0, 10)


def test_new_networks_begin_as_training_does():
    network = random_stylegan3(R, 5)
    same, other = random_stylegan3(R, 5).tensors(), random_stylegan3(R, 6).tensors()
    name = "synthesis.input.weight"
    assert torch.equal(network.tensors()[name], same[name])
    assert not torch.equal(network.tensors()[name], other[name])
    assert (network.tensors()["synthesis.input.freqs"].norm(dim=1) <= R.cutoff(0)).all()
    w = rows(network, 2)
    w[:, 0] = 100 * torch.randn(2, 10)  # the input does not listen to w yet
    assert torch.equal(network.synthesis(w), network.synthesis(rows(network, 2)))
