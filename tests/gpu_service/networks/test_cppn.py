"""The pattern network: same seed, same picture, whatever was drawn with it."""

import itertools
import math

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.networks import NetworkError, cppn_easel, find
from gpu_service.networks.base import Network, to_uint8
from gpu_service.networks.cppn import Cppn, make_cppn, make_family
from gpu_service.networks.cppn_calibrate import calibration_canvas, calibration_styles
from gpu_service.networks.cppn_fields import FieldPainter, make_canvas
from gpu_service.networks.cppn_species import COMPLEXITIES, SPECIES, SpeciesError, tensor_shapes

SIZE = (48, 64)


@pytest.fixture(scope="module")
def networks() -> dict[str, Network]:
    """One network of each species."""
    return {name: make_cppn(name, seed=5) for name in SPECIES}


def latents(count: int, *, seed: int = 1) -> torch.Tensor:
    return torch.randn(count, 512, generator=torch.Generator().manual_seed(seed))


def decibels(one: torch.Tensor, other: torch.Tensor) -> float:
    """PSNR of pictures about −1…1."""
    return 10 * math.log10(4 / max((one - other).square().mean().item(), 1e-12))


@pytest.mark.parametrize("species", SPECIES)
def test_the_same_seed_is_the_same_network(networks, species):
    again = make_cppn(species, seed=5)
    assert all(torch.equal(again.tensors()[name], tensor) for name, tensor in networks[species].tensors().items())
    other = make_cppn(species, seed=6)
    assert not torch.equal(other.tensors()["hidden_weight"], again.tensors()["hidden_weight"])


@pytest.mark.parametrize("species", SPECIES)
def test_weights_have_the_shapes_the_layout_says(networks, species):
    network = networks[species]
    assert {name: tuple(t.shape) for name, t in network.tensors().items()} == tensor_shapes(network.config)


@pytest.mark.parametrize("quality", ["film", "preview", "once"])
@pytest.mark.parametrize("species", SPECIES)
def test_a_picture_does_not_depend_on_its_batch(networks, species, quality):
    network = networks[species]
    w = network.mapping(latents(3))
    together = network.synthesis(w, size=SIZE, quality=quality)
    assert together.shape == (3, 3, *SIZE)
    for index in (2, 0, 1):
        alone = network.mapping(latents(3)[index : index + 1])
        assert torch.equal(alone[0], w[index])
        assert torch.equal(network.synthesis(alone, size=SIZE, quality=quality)[0], together[index])


@settings(max_examples=30, deadline=None)
@given(
    z=arrays.arrays(np.float32, 512, elements=st.floats(width=32, allow_nan=False, allow_infinity=False)),
    species=st.sampled_from(list(SPECIES)),
    truncation=st.floats(0, 2),
)
def test_any_vector_gives_a_picture_and_the_same_one_in_any_company(networks, z, species, truncation):
    network = networks[species]
    row = torch.from_numpy(z)[None]
    company = torch.cat([latents(2), row])
    alone = network.synthesis(network.mapping(row, truncation=truncation), size=(16, 20), quality="preview")
    among = network.synthesis(network.mapping(company, truncation=truncation), size=(16, 20), quality="preview")
    assert torch.isfinite(alone).all()
    assert alone.abs().max() <= 1
    assert torch.equal(to_uint8(alone)[0], to_uint8(among)[2])


@pytest.mark.parametrize("species", SPECIES)
def test_fields_have_mean_0_and_spread_1_over_the_calibration_styles(networks, species):
    network = networks[species]
    config = network.config
    painter = FieldPainter(calibration_canvas(), species=species, fold=config.fold, angle=config.angle)
    fields = torch.stack([painter.paint(network.weights, style) for style in calibration_styles()]).flatten(2)
    assert fields.mean(dim=(0, 2)).abs().max() < 1e-3
    assert (fields.std(dim=2).mean(dim=0) - 1).abs().max() < 1e-3


