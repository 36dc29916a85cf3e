"""StyleGAN2 by its own promises; likeness to NVIDIA's pictures is tested with the files in test_store.py."""

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from gpu_service.networks import NetworkError
from gpu_service.networks.base import frame_seed, to_uint8
from gpu_service.networks.fresh import random_stylegan2
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


def test_only_rows_below_the_end_are_truncated(network):
    whole, half = network.mapping(latents(2)), network.mapping(latents(2), truncation=0.5)
    mixed = network.mapping(latents(2), truncation=0.5, truncation_end=3)
    assert torch.equal(mixed[:, :3], half[:, :3])
    assert torch.equal(mixed[:, 3:], whole[:, 3:])
    assert torch.equal(network.mapping(latents(2), truncation=0.5, truncation_end=0), whole)


@settings(max_examples=15, deadline=None)
@given(cut=st.integers(0, 8), truncation=st.floats(-1, 2), seed=st.integers(0, 99))
def test_rows_of_two_vectors_can_be_mixed_anywhere(network, cut, truncation, seed):
    """Blocks that read rows before the cut alone draw as for the first vector, and all do where nothing is cut off."""
    z = torch.randn(2, 12, generator=torch.Generator().manual_seed(seed))
    w = network.mapping(z, truncation=truncation)
    mixed = torch.cat([w[:1, :cut], w[1:, cut:]], dim=1)
    (drawn, sums), (first, first_sums) = with_sums(network, mixed), with_sums(network, w[:1])
    assert drawn.isfinite().all()
    for (row, block), mine, theirs in zip(network._synthesis.blocks(), sums, first_sums, strict=True):
        assert torch.equal(mine, theirs) or row + block.layers >= cut
    assert torch.equal(drawn, first) or cut < 8
    assert torch.equal(drawn, network.synthesis(w[1:])) or cut > 0


def with_sums(network: StyleGan2, w: torch.Tensor) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """A picture, and the sum of colours after each block."""
    sums: list[torch.Tensor] = []
    hooks = [
        block.register_forward_hook(lambda *given: sums.append(given[-1][1]))
        for _, block in network._synthesis.blocks()
    ]
    drawn = network.synthesis(w)
    for hook in hooks:
        hook.remove()
    return drawn, sums


def test_rows_of_another_network_are_refused(network):
    for w in (torch.zeros(2, 8, 11), torch.zeros(2, 7, 10), torch.zeros(2, 10)):
        with pytest.raises(NetworkError, match="reads 8 rows of 10 numbers"):
            network.synthesis(w)
    with pytest.raises(NetworkError, match="takes 12 numbers for each picture, not 11"):
        network.mapping(torch.zeros(1, 11))


def test_noise_is_as_strong_as_is_wished(network):
    w = network.mapping(latents(2))
    none, whole = network.synthesis(w, noise_mode="none"), network.synthesis(w)
    assert torch.equal(network.synthesis(w, noise_strength=0.0), none)
    assert torch.equal(network.synthesis(w, noise_strength=torch.ones(2)), whole)
    each = network.synthesis(w, noise_strength=torch.tensor([0.0, 1.0]))
    assert torch.equal(each, torch.cat([none[:1], whole[1:]]))
    seeds = {"noise_mode": "random", "noise": [1, 2]}
    assert torch.equal(network.synthesis(w, **seeds, noise_strength=0.0), none)
    assert not torch.equal(network.synthesis(w, **seeds, noise_strength=0.5), network.synthesis(w, **seeds))


def test_without_a_stored_average_it_is_found_from_samples():
    known = random_stylegan2(CONFIG, 3)
    tensors = {name: tensor for name, tensor in known.tensors().items() if name != "mapping.w_avg"}
    unknown = StyleGan2.from_tensors(CONFIG.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)
    assert (known.has_average, unknown.has_average) == (True, False)
    assert set(unknown.tensors()) == set(tensors)
    chance, classes = torch.Generator().manual_seed(0), torch.eye(3).repeat(2000, 1)
    mean = known._mapping(torch.randn(6000, 12, generator=chance), classes).mean(dim=0)
    assert torch.allclose(unknown.average_w(), mean, atol=0.25 * float(mean.std()))
    half = unknown.mapping(latents(1), truncation=0.5)
    assert torch.allclose(half, torch.lerp(unknown.average_w(), known.mapping(latents(1)), 0.5), atol=1e-6)
    again = StyleGan2.from_tensors(CONFIG.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)
    assert torch.equal(again.average_w(), unknown.average_w())


def test_broken_weights_draw_something(network):
    tensors = dict(network.tensors())
    tensors["synthesis.b8.conv1.weight"] = torch.full_like(tensors["synthesis.b8.conv1.weight"], torch.nan)
    broken = StyleGan2.from_tensors(CONFIG.to_json(), tensors, device=torch.device("cpu"), dtype=torch.float32)
    assert to_uint8(broken.synthesis(broken.mapping(latents(1)))).shape == (1, 3, 32, 32)


def test_a_clamp_bites_where_there_is_one(network):
    drawn = {}
    for clamp in (None, 1e6, 0.01):
        config = replace(CONFIG, conv_clamp=clamp)
        other = StyleGan2.from_tensors(
            config.to_json(), network.tensors(), device=torch.device("cpu"), dtype=torch.float32
        )
        drawn[clamp] = other.synthesis(other.mapping(latents(1)))
    assert torch.equal(drawn[None], drawn[1e6])
    assert drawn[0.01].abs().max() <= 0.01 * 4 * 4  # colour is clamped at each of four sizes, and their sum is enlarged


def test_styles_are_stacked_by_the_rows_they_read(network):
    channels = [CONFIG.channels(side) for side in CONFIG.resolutions]  # of 4, 8, 16, 32
    whole = network.style_weights()
    assert whole.shape == (channels[0] + sum(channels[i - 1] + channels[i] for i in range(1, 4)), 10)
    assert torch.equal(network.style_weights(range(2)), whole[: 2 * channels[0]])
    assert torch.equal(
        network.style_weights(range(2)), torch.cat([styles(network, "b4.conv1"), styles(network, "b8.conv0")])
    )
    assert torch.equal(network.style_weights(range(7, 8)), styles(network, "b32.torgb"))
    assert network.style_weights(range(8, 9)).shape == (0, 10)


def styles(network: StyleGan2, layer: str) -> torch.Tensor:
    return network.tensors()[f"synthesis.{layer}.affine.weight"]


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
