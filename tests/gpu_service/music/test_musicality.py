"""The measure of musicality: its ceilings are the published ones, and a film that ignores the music scores nothing."""

from fractions import Fraction
from pathlib import Path

import ffmpeg
import numpy as np
import pytest

from bench.musicality import exact_rate, judge
from gpu_service.music.decode import decode
from gpu_service.music.ffmpeg import running
from gpu_service.music.musicality import changes, energy_rise, measure_musicality
from gpu_service.music.paced import paced_noise, paced_phase
from tests.gpu_service.music.signals import encode, hits

FPS = Fraction(30)


def film(samples: np.ndarray, *, push: float) -> np.ndarray:
    """Changes of a picture whose pixels are the paced noise itself."""
    phase = paced_phase(samples, 44_100, fps=FPS, push=push)
    return changes(paced_noise(phase, 512, sigma_rows=40))


def test_ceilings_are_those_of_the_specification(demo_samples: np.ndarray, sample_data: Path, tmp_path: Path):
    mono = demo_samples.mean(axis=1)
    assert measure_musicality(film(mono, push=1), mono, 44_100, fps=FPS).onset.ceiling == pytest.approx(4.9, abs=0.05)
    vibe = decode(sample_data / "music/vibe_ace_12s.ogg", pcm_path=tmp_path / "a.pcm").mono()
    assert measure_musicality(film(vibe, push=1), vibe, 44_100, fps=FPS).onset.ceiling == pytest.approx(5.2, abs=0.05)


def test_paced_noise_is_musical_and_the_same_noise_without_push_is_not(demo_samples: np.ndarray):
    mono = demo_samples.mean(axis=1)
    moved = measure_musicality(film(mono, push=1), mono, 44_100, fps=FPS)
    assert moved.onset.r >= 0.6
    assert moved.onset.share >= 0.75
    assert moved.energy.z >= 2
    still = measure_musicality(film(mono, push=0), mono, 44_100, fps=FPS)
    assert abs(still.onset.z) < 2.5
    assert abs(still.onset.r) < 0.15


def test_a_late_film_is_judged_at_its_lag_but_not_beyond_two_frames(demo_samples: np.ndarray):
    mono = demo_samples.mean(axis=1)
    change = film(mono, push=1)
    late = measure_musicality(np.roll(change, 2), mono, 44_100, fps=FPS)
    assert late.onset.lag == 2
    assert late.onset.r > 0.8
    assert measure_musicality(np.roll(change, 7), mono, 44_100, fps=FPS).onset.r < 0.5


def test_changes_are_mean_differences_of_srgb():
    frames = np.zeros((3, 4, 4, 3), np.uint8)
    frames[1] = 255
    frames[2, :2] = 255
    assert changes(frames) == pytest.approx([1.0, 0.5])
    assert changes(frames.astype(np.float32) / 255) == pytest.approx([1.0, 0.5])


def test_a_still_film_scores_nothing(demo_samples: np.ndarray):
    mono = demo_samples.mean(axis=1)
    found = measure_musicality(np.zeros(500), mono, 44_100, fps=FPS)
    assert (found.onset.r, found.onset.z, found.onset.share) == (0, 0, 0)


def test_too_short_a_film_is_refused():
    with pytest.raises(ValueError, match="at least 3 seconds"):
        measure_musicality(np.zeros(50), np.zeros(44_100), 44_100, fps=FPS)


def test_the_second_witness_is_librosas_rms(demo_samples: np.ndarray):
    from librosa.feature import rms

    mono = demo_samples[: 44_100 * 6 : 2].mean(axis=1).astype(np.float32)
    level = np.log(rms(y=mono, frame_length=1024, hop_length=256)[0] + 0.001)
    expected = np.maximum(0, np.diff(level, prepend=np.log(0.001)))
    assert np.abs(energy_rise(mono) - expected).max() < 1e-4


def write_film(path: Path, *, flashes: np.ndarray, music: Path, frames: int) -> Path:
    """A grey film that lights up at the given frames, with that music."""
    level = np.full(frames, 60.0)
    for flash in flashes:
        level[flash:] = np.maximum(level[flash:], 60 + 160 * np.exp(-np.arange(frames - flash) / 4))
    pixels = np.repeat(level.astype(np.uint8), 64 * 64 * 3).tobytes()
    pictures = ffmpeg.input("pipe:0", format="rawvideo", pix_fmt="rgb24", s="64x64", r=30)
    film = ffmpeg.output(pictures, ffmpeg.input(str(music)), str(path), pix_fmt="yuv420p", acodec="aac")
    with running(film, limit_seconds=60, feed=True) as child:
        child.stdin.write(pixels)
        child.stdin.close()
    assert child.process.returncode == 0, child.last_words
    return path


def test_a_film_file_that_flashes_with_its_hits_is_musical_and_one_that_flashes_elsewhere_is_not(tmp_path: Path):
    rng = np.random.default_rng(11)
    times = 0.5 + np.cumsum(rng.choice([0.2, 0.4, 0.6], 25))
    times = times[times < 10.5]
    music = encode(hits(times, seconds=12)[:, None], tmp_path / "song.wav", [])
    # Onset strength peaks 9 ms late, and rounding up puts it into the frame after the hit.
    hit_frames = np.ceil(times * 30).astype(int) + 1
    there = write_film(tmp_path / "there.mp4", flashes=hit_frames, music=music, frames=360)
    found = judge(there, None)
    assert found.frames == 360
    assert found.onset.r > 0.6
    assert found.onset.share > 0.75
    elsewhere = np.sort(rng.integers(20, 340, len(times)))
    away = judge(write_film(tmp_path / "away.mp4", flashes=elsewhere, music=music, frames=360), None)
    assert away.onset.share < 0.5


def test_frame_rates_are_exact():
    assert [exact_rate(stated) for stated in (30.0, 29.97, 23.98, 59.94, 12.5, 25.0)] == [
        Fraction(30),
        Fraction(30_000, 1001),
        Fraction(24_000, 1001),
        Fraction(60_000, 1001),
        Fraction(25, 2),
        Fraction(25),
    ]
