"""Hits of the signal language: each alone at its attack, and in the frame nearest to it."""

from fractions import Fraction

import numpy as np
import pytest

from gpu_service.music.onset_strength import RATE
from gpu_service.music.reactive.chain import Pace, heard, shape
from gpu_service.music.reactive.hearing import HIT_HOP, hear
from gpu_service.protocol.signal_sets import NEAREST

SECONDS = 20
STARTS = np.round(np.cumsum(np.random.default_rng(4).uniform(0.4, 0.6, 36)) * RATE).astype(int)


@pytest.fixture(scope="module")
def clicks():
    """Over a low tone."""
    burst = np.random.default_rng(1).standard_normal(400) * np.exp(-np.arange(400) / 80)
    wave = 0.02 * np.sin(2 * np.pi * 110 * np.arange(SECONDS * RATE) / RATE)
    for start in STARTS:
        wave[start : start + 400] += 0.4 * burst
    return wave.astype(np.float32)


def test_a_hit_is_one_value_at_its_attack(clicks):
    curve = hear(clicks, heard(NEAREST.mix))
    assert curve.shape == (1 + len(clicks) // HIT_HOP,)
    found = np.flatnonzero(curve > curve.max() / 2)
    assert len(found) == len(STARTS)
    assert np.abs(found * HIT_HOP - STARTS).max() <= HIT_HOP / 2 + 2
    assert np.count_nonzero(curve) < 3 * len(STARTS)
    assert not hear(np.zeros(RATE, np.float32), heard(NEAREST.mix)).any()


@pytest.mark.parametrize("fps", [Fraction(24), Fraction(30_000, 1001), Fraction(60)])
@pytest.mark.parametrize("signal", [NEAREST.mix, NEAREST.drives[0]])
def test_a_signal_leaps_in_the_frame_nearest_to_each_hit(clicks, fps, signal):
    """What is left is half a value of 0.7 ms."""
    frames = int(SECONDS * fps)
    levels = shape(signal, hear(clicks, heard(signal)), Pace.of(NEAREST, fps=fps, frames=frames))
    leaps = np.sort(np.argsort(np.diff(levels, prepend=0))[-len(STARTS) :])
    assert np.abs(leaps - STARTS / RATE * float(fps)).max() <= 0.5 + 0.0005 * float(fps)
