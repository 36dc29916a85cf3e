"""StyleGAN2 by its own promises; likeness to NVIDIA's pictures is tested with the files in test_store.py."""

import pytest
import torch
from torch.nn import functional

from gpu_service.networks import NetworkError
from gpu_service.networks.base import frame_seed, thumbnail
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.networks.stylegan2_layout import LayoutError, StyleGan2Config, tensor_shapes

CONFIG = StyleGan2Config(
    z_dim=12, w_dim=10, c_dim=3, resolution=32, mapping_layers=3, channel_base=256, channel_max=16, conv_clamp=256
)


@pytest.fixture(scope="module")
def network() -> StyleGan2:
    """A generator with random weights and a proper filter."""
    chance = torch.Generator().manual_seed(0)
    tensors = {name: torch.randn(shape, generator=chance) for name, shape in tensor_shapes(CONFIG).items()}
    for index in range(CONFIG.mapping_layers):
        tensors[f"mapping.fc{index}.weight"] *= 100  # stored over the rate multiplier
    tap = torch.tensor([1.0, 3, 3, 1])
    for name in tensors:
        if name.endswith("resample_filter"):
            tensors[name] = torch.outer(tap, tap) / 64
    return StyleGan2.from_tensors(CONFIG.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)


def latents(count: int) -> torch.Tensor:
    return torch.randn(count, 12, generator=torch.Generator().manual_seed(1))


def test_a_picture_does_not_depend_on_its_batch_or_the_number_of_cores(network):
    usual, drawn = torch.get_num_threads(), []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        drawn.append(network.synthesis(network.mapping(latents(4))))
        drawn.append(torch.cat([network.synthesis(network.mapping(latents(4)[row : row + 1])) for row in range(4)]))
    torch.set_num_threads(usual)
    assert all(torch.equal(pictures, drawn[0]) for pictures in drawn[1:])


def test_drawn_as_one_batch_pictures_agree_closely_with_those_drawn_alone(network):
    w = network.mapping(latents(4))
    alone = network.synthesis(w)
    assert (network.synthesis(w.requires_grad_()) - alone).abs().max() < 1e-4 * alone.std()
    preview = network.synthesis(w.detach()[:1], quality="preview")
    assert (preview - alone[:1]).abs().max() < 1e-4 * alone.std()


def test_truncation_draws_towards_the_mean(network):
    mean = network.tensors()["mapping.w_avg"]
    whole, half = network.mapping(latents(2)), network.mapping(latents(2), truncation=0.5)
    assert torch.allclose(half, mean + 0.5 * (whole - mean), atol=1e-5)
    assert torch.allclose(network.mapping(latents(2), truncation=0), mean.expand(2, network.num_ws, -1))
    each = network.mapping(latents(2), truncation=torch.tensor([0.5, 1.0]))
    assert torch.allclose(each, torch.stack([half[0], whole[1]]), atol=1e-5)


def test_labels_choose_the_class(network):
    labels = torch.eye(3)
    z = latents(1).expand(3, -1)
    w = network.mapping(z, labels=labels)
    assert (w[0] - w[1]).abs().max() > 1e-3
    assert torch.equal(network.mapping(z[:1]), network.mapping(z[:1], labels=labels[:1]))
    with pytest.raises(NetworkError, match="takes 3 labels"):
        network.mapping(z, labels=torch.zeros(3, 2))


def test_random_noise_is_the_frames_own(network):
    w = network.mapping(latents(2))
    seeds = [frame_seed(7, frame) for frame in (10, 11)]
    together = network.synthesis(w, noise_mode="random", noise=seeds)
    second = network.synthesis(w[1:], noise_mode="random", noise=seeds[1:])
    assert torch.equal(together[1:], second)
    other = network.synthesis(w[1:], noise_mode="random", noise=[frame_seed(7, 12)])
    assert (other - second).abs().max() > 1e-3 * together.std()
    with pytest.raises(NetworkError, match="one seed for each picture"):
        network.synthesis(w, noise_mode="random")


def test_noise_can_be_left_out(network):
    w = network.mapping(latents(1))
    assert (network.synthesis(w, noise_mode="none") - network.synthesis(w)).abs().max() > 1e-3


def test_seeds_of_frames_are_fixed_for_ever():
    assert frame_seed(0, 0) == 7896617691693857887
    assert len({frame_seed(seed, frame) for seed in range(20) for frame in range(200)}) == 4000


def test_another_size_is_cut_from_the_picture_that_covers_it(network):
    w = network.mapping(latents(1))
    native = network.synthesis(w)
    wide = network.synthesis(w, size=(32, 64))
    scaled = functional.interpolate(native, size=(64, 64), mode="bicubic", align_corners=False, antialias=True)
    assert torch.allclose(wide, scaled[:, :, 16:48], atol=1e-5)


def test_gradients_reach_w(network):
    w = network.mapping(latents(1)).requires_grad_()
    network.synthesis(w).square().mean().backward()
    assert w.grad is not None
    assert w.grad.abs().max() > 0
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_no_pictures_are_drawn_of_no_vectors(network):
    assert network.synthesis(network.mapping(latents(0))).shape == (0, 3, 32, 32)


def test_weights_are_not_mixed(network):
    assert network.family is None
    with pytest.raises(NetworkError, match="by their pictures"):
        network.blended(network, 0.5)


def test_a_thumbnail_is_always_the_same_picture(network):
    picture = thumbnail(network, seed=1, size=(24, 24))
    assert (picture.dtype, picture.shape) == (torch.uint8, (3, 24, 24))
    assert torch.equal(picture, thumbnail(network, seed=1, size=(24, 24)))
    assert not torch.equal(picture, thumbnail(network, seed=2, size=(24, 24)))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"resolution": 48}, "48 pixels a side, no power of two"),
        ({"resolution": 1 << 20}, "resolution is 1048576"),
        ({"w_dim": 0}, "w_dim is 0"),
        ({"z_dim": "512"}, "z_dim is '512'"),
        ({"mapping_layers": 10_000}, "mapping_layers is 10000"),
        ({"conv_clamp": float("nan")}, "conv_clamp is nan"),
    ],
)
def test_settings_of_no_network_are_refused(change, sentence):
    with pytest.raises(LayoutError, match=sentence):
        StyleGan2Config.from_json({**CONFIG.to_json(), **change})


def test_rows_and_sides_follow_the_resolution():
    for resolution, rows in ((64, 10), (256, 14), (512, 16), (1024, 18)):
        config = StyleGan2Config.from_json({**CONFIG.to_json(), "resolution": resolution})
        assert config.num_ws == rows
