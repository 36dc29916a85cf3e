"""Hearing: the curves of a track that routes listen to, each 0…1. Less than a whole analysis, and only what is asked.

What is steady is 0, and so is silence: nothing is ever divided by a spread that is not there. Points lie as in
analysis.py: curve points 1 / FRAME_RATE apart, chroma 1 / CHROMA_RATE, the slow loudness 0.1 s.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gpu_service.music.bands import to_decibels
from gpu_service.music.chroma import CHROMA_FRAME, CHROMA_HOP, find_chroma, normalised
from gpu_service.music.features import HOP, Features, Spectra, Windows
from gpu_service.music.hits import find_hits
from gpu_service.music.loudness import LoudnessMeter
from gpu_service.music.onset_strength import FRAME, RATE
from gpu_service.music.onsets import usual_strength
from gpu_service.music.resample import Resampler
from gpu_service.music.segments import find_segments

# The range that a curve in decibels is stretched over is no wider than this, so that silence does not flatten it.
RANGE_DB, SLOW_RANGE_DB = 48.0, 30.0
# What moves by less than this is steady.
STEADY_DB, STEADY_OCTAVES = 0.5, 0.05
LOWEST_HERTZ = 50.0
# A tone that sounds on rises and falls by less than this in the mean of its bands.
WEAKEST_ONSET_DB = 0.5
BLOCK = 1 << 18
SILENT = 2 / 32_768


@dataclass(frozen=True)
class MonoSound:
    """A track in memory, one channel, float32 [n]."""

    samples: np.ndarray
    sample_rate: int

    @property
    def duration_seconds(self) -> float:
        return len(self.samples) / self.sample_rate

    @property
    def peak(self) -> float:
        return max((float(np.abs(block).max(initial=0)) for block in self.raw_blocks()), default=0.0)

    @property
    def is_silent(self) -> bool:
        return self.peak < SILENT

    def raw_blocks(self) -> Iterator[np.ndarray]:
        """The samples in order, float32 [up to BLOCK]."""
        yield from (self.samples[at : at + BLOCK] for at in range(0, len(self.samples), BLOCK))

    def blocks(self) -> Iterator[np.ndarray]:
        """The same at 22 050 Hz."""
        if self.sample_rate == RATE:
            yield from self.raw_blocks()
            return
        resampler = Resampler(self.sample_rate, RATE, channels=1)
        for block in self.raw_blocks():
            yield resampler.feed(block[:, None])[:, 0]
        yield resampler.finish()[:, 0]


def loudness_and_rms(sound: MonoSound) -> dict[str, np.ndarray]:
    """How loud it is, in decibels stretched over 0…1, and as it is. "loudness", "rms": float32 [T]"""
    level = rms(sound).astype(np.float32)
    return {"loudness": stretched(to_decibels(np.square(level)), widest=RANGE_DB, steady=STEADY_DB), "rms": level}


def rms(sound: MonoSound) -> np.ndarray:
    """Of 2048 samples around each point. float64 [T]"""
    hops, rest = list[np.ndarray](), np.zeros(FRAME // 2, np.float32)
    for block in [*sound.blocks(), np.zeros(FRAME // 2, np.float32)]:
        rest = np.concatenate([rest, block])
        whole = len(rest) // HOP * HOP
        hops.append(np.square(rest[:whole], dtype=np.float64).reshape(-1, HOP).mean(axis=1))
        rest = rest[whole:]
    return np.sqrt(np.convolve(np.concatenate(hops), np.full(FRAME // HOP, HOP / FRAME), "valid"))


def hear_slowly(sound: MonoSound) -> np.ndarray:
    """Loudness of the 3 s around, stretched over 0…1. float32 [S], ten a second"""
    meter = LoudnessMeter(sound.sample_rate, channels=1)
    for block in sound.raw_blocks():
        meter.feed(block[:, None])
    return stretched(meter.short_term(), widest=SLOW_RANGE_DB, steady=STEADY_DB, edge=0)


@dataclass(frozen=True)
class Heard:
    """What one pass of short windows gives. All float32 and 0…1 but `timbre`, which is decibels, and `hit_seconds`."""

    hit_seconds: np.ndarray  # float64 [h] ascending, each on its attack
    hit_strengths: np.ndarray  # [h] a strong hit is 1
    bands: np.ndarray  # [T, 5] in the order of bands.py
    brightness: np.ndarray  # [T] in octaves
    timbre: np.ndarray  # [T, 16]


def hear_spectra(sound: MonoSound) -> Heard:
    """Onsets, bands and brightness."""
    peak = max(sound.peak, 1e-9)
    spectra, windows = Spectra(peak), Windows(FRAME, HOP)
    for block in sound.blocks():
        for span in windows.feed(block):
            spectra.take(span)
    for span in windows.finish():
        spectra.take(span)
    nothing = np.zeros((0, 12), np.float32)
    features = spectra.result(chroma=nothing, attack=nothing[:, 0])
    is_heard = not sound.is_silent
    decibels = to_decibels(features.bands)
    bands = [stretched(decibels[:, band], widest=RANGE_DB, steady=STEADY_DB) for band in range(decibels.shape[1])]
    octaves = np.log2(np.maximum(features.brightness, LOWEST_HERTZ) / LOWEST_HERTZ)
    strength = features.onset / max(usual_strength(features.onset), WEAKEST_ONSET_DB) * is_heard
    hit_seconds, hit_strengths = find_hits(
        strength, samples=sound.samples, sample_rate=sound.sample_rate, peak=sound.peak
    )
    return Heard(
        hit_seconds=hit_seconds,
        hit_strengths=np.minimum(hit_strengths, 1).astype(np.float32),
        bands=np.stack(bands, axis=1) * np.float32(is_heard),
        brightness=stretched(octaves, widest=np.inf, steady=STEADY_OCTAVES) * np.float32(is_heard),
        timbre=features.timbre,
    )


def hear_pitch(sound: MonoSound) -> np.ndarray:
    """Energy of the twelve notes, not normalised. float32 [C, 12]"""
    windows = Windows(CHROMA_FRAME, CHROMA_HOP)
    parts = [find_chroma(span) for block in sound.blocks() for span in windows.feed(block)]
    parts += [find_chroma(span) for span in windows.finish()]
    return np.concatenate(parts).astype(np.float32) if parts else np.zeros((0, 12), np.float32)


def notes(energy: np.ndarray) -> np.ndarray:
    """The strongest note of each point 1, silence 0. [C, 12] -> float32 [C, 12]"""
    return normalised(energy) if len(energy) else energy


def section_edges(
    *, rms: np.ndarray, timbre: np.ndarray, chroma: np.ndarray, duration_seconds: float, downbeats: np.ndarray
) -> np.ndarray:
    """Where the sections of the track lie, as in an analysis. -> float64 [s + 1], seconds"""
    nothing = np.zeros(0, np.float32)
    features = Features(
        onset=nothing,
        rms=rms,
        bands=nothing,
        brightness=nothing,
        timbre=timbre,
        chroma=chroma,
        attack=nothing,
    )
    segments = find_segments(features, duration_seconds=duration_seconds, downbeats=downbeats)
    return np.array([segments[0].start, *(segment.end for segment in segments)])


def stretched(values: np.ndarray, *, widest: float, steady: float, edge: int = FRAME // HOP // 2) -> np.ndarray:
    """Its 2nd percentile (or `widest` below the top) becomes 0, its 99.5th becomes 1. [T] -> float32 [T]

    Points nearer to the ends than `edge` hear less than the others and have no say. What is steady is 0, and so is a
    track too short to have other points.
    """
    inner = values[edge : len(values) - edge]
    if len(inner) == 0:
        return np.zeros(len(values), np.float32)
    low, high = (float(number) for number in np.percentile(inner, (2, 99.5)))
    low = max(low, high - widest)
    if not high - low > steady:
        return np.zeros(len(values), np.float32)
    return np.clip((values - low) / (high - low), 0, 1).astype(np.float32)
