"""Beats are where the foot taps, on the attack, at a steady or a changing pace; where there are none, it says so."""

from pathlib import Path

import numpy as np
import pytest

from gpu_service.music.analysis import Analysis, analyse
from gpu_service.music.beat_clock import beat_clock
from gpu_service.music.decode import decode
from gpu_service.music.demo_track import demo_beats
from gpu_service.music.tempo import tempo_markers
from gpu_service.music.unsure import unsure_stretches
from tests.gpu_service.music.signals import as_sound, click_track, hits


def analysed(samples: np.ndarray, folder: Path) -> Analysis:
    return analyse(as_sound(samples, folder))


def nearest(found: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Distance from each true time to the nearest one found, seconds."""
    return np.abs(truth[:, None] - found[None]).min(axis=1)


@pytest.mark.parametrize("bpm", [55, 60, 70, 90, 100, 120, 123, 128, 140, 174])
def test_beats_of_steady_clicks_are_the_clicks(bpm: int, tmp_path: Path):
    found = analysed(click_track(bpm=bpm, seconds=12), tmp_path)
    truth = np.arange(0.25, 11.9, 60 / bpm)
    assert found.facts.no_beats is None
    assert found.facts.bpm == pytest.approx(bpm, rel=0.005)
    assert nearest(found.beats, truth).max() < 0.01
    assert len(found.beats) == pytest.approx(len(truth), abs=1)


def test_every_beat_of_the_demo_track_lies_within_10_ms_of_the_truth(demo_analysis: Analysis):
    assert len(demo_analysis.beats) == 64
    assert np.abs(demo_analysis.beats - demo_beats()).max() < 0.010


def test_the_demo_tracks_tempo_bars_and_key_are_found(demo_analysis: Analysis):
    assert demo_analysis.facts.bpm == pytest.approx(123.0, rel=0.001)
    assert np.abs(demo_analysis.downbeats - demo_beats()[::4]).max() < 0.010
    assert [marker.beats_per_bar for marker in demo_analysis.tempo] == [4]
    assert demo_analysis.facts.key == "A minor"


def test_bars_of_three_are_heard_where_the_harmony_says_so(tmp_path: Path):
    beats = np.arange(0, 24, 0.5)
    samples = hits(beats, seconds=24.5) * 0.5
    t = np.arange(len(samples)) / 44_100
    bar = (t // 1.5).astype(int)
    for step in (0, 4, 7):
        root = np.array([57, 62, 64, 55])[bar % 4]
        samples += (0.1 * np.sin(2 * np.pi * 440 * 2 ** ((root + step - 69) / 12) * t)).astype(np.float32)
    found = analysed(samples, tmp_path)
    assert found.tempo[0].beats_per_bar == 3
    assert nearest(found.downbeats, np.arange(1.5, 22, 1.5)).max() < 0.03


@pytest.mark.parametrize("bpm", [80, 90, 100])
def test_dotted_notes_are_not_taken_for_the_beat(bpm: int, tmp_path: Path):
    # 3 + 3 + 2 sixteenths over eighths: the dotted notes alone would read as four thirds of the pace.
    sixteenth, seconds = 15 / bpm, 20.0
    eighths = np.arange(0.1, seconds - 0.2, 2 * sixteenth)
    dotted = np.concatenate([np.arange(0.1 + step * sixteenth, seconds - 0.2, 8 * sixteenth) for step in (0, 3, 6)])
    samples = 0.4 * hits(eighths, seconds=seconds) + hits(dotted, seconds=seconds)
    found = analysed(samples, tmp_path).facts.bpm
    # Its eighths are a pulse that a foot may tap, too.
    assert found in (pytest.approx(bpm, rel=0.01), pytest.approx(2 * bpm, rel=0.01))


def test_a_shuffle_keeps_its_beat(tmp_path: Path):
    beats = np.arange(0.1, 19, 60 / 110)
    samples = hits(beats, seconds=20) + 0.5 * hits(beats + 2 / 3 * 60 / 110, seconds=20)
    assert analysed(samples, tmp_path).facts.bpm == pytest.approx(110, rel=0.01)


def test_a_change_of_tempo_makes_a_new_marker_at_the_change(tmp_path: Path):
    slow, fast = np.arange(0.2, 14.1, 60 / 100), np.arange(14.6, 29.5, 60 / 140)
    found = analysed(hits(np.concatenate([slow, fast]), seconds=30), tmp_path)
    steady = [marker for marker in found.tempo if 98 < marker.bpm < 102 or 137 < marker.bpm < 143]
    assert steady[0].bpm == pytest.approx(100, rel=0.01)
    assert steady[-1].bpm == pytest.approx(140, rel=0.01)
    assert steady[-1].seconds == pytest.approx(14.6, abs=2.0)
    assert np.median(nearest(found.beats, np.concatenate([slow, fast]))) < 0.01


def test_a_slow_glide_of_tempo_is_followed(tmp_path: Path):
    periods = np.geomspace(60 / 95, 60 / 125, 60)
    truth = 0.3 + np.cumsum(periods)
    found = analysed(hits(truth, seconds=float(truth[-1]) + 1), tmp_path)
    assert np.percentile(nearest(found.beats, truth[2:-2]), 90) < 0.03
    assert len(found.tempo) > 2


def test_markers_and_beats_agree(demo_analysis: Analysis, tmp_path: Path):
    for analysis in (demo_analysis, analysed(click_track(bpm=97, seconds=15), tmp_path)):
        marker = analysis.tempo[0]
        line = marker.seconds + np.arange(len(analysis.beats)) * 60 / marker.bpm
        assert np.abs(line - analysis.beats).max() < 0.04
        assert marker.downbeat == pytest.approx(analysis.downbeats[0])


def test_rubato_strings_get_many_tempo_markers(sample_data: Path, tmp_path: Path):
    found = analyse(decode(sample_data / "music/hungarian_dance_5.ogg", pcm_path=tmp_path / "a.pcm"))
    assert found.facts.no_beats is None
    assert len(found.tempo) >= 5
    assert max(m.bpm for m in found.tempo) > 1.2 * min(m.bpm for m in found.tempo)
    assert found.facts.key == "G minor"


def test_the_tempo_of_known_music_is_right(sample_data: Path, tmp_path: Path):
    for name, bpm in (("vibe_ace.ogg", 130), ("drum_bass_choice.ogg", 136)):
        found = analyse(decode(sample_data / "music" / name, pcm_path=tmp_path / "a.pcm"))
        assert found.facts.bpm == pytest.approx(bpm, rel=0.01), name


def test_a_lone_syncopated_trumpet_keeps_its_90(sample_data: Path, tmp_path: Path):
    found = analyse(decode(sample_data / "music/solo_trumpet_90bpm.ogg", pcm_path=tmp_path / "a.pcm"))
    assert found.facts.bpm == pytest.approx(90, rel=0.02)
    assert len(found.tempo) == 1


def test_speech_has_no_beats_and_says_so(sample_data: Path, tmp_path: Path):
    for name in ("music/speech_no_beat.ogg", "clips/talking_head_a.mp4"):
        found = analyse(decode(sample_data / name, pcm_path=tmp_path / "a.pcm"))
        expected = "No beats were found: this sounds like speech. Tap them, or work in seconds."
        assert found.facts.no_beats == expected, name
        assert len(found.beats) == len(found.downbeats) == len(found.tempo) == 0


def test_silence_has_no_beats_no_onsets_and_no_nan(tmp_path: Path):
    found = analysed(np.zeros((44_100 * 5, 2)), tmp_path)
    assert found.facts.no_beats == "No beats were found: this track is silent. Work in seconds."
    assert (found.facts.lufs, found.facts.bpm, found.facts.key) == (None, None, None)
    assert len(found.beats) == len(found.onset_times) == 0


def test_steady_noise_has_no_beats(tmp_path: Path):
    noise = np.random.default_rng(5).standard_normal(44_100 * 12) * 0.1
    found = analysed(noise.astype(np.float32), tmp_path)
    assert found.facts.no_beats == "No beats were found: this has no steady pulse. Tap them, or work in seconds."


def test_a_chord_that_swells_slowly_has_no_beats(tmp_path: Path):
    """Its ripples are regular, but nobody hears them as strokes."""
    seconds = np.arange(44_100 * 20) / 44_100
    tones = [np.sin(2 * np.pi * hz * seconds) * (1 + np.sin(0.2 * np.pi * seconds + hz) / 2) for hz in (110, 165, 220)]
    found = analysed(0.2 * np.sum(tones, axis=0), tmp_path)
    assert found.facts.no_beats == "No beats were found: this has no steady pulse. Tap them, or work in seconds."
    assert len(found.beats) == 0


def test_a_pause_in_the_music_gets_no_beats(tmp_path: Path):
    times = np.concatenate([np.arange(0.2, 9.9, 0.5), np.arange(20.2, 30, 0.5)])
    found = analysed(hits(times, seconds=31), tmp_path)
    assert np.count_nonzero((found.beats > 11.5) & (found.beats < 18.5)) == 0
    assert np.count_nonzero(found.beats < 10) == 20


def test_a_pause_out_of_time_ends_and_begins_with_a_stroke(tmp_path: Path):
    before, after = np.arange(0.6, 10, 60 / 110), np.arange(16.23, 26, 60 / 110)
    found = analysed(hits(np.concatenate([before, after]), seconds=27), tmp_path)
    assert len(found.beats) == len(before) + len(after)
    assert nearest(np.concatenate([before, after]), found.beats).max() < 0.02


def test_where_beats_are_not_struck_the_detector_says_that_it_is_unsure(tmp_path: Path):
    # Ten seconds of drums, ten of a chord that swells, ten of drums.
    times = np.concatenate([np.arange(0.25, 10, 0.5), np.arange(20.25, 30, 0.5)])
    samples = hits(times, seconds=30.5)
    t = np.arange(len(samples)) / 44_100
    swell = np.clip(np.minimum(t - 9.5, 20.5 - t), 0, 1) * (1 + 0.3 * np.sin(2 * np.pi * 0.31 * t))
    samples += (0.2 * swell * (np.sin(2 * np.pi * 220 * t) + np.sin(2 * np.pi * 277 * t))).astype(np.float32)
    found = analysed(samples, tmp_path)
    (stretch,) = unsure_stretches(found.beats, found.trust)
    assert (stretch.start, stretch.end) == (pytest.approx(10.5, abs=2), pytest.approx(20, abs=2))
    assert found.trust[found.beats < 8].min() > 0.8


def test_drums_are_sure_and_rubato_strings_are_not(demo_analysis: Analysis, sample_data: Path, tmp_path: Path):
    strings = analyse(decode(sample_data / "music/hungarian_dance_5.ogg", pcm_path=tmp_path / "a.pcm"))
    assert len(demo_analysis.trust) == len(demo_analysis.beats)
    assert np.median(demo_analysis.trust) > 0.9
    assert unsure_stretches(strings.beats, strings.trust)
    assert np.median(strings.trust) < 0.55


def test_an_analysis_kept_before_trust_was_measured_is_read_as_sure(demo_analysis: Analysis, tmp_path: Path):
    path = tmp_path / "analysis.npz"
    demo_analysis.save(path)
    with np.load(path) as kept:
        old = {name: kept[name] for name in kept.files if name != "trust"}
    np.savez(path, **old)
    assert unsure_stretches(demo_analysis.beats, Analysis.load(path).trust) == []


def test_the_grid_of_a_steady_hour_is_where_the_last_beat_is():
    """A tempo rounded to a thousandth of a bpm would be 13 ms away from it."""
    beats = 0.371 + np.arange(7_400) * 60 / 123.45654
    markers = tempo_markers(beats, beats_per_bar=4, first_downbeat=0)
    passed = beat_clock(markers, beats)[0]
    assert len(markers) == 1
    assert np.abs(passed - np.arange(len(beats))).max() * 60 / 123.45654 < 0.001
