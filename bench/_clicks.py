"""Click tracks of known seconds, and when a curve that was sampled frame by frame pulses."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile

RATE = 22_050
CLICK_SAMPLES, FADE_SAMPLES, LOUD = 400, 80, 0.7
# A pulse is looked for so far around its click, at most.
REACH_SECONDS = 0.18


@dataclass(frozen=True)
class Clicks:
    """A track, and the seconds at which its clicks begin."""

    path: Path
    seconds: np.ndarray
    duration_seconds: float


def write_clicks(path: Path, *, minutes: float, bpm: float, first: float = 0.371) -> Clicks:
    """Short bursts of noise, one a beat, to the sample; nothing else. Written a minute at a time."""
    duration = minutes * 60
    seconds = np.round(np.arange(first, duration - 1, 60 / bpm) * RATE) / RATE
    burst = np.random.default_rng(1).standard_normal(CLICK_SAMPLES) * np.exp(-np.arange(CLICK_SAMPLES) / FADE_SAMPLES)
    burst = (LOUD * burst / np.abs(burst).max()).astype(np.float32)
    starts = np.round(seconds * RATE).astype(np.int64)
    with soundfile.SoundFile(path, "w", RATE, 1, subtype="PCM_16") as file:
        at, end = 0, round(duration * RATE)
        # A click may reach into the next minute.
        rest = np.zeros(0, np.float32)
        while at < end:
            size = min(60 * RATE, end - at)
            block = np.zeros(size + CLICK_SAMPLES, np.float32)
            block[: len(rest)] += rest
            for start in starts[(starts >= at) & (starts < at + size)] - at:
                block[start : start + CLICK_SAMPLES] += burst
            file.write(block[:size])
            at, rest = at + size, block[size:]
    return Clicks(path, seconds, duration)


def pulse_frames(seconds: float, fps: Fraction, *, frames: int) -> np.ndarray:
    """The frames in which the pulse of a click is looked for."""
    reach = max(2, round(REACH_SECONDS * float(fps)))
    middle = round(seconds * fps)
    return np.arange(max(0, middle - reach), min(frames, middle + reach + 1))


def centre_of(frames: np.ndarray, levels: np.ndarray) -> float:
    """Where the pulse stands, in frames: the middle of what lies above its half height. [n], [n]; NaN without one."""
    low, high = float(levels.min()), float(levels.max())
    above = np.maximum(levels - (low + high) / 2, 0)
    return float((frames * above).sum() / above.sum()) if high > low else float("nan")


def beginning_of(frames: np.ndarray, levels: np.ndarray) -> float:
    """The first of these frames in which the pulse has half its height. [n], [n]; NaN without a pulse"""
    low, high = float(levels.min()), float(levels.max())
    return float(frames[np.argmax(levels >= (low + high) / 2)]) if high > low else float("nan")
