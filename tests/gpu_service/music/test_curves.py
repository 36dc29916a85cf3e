"""Curves, loudness, sections, peaks, lanes: finite, in their ranges, in time; and files that read back as written."""

import json
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gpu_service.music.analysis import ARRAYS, Analysis, analyse
from gpu_service.music.demo_track import demo_sections
from gpu_service.music.errors import MusicError
from gpu_service.music.lanes import lanes, save_lanes
from gpu_service.music.loudness import measure_lufs
from gpu_service.music.packed import read_packed, write_packed
from gpu_service.music.peaks import find_peaks, load_peaks, save_peaks
from gpu_service.music.sound import Sound
from tests.gpu_service.music.signals import as_sound


def sine(hertz: float, *, level_db: float, seconds: float = 4.0, rate: int = 48_000) -> np.ndarray:
    t = np.arange(round(seconds * rate)) / rate
    return (10 ** (level_db / 20) * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_a_sine_at_1_khz_has_the_loudness_that_the_standard_says(rate: int):
    """EBU Tech 3341: a stereo sine of 1 kHz at −23 dBFS reads −23 LUFS."""
    samples = np.stack([sine(1000, level_db=-23, seconds=10, rate=rate)] * 2, axis=1)
    assert measure_lufs(samples, rate) == pytest.approx(-23.0, abs=0.1)


def test_silence_before_and_after_does_not_change_the_loudness():
    loud = np.stack([sine(1000, level_db=-20, seconds=8)] * 2, axis=1)
    quiet = np.zeros((48_000 * 8, 2), np.float32)
    assert measure_lufs(np.concatenate([quiet, loud, quiet]), 48_000) == pytest.approx(
        measure_lufs(loud, 48_000), abs=0.2
    )
    assert measure_lufs(quiet, 48_000) is None


@pytest.mark.parametrize(("hertz", "band"), [(60, 0), (300, 1), (1000, 2), (3000, 3), (8000, 4)])
def test_a_sine_shows_in_its_band_at_its_level(hertz: float, band: int, tmp_path: Path):
    found = analyse(as_sound(sine(hertz, level_db=-12), tmp_path, rate=48_000))
    middle = found.bands[100:250].mean(axis=0)
    assert int(middle.argmax()) == band
    assert middle[band] == pytest.approx(-12, abs=1.0)
    assert found.loudness[100:250].mean() == pytest.approx(-15, abs=0.3)
    assert found.brightness[100:250].mean() == pytest.approx(hertz, rel=0.1)


@pytest.mark.parametrize(("hertz", "note"), [(220.0, 9), (261.63, 0), (392.0, 7)])
def test_a_note_shows_in_its_row_of_the_chroma(hertz: float, note: int, tmp_path: Path):
    found = analyse(as_sound(sine(hertz, level_db=-12), tmp_path, rate=48_000))
    assert (found.chroma[5:-5].argmax(axis=1) == note).all()


def test_sections_of_the_demo_track_start_with_its_groove_break_and_drop(demo_analysis: Analysis):
    starts = np.array([segment.start for segment in demo_analysis.segments])
    for section in demo_sections():
        if section.label in ("intro", "break", "drop"):
            assert np.abs(starts - section.seconds).min() < 0.02, section.label
    by_start = {round(segment.start): segment.label for segment in demo_analysis.segments}
    assert by_start[16] != by_start[20]


def test_sections_cover_the_track_without_a_gap(demo_analysis: Analysis):
    segments = demo_analysis.segments
    assert segments[0].start == 0
    assert segments[-1].end == pytest.approx(demo_analysis.facts.duration_seconds)
    assert all(a.end == b.start for a, b in pairwise(segments))


def test_an_analysis_reads_back_as_it_was_written_and_twice_the_same(demo_analysis: Analysis, tmp_path: Path):
    demo_analysis.save(tmp_path / "a.npz")
    demo_analysis.save(tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    read = Analysis.load(tmp_path / "a.npz")
    for name in (field.name for field in fields(Analysis)):
        ours, theirs = getattr(demo_analysis, name), getattr(read, name)
        assert np.array_equal(ours, theirs) if isinstance(ours, np.ndarray) else ours == theirs, name


def test_the_summary_is_plain_json(demo_analysis: Analysis):
    read = json.loads(json.dumps(demo_analysis.to_json(), allow_nan=False))
    assert len(read["beats"]) == 64
    assert read["tempo"][0]["beats_per_bar"] == 4
    assert read["lufs"] == pytest.approx(-14, abs=0.3)


def test_the_same_sound_gives_the_same_numbers(demo_sound: Sound, demo_analysis: Analysis):
    again = analyse(demo_sound)
    assert all(np.array_equal(getattr(again, name), getattr(demo_analysis, name)) for name in ARRAYS)


@settings(max_examples=20, deadline=None)
@given(
    samples=arrays(
        np.float32, st.tuples(st.integers(1, 9000), st.integers(1, 2)), elements=st.floats(-16, 16, width=32)
    ),
    rate=st.sampled_from([1000, 8000, 44_100]),
)
def test_any_sound_however_short_is_analysed_without_nan(samples, rate: int, tmp_path_factory):
    folder = tmp_path_factory.mktemp("any")
    found = analyse(as_sound(samples, folder, rate=rate))
    assert all(np.isfinite(getattr(found, name)).all() for name in ARRAYS)
    found.save(folder / "a.npz")
    save_lanes(found, folder / "lanes.bin")
    json.dumps(found.to_json(), allow_nan=False)


@pytest.mark.parametrize("seconds", [0.001, 6.0])
def test_silence_is_finite_everywhere(seconds: float, tmp_path: Path):
    found = analyse(as_sound(np.zeros((max(1, round(44_100 * seconds)), 2)), tmp_path))
    for name in ARRAYS:
        assert np.isfinite(getattr(found, name)).all(), name
    assert not found.onset.any()
    assert not found.chroma.any()
    assert (found.loudness == -100).all()
    for lane in lanes(found):
        assert not lane.as_bytes().any() or lane.name not in ("loudness", "onset", "chroma")


def test_peaks_are_the_lowest_and_highest_samples_of_every_pixel(tmp_path: Path):
    samples = np.random.default_rng(1).uniform(-1, 1, (100_003, 2)).astype(np.float32)
    save_peaks(find_peaks(as_sound(samples, tmp_path)), tmp_path / "peaks.bin")
    peaks = load_peaks(tmp_path / "peaks.bin")
    assert peaks.frame_count == 100_003
    for size, rows in peaks.levels.items():
        assert len(rows) == -(-100_003 // size)
        for pixel in (0, len(rows) // 2, len(rows) - 1):
            part = samples[pixel * size : (pixel + 1) * size]
            assert rows[pixel, 0] == np.round(part.min() * 32767), (size, pixel)
            assert rows[pixel, 1] == np.round(part.max() * 32767), (size, pixel)
        assert (rows[:, 0] <= rows[:, 1]).all()


def test_peaks_beyond_full_scale_are_clipped(tmp_path: Path):
    peaks = find_peaks(as_sound(np.array([[4.0], [-9.0], [0.0]]), tmp_path))
    assert peaks.levels[64].tolist()[0][:2] == [-32767, 32767]


def test_coarse_levels_come_first_in_the_file(tmp_path: Path):
    save_peaks(find_peaks(as_sound(np.zeros((500_000, 1)), tmp_path)), tmp_path / "peaks.bin")
    facts, _ = read_packed(tmp_path / "peaks.bin")
    assert [level["samples_per_pixel"] for level in facts["levels"]] == [65_536, 16_384, 4096, 1024, 256, 64]


def test_the_page_can_read_a_packed_file_with_what_its_head_says(tmp_path: Path):
    arrays = {
        "a": np.arange(7, dtype=np.uint8),
        "b": np.array([[1, -2], [3, -4]], np.int16),
        "c": np.array([0.5], np.float32),
    }
    write_packed(tmp_path / "x.bin", {"title": "Grüße"}, arrays)
    data = (tmp_path / "x.bin").read_bytes()
    assert data[:8] == b"PHOSARR1"
    length = int.from_bytes(data[8:12], "little")
    header = json.loads(data[12 : 12 + length])
    assert header["title"] == "Grüße"
    place = header["arrays"]["b"]
    start = 12 + length + place["offset"]
    assert start % 8 == 0
    assert np.frombuffer(data[start : start + 8], "<i2").reshape(place["shape"]).tolist() == [[1, -2], [3, -4]]


def test_a_foreign_file_is_not_read_as_packed(tmp_path: Path):
    (tmp_path / "x.bin").write_bytes(b"RIFF1234WAVE")
    with pytest.raises(MusicError, match=r"“x\.bin” is not a file of packed arrays"):
        read_packed(tmp_path / "x.bin")


def test_lanes_are_as_long_as_the_track_and_in_time_with_it(demo_analysis: Analysis, tmp_path: Path):
    save_lanes(demo_analysis, tmp_path / "lanes.bin")
    facts, arrays = read_packed(tmp_path / "lanes.bin")
    for lane in facts["lanes"]:
        rows = arrays[lane["name"]]
        assert len(rows) / lane["points_per_second"] == pytest.approx(facts["duration_seconds"], abs=0.2), lane["name"]
        assert (1 if rows.ndim == 1 else rows.shape[1]) == lane["rows"]
        assert rows.max() > 100, lane["name"]
    onset = next(lane for lane in facts["lanes"] if lane["name"] == "onset")
    drop = round(19.512 * onset["points_per_second"])
    around = arrays["onset"][drop - 8 : drop + 9]
    assert abs(int(around.argmax()) - 8) <= 1
