"""GANce's chain keeps its formulas, and every number stays finite whatever comes in."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.signal import resample as fourier_resample
from scipy.signal import savgol_filter

from gpu_service.music.film_frames import frame_count, frame_samples, highest_per_frame
from gpu_service.music.gance import loudness_per_frame, quantise, smooth, spectrum_per_frame
from gpu_service.music.smoothed_noise import read_at, smoothed_noise

RATE = 15_360  # V × fps for 512 and 30: nothing needs to be resampled
FPS = Fraction(30)


def music(seconds: float = 3.0) -> np.ndarray:
    rng = np.random.default_rng(2)
    t = np.arange(round(seconds * RATE)) / RATE
    return np.sin(2 * np.pi * 220 * t) * (t % 0.5 < 0.2) + 0.05 * rng.standard_normal(len(t))


def test_the_spectrum_follows_the_specification_step_by_step():
    x = music()
    rows = x.astype(np.float32).reshape(-1, 512)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(510) / 510)
    magnitude = np.abs(np.fft.rfft(rows[:, :510] * window, axis=1))[:, :255]
    decibels = 20 * np.log10(np.maximum(magnitude / magnitude.max(), 1e-6))
    expected = fourier_resample(decibels, 512, axis=1)
    expected = (expected - expected.min()) / (expected.max() - expected.min()) * 10 - 5
    expected = savgol_filter(savgol_filter(expected, 7, 3, axis=0), 5, 3, axis=1)
    found = spectrum_per_frame(x, RATE, fps=FPS, vector_length=512, amplitude_range=(-5, 5))
    assert found.dtype == np.float32
    assert np.abs(found - expected).max() < 1e-3


def test_rolling_turns_each_frame_left_by_the_loudness_so_far():
    x = music()
    plain = spectrum_per_frame(x, RATE, fps=FPS, vector_length=512)
    turned = np.cumsum(quantise(loudness_per_frame(x, RATE, fps=FPS, vector_length=512), 3))
    assert turned[-1] > 10
    expected = np.array([np.roll(row, -turn) for row, turn in zip(plain.astype(np.float64), turned, strict=True)])
    expected = savgol_filter(expected, 51, 2, axis=1)
    found = spectrum_per_frame(x, RATE, fps=FPS, vector_length=512, roll=True)
    assert np.abs(found - expected).max() < 1e-5


def test_loudness_is_a_trailing_mean_whose_start_is_the_tracks_mean():
    x = music()
    rms = np.sqrt((x.astype(np.float32).reshape(-1, 512).astype(np.float64) ** 2).mean(axis=1))
    found = loudness_per_frame(x, RATE, fps=FPS, vector_length=512, window=3, order=2)
    assert found[:2] == pytest.approx(rms.mean(), rel=1e-6)
    assert found[2:] == pytest.approx((rms[2:] + rms[1:-1] + rms[:-2]) / 3, rel=1e-6)


def test_quantising_rounds_halves_to_even():
    assert quantise(np.array([0, 0.5, 1.5, 2.5, 4.0]), 5).tolist() == [0, 0, 2, 2, 4]


def test_a_constant_curve_is_level_zero():
    assert quantise(np.full(9, 3.7), 6).tolist() == [0] * 9
    assert quantise(music()[:50], 1).tolist() == [0] * 50


@pytest.mark.parametrize(
    "fps", [Fraction(24), Fraction(30), Fraction(60), Fraction(30_000, 1001), Fraction(24_000, 1001)]
)
def test_frames_are_counted_exactly_and_stay_in_time_for_an_hour(fps: Fraction):
    hour = 44_100 * 3600
    assert frame_count(hour, 44_100, fps=fps) == -(-3600 * fps.numerator // fps.denominator)
    minute = np.zeros(44_100 * 60, np.float32)
    last = np.ceil(59 * fps)
    minute[round(44_100 * float(last / fps)) + 300] = 1
    frames = frame_samples(minute, 44_100, fps=fps, vector_length=64)
    assert np.abs(frames).max(axis=1).argmax() == last


def test_music_can_be_stretched_to_a_number_of_frames():
    x = np.zeros(RATE * 2)
    x[RATE] = 1
    frames = frame_samples(x, RATE, fps=FPS, vector_length=512, frames=100)
    assert frames.shape == (100, 512)
    assert np.abs(frames).max(axis=1).argmax() in (49, 50)


def test_the_highest_value_of_a_frame_wins_and_late_ones_count_to_the_last():
    curve = np.array([1.0, 5, 2, 7, 3, 9])
    found = highest_per_frame(curve, hop_samples=1, sample_rate=4, fps=Fraction(2), frames=3)
    assert found.tolist() == [1, 5, 9]


def test_smoothing_shortens_itself():
    assert smooth(np.array([1.0, 5.0]), window=7, order=3, axis=0).tolist() == [1, 5]
    assert smooth(np.arange(4.0), window=51, order=2, axis=0) == pytest.approx(np.arange(4.0))


@pytest.mark.parametrize("vector_length", [4, 5, 16, 64, 128, 512])
@pytest.mark.parametrize("seconds", [0.01, 0.1, 1.0])
def test_any_vector_length_and_any_short_track_work(vector_length: int, seconds: float):
    x = music(seconds)
    found = spectrum_per_frame(x, RATE, fps=FPS, vector_length=vector_length, roll=True)
    assert found.shape == (frame_count(len(x), RATE, fps=FPS), vector_length)
    assert np.isfinite(found).all()


def test_silence_lies_at_the_low_end_and_silent_passages_stay_finite():
    x = music()
    x[:RATE] = 0
    found = spectrum_per_frame(x, RATE, fps=FPS, vector_length=512)
    assert np.isfinite(found).all()
    assert found[:25].mean() < found[40:].mean() - 0.3
    assert (spectrum_per_frame(np.zeros(RATE), RATE, fps=FPS, vector_length=512) == -1).all()


@settings(max_examples=40, deadline=None)
@given(
    samples=arrays(np.float32, st.integers(0, 3000), elements=st.floats(-16, 16, width=32)),
    rate=st.sampled_from([8000, 22_050, 44_100]),
    fps=st.sampled_from([Fraction(24), Fraction(30), Fraction(60_000, 1001)]),
    vector_length=st.sampled_from([4, 7, 64, 512]),
    roll=st.booleans(),
)
def test_the_chain_is_finite_for_any_sound(samples, rate: int, fps: Fraction, vector_length: int, roll: bool):
    spectrum = spectrum_per_frame(samples, rate, fps=fps, vector_length=vector_length, roll=roll)
    loudness = loudness_per_frame(samples, rate, fps=fps, vector_length=vector_length)
    assert len(spectrum) == len(loudness) == frame_count(len(samples), rate, fps=fps)
    assert np.isfinite(spectrum).all()
    assert np.isfinite(loudness).all()
    levels = quantise(loudness, 6)
    assert ((levels >= 0) & (levels < 6)).all()


def test_noise_loops_repeats_for_its_seed_and_fills_its_range():
    noise = smoothed_noise(600, 64, sigma_rows=25)
    assert noise.min() == pytest.approx(-4)
    assert noise.max() == pytest.approx(4)
    steps = np.abs(np.diff(noise, axis=0, append=noise[:1])).mean(axis=1)
    assert steps[-1] < 1.5 * steps[:-1].max()
    assert np.array_equal(noise, smoothed_noise(600, 64, sigma_rows=25))
    assert not np.allclose(noise, smoothed_noise(600, 64, sigma_rows=25, seed=5))


def test_noise_of_any_size_is_finite():
    for rows, length, sigma in ((0, 8, 5), (1, 1, 5), (1, 8, 0), (3, 4, 50)):
        noise = smoothed_noise(rows, length, sigma_rows=sigma)
        assert noise.shape == (rows, length)
        assert np.isfinite(noise).all()


def test_noise_is_read_between_its_rows_and_wraps():
    table = np.array([[0.0], [2.0], [4.0]], np.float32)
    assert read_at(table, np.array([0.5, 1.0, 2.5, 3.0]))[:, 0].tolist() == [1, 2, 2, 0]
