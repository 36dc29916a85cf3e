"""Chroma: how much of each of the twelve notes sounds, and the key that fits them best."""

from functools import lru_cache

import numpy as np

from gpu_service.music.onset_strength import RATE

CHROMA_FRAME = 8_192
CHROMA_HOP = 2_048
NOTES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
LOWEST_HZ, HIGHEST_HZ = 30.0, 2_100.0
SPREAD_SEMITONES = 0.5
# Krumhansl & Kessler 1982, how well each note fits a key; the tonic first.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@lru_cache(maxsize=1)
def chroma_bank() -> np.ndarray:
    """Each spectral bin to the notes near it, tuned to A = 440 Hz, low bins weighing more. float32 [4097, 12]"""
    hertz = np.maximum(np.linspace(0, RATE / 2, CHROMA_FRAME // 2 + 1), 1)
    pitch = 69 + 12 * np.log2(hertz / 440)
    away = (pitch[:, None] - np.arange(12) + 6) % 12 - 6
    inside = (hertz >= LOWEST_HZ) & (hertz <= HIGHEST_HZ)
    # Bins are even in hertz, so a high note has more of them; 1/f gives each octave the same say.
    weight = inside * (LOWEST_HZ / hertz)
    return (np.exp(-0.5 * (away / SPREAD_SEMITONES) ** 2) * weight[:, None]).astype(np.float32)


def normalised(chroma: np.ndarray) -> np.ndarray:
    """Each frame's strongest note becomes 1; frames without sound stay 0. [C, 12] -> float32 [C, 12]"""
    loudest = chroma.max(axis=1, keepdims=True)
    heard = loudest > 1e-4 * loudest.max(initial=0.0)
    return np.where(heard, chroma / np.maximum(loudest, 1e-20), 0).astype(np.float32)


def guess_key(chroma: np.ndarray) -> str | None:
    """The best fitting of the 24 keys, such as "G minor"; None for silence. [C, 12]

    A key and its relative (A minor, C major) share their notes, so one may be told for the other.
    """
    mean = normalised(chroma).mean(axis=0) if len(chroma) else np.zeros(12)
    if mean.std() < 1e-6:
        return None
    fits = {}
    for mode, profile in (("major", MAJOR), ("minor", MINOR)):
        for tonic in range(12):
            fits[f"{NOTES[tonic]} {mode}"] = float(np.corrcoef(mean, np.roll(profile, tonic))[0, 1])
    return max(fits, key=lambda key: fits[key])
