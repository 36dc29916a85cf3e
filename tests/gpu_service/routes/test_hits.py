"""Hits: each on the sample of its attack, and in the frame nearest to it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gpu_service.music import hearing
from gpu_service.music.hearing import MonoSound
from gpu_service.protocol.routes import CurveSource, RouteSpec
from gpu_service.routes.shaping import remembered
from gpu_service.routes.sources import Hits

RATE = 22_050


def clicks_on_a_bed(rate, *, bed):
    """Forty seconds of clicks at chance moments over a tone of that level, and the sample each begins at."""
    chance, samples = np.random.default_rng(3), np.zeros(40 * rate, np.float32)
    starts = np.round(np.cumsum(chance.uniform(0.35, 0.65, 76)) * rate).astype(int)
    for start in starts:
        samples[start : start + 800] = chance.choice([0.3, 0.6]) * chance.standard_normal(800)
        samples[start : start + 800] *= np.exp(-np.arange(800) / (0.004 * rate))
        samples[start] = 0.2
    return samples + bed * np.sin(2 * np.pi * 220 * np.arange(len(samples)) / rate).astype(np.float32), starts


@pytest.mark.parametrize("rate", [22_050, 48_000])
@pytest.mark.parametrize("bed", [0.0, 0.05])
def test_a_hit_lies_on_the_very_sample_of_its_attack(rate, bed):
    samples, starts = clicks_on_a_bed(rate, bed=bed)
    found = hearing.hear_spectra(MonoSound(samples, rate))
    is_click = (found.hit_strengths > 0.3) & (found.hit_seconds > 0.1)  # the tone itself begins, too
    strong = np.round(found.hit_seconds[is_click] * rate).astype(int)
    assert len(strong) == len(starts)
    # In a tone, a click whose first samples happen to follow the wave may be told a tenth of a millisecond wrong.
    assert np.abs(strong - starts).max() <= (1e-4 * rate if bed else 0)


def test_a_roll_of_hits_is_told_apart():
    """Sixteen a second: each stays on its own side of its neighbours."""
    samples, starts = np.zeros(4 * RATE, np.float32), np.arange(16, 48) * RATE // 16
    for start in starts:
        samples[start : start + 400] += (
            0.5 * np.random.default_rng(1).standard_normal(400) * np.exp(-np.arange(400) / 80).astype(np.float32)
        )
    found = hearing.hear_spectra(MonoSound(samples, RATE))
    assert (found.hit_seconds[found.hit_strengths > 0.1] * RATE).round().astype(int).tolist() == starts.tolist()


@settings(max_examples=50, deadline=None)
@given(
    samples=arrays(np.float32, st.integers(0, 6000), elements=st.floats(-1, 1, width=32)),
    rate=st.sampled_from([8_000, 22_050, 96_000]),
)
def test_hits_of_any_sound_ascend_within_it(samples, rate):
    found = hearing.hear_spectra(MonoSound(samples, rate))
    assert (np.diff(found.hit_seconds) >= 0).all()
    assert ((found.hit_seconds >= 0) & (found.hit_seconds <= len(samples) / rate)).all()
    assert ((found.hit_strengths >= 0) & (found.hit_strengths <= 1)).all()


def test_hits_are_held_and_the_higher_one_shows():
    hits = Hits(np.array([1.0, 1.02, 2.0]), np.array([0.9, 0.4, 0.7]), hold_seconds=0.04)
    at = np.array([0.5, 0.999, 1.0, 1.03, 1.039, 1.041, 1.059, 1.061, 2.0, 3.0])
    assert hits.at(at).tolist() == [0, 0, 0.9, 0.9, 0.9, 0.4, 0.4, 0, 0.7, 0]
    assert not Hits(np.zeros(0), np.zeros(0), 0.04).at(at).any()


@pytest.mark.parametrize("fps", [12.0, 24.0, 30_000 / 1001, 60.0])
@pytest.mark.parametrize("release", [0.0, 0.2])
def test_every_hit_first_shows_in_the_frame_nearest_to_it(fps, release):
    """Wherever between two frames, and between two ticks of a release, it lies."""
    seconds = np.cumsum(np.random.default_rng(5).uniform(0.4, 0.6, 200))
    hits = Hits(seconds, np.ones(200), max(1 / 24, 1 / fps), 0.5 / fps)
    listens = RouteSpec(id="r", parameter="alpha", source=CurveSource(kind="onset"), release_seconds=release)
    made = remembered(listens, hits.at, duration_seconds=120)
    levels = made(np.arange(round(110 * fps)) / fps)
    begins = np.flatnonzero((levels > 0.99) & (np.roll(levels, 1) <= 0.99))
    assert len(begins) == len(seconds)
    assert np.abs(begins - seconds * fps).max() <= 0.5 + 1e-6
