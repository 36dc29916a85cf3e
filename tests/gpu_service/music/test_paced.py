"""The music moves the clock of the noise: drift between hits, a leap at a hit, the mean pace unchanged."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from threadpoolctl import threadpool_limits

from gpu_service.music.film_frames import frame_count
from gpu_service.music.gance import spectrum_per_frame
from gpu_service.music.paced import (
    followed_spectrum,
    onset_at_nearest,
    onset_per_frame,
    paced_noise,
    paced_phase,
    phase_of,
)
from tests.gpu_service.music.signals import click_track

FPS = Fraction(30)


def test_the_formula_is_the_specified_one():
    onset = np.array([0, 4, 0, 1, 0, 0, 8, 0.5, 0, 0], float)
    usual = np.percentile(onset, 95)
    envelope, level = [], 0.0
    for o in onset:
        level = max(min(o / usual, 1.3), level * np.exp(-1 / 3))
        envelope.append(level)
    v = 0.12 + np.array(envelope) ** 1.5
    assert phase_of(onset, fps=FPS) == pytest.approx(np.cumsum(v / v.mean()))


def test_phase_leaps_at_hits_and_drifts_between():
    samples = click_track(bpm=60, seconds=8, first=0.5)
    step = np.diff(paced_phase(samples, 44_100, fps=FPS), prepend=0)
    hits = np.round(np.arange(0.5, 7.9, 1.0) * 30).astype(int)
    near = np.array([step[hit : hit + 3].max() for hit in hits])
    between = np.array([step[hit + 20 : hit + 26].max() for hit in hits[:-1]])
    assert near.min() > 10 * between.max()
    assert step.mean() == pytest.approx(1)


def test_without_push_or_sound_the_pace_is_even():
    samples = click_track(bpm=60, seconds=4)
    even = np.arange(1, 121)
    assert paced_phase(samples, 44_100, fps=FPS, push=0) == pytest.approx(even)
    assert paced_phase(np.zeros(4 * 44_100), 44_100, fps=FPS) == pytest.approx(even)
    assert paced_phase(np.zeros(4 * 44_100), 44_100, fps=FPS, still=0) == pytest.approx(even)


def test_onsets_are_gathered_one_value_a_frame():
    samples = click_track(bpm=60, seconds=6, first=1.0)
    onset = onset_per_frame(samples, 44_100, fps=FPS)
    assert len(onset) == 180
    strongest = np.sort(np.argsort(onset)[-5:])
    assert np.abs(strongest - np.array([30, 60, 90, 120, 150])).max() <= 1


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30_000, 1001), Fraction(60)])
def test_hits_are_gathered_in_the_frame_nearest_to_each(fps):
    starts = np.round(np.cumsum(np.random.default_rng(2).uniform(0.4, 0.6, 30)) * 44_100).astype(int)
    samples, burst = np.zeros(17 * 44_100, np.float32), np.random.default_rng(1).standard_normal(800)
    for start in starts:
        samples[start : start + 800] = 0.5 * burst * np.exp(-np.arange(800) / 160)
    onset = onset_at_nearest(samples, 44_100, fps=fps)
    assert len(onset) == frame_count(len(samples), 44_100, fps=fps)
    wanted = starts / 44_100 * float(fps)
    found = np.flatnonzero(onset > onset.max() / 3)
    assert len(found) == len(wanted)
    assert np.abs(found - wanted).max() <= 0.5 + 1e-6
    usual = float(np.percentile(onset_per_frame(samples, 44_100, fps=fps), 95))
    step = np.diff(phase_of(onset, fps=fps, usual=usual), prepend=0)
    assert np.array_equal(np.sort(np.argsort(np.diff(step, prepend=0))[-30:]), found)  # it leaps in these very frames
    assert not onset_at_nearest(np.zeros(44_100, np.float32), 44_100, fps=fps).any()


def test_paced_noise_never_wraps_and_repeats_for_its_seed():
    phase = paced_phase(click_track(bpm=100, seconds=5), 44_100, fps=FPS)
    noise = paced_noise(phase, 16, sigma_rows=40)
    assert noise.shape == (150, 16)
    assert np.array_equal(noise, paced_noise(phase, 16, sigma_rows=40))
    assert np.abs(np.diff(noise, axis=0)).max() < 1.0


def test_the_follower_is_quick_to_rise_and_slow_to_fall():
    spectrum = np.zeros((90, 32))
    spectrum[30:45] = 1
    followed = followed_spectrum(spectrum, fps=FPS, sigma_bins=0.1)[:, 16]
    low, high = followed[0], followed.max()
    assert followed[34] - low > 0.95 * (high - low)
    assert followed[50] - low > 0.5 * (high - low)


def test_the_follower_has_mean_0_per_bin_and_spread_1():
    spectrum = spectrum_per_frame(click_track(bpm=100, seconds=5), 44_100, fps=FPS, vector_length=64)
    followed = followed_spectrum(spectrum, fps=FPS)
    assert np.abs(followed.mean(axis=0)).max() < 1e-4
    assert followed.std() == pytest.approx(1, abs=1e-3)
    assert not followed_spectrum(np.ones((20, 8)), fps=FPS).any()


@settings(max_examples=25, deadline=None)
@given(
    samples=arrays(np.float32, st.integers(0, 4000), elements=st.floats(-16, 16, width=32)),
    still=st.floats(0, 2),
    push=st.floats(0, 4),
    fall=st.floats(0, 2),
)
def test_phase_ascends_and_is_finite_for_any_sound(samples, still: float, push: float, fall: float):
    phase = paced_phase(samples, 44_100, fps=FPS, still=still, push=push, fall_seconds=fall)
    assert np.isfinite(phase).all()
    assert (np.diff(phase) >= 0).all()
    if len(phase):
        assert phase[-1] == pytest.approx(len(phase))


def test_what_moves_the_picture_is_the_same_on_any_number_of_threads():
    samples = np.random.default_rng(3).standard_normal(44_100 * 4).astype(np.float32) * 0.1
    made = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            phase = paced_phase(samples, 44_100, fps=FPS)
            spectrum = spectrum_per_frame(samples, 44_100, fps=FPS, vector_length=512, roll=True)
            made.append((phase, paced_noise(phase, 512, sigma_rows=40), spectrum, followed_spectrum(spectrum, fps=FPS)))
    assert all(first.tobytes() == second.tobytes() for first, second in zip(*made, strict=True))
