"""Sharpness, exposure and hashes: numbers from formulas, and orders that must hold."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter
from scipy.ndimage import gaussian_filter

from studio.datasets import focus, hashes, light


def noise(seed: int, side: int = 256) -> np.ndarray:
    """A made-up texture with detail at all sizes, 0 to 255."""
    field = np.random.default_rng(seed).standard_normal((side, side))
    waves = np.fft.fft2(field)
    steps = np.fft.fftfreq(side)[:, None] ** 2 + np.fft.fftfreq(side)[None] ** 2
    rough = np.real(np.fft.ifft2(waves / np.sqrt(np.maximum(steps, 1 / side**2)))).astype(np.float32)
    return (rough - rough.min()) / np.ptp(rough) * 255


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.lists(st.floats(0.3, 12.0), min_size=2, max_size=4))
def test_the_more_a_picture_is_blurred_the_less_sharp_it_is(seed, sigmas):
    levels = noise(seed)
    stronger = sorted({round(sigma, 1) for sigma in sigmas})
    found = [focus.detail(gaussian_filter(levels, sigma, mode="wrap")) for sigma in stronger]
    assert all(a > b for a, b in pairwise(found))
    assert focus.detail(levels) > found[0]


def test_sharpness_falls_along_the_blur_of_a_real_face(sample_data):
    grey = Image.open(sample_data / "portraits" / "obama_official.jpg").convert("L")
    box = (373.0, 156.0, 619.0, 402.0)
    blurred = [grey.filter(ImageFilter.GaussianBlur(sigma)) for sigma in (0.7, 1.5, 3, 6, 12)]
    found = [focus.sharpness(picture, box) for picture in (grey, *blurred)]
    assert found == sorted(found, reverse=True)
    assert found[0] > 65
    assert found[-1] < 20


def test_sharpness_is_the_formula_on_a_wave():
    """cos(kx): smoothing takes (1 + cos k)/2, the Laplacian 2 − 2 cos k; the 4 hardly counts beside 100²/2."""
    k = 2 * np.pi / 16
    levels = 128 + 100 * np.cos(k * np.arange(256))[None].repeat(256, axis=0)
    swing = 100**2 / 2 * ((1 + np.cos(k)) / 2) ** 2
    wanted = (2 - 2 * np.cos(k)) * np.sqrt(swing / (swing + 4))
    assert focus.detail(levels.astype(np.float32)) == pytest.approx(wanted, rel=0.01)
    assert focus.from_detail(0.06) == pytest.approx(50)


def test_sharpness_does_not_depend_on_the_light():
    levels = noise(7)
    dark = Image.fromarray((levels * 0.3).astype(np.uint8))
    assert focus.sharpness(dark) == pytest.approx(focus.sharpness(Image.fromarray(levels.astype(np.uint8))), abs=4)
    assert focus.sharpness(Image.new("L", (300, 200), 90)) == 0


def test_a_face_beyond_the_edge_is_measured_where_the_picture_is():
    picture = Image.fromarray(noise(3).astype(np.uint8))
    assert focus.sharpness(picture, (-40.0, -40.0, 120.0, 120.0)) == focus.sharpness(picture, (0.0, 0.0, 120.0, 120.0))
    assert 0 <= focus.sharpness(picture, (255.0, 255.0, 400.0, 400.0)) <= 100
    assert 0 <= focus.sharpness(picture, (-90.0, -90.0, -10.0, -10.0)) <= 100


def test_exposure_is_counted_in_pixels():
    picture = Image.new("L", (100, 100), 51)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, 99, 9), fill=0)
    draw.rectangle((0, 90, 99, 94), fill=255)
    brightness, clipped = light.brightness_and_clipped(picture)
    assert clipped == pytest.approx(15)
    assert brightness == pytest.approx((0.85 * 51 + 0.05 * 255) / 255 * 100)


def test_hashes_stay_when_size_light_and_compression_change(sample_data):
    picture = Image.open(sample_data / "portraits" / "biden_standing.jpg").convert("L")
    other = Image.open(sample_data / "portraits" / "obama_official.jpg").convert("L")
    small = picture.resize((picture.width // 3, picture.height // 3), Image.Resampling.LANCZOS)
    brighter = picture.point([min(255, round(level * 1.15 + 4)) for level in range(256)])
    for hashed in (hashes.dhash, hashes.phash):
        assert hashes.distance(hashed(picture), hashed(small)) <= 4
        assert hashes.distance(hashed(picture), hashed(brighter)) <= 6
        assert hashes.distance(hashed(picture), hashed(other)) > 16


def test_dhash_has_one_bit_for_each_step_to_the_right():
    slope = Image.fromarray(np.tile(np.arange(90, dtype=np.uint8) * 2, (80, 1)))
    assert hashes.dhash(slope) == -1  # all 64 bits, as a signed number
    assert hashes.dhash(slope.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == 0
    assert hashes.distance(-1, 0) == 64


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_half_of_the_waves_are_above_their_median(seed):
    found = hashes.phash(Image.fromarray(noise(seed, 64).astype(np.uint8)))
    assert -(2**63) <= found < 2**63
    assert hashes.distance(found, 0) == 31
