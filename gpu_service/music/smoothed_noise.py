"""Smoothed noise: a slow walk through latent space, the same for the same seed (`specs/seeds/gance.md` §2.5)."""

import numpy as np
from scipy.ndimage import gaussian_filter1d

from gpu_service.music.gance import pieces, rescale

GANCE_SEED = 1234
GANCE_RANGE = (-4.0, 4.0)


def smoothed_noise(
    rows: int,
    vector_length: int,
    *,
    sigma_rows: float,
    seed: int = GANCE_SEED,
    target: tuple[float, float] = GANCE_RANGE,
) -> np.ndarray:
    """Normal numbers smoothed along time, wrapping from the end to the start, so that the walk loops.

    -> float32 [rows, vector_length], rms 1 first, then the lowest and highest of all brought to `target`.
    σ in rows is seconds × frames per second; the original's 50 frames at 60 frames/s are 0.83 s.
    """
    noise, chance = np.empty((rows, vector_length), np.float32), np.random.default_rng(seed)
    for first, end in pieces(rows):
        noise[first:end] = chance.standard_normal((end - first, vector_length))
    if rows == 0:
        return noise
    if sigma_rows > 0:
        noise = gaussian_filter1d(noise, sigma_rows, axis=0, mode="wrap")
    power = sum(float(np.square(noise[a:b], dtype=np.float64).sum()) for a, b in pieces(rows)) / noise.size
    noise /= max(float(np.sqrt(power)), 1e-12)
    return rescale(noise, target).astype(np.float32)


def read_at(table: np.ndarray, phase: np.ndarray) -> np.ndarray:
    """The table between its rows, by linear interpolation, wrapping. [rows, V], [n] -> float32 [n, V]"""
    whole = np.floor(phase)
    share = (phase - whole)[:, None].astype(np.float32)
    first = whole.astype(np.int64) % len(table)
    return table[first] * (1 - share) + table[(first + 1) % len(table)] * share
