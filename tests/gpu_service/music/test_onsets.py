"""Onsets lie on their attacks; our onset strength is librosa's."""

from pathlib import Path

import numpy as np
import pytest

from gpu_service.music.analysis import Analysis, analyse
from gpu_service.music.demo_track import demo_beats
from gpu_service.music.onset_strength import RATE, onset_strength
from tests.gpu_service.music.signals import as_sound, hits


def test_onsets_of_irregular_hits_are_found_within_5_ms(tmp_path: Path):
    truth = np.sort(np.random.default_rng(4).uniform(0.1, 11, 30))
    truth = truth[np.concatenate([[True], np.diff(truth) > 0.12])]
    found = analyse(as_sound(hits(truth, seconds=12), tmp_path))
    assert np.abs(truth[:, None] - found.onset_times[None]).min(axis=1).max() < 0.005
    assert len(found.onset_times) == len(truth)


def test_a_track_that_starts_with_a_hit_has_an_onset_at_zero(tmp_path: Path):
    found = analyse(as_sound(hits(np.array([0.0, 1.0]), seconds=2), tmp_path))
    assert found.onset_times[0] == pytest.approx(0, abs=0.005)


def test_the_kicks_of_the_demo_track_are_onsets(demo_analysis: Analysis):
    kicks = np.concatenate([demo_beats()[:28], demo_beats()[40:]])
    away = np.abs(kicks[:, None] - demo_analysis.onset_times[None]).min(axis=1)
    assert np.mean(away < 0.005) > 0.95


def test_onset_times_ascend_and_strengths_are_positive(demo_analysis: Analysis):
    assert (np.diff(demo_analysis.onset_times) >= 0.03).all()
    assert (demo_analysis.onset_strengths > 0).all()


@pytest.mark.parametrize("hop", [256, 512])
def test_our_onset_strength_is_librosas(hop: int, demo_samples: np.ndarray):
    from librosa.onset import onset_strength as theirs

    mono = demo_samples[: 44_100 * 6].mean(axis=1)[::2].astype(np.float32)
    expected = theirs(y=mono, sr=RATE, hop_length=hop)
    assert np.abs(onset_strength(mono, hop_samples=hop) - expected).max() < 1e-4 * expected.max()
