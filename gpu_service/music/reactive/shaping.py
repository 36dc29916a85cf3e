"""Shaping of curves: the plain functions of the signal language (`specs/seeds/aiart.md` §2). Time is the last axis."""

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d
from scipy.signal import butter, find_peaks, lfilter, resample, sosfiltfilt

from gpu_service.music.gance import rescale


def norm(curve: np.ndarray, low: float, high: float) -> np.ndarray:
    """Lowest becomes `low`, highest `high`; a constant becomes `low`."""
    return rescale(curve, (low, high))


def gauss(curve: np.ndarray, sigma: float) -> np.ndarray:
    """Smooth along time; the ends are mirrored."""
    return gaussian_filter1d(curve, sigma, axis=-1) if sigma > 0 and curve.shape[-1] else curve


def ema(curve: np.ndarray, alpha: float) -> np.ndarray:
    """y[k] = α x[k] + (1 − α) y[k − 1], from x[0] on."""
    if curve.shape[-1] == 0:
        return curve
    before = (1 - alpha) * curve[..., :1]
    return lfilter([alpha], [1, alpha - 1], curve, axis=-1, zi=before)[0]


def low_pass(curve: np.ndarray, *, order: int, cutoff: float, rate: float) -> np.ndarray:
    """Butterworth, forwards and backwards. A cutoff at or over half the rate changes nothing."""
    if cutoff >= rate / 2 or curve.shape[-1] < 2:
        return curve
    sections = butter(order, cutoff, fs=rate, output="sos")
    reach = min(3 * (2 * len(sections) + 1), curve.shape[-1] - 1)
    return sosfiltfilt(sections, curve, axis=-1, padlen=reach)


def fourier_resample(curve: np.ndarray, frames: int, *, clip: bool) -> np.ndarray:
    """As many values as the film has frames, through the Fourier transform, which rings. […, n] -> […, frames]"""
    if curve.shape[-1] == 0:
        return np.zeros((*curve.shape[:-1], frames))
    made = resample(curve, frames, axis=-1)
    return np.clip(made, curve.min(), curve.max()) if clip else made


def exact_resample(curve: np.ndarray, *, values_per_frame: float, frames: int) -> np.ndarray:
    """The value at each frame's own moment, straight between two. […, n] -> […, frames]"""
    at, have = np.arange(frames) * values_per_frame, np.arange(curve.shape[-1])
    if len(have) == 0:
        return np.zeros((*curve.shape[:-1], frames))
    flat = curve.reshape(-1, len(have))
    return np.stack([np.interp(at, have, row) for row in flat]).reshape(*curve.shape[:-1], frames)


def highest_resample(curve: np.ndarray, *, values_per_frame: float, frames: int) -> np.ndarray:
    """The highest value that falls into each frame, time rounded up; none repeats the last. […, n] -> […, frames]"""
    return _gathered(curve, np.ceil(np.arange(curve.shape[-1]) / values_per_frame - 1e-9), values_per_frame, frames)


def nearest_resample(curve: np.ndarray, *, values_per_frame: float, frames: int) -> np.ndarray:
    """The highest value that is nearest to each frame; none repeats the last. […, n] -> […, frames]"""
    return _gathered(curve, np.floor(np.arange(curve.shape[-1]) / values_per_frame + 0.5), values_per_frame, frames)


def _gathered(curve: np.ndarray, into_frame: np.ndarray, values_per_frame: float, frames: int) -> np.ndarray:
    """The highest value of those that belong to each frame. […, n], float [n] -> […, frames]"""
    made = exact_resample(curve, values_per_frame=values_per_frame, frames=frames)
    index = np.minimum(into_frame.astype(np.int64), frames - 1)
    flat, out = curve.reshape(-1, curve.shape[-1]), made.reshape(-1, frames)
    for row, into in zip(flat, out, strict=True):
        gathered = np.full(frames, -np.inf)
        np.maximum.at(gathered, index, row)
        into[:] = np.where(np.isfinite(gathered), gathered, into)
    return made


def rows(curve: np.ndarray) -> np.ndarray:
    """Each moment's values add up to 1; where they add up to nothing they are shared out evenly. [n, frames]"""
    total = curve.sum(axis=0)
    silent = np.abs(total) <= 1e-9 * max(float(np.abs(curve).max(initial=0.0)), 1e-30)
    return np.where(silent, 1 / len(curve), curve / np.where(silent, 1, total))


def kernel(radius: int, sigma: float, shape: str) -> np.ndarray:
    """A Gaussian whose peak is 1, from −radius to radius; the half of it before or after its peak is left out.

    full: both halves. falling: abrupt in, slow out. rising: slow in, abrupt out. -> [2 · radius + 1]
    """
    x = np.arange(-radius, radius + 1)
    bump = np.exp(-0.5 * np.square(x / sigma))
    return {"full": bump, "falling": bump * (x >= 0), "rising": bump * (x <= 0)}[shape]


def peaks(
    curve: np.ndarray,
    *,
    distance: float,
    prominence: float,
    width: float,
    height: float,
    bump: np.ndarray,
    late: int,
) -> np.ndarray:
    """Impulses as high as the curve's peaks, each turned into `bump`, `late` frames later. [frames] -> [frames]"""
    found, _ = find_peaks(
        curve, distance=max(distance, 1), prominence=prominence or None, width=width or None, height=height
    )
    impulses = np.zeros(len(curve))
    impulses[found] = curve[found]
    made = np.convolve(impulses, bump)[len(bump) // 2 :][: len(curve)]
    return np.concatenate([np.zeros(min(late, len(made))), made[: len(made) - late]]) if late else made


def plateau(curve: np.ndarray, hold: int) -> np.ndarray:
    """Each value is held for `hold` more frames, where nothing higher comes. [frames] -> [frames]"""
    if hold < 1 or len(curve) == 0:
        return curve
    size = hold + 1
    return maximum_filter1d(curve, size, origin=size - 1 - size // 2, mode="nearest")