@pytest.mark.parametrize("species", SPECIES)
def test_no_seed_is_black_or_washed_out(species):
    for seed in range(20, 22):
        network = make_cppn(species, seed=seed)
        pictures = network.synthesis(network.mapping(latents(4)), size=(120, 120), quality="once")
        brightness = (pictures.mean(dim=(1, 2, 3)) + 1) / 2
        assert 0.12 < brightness.mean() < 0.5
        assert pictures.flatten(1).std(dim=1).min() > 0.05


def test_a_step_of_the_style_moves_every_levelled_picture_about_alike():
    for seed in (1, 2, 3):
        network = make_cppn("silk", seed=seed)
        kappa = network.tensors()["level"]
        styles, steps = calibration_styles(), torch.randn(12, 16, generator=torch.Generator().manual_seed(4)) * 0.03
        before = network.synthesis((kappa * styles)[:, None], size=(96, 96), quality="once")
        after = network.synthesis((kappa * (styles + steps))[:, None], size=(96, 96), quality="once")
        rate = (after - before).abs().mean().item() / 2 / 0.03
        assert 0.25 < rate < 0.6


def test_the_style_is_kappa_times_psi_times_the_matrix_times_z_of_rms_1(networks):
    network = networks["smoke"]
    z = latents(1)
    tensors = network.tensors()
    wanted = tensors["level"] * 0.6 * tensors["style"] @ (z[0] / z[0].square().mean().sqrt())
    assert network.mapping(z, truncation=0.6)[0, 0] == pytest.approx(wanted.numpy(), abs=1e-5)
    assert torch.allclose(network.mapping(7 * z, truncation=0.6), network.mapping(z, truncation=0.6), atol=1e-6)


def test_truncation_may_differ_from_picture_to_picture(networks):
    network = networks["iris"]
    w = network.mapping(latents(2), truncation=torch.tensor([0.5, 1.0]))
    assert torch.equal(w[:1], network.mapping(latents(2)[:1], truncation=0.5))
    assert torch.equal(w[1:], network.mapping(latents(2)[1:]))


@pytest.mark.parametrize(("species", "height", "width"), [(name, 256, 256) for name in SPECIES] + [("smoke", 512, 512)])
def test_a_preview_lies_within_45_decibels_of_the_film(networks, species, height, width):
    network = networks[species]
    w = network.mapping(latents(1))
    film = network.synthesis(w, size=(height, width))
    preview = network.synthesis(w, size=(height, width), quality="preview")
    assert decibels(film, preview) > 45


@pytest.mark.parametrize("species", ["smoke", "silk", "contour"])
def test_bands_of_rows_leave_no_seam(networks, species, monkeypatch):
    network = networks[species]
    w = network.mapping(latents(1))
    drawn = []
    for rows in (8, 1000):
        monkeypatch.setattr(cppn_easel, "LEAST_BAND_ROWS", rows)
        monkeypatch.setattr(cppn_easel, "BAND_PIXELS", 1)
        cppn_easel.set_up.cache_clear()
        drawn.append(network.synthesis(w, size=(90, 120)))
    cppn_easel.set_up.cache_clear()
    assert (drawn[0] - drawn[1]).abs().max() < 1e-4


@pytest.mark.parametrize("species", ["smoke", "dream"])
def test_the_number_of_cores_changes_no_bit(species):
    usual, drawn = torch.get_num_threads(), []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        network = make_cppn(species, seed=8)
        drawn.append(network.synthesis(network.mapping(latents(2)), size=(150, 200)))
        assert torch.get_num_threads() == threads
    torch.set_num_threads(usual)
    assert torch.equal(drawn[0], drawn[1])
    assert torch.equal(drawn[0], drawn[2])


@pytest.mark.parametrize("quality", ["film", "preview", "once"])
def test_any_size_shows_the_same_composition(networks, quality):
    network = networks["smoke"]
    w = network.mapping(latents(1))
    large = network.synthesis(w, size=(180, 320), quality=quality)
    small = network.synthesis(w, size=(45, 80), quality=quality)
    shrunk = torch.nn.functional.avg_pool2d(large, 4)
    assert decibels(small, shrunk) > 30


