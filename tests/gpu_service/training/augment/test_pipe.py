"""What holds for every pipe: nothing at 0, what happens can be undone in distribution, gradients go through."""

import math
from contextlib import nullcontext
from typing import get_args

import numpy as np
import pytest
import torch

from gpu_service.protocol.training import Pipe
from gpu_service.training.augment import colour, damage, frequencies, geometry
from gpu_service.training.augment.draws import GATES, draw
from gpu_service.training.augment.pipe import BLIT, COLOR, GEOM, PIPES, Augment
from tests.gpu_service.training.augment.given import chance, pictures

MANY = 20_000


def binomial(share: float) -> float:
    """Five standard deviations."""
    return 5 * math.sqrt(share * (1 - share) / MANY)


@pytest.mark.parametrize("pipe", get_args(Pipe))
@pytest.mark.parametrize("p", [0.0, torch.tensor(0.0)])
def test_at_strength_0_pictures_are_what_they_were(pipe: Pipe, p: float):
    images = pictures(4, 16).float()
    assert Augment(pipe)(images, p, draw(4, chance(1))) is images


@pytest.mark.parametrize("pipe", get_args(Pipe))
def test_at_full_strength_pictures_change_and_stay_finite(pipe: Pipe):
    images = pictures(8, 16).float()
    made = Augment(pipe)(images, 1.2, draw(8, chance(1)))
    assert made.shape == images.shape
    assert made.dtype == torch.float32
    assert made.isfinite().all()
    assert not torch.equal(made, images)


def test_pipes_are_made_of_every_kind():
    assert set(PIPES) == set(get_args(Pipe))
    assert set(PIPES["bgcfnc"]) == {*BLIT, *GEOM, *COLOR, "filter", "noise", "cutout"}
    assert set(PIPES["bgc"]) == {*BLIT, *GEOM, *COLOR}


@pytest.mark.parametrize("kind", PIPES["bgcfnc"])
@pytest.mark.parametrize("p", [0.3, 0.8])
def test_each_kind_leaves_a_share_alone(kind: str, p: float):
    """The condition under which a network can tell the true pictures: most of the chance must not fall on others."""
    draws, kinds, size = draw(MANY, chance(3)), frozenset({kind}), 64
    if kind in BLIT:
        unchanged = (geometry.blits(draws, p, kinds, size) == torch.eye(3)).flatten(1).all(dim=1)
    elif kind in GEOM:
        matrices, is_moved = geometry.moves(draws, p, kinds, size)
        unchanged = (matrices == torch.eye(3)).flatten(1).all(dim=1)
        assert torch.equal(unchanged, ~is_moved)
    elif kind in COLOR:
        unchanged = (colour.colours(draws, p, kinds) == torch.eye(4)).flatten(1).all(dim=1)
    elif kind == "filter":
        unchanged = (frequencies.gains(draws, p) == 1).all(dim=1)
    elif kind == "noise":
        unchanged = damage.noise_strengths(draws, p) == 0
    else:
        unchanged = ~draws.happens(kind, p)
    # Some kinds may pick “nothing” even where they happen; a filter is four chances.
    among = {"xflip": 1 / 2, "lumaflip": 1 / 2, "rotate90": 1 / 4, "xint": 1 / 17**2}.get(kind, 0)
    expected = (1 - p) ** 4 if kind == "filter" else 1 - p + p * among
    assert float(unchanged.float().mean()) == pytest.approx(expected, abs=binomial(expected) + 2e-3 * (kind == "xint"))


@pytest.mark.parametrize("kind", ["xflip", "rotate90"])
def test_what_flips_and_quarter_turns_do_to_a_distribution_can_be_undone(kind: str):
    """Chances of the four (two) outcomes, turned round in a circle, are a matrix: its smallest eigenvalue is 1 - p."""
    p, outcomes = 0.7, 2 if kind == "xflip" else 4
    matrices = geometry.blits(draw(MANY, chance(4)), p, frozenset({kind}), 64)
    angle = torch.atan2(matrices[:, 1, 0], matrices[:, 0, 0]) / (2 * math.pi) * outcomes
    shares = np.bincount(angle.round().long().remainder(outcomes), minlength=outcomes) / MANY
    eigenvalues = np.abs(np.fft.fft(shares))
    assert eigenvalues.min() == pytest.approx(1 - p, abs=0.02)


def test_any_angle_of_hue_or_turn_leaves_the_distribution_invertible():
    """Of a turned distribution each frequency keeps 1 - p of itself, as even angles themselves keep nothing."""
    p, draws = 0.7, draw(MANY, chance(6))
    hue = colour.colours(draws, p, frozenset({"hue"}))
    cosine = (hue[:, 0, 0] + hue[:, 1, 1] + hue[:, 2, 2] - 1) / 2
    assert float(cosine.mean()) == pytest.approx(1 - p, abs=0.03)
    turn, _moved = geometry.moves(draws, p, frozenset({"rotate"}), 64)
    assert float(turn[:, 0, 0].mean()) == pytest.approx(1 - p, abs=0.03)


