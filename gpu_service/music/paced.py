"""Paced noise: the music moves the clock of the noise (`specs/cppn.md` §8).

Between hits the picture drifts; at a hit it leaps on along the same path and settles. `phase` is one array per track
and frame rate, so every frame stays addressable by its number.
"""

from fractions import Fraction

import numpy as np
from scipy.ndimage import gaussian_filter1d

from gpu_service.music.film_frames import frame_count, highest_per_frame, nearest_per_frame
from gpu_service.music.gance import pieces
from gpu_service.music.hits import find_hits
from gpu_service.music.onset_strength import RATE, onset_strength
from gpu_service.music.onsets import usual_strength
from gpu_service.music.resample import resample
from gpu_service.music.smoothed_noise import GANCE_SEED, read_at, smoothed_noise

ONSET_HOP = 256
CEILING = 1.3


def onset_per_frame(samples_mono: np.ndarray, sample_rate: int, *, fps: Fraction) -> np.ndarray:
    """O[k]: the strongest onset that falls into each film frame. [n] -> float64 [frames]"""
    frames = frame_count(len(samples_mono), sample_rate, fps=fps)
    if frames == 0:
        return np.zeros(0)
    mono = resample(samples_mono, sample_rate, RATE)
    strength = onset_strength(mono, hop_samples=ONSET_HOP)
    return highest_per_frame(strength, hop_samples=ONSET_HOP, sample_rate=RATE, fps=fps, frames=frames)


def onset_at_nearest(samples_mono: np.ndarray, sample_rate: int, *, fps: Fraction) -> np.ndarray:
    """The strongest hit whose attack is nearest to each film frame; between hits 0. [n] -> float64 [frames]"""
    frames = frame_count(len(samples_mono), sample_rate, fps=fps)
    strength = onset_strength(resample(samples_mono, sample_rate, RATE), hop_samples=ONSET_HOP)
    usual = usual_strength(strength)
    seconds, heights = find_hits(
        strength / usual,
        samples=samples_mono,
        sample_rate=sample_rate,
        peak=max(float(np.abs(samples_mono).max(initial=0.0)), 1e-9),
    )
    return nearest_per_frame(seconds, heights * usual, fps=fps, frames=frames)


def paced_phase(
    samples_mono: np.ndarray,
    sample_rate: int,
    *,
    fps: Fraction,
    still: float = 0.12,
    push: float = 1.0,
    fall_seconds: float = 0.1,
) -> np.ndarray:
    """Where the noise is read at each film frame, in rows; its mean step is 1. [n] -> float64 [frames]"""
    onset = onset_per_frame(samples_mono, sample_rate, fps=fps)
    return phase_of(onset, fps=fps, still=still, push=push, fall_seconds=fall_seconds)


def phase_of(
    onset: np.ndarray,
    *,
    fps: Fraction,
    still: float = 0.12,
    push: float = 1.0,
    fall_seconds: float = 0.1,
    usual: float | None = None,
) -> np.ndarray:
    """The same from known onsets. `push` 0, or silence, is an even step. [frames] -> float64 [frames]

    `usual` is what counts as a hit of strength 1; without it the 95th percentile of the onsets.
    """
    if len(onset) == 0:
        return np.zeros(0)
    usual = float(np.percentile(onset, 95)) if usual is None else usual
    hits = np.minimum(onset / usual, CEILING) if usual > 0 else np.zeros(len(onset))
    kept = np.exp(-1 / (float(fps) * fall_seconds)) if fall_seconds > 0 else 0.0
    envelope, level = np.empty(len(hits)), 0.0
    for k, hit in enumerate(hits):
        level = max(hit, level * kept)
        envelope[k] = level
    speed = still + push * envelope**1.5
    mean = speed.mean()
    return np.cumsum(speed / mean if mean > 0 else np.ones(len(speed)))


def paced_noise(phase: np.ndarray, vector_length: int, *, sigma_rows: float, seed: int = GANCE_SEED) -> np.ndarray:
    """Smoothed noise read at `phase`, from a table so long that it never wraps. [frames] -> float32 [frames, V]"""
    if len(phase) == 0:
        return np.zeros((0, vector_length), np.float32)
    rows = int(np.floor(phase[-1])) + 2 + int(np.ceil(4 * sigma_rows))
    return read_at(smoothed_noise(rows, vector_length, sigma_rows=sigma_rows, seed=seed), phase)


def followed_spectrum(
    spectrum: np.ndarray,
    *,
    fps: Fraction,
    rise_seconds: float = 0.03,
    fall_seconds: float = 0.3,
    sigma_bins: float = 8.0,
) -> np.ndarray:
    """GANce's spectrum made calm: blurred over bins, fast up and slow down, mean 0 per bin, spread 1 over all.

    float [frames, V] -> float32 [frames, V]; of a constant spectrum, zeros.
    """
    if len(spectrum) == 0:
        return spectrum.astype(np.float32)
    rise, fall = (1 - np.exp(-1 / (float(fps) * seconds)) for seconds in (rise_seconds, fall_seconds))
    followed, now = np.empty(spectrum.shape, np.float32), np.zeros(0)
    for first, end in pieces(len(spectrum)):
        target = gaussian_filter1d(spectrum[first:end].astype(np.float64), sigma_bins, axis=1)
        now = target[0] if first == 0 else now
        for k, row in enumerate(target, start=first):
            step = row - now
            now = now + step * np.where(step > 0, rise, fall)
            followed[k] = now
    followed -= followed.mean(axis=0, dtype=np.float64).astype(np.float32)
    power = sum(float(np.square(followed[a:b], dtype=np.float64).sum()) for a, b in pieces(len(followed)))
    # Its mean is 0 in every bin, so this is the standard deviation.
    spread = np.sqrt(power / followed.size)
    return followed / np.float32(spread) if spread > 1e-6 else np.zeros_like(followed)
