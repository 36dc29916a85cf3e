"""Waves: the sound of a stem at 22 050 Hz, cut into pieces so that two hours need no more memory than four minutes.

A wave is float32 [n]; long ones lie in a file of the scratch folder and are mapped. Spectra have windows of 2048
samples, value k centred on sample k · hop, with zeros before the first and after the last sample, as librosa's.
"""

import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

import librosa
import numpy as np

from gpu_service.music.onset_strength import FRAME, RATE
from gpu_service.music.resample import Resampler
from gpu_service.music.room import mapped

HOP = 512
BLOCK_FRAMES = 1_024
# What is longer than this, 12 minutes, goes to disk.
IN_MEMORY_SAMPLES = 16_000_000


class Scratch:
    """Room for waves, given back at the end."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="phosphene-waves-")
        self._numbers = count()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._folder.cleanup()

    def empty(self, *shape: int) -> np.ndarray:
        """float32 of that shape, zeros. MusicError where the disk is full."""
        if np.prod(shape) <= IN_MEMORY_SAMPLES:
            return np.zeros(shape, np.float32)
        with (Path(self._folder.name) / f"{next(self._numbers)}.f32").open("w+b") as file:
            return mapped(file, *shape)

    def wave(self, samples: np.ndarray, rate: int) -> np.ndarray:
        """The sound at 22 050 Hz. float [n] at `rate` -> float32 [m]"""
        if rate == RATE:
            return samples.astype(np.float32, copy=False)
        total = -(-len(samples) * RATE // rate)
        wave, resampler, at = self.empty(total), Resampler(rate, RATE, channels=1), 0
        for begin in range(0, len(samples) + 1, 1 << 20):
            block = samples[begin : begin + (1 << 20), None]
            is_last = begin + (1 << 20) > len(samples)
            parts = [resampler.feed(block)] + ([resampler.finish()] if is_last else [])
            for part in parts:
                fits = part[: total - at, 0]
                wave[at : at + len(fits)] = fits
                at += len(fits)
        return wave


def frame_total(samples: int, *, hop: int = HOP) -> int:
    """How many windows a wave of so many samples has."""
    return 1 + samples // hop


def blocks(total: int, *, size: int | None = None) -> Iterator[tuple[int, int]]:
    """(first, end) of pieces that cover 0 … total."""
    size = size or BLOCK_FRAMES
    for first in range(0, total, size):
        yield first, min(first + size, total)


def padded(wave: np.ndarray, begin: int, end: int) -> np.ndarray:
    """Samples begin … end; zeros where there are none. float32 [end - begin]"""
    inside = np.asarray(wave[max(begin, 0) : max(end, 0)], np.float32)
    before = min(max(-begin, 0), end - begin)
    return np.pad(inside, (before, end - begin - before - len(inside)))


def windows(wave: np.ndarray, first: int, end: int, *, hop: int = HOP) -> np.ndarray:
    """The samples that windows first … end cover."""
    return padded(wave, first * hop - FRAME // 2, (end - 1) * hop + FRAME // 2)


def spectrum(wave: np.ndarray, first: int, end: int) -> np.ndarray:
    """Windows first … end of the short-time spectrum. -> complex64 [1025, end - first]"""
    return librosa.stft(windows(wave, first, end), n_fft=FRAME, hop_length=HOP, center=False)


def sound_of(spectra: np.ndarray, *, first: int, begin: int, end: int) -> np.ndarray:
    """Samples begin … end of the sound whose windows from `first` on are given. complex [1025, k] -> float32"""
    wave = librosa.istft(spectra, n_fft=FRAME, hop_length=HOP, center=False)
    shift = first * HOP - FRAME // 2
    return padded(wave, begin - shift, end - shift)
