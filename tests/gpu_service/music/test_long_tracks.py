"""Two hours of music: the same numbers in pieces as at once, sound that lies in files, a full disk told in words."""

import resource
import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from gpu_service.music import gance, paced, resample, room, smoothed_noise
from gpu_service.music.errors import MusicError
from gpu_service.music.film_frames import frame_samples
from gpu_service.music.reactive import waves
from gpu_service.music.reactive.waves import Scratch
from gpu_service.visualizers.materials import decode_mono

RATE, FPS = 22_050, Fraction(30)


def music(seconds: float) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    hits = np.random.default_rng(3).standard_normal(len(t)) * np.exp(-(t % 0.5) / 0.05)
    return (0.3 * np.sin(2 * np.pi * 220 * t) * t / seconds + 0.2 * hits).astype(np.float32)


@pytest.fixture
def in_pieces(monkeypatch: pytest.MonkeyPatch):
    """Everything that is done in pieces on long tracks is done so from now on."""

    def begin() -> None:
        monkeypatch.setattr(gance, "PIECE_ROWS", 23)
        monkeypatch.setattr(resample, "AT_ONCE", 10_000)
        monkeypatch.setattr(room, "IN_MEMORY_NUMBERS", 1_000)

    return begin


def test_a_long_track_has_the_numbers_of_a_short_one(in_pieces):
    x, facts = music(6.0), {"fps": FPS, "vector_length": 64}

    def everything() -> list[np.ndarray]:
        spectrum = gance.spectrum_per_frame(x, RATE, roll=True, amplitude_range=(-5, 5), **facts)
        return [
            frame_samples(x, RATE, **facts),
            spectrum,
            gance.loudness_per_frame(x, RATE, **facts),
            paced.followed_spectrum(spectrum, fps=FPS),
            smoothed_noise.smoothed_noise(180, 64, sigma_rows=25),
        ]

    at_once = everything()
    in_pieces()
    for one, other in zip(at_once, everything(), strict=True):
        assert one.shape == other.shape
        assert np.abs(one - other).max() < 2e-5 * np.ptp(one)


def write_song(folder: Path, seconds: float = 0.5) -> Path:
    with wave.open(str(folder / "song.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((music(seconds) * 32767).astype("<i2").tobytes())
    return folder / "song.wav"


def test_the_sound_of_a_long_track_lies_in_a_file_without_a_name(in_pieces, tmp_path, monkeypatch):
    song = write_song(tmp_path)
    whole, _ = decode_mono([song])
    in_pieces()
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    mapped, rate = decode_mono([song])
    assert isinstance(mapped, np.memmap)
    assert (rate, mapped.dtype) == (RATE, np.float32)
    assert np.array_equal(mapped, whole)
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.fixture
def small_files() -> Iterator[None]:
    """The disk takes no file beyond 64 kB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 16, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_is_a_sentence_before_anything_is_heard(small_files, monkeypatch):
    monkeypatch.setattr(room, "IN_MEMORY_NUMBERS", 1_000)
    monkeypatch.setattr(waves, "IN_MEMORY_SAMPLES", 1_000)
    assert room.room_for(10_000).sum() == 0
    for ask in (lambda: room.room_for(100_000), lambda: Scratch().__enter__().empty(100_000)):
        with pytest.raises(MusicError, match=r"the disk is full: 0\.0 GB are needed next, .* TMPDIR") as refused:
            ask()
        assert refused.value.retry
