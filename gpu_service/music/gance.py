"""GANce's chain: music as one vector per film frame (`specs/seeds/gance.md` §2.1–2.4, 2.7), its defects mended.

Mended: digital silence has a floor instead of −∞, a constant curve is 0 instead of 0 ÷ 0, and a filter that is longer
than what it filters shortens itself. Everything else is the original's, its accidents included.
"""

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
from scipy.signal import get_window, resample, savgol_filter

from gpu_service.music.film_frames import frame_samples

FLOOR_DB = -120.0
ROLL_LEVELS = 3
# Longer films are worked out in pieces, 18 minutes at 30 frames a second, each with its neighbours at both ends.
PIECE_ROWS, HALO_ROWS = 1 << 15, 16


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
    bare = BareSpectrum(x)
    span = bare.span()
    turned = roll_of(_loudness(x)) if roll else None
    made = np.empty(x.shape, np.float32)
    for first, end in pieces(len(x)):
        begin, stop = max(first - HALO_ROWS, 0), min(end + HALO_ROWS, len(x))
        spectrum = rescale(bare.rows(begin, stop), amplitude_range, span=span)
        spectrum = smooth(spectrum, window=7, order=3, axis=0)
        spectrum = smooth(spectrum, window=5, order=3, axis=1)
        if turned is not None:
            spectrum = smooth(_rolled(spectrum, turned[begin:stop]), window=51, order=2, axis=1)
        made[first:end] = spectrum[first - begin : end - begin]
    return made


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


def rescale(values: np.ndarray, target: tuple[float, float], *, span: tuple[float, float] | None = None) -> np.ndarray:
    """Map lowest … highest of all values, or the span, to the target; a constant becomes the target's low end."""
    low, high = span or ((float(values.min()), float(values.max())) if values.size else (0.0, 0.0))
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


class BareSpectrum:
    """Decibels below the loudest of the track, as many a frame as a vector has numbers, worked out piece by piece."""

    def __init__(self, x: np.ndarray) -> None:
        self.x, self.length = x, x.shape[1] - 2
        if self.length < 2:
            raise ValueError(f"A vector of {x.shape[1]} numbers is too short for a spectrum; 4 is the least.")
        self.loudest = max(float(self._magnitude(*piece).max(initial=0.0)) for piece in pieces(len(x)))
        self._last: tuple[tuple[int, int], np.ndarray] | None = None

    def rows(self, first: int, end: int) -> np.ndarray:
        """Those frames. -> float64 [end - first, V], about −120…0"""
        if self._last is None or self._last[0] != (first, end):
            self._last = ((first, end), resample(self._decibels(first, end), self.x.shape[1], axis=1))
        return self._last[1]

    def span(self) -> tuple[float, float]:
        """Lowest and highest of all frames."""
        ends = [(float(rows.min()), float(rows.max())) for rows in (self.rows(*piece) for piece in pieces(len(self.x)))]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def _magnitude(self, first: int, end: int) -> np.ndarray:
        """[frames, (V − 2) // 2]"""
        # V − 2 is an accident of operator precedence in the original; it gives one window per frame all the same.
        windows = self.x[first:end, : self.length] * get_window("hann", self.length)
        return np.abs(np.fft.rfft(windows, axis=1))[:, : self.length // 2]

    def _decibels(self, first: int, end: int) -> np.ndarray:
        magnitude = self._magnitude(first, end)
        if self.loudest == 0:
            return np.full(magnitude.shape, FLOOR_DB)
        return 20 * np.log10(np.maximum(magnitude / self.loudest, 10 ** (FLOOR_DB / 20)))


def pieces(rows: int) -> Iterator[tuple[int, int]]:
    """(first, end) of stretches that cover all rows: one, unless the track is long."""
    for first in range(0, rows, PIECE_ROWS):
        yield first, min(first + PIECE_ROWS, rows)


def _loudness(x: np.ndarray, *, window: int = 7, order: int = 3) -> np.ndarray:
    """Rms of each row; trailing mean of 3, the first two the track's mean; smoothed. [frames, V] -> [frames]"""
    if len(x) == 0:
        return np.zeros(0)
    rms = np.concatenate([np.sqrt(np.mean(np.square(x[a:b], dtype=np.float64), axis=1)) for a, b in pieces(len(x))])
    trailing = np.full(len(rms), rms.mean())
    trailing[2:] = (rms[2:] + rms[1:-1] + rms[:-2]) / 3
    return smooth(trailing, window=window, order=order, axis=0)


def roll_of(loudness: np.ndarray) -> np.ndarray:
    """How many bins each frame is turned to the left: 0, 1 or 2 more than the one before. [frames] -> int64 [frames]"""
    return np.cumsum(quantise(loudness, ROLL_LEVELS))


def _rolled(spectrum: np.ndarray, turned: np.ndarray) -> np.ndarray:
    """Turn every frame left by so many bins. [frames, V], int [frames]"""
    bins = np.arange(spectrum.shape[1])
    return np.take_along_axis(spectrum, (bins[None] + turned[:, None]) % spectrum.shape[1], axis=1)
