"""Every kind of augmentation against NumPy's version of it."""

import math
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from gpu_service.training.augment import frequencies, warp
from gpu_service.training.augment.draws import EVEN, NORMAL, Draws, draw
from gpu_service.training.augment.pipe import Augment
from gpu_service.training.augment.wavelets import SYM2, SYM6, filter_bank
from tests.gpu_service.training.augment import plain
from tests.gpu_service.training.augment.given import P, chance, only, pictures

LOG_SCALE = 0.2 * math.log(2)


def augmented(picture: np.ndarray, draws: Draws) -> np.ndarray:
    """One picture through everything, of which `draws` lets some happen."""
    return Augment("bgcfnc")(torch.from_numpy(picture)[None], P, draws)[0].numpy()


@pytest.fixture
def picture() -> np.ndarray:
    return pictures(1, 32)[0].numpy()


def test_mirroring(picture: np.ndarray):
    assert np.array_equal(augmented(picture, only("xflip", even={"xflip": [0.7]})), picture[:, :, ::-1])
    assert np.array_equal(augmented(picture, only("xflip", even={"xflip": [0.3]})), picture)


@pytest.mark.parametrize("quarters", range(4))
def test_quarter_turns(picture: np.ndarray, quarters: int):
    made = augmented(picture, only("rotate90", even={"rotate90": [quarters / 4 + 0.1]}))
    assert np.array_equal(made, np.rot90(picture, quarters, axes=(1, 2)))


def test_shifts_by_whole_pixels_go_on_as_in_a_mirror(picture: np.ndarray):
    made = augmented(picture, only("xint", even={"xint": [1.0, 0.125]}))  # 4 to the right, 3 up
    wide = np.pad(picture, ((0, 0), (4, 4), (4, 4)), mode="reflect")
    assert np.array_equal(made, wide[:, 7:39, 0:32])


@pytest.mark.parametrize(
    ("draws", "back"),
    [
        (only("scale", normal={"scale": [1.3]}), plain.scaled(math.exp(1.3 * LOG_SCALE))),
        (only("aniso", normal={"aniso": [-1.7]}), plain.stretched(math.exp(-1.7 * LOG_SCALE))),
        (only("rotate_first", even={"rotate_first": [0.9]}), plain.turned(0.8 * math.pi)),
        (only("rotate_last", even={"rotate_last": [0.2]}), plain.turned(-0.6 * math.pi)),
        (only("xfrac", normal={"xfrac": [0.4, -1.1]}), plain.shifted(0.4 * 4, -1.1 * 4)),
    ],
    ids=["scale", "stretch", "turn before", "turn after", "shift"],
)
def test_moves_are_filtered_as_the_paper_says(picture: np.ndarray, draws: Draws, back: plain.Back):
    # A turn happens at a strength of its own (1 - √(1 - p)), which gates of 0 pass as well.
    assert augmented(picture, draws) == pytest.approx(plain.moved(picture, back), abs=1e-9)


def test_brightness_and_contrast(picture: np.ndarray):
    assert augmented(picture, only("brightness", normal={"brightness": [1.5]})) == pytest.approx(picture + 0.3)
    assert augmented(picture, only("contrast", normal={"contrast": [-2.0]})) == pytest.approx(picture / 2)


def test_dark_for_light(picture: np.ndarray):
    flipped = augmented(picture, only("lumaflip", even={"lumaflip": [0.8]}))
    assert flipped == pytest.approx(plain.luma_flipped(picture))
    assert augmented(picture, only("lumaflip", even={"lumaflip": [0.2]})) == pytest.approx(picture)


@pytest.mark.parametrize("even", [0.05, 0.5, 0.8])
def test_hue(picture: np.ndarray, even: float):
    made = augmented(picture, only("hue", even={"hue": [even]}))
    assert made == pytest.approx(plain.hue_turned(picture, (even * 2 - 1) * math.pi))


def test_saturation(picture: np.ndarray):
    made = augmented(picture, only("saturation", normal={"saturation": [-1.0]}))
    assert made == pytest.approx(plain.saturated(picture, 0.5))


@pytest.mark.parametrize("band", range(4))
def test_a_band_grows_louder_and_the_others_pay_for_it(picture: np.ndarray, band: int):
    made = augmented(picture, only(f"filter_{band}", normal={"filter": [1.0] * 4}))
    gains = np.ones(4)
    gains[band] = 2.0
    gains /= np.sqrt((np.array([10, 1, 1, 1]) / 13 * gains**2).sum())
    assert made == pytest.approx(plain.bands_turned_up(picture, gains), abs=1e-9)


def test_a_picture_smaller_than_the_filter_is_mirrored_again_and_again():
    small = pictures(1, 16)
    made = frequencies.turn_up(small, torch.tensor([[0.3, 1.2, 2.0, 0.5]], dtype=torch.float64))
    assert made[0].numpy() == pytest.approx(plain.bands_turned_up(small[0].numpy(), np.array([0.3, 1.2, 2.0, 0.5])))


def test_noise_has_its_strength_and_its_own_seed():
    black = np.zeros((3, 128, 128))
    draws = only("noise", normal={"noise": [-1.4]})
    made = augmented(black, draws)
    assert made.std() == pytest.approx(0.14, rel=0.02)
    assert made.mean() == pytest.approx(0, abs=0.14 * 4 / 128 / 3**0.5)
    assert np.array_equal(augmented(black, draws), made)
    draws.seeds.add_(1)
    assert not np.allclose(augmented(black, draws), made)


