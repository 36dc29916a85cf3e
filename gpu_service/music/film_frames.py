"""Film frames: how many a track has, and how a curve in seconds becomes one value per frame. Rates are Fractions."""

import math
from fractions import Fraction

import numpy as np

from gpu_service.music.resample import resampled_in_pieces


def frame_count(sample_count: int, sample_rate: int, *, fps: Fraction) -> int:
    """Frames that cover the whole track, counted exactly: an hour at 30000/1001 drifts by nothing."""
    return math.ceil(Fraction(sample_count, sample_rate) * fps)


def frame_samples(
    samples: np.ndarray, sample_rate: int, *, fps: Fraction, vector_length: int, frames: int | None = None
) -> np.ndarray:
    """Resample so that each film frame owns `vector_length` samples; the tail is padded with zeros.

    samples [n] float -> [frames, vector_length] float32. With `frames` the music is stretched to that many frames
    (GANce's projection blend); without, the track keeps its time.
    """
    count = frames if frames is not None else frame_count(len(samples), sample_rate, fps=fps)
    x = np.zeros(count * vector_length, np.float32)
    if len(samples) and count:
        new_rate = float(vector_length * fps) if frames is None else sample_rate * count * vector_length / len(samples)
        at = 0
        for piece in resampled_in_pieces(samples, sample_rate, new_rate):
            fits = piece[: len(x) - at]
            x[at : at + len(fits)] = fits
            at += len(fits)
    return x.reshape(count, vector_length)


def nearest_per_frame(seconds: np.ndarray, values: np.ndarray, *, fps: Fraction, frames: int) -> np.ndarray:
    """The highest value whose second is nearest to each film frame's own; none = 0. [n], [n] -> float64 [frames]"""
    gathered = np.zeros(frames)
    if frames:
        index = np.floor(seconds * float(fps) + 0.5).astype(np.int64)
        np.maximum.at(gathered, np.clip(index, 0, frames - 1), values)
    return gathered


def highest_per_frame(
    curve: np.ndarray, *, hop_samples: int, sample_rate: int, fps: Fraction, frames: int
) -> np.ndarray:
    """The highest value of `curve` (one each hop) that falls into each film frame, time × fps rounded up; none = 0."""
    gathered = np.zeros(frames)
    if frames == 0 or len(curve) == 0:
        return gathered
    step = Fraction(hop_samples, sample_rate) * fps
    index = -(-np.arange(len(curve), dtype=np.int64) * step.numerator // step.denominator)
    np.maximum.at(gathered, np.minimum(index, frames - 1), curve)
    return gathered


def as_long(values: np.ndarray, frames: int) -> np.ndarray:
    """Exactly so many frames: cut, or the last one repeated, because a decoder may disagree by a sample."""
    if len(values) >= frames:
        return values[:frames]
    return np.concatenate([values, np.repeat(values[-1:], frames - len(values), axis=0)])
