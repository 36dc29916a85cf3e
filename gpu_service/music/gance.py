"""GANce's chain: music as one vector per film frame (`specs/seeds/gance.md` §2.1–2.4, 2.7), its defects mended.

Mended: digital silence has a floor instead of −∞, a constant curve is 0 instead of 0 ÷ 0, and a filter that is longer
than what it filters shortens itself. Everything else is the original's, its accidents included.
"""

from fractions import Fraction

import numpy as np
from scipy.signal import get_window, resample, savgol_filter

from gpu_service.music.film_frames import frame_samples

FLOOR_DB = -120.0
ROLL_LEVELS = 3


def spectrum_per_frame(
    samples_mono: np.ndarray,
    sample_rate: int,
    *,
    fps: Fraction,
    vector_length: int,
    amplitude_range: tuple[float, float] = (-1.0, 1.0),
    roll: bool = False,
    frames: int | None = None,
) -> np.ndarray:
    """The spectrum of each film frame, rescaled to about `amplitude_range`. [n] -> float32 [frames, vector_length]"""
    x = frame_samples(samples_mono, sample_rate, fps=fps, vector_length=vector_length, frames=frames)
    if len(x) == 0:
        return np.zeros((0, vector_length), np.float32)
    decibels = resample(_decibels(x), vector_length, axis=1)
    spectrum = rescale(decibels, amplitude_range)
    spectrum = smooth(spectrum, window=7, order=3, axis=0)
    spectrum = smooth(spectrum, window=5, order=3, axis=1)
    if roll:
        spectrum = smooth(_rolled(spectrum, _loudness(x)), window=51, order=2, axis=1)
    return spectrum.astype(np.float32)


def loudness_per_frame(
    samples_mono: np.ndarray,
    sample_rate: int,
    *,
    fps: Fraction,
    vector_length: int,
    window: int = 7,
    order: int = 3,
    frames: int | None = None,
) -> np.ndarray:
    """The loudness curve that turns the roll and chooses networks. [n] -> float64 [frames]

    GANce's noise blend smooths with (7, 3); its projection blend with (3, 2), which changes nothing.
    """
    x = frame_samples(samples_mono, sample_rate, fps=fps, vector_length=vector_length, frames=frames)
    return _loudness(x, window=window, order=order)


def quantise(curve: np.ndarray, levels: int) -> np.ndarray:
    """Its lowest value becomes 0, its highest levels − 1, halves go to the even one. [n] -> int64 [n]"""
    return np.round(rescale(curve, (0.0, levels - 1.0))).astype(np.int64)


def rescale(values: np.ndarray, target: tuple[float, float]) -> np.ndarray:
    """Map lowest … highest of all values to the target; a constant becomes the target's low end."""
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    spread = high - low
    # A spread lost in rounding is no signal: stretching it would show the noise of the arithmetic.
    if spread <= 1e-9 * max(abs(low), abs(high)):
        return np.full(values.shape, target[0])
    return (values - low) / spread * (target[1] - target[0]) + target[0]


def smooth(values: np.ndarray, *, window: int, order: int, axis: int) -> np.ndarray:
    """Savitzky–Golay along one axis, window and order cut down to the length that is there."""
    length = values.shape[axis]
    window = min(window, length - 1 + length % 2)
    if window < 3:
        return values
    return savgol_filter(values, window, min(order, window - 1), axis=axis)


def _decibels(x: np.ndarray) -> np.ndarray:
    """Magnitudes below the loudest of the track. [frames, V] -> [frames, (V − 2) // 2], −120…0"""
    length = x.shape[1] - 2
    if length < 2:
        raise ValueError(f"A vector of {x.shape[1]} numbers is too short for a spectrum; 4 is the least.")
    # V − 2 is an accident of operator precedence in the original; it gives one window per frame all the same.
    magnitude = np.abs(np.fft.rfft(x[:, :length] * get_window("hann", length), axis=1))[:, : length // 2]
    loudest = magnitude.max(initial=0.0)
    if loudest == 0:
        return np.full(magnitude.shape, FLOOR_DB)
    return 20 * np.log10(np.maximum(magnitude / loudest, 10 ** (FLOOR_DB / 20)))


def _loudness(x: np.ndarray, *, window: int = 7, order: int = 3) -> np.ndarray:
    """Rms of each row; trailing mean of 3, the first two the track's mean; smoothed. [frames, V] -> [frames]"""
    if len(x) == 0:
        return np.zeros(0)
    rms = np.sqrt(np.mean(np.square(x, dtype=np.float64), axis=1))
    trailing = np.full(len(rms), rms.mean())
    trailing[2:] = (rms[2:] + rms[1:-1] + rms[:-2]) / 3
    return smooth(trailing, window=window, order=order, axis=0)


def roll_of(loudness: np.ndarray) -> np.ndarray:
    """How many bins each frame is turned to the left: 0, 1 or 2 more than the one before. [frames] -> int64 [frames]"""
    return np.cumsum(quantise(loudness, ROLL_LEVELS))


def _rolled(spectrum: np.ndarray, loudness: np.ndarray) -> np.ndarray:
    """Turn every frame left by as many bins as loudness has added up to."""
    turned = roll_of(loudness)
    bins = np.arange(spectrum.shape[1])
    return np.take_along_axis(spectrum, (bins[None] + turned[:, None]) % spectrum.shape[1], axis=1)
