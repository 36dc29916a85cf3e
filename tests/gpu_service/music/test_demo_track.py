"""The demo track is the piece that its specification describes (specs/demo_track.md §6–7)."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from gpu_service.music.analysis import Analysis
from gpu_service.music.chroma import CHROMA_HOP
from gpu_service.music.demo_instruments import BAR
from gpu_service.music.demo_track import RATE, compose, demo_beats, demo_cues, demo_sections, write_demo_track
from gpu_service.music.loudness import measure_lufs
from gpu_service.music.onset_strength import onset_strength
from gpu_service.music.resample import resample

BANDS_DB = {(20, 60): -8.3, (60, 150): -4.8, (150, 400): -8.1, (400, 1000): -6.3, (1000, 3000): -11.6}
BANDS_DB |= {(3000, 8000): -15.0, (8000, 20_000): -15.4}
SECTIONS_DB = {"intro": -18.6, "groove": -16.4, "build": -18.4, "break": -23.6, "drop": -15.4}


@pytest.fixture(scope="module")
def mono(demo_samples: np.ndarray) -> np.ndarray:
    return demo_samples.mean(axis=1)


def test_it_is_the_same_on_every_run(demo_samples: np.ndarray):
    assert np.array_equal(compose(), demo_samples)


def test_the_file_holds_the_composed_samples_and_is_the_same_twice(
    demo_samples: np.ndarray, tmp_path: Path, monkeypatch
):
    import soundfile

    from gpu_service.music import demo_track

    monkeypatch.setattr(demo_track, "compose", lambda: demo_samples)
    write_demo_track(tmp_path / "a.flac")
    write_demo_track(tmp_path / "b.flac")
    assert (tmp_path / "a.flac").read_bytes() == (tmp_path / "b.flac").read_bytes()
    read, rate = soundfile.read(tmp_path / "a.flac")
    assert rate == RATE
    assert np.abs(read - demo_samples).max() < 0.51 / 32768


def test_it_lasts_sixteen_bars(demo_samples: np.ndarray):
    assert abs(len(demo_samples) - 31.2195 * RATE) <= 1


def test_it_is_as_loud_as_streaming_wants_and_never_clips(demo_samples: np.ndarray):
    assert 20 * np.log10(np.abs(demo_samples).max()) <= -1.0
    assert measure_lufs(demo_samples, RATE) == pytest.approx(-14.0, abs=0.3)


def test_its_bands_are_balanced_as_specified(mono: np.ndarray):
    power, hertz = np.abs(np.fft.rfft(mono)) ** 2, np.fft.rfftfreq(len(mono), 1 / RATE)
    for (low, high), expected in BANDS_DB.items():
        level = 10 * np.log10(power[(hertz >= low) & (hertz < high)].sum() / power.sum())
        assert level == pytest.approx(expected, abs=1.5), (low, high)


def test_its_sections_are_as_loud_as_specified_and_the_break_is_a_valley(mono: np.ndarray):
    starts = [*(cue.seconds for cue in demo_sections()), len(mono) / RATE]
    y = resample(mono, RATE, 22_050)
    level = {}
    for cue, end in zip(demo_sections(), starts[1:], strict=True):
        part = y[round(cue.seconds * 22_050) : round(end * 22_050)]
        level[cue.label] = 10 * np.log10(np.mean(part**2))
        assert level[cue.label] == pytest.approx(SECTIONS_DB[cue.label], abs=0.5), cue.label
    assert level["break"] < min(level["groove"], level["drop"]) - 5


def test_the_drop_hits_harder_than_the_break(mono: np.ndarray):
    strength = onset_strength(resample(mono, RATE, 22_050), hop_samples=512)
    seconds = np.arange(len(strength)) * 512 / 22_050
    drop, rest = (strength[(seconds >= a * BAR) & (seconds < b * BAR)] for a, b in ((10, 16), (8, 10)))
    assert np.percentile(drop, 95) >= 1.6 * np.percentile(rest, 95)


def test_left_and_right_are_wide_but_related(demo_samples: np.ndarray):
    assert np.corrcoef(demo_samples.T)[0, 1] == pytest.approx(0.80, abs=0.03)


def test_the_root_of_each_bar_is_its_strongest_note(demo_analysis: Analysis):
    roots = (9, 5, 0, 7)
    edges = np.round(np.arange(17) * BAR * 22_050 / CHROMA_HOP).astype(int)
    strongest = [int(demo_analysis.chroma[a:b].mean(axis=0).argmax()) for a, b in pairwise(edges)]
    assert sum(note == roots[bar % 4] for bar, note in enumerate(strongest)) >= 12


def test_its_truth_is_told():
    assert len(demo_beats()) == 64
    assert demo_beats()[1] == pytest.approx(0.487805, abs=1e-6)
    assert [(cue.seconds, cue.label) for cue in demo_cues()] == [
        (11.71, "build"),
        (15.61, "break"),
        (19.51, "drop"),
        (23.41, "second wind"),
        (27.32, "last turn"),
    ]