@pytest.mark.parametrize("size", [(1, 1), (3, 7), (33, 47), (64, 3)])
@pytest.mark.parametrize("quality", ["film", "preview", "once"])
@pytest.mark.parametrize("species", ["smoke", "silk", "contour"])
def test_odd_and_tiny_sizes_are_drawn(networks, species, size, quality):
    picture = networks[species].synthesis(networks[species].mapping(latents(1)), size=size, quality=quality)
    assert picture.shape == (1, 3, *size)
    assert torch.isfinite(picture).all()


def test_half_size_cells_lie_between_their_pixels():
    whole, half = make_canvas(6, 10), make_canvas(6, 10, cells_per_pixel=0.5)
    pairs = whole.x.view(6, 10)[0].view(5, 2).mean(dim=1)
    assert torch.allclose(half.x.view(3, 5)[0], pairs)
    assert whole.y.view(6, 10)[:, 0].tolist() == pytest.approx([-5 / 6, -0.5, -1 / 6, 1 / 6, 0.5, 5 / 6])
    assert (whole.step, half.step) == pytest.approx((1 / 3, 2 / 3))


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (9000, 10), (8000, 8000)])
def test_sizes_beyond_reason_are_refused_before_memory_is_taken(networks, size):
    with pytest.raises(NetworkError, match="cannot be"):
        networks["smoke"].synthesis(torch.zeros(1, 1, 16), size=size)


def test_unknown_species_are_named_with_those_there_are():
    with pytest.raises(SpeciesError, match=r"no species named 'fog'.*smoke, silk, contour, mandala, iris, dream"):
        make_cppn("fog", seed=0)
    with pytest.raises(SpeciesError, match="complexity lies above 0 and up to 1, not at 2"):
        make_cppn("smoke", seed=0, complexity=2)


def test_no_pictures_are_drawn_of_no_vectors(networks):
    network = networks["smoke"]
    w = network.mapping(latents(0))
    assert w.shape == (0, 1, 16)
    assert network.synthesis(w, size=SIZE).shape == (0, 3, *SIZE)


def test_louder_snapshots_hold_more_detail():
    family = make_family("smoke", seed=0)
    assert [network.config.complexity for network in family] == list(COMPLEXITIES)
    w = family[-1].mapping(latents(4))
    detail = []
    for network in family:
        pictures = network.synthesis(w, size=(64, 64), quality="once")
        detail.append((pictures[..., 1:] - pictures[..., :-1]).abs().mean().item())
    assert detail == sorted(detail)
    assert detail[-1] > 1.5 * detail[0]


@pytest.mark.parametrize("species", SPECIES)
def test_a_cross_fade_of_siblings_moves_in_even_small_steps(species):
    family = make_family(species, seed=4)
    w = family[-1].mapping(latents(1, seed=1004))
    for first, second in itertools.pairwise(family):
        shares = np.linspace(0, 1, 7)
        pictures = [first.blended(second, share).synthesis(w, size=(48, 48), quality="once") for share in shares]
        steps = [(b - a).abs().mean().item() / 2 for a, b in itertools.pairwise(pictures)]
        assert max(steps) < 3 * np.mean(steps)
        assert torch.equal(pictures[0], first.synthesis(w, size=(48, 48), quality="once"))
        assert torch.equal(pictures[-1], second.synthesis(w, size=(48, 48), quality="once"))
        ends = [pictures[0].mean(), pictures[-1].mean()]
        assert min(ends) - 0.1 < pictures[3].mean() < max(ends) + 0.1, "the fade dips or flashes half way"


def test_strangers_are_not_blended(networks):
    assert networks["smoke"].family != networks["silk"].family
    with pytest.raises(NetworkError, match="of one pattern network"):
        networks["smoke"].blended(networks["silk"], 0.5)


def test_the_registry_finds_it():
    assert find("cppn") is Cppn
    with pytest.raises(NetworkError, match="no kind of network named 'vae'"):
        find("vae")