def test_a_square_of_half_the_width_is_cut_out(picture: np.ndarray):
    made = augmented(picture, only("cutout", even={"cutout": [0.5, 0.0]}))  # in the middle, half above the edge
    left = picture.copy()
    left[:, :8, 8:24] = 0
    assert np.array_equal(made, left)


@pytest.mark.parametrize("seed", range(3))
def test_the_whole_pipe_is_its_kinds_one_after_another(seed: int):
    picture = pictures(1, 32, seed=seed)[0].numpy()
    draws = draw(1, chance(seed)).to(torch.device("cpu"), torch.float64)
    draws.gates[:] = 0  # all of it happens
    draws.normals[:] *= 0.3  # not so far that mirrored fine samples would be looked up
    even, normal = ({k: v[0].tolist() for k, v in zip(names, rows, strict=True)} for names, rows in _numbers(draws))
    back = plain.one_after_another(
        (lambda x, y: (-x, y)) if even["xflip"][0] >= 0.5 else (lambda x, y: (x, y)),
        plain.turned(math.floor(even["rotate90"][0] * 4) * math.pi / 2),
        plain.shifted(*(round((share * 2 - 1) * 4) for share in even["xint"])),
        plain.scaled(math.exp(normal["scale"][0] * LOG_SCALE)),
        plain.turned((even["rotate_first"][0] * 2 - 1) * math.pi),
        plain.stretched(math.exp(normal["aniso"][0] * LOG_SCALE)),
        plain.turned((even["rotate_last"][0] * 2 - 1) * math.pi),
        plain.shifted(*(number * 4 for number in normal["xfrac"])),
    )
    expected = plain.moved(picture, back) + normal["brightness"][0] * 0.2
    expected = expected * math.exp(normal["contrast"][0] * 0.5 * math.log(2))
    expected = plain.luma_flipped(expected) if even["lumaflip"][0] >= 0.5 else expected
    expected = plain.hue_turned(expected, (even["hue"][0] * 2 - 1) * math.pi)
    expected = plain.saturated(expected, 2 ** normal["saturation"][0])
    made = Augment("bgc")(torch.from_numpy(picture)[None], 1.0, draws)[0].numpy()
    assert made == pytest.approx(expected, abs=1e-8)


def _numbers(draws: Draws) -> Iterator[tuple[dict[str, slice], list[torch.Tensor]]]:
    yield EVEN, [draws.even(kind) for kind in EVEN]
    yield NORMAL, [draws.normal(kind) for kind in NORMAL]


def test_a_whole_pixel_shift_by_filters_is_a_roll_inside():
    noise = pictures(2, 32)
    matrix = torch.eye(3, dtype=torch.float64).repeat(2, 1, 1)
    matrix[:, 0, 2], matrix[:, 1, 2] = -3, 5
    made = warp.move(noise, matrix)
    rolled = torch.roll(noise, (-5, 3), dims=(2, 3))
    assert torch.allclose(made[:, :, :27, 3:], rolled[:, :, :27, 3:], atol=1e-9)


def test_an_unmoved_picture_and_one_mirrored_twice_come_back():
    noise = pictures(1, 64)
    matrix = torch.eye(3, dtype=torch.float64)[None]
    assert torch.allclose(warp.move(noise, matrix), noise, atol=1e-9)
    flip = matrix.clone()
    flip[:, 0, 0] = -1
    assert torch.equal(warp.copy(warp.copy(noise, flip), flip), noise)
    assert torch.allclose(warp.move(noise, flip @ flip), noise, atol=1e-9)


def test_large_pictures_are_filtered_in_stretches_to_the_same_end(monkeypatch: pytest.MonkeyPatch):
    noise = pictures(1, 64)
    matrix = torch.tensor([[[0.8, 0.6, 3.3], [-0.6, 0.8, -7.1], [0, 0, 1]]], dtype=torch.float64)
    at_once = warp.move(noise, matrix)
    monkeypatch.setattr(warp, "LARGEST_AT_ONCE", 32)
    assert torch.allclose(warp.move(noise, matrix), at_once, atol=1e-12)


def test_far_outside_a_smooth_picture_goes_on_as_in_a_mirror():
    wave = torch.cos(torch.linspace(0, math.pi, 64, dtype=torch.float64) * 2)
    smooth = (wave[:, None] * wave).expand(1, 3, 64, 64)
    matrix = torch.diag(torch.tensor([3.3, 3.3, 1.0], dtype=torch.float64))[None]
    expected = plain.moved(smooth[0, :1].numpy(), plain.scaled(1 / 3.3))
    assert warp.move(smooth, matrix)[0, :1].numpy() == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize("taps", [SYM2, SYM6])
def test_wavelets_are_orthogonal_and_blind_to_polynomials(taps: np.ndarray):
    assert taps.sum() == pytest.approx(2**0.5)
    for shift in range(len(taps) // 2):
        assert np.dot(taps[2 * shift :], taps[: len(taps) - 2 * shift]) == pytest.approx(float(shift == 0), abs=1e-10)
    places, signs = np.arange(len(taps)), (-1.0) ** np.arange(len(taps))
    for power in range(len(taps) // 2):
        assert (signs * places**power * taps).sum() == pytest.approx(0, abs=1e-8)


def test_the_four_bands_add_up_to_the_picture_and_lie_where_they_should():
    bank = filter_bank()
    frequency = np.pi * np.arange(257) / 256
    response = np.abs(np.fft.rfft(bank, 512, axis=1))
    assert bank.sum(axis=0) == pytest.approx(np.eye(43)[21], abs=1e-12)
    assert response == pytest.approx(np.array(plain.octaves(frequency)), abs=1e-12)
