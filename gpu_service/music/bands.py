"""Bands: how much of the sound is bass, how much is treble. Power, then decibels below full scale."""

from functools import lru_cache

import librosa
import numpy as np

from gpu_service.music.onset_strength import FRAME, RATE

BANDS = {
    "bass": (20, 150),
    "low_mid": (150, 500),
    "mid": (500, 2_000),
    "high_mid": (2_000, 5_000),
    "high": (5_000, 11_025),
}
FLOOR_DB = -100.0


@lru_cache(maxsize=1)
def band_bank() -> np.ndarray:
    """One column of ones a band, scaled so that a full-scale sine in it gives power 1. float32 [1025, 5]"""
    hertz = np.linspace(0, RATE / 2, FRAME // 2 + 1)[:, None]
    low, high = np.array(list(BANDS.values())).T
    inside = (hertz >= low) & (hertz < high + (high == RATE / 2))
    # Of a sine of amplitude 1 a Hann window leaves (N/4)² in one bin and half as much again in its neighbours.
    return (inside / ((FRAME / 4) ** 2 * 1.5)).astype(np.float32)


def to_decibels(power: np.ndarray) -> np.ndarray:
    """Power (a full-scale sine is 1) to dB, −100 at the least."""
    return np.maximum(librosa.power_to_db(power, amin=1e-20, top_db=None), FLOOR_DB).astype(np.float32)
