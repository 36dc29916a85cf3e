import pytest
import torch
from torch import nn

from gpu_service.networks.fresh import random_stylegan2
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.training.average import Average, share_kept
from gpu_service.training.chance import Chance, Latents, Taste
from gpu_service.training.generator import Painter, noise_sizes, paint_stylegan2
from gpu_service.training.precision import KINDS

CPU = torch.device("cpu")
CONFIG = StyleGan2Config(
    z_dim=8, w_dim=8, c_dim=0, resolution=32, mapping_layers=2, channel_base=512, channel_max=16, conv_clamp=256
)


@pytest.fixture(scope="module")
def network():
    made = random_stylegan2(CONFIG, seed=4)
    with torch.no_grad():
        for name, value in made.named_parameters():
            if name.endswith("noise_strength"):
                value.fill_(0.3)
    return made


@pytest.mark.parametrize(("name", "tolerance"), [("fp32", 1e-4), ("fp16", 0.02), ("bf16", 0.15)])
def test_a_batch_in_training_draws_what_the_network_draws(network, name, tolerance):
    w = network.mapping(torch.randn(3, 8, generator=torch.Generator().manual_seed(0)))
    constant = [layer.noise_const for _, block in network._synthesis.blocks() for layer in block.convolutions()]
    noise = torch.cat([each.flatten() for each in constant]).expand(3, -1)
    with torch.no_grad():
        trained = paint_stylegan2(network, w, noise, KINDS[name])
    drawn = network.synthesis(w)
    assert (trained - drawn).abs().max() < tolerance * drawn.std()


def test_two_vectors_make_one_picture_from_the_cut_on(network):
    painter, taste = Painter(network, KINDS["fp32"]), Taste(z_dim=8, num_ws=8, noise_numbers=0, mixing=0.5)
    latents = Chance(1, CPU).latents(64, taste)
    assert latents.second is not None
    assert latents.cut is not None
    rows, first = painter.rows(latents, None)
    second = painter.rows(Latents(latents.second), None)[1]
    for index, cut in enumerate(latents.cut.tolist()):
        assert torch.equal(rows[index, :cut], first[index].expand(cut, -1))
        assert rows[index, cut:].detach().numpy() == pytest.approx(
            second[index].expand(8 - cut, -1).detach().numpy(), abs=1e-6
        )
    mixed = (latents.cut < 8).sum()
    assert 20 <= mixed <= 44  # of 64, each with probability one half
    assert set(latents.cut.tolist()) == set(range(1, 9))


def test_chance_goes_on_from_its_state_and_a_share_is_part_of_the_whole():
    taste = Taste(z_dim=4, num_ws=6, noise_numbers=10, mixing=0.9)
    chance = Chance(3, CPU)
    chance.latents(4, taste)
    state = chance.state()
    whole = chance.latents(8, taste)
    chance.set_state(state)
    again = chance.latents(8, taste)
    assert torch.equal(whole.noise, again.noise)
    assert torch.equal(again[4:8].z, whole.z[4:])
    assert torch.equal(again[4:8].cut, whole.cut[4:])


def test_noise_is_drawn_for_every_layer(network):
    assert noise_sizes(network) == [16, 64, 64, 256, 256, 1024, 1024]


def test_half_of_the_average_is_new_after_its_half_life():
    assert share_kept(batch=10_000, half_life_kimg=10, ramp=None, pictures=0) == pytest.approx(0.5)
    kept = share_kept(batch=16, half_life_kimg=5, ramp=None, pictures=0)
    assert kept ** (5000 / 16) == pytest.approx(0.5)
    assert share_kept(batch=16, half_life_kimg=5, ramp=0.05, pictures=0) == 0
    assert share_kept(batch=16, half_life_kimg=5, ramp=0.05, pictures=3200) == pytest.approx(0.5 ** (16 / 160))
    assert share_kept(batch=16, half_life_kimg=5, ramp=0.05, pictures=10**6) == kept


def test_the_average_follows_weights_and_copies_the_rest(network):
    follower = random_stylegan2(CONFIG, seed=9)
    average = Average(follower, network)
    before = follower._synthesis.b8.conv1.weight.clone()
    flat = nn.utils.parameters_to_vector(network.parameters())
    average.follow(flat, 0.75)
    wanted = 0.75 * before + 0.25 * network._synthesis.b8.conv1.weight
    assert follower._synthesis.b8.conv1.weight.detach().numpy() == pytest.approx(wanted.detach().numpy(), abs=1e-6)
    assert torch.equal(follower._synthesis.b8.conv1.noise_const, network._synthesis.b8.conv1.noise_const)
    copied = average.copy()
    average.follow(flat, 0.0)
    assert copied._synthesis.b8.conv1.weight.detach().numpy() == pytest.approx(wanted.detach().numpy(), abs=1e-6)
