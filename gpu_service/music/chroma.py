"""Chroma: how much of each of the twelve notes sounds, and the key that fits them best."""

import librosa
import numpy as np

from gpu_service.music.onset_strength import RATE, power_spectra

CHROMA_FRAME = 8_192
CHROMA_HOP = 2_048
# Octaves around 110 Hz, where the roots of chords lie; with librosa's usual 880 Hz overtones outshout them.
HEARD_OCTAVE, HEARD_SPREAD = 2.0, 1.0
NOTES = ("C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")
# Krumhansl & Kessler 1982, how well each note fits a key; the tonic first.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def find_chroma(samples: np.ndarray) -> np.ndarray:
    """Energy of the twelve notes in each window, tuned to A = 440 Hz. float32 [n] at 22 050 Hz -> float32 [C, 12]"""
    power = power_spectra(samples, frame=CHROMA_FRAME, hop=CHROMA_HOP)
    return librosa.feature.chroma_stft(
        S=power.T,
        sr=RATE,
        n_fft=CHROMA_FRAME,
        tuning=0.0,
        norm=None,
        ctroct=HEARD_OCTAVE,
        octwidth=HEARD_SPREAD,
    ).T


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