def test_distributions_have_the_paper_s_spread():
    draws, size = draw(MANY, chance(7)), 64
    everything = 1.0
    scale, _moved = geometry.moves(draws, everything, frozenset({"scale"}), size)
    assert float(scale[:, 0, 0].log().std()) == pytest.approx(0.2 * math.log(2), rel=0.03)
    assert torch.equal(scale[:, 0, 0], scale[:, 1, 1])
    stretch, _moved = geometry.moves(draws, everything, frozenset({"aniso"}), size)
    assert float(stretch[:, 0, 0].log().std()) == pytest.approx(0.2 * math.log(2), rel=0.03)
    assert torch.allclose(stretch[:, 0, 0] * stretch[:, 1, 1], torch.ones(()))
    shift, _moved = geometry.moves(draws, everything, frozenset({"xfrac"}), size)
    assert float(shift[:, :2, 2].std()) == pytest.approx(0.125 * size, rel=0.03)
    whole = geometry.blits(draws, everything, frozenset({"xint"}), size)[:, :2, 2]
    assert torch.equal(whole, whole.round())
    assert whole.abs().max() == 8
    brightness = colour.colours(draws, everything, frozenset({"brightness"}))[:, 0, 3]
    assert float(brightness.std()) == pytest.approx(0.2, rel=0.03)
    contrast = colour.colours(draws, everything, frozenset({"contrast"}))[:, 0, 0]
    assert float(contrast.log().std()) == pytest.approx(0.5 * math.log(2), rel=0.03)
    saturation = colour.colours(draws, everything, frozenset({"saturation"}))
    assert float((saturation[:, 0, 0] - saturation[:, 0, 1]).log().std()) == pytest.approx(math.log(2), rel=0.03)
    noise = damage.noise_strengths(draws, everything)
    assert float(noise.square().mean().sqrt()) == pytest.approx(0.1, rel=0.03)
    for band in (1, 2, 3):
        draws.gates[:, GATES.index(f"filter_{band}")] = 2  # of the four, the lowest alone
    loudness = frequencies.gains(draws, everything)
    power = torch.tensor([10, 1, 1, 1]) / 13
    assert torch.allclose(loudness**2 @ power, torch.ones(()), atol=1e-5)
    assert float((loudness[:, 0] / loudness[:, 1]).log().std()) == pytest.approx(math.log(2), rel=0.03)


@pytest.mark.parametrize("pipe", ["bgcfnc", "blit"])
def test_a_part_of_the_draws_makes_that_part_of_the_pictures(pipe: Pipe):
    """So that no one can tell how a batch was shared out."""
    images, draws, augment = pictures(9, 32), draw(9, chance(8)), Augment(pipe)
    whole = augment(images, 0.6, draws)
    for part in (slice(0, 3), slice(3, 4), slice(4, 9)):
        assert torch.allclose(augment(images[part], 0.6, draws[part]), whole[part], atol=1e-9)
    assert torch.equal(augment(images, 0.6, draws), whole)


def test_pictures_that_nothing_happens_to_are_the_same_to_the_bit():
    images, draws = pictures(8, 32).float(), draw(8, chance(9))
    draws.gates[2:5] = 0.9
    made = Augment("bgcfnc")(images, 0.8, draws)
    assert torch.equal(made[2:5], images[2:5])
    assert not torch.equal(made[0], images[0])


def test_half_precision_around_it_changes_nothing():
    images, draws, augment = pictures(4, 16).float(), draw(4, chance(10)), Augment("bgcf")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        inside = augment(images, 1.0, draws)
    assert torch.equal(inside, augment(images, 1.0, draws))


@pytest.mark.parametrize("pipe", ["blit", "bgcfnc"])
def test_gradients_and_their_gradients_go_through(pipe: Pipe):
    """R1 asks for the gradient of a gradient."""
    images = pictures(2, 16).requires_grad_()
    draws, augment = draw(2, chance(11)), Augment(pipe)
    draws.gates[:] = 0

    def bent(pictures_in: torch.Tensor) -> torch.Tensor:
        return augment(pictures_in, 1.0, draws).pow(3)

    assert torch.autograd.gradcheck(bent, (images,), fast_mode=True)
    assert torch.autograd.gradgradcheck(bent, (images,), fast_mode=True)


def test_draws_are_the_generator_s_and_the_same_for_every_pipe_and_strength():
    first, again = draw(5, chance(12)), draw(5, chance(12))
    assert torch.equal(first.gates, again.gates)
    assert torch.equal(first.seeds, again.seeds)
    assert not torch.equal(first.gates, draw(5, chance(13)).gates)


@pytest.mark.parametrize("pipe", ["blit", "bgcf", "cutout"])
def test_no_number_is_fetched_from_a_device_that_would_have_to_be_waited_for(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
):
    """Tensors without numbers: whoever asks for one fails."""
    monkeypatch.setattr(torch, "autocast", lambda *_, **__: nullcontext())  # there is none for them
    nowhere = torch.device("meta")
    images = torch.zeros(4, 3, 32, 32, device=nowhere, requires_grad=True)
    draws = draw(4, chance(14)).to(nowhere, torch.float32)
    made = Augment(pipe)(images, torch.zeros((), device=nowhere), draws)
    (gradient,) = torch.autograd.grad(made.square().sum(), images, create_graph=True)
    gradient.square().sum().backward()
    assert images.grad is not None
    assert images.grad.shape == images.shape


def test_oblong_pictures_are_refused():
    with pytest.raises(ValueError, match="Square pictures"):
        Augment("bgc")(torch.zeros(1, 3, 16, 32), 1.0, draw(1, chance(0)))


def test_training_files_of_others_hold_strength_and_filters():
    kept = Augment("bgc").tensors(0.25)
    assert float(kept["p"]) == 0.25
    assert kept["Hz_geom"].shape == (12,)
    assert float(kept["Hz_geom"].sum()) == pytest.approx(1)
    assert kept["Hz_fbank"].shape == (4, 43)
