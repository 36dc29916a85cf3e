"""Chroma: how much of each of the twelve notes sounds, and the key that fits them best."""

import librosa
import numpy as np

from gpu_service.music.onset_strength import RATE, power_spectra
from gpu_service.protocol.routes import NOTES

CHROMA_FRAME = 8_192
CHROMA_HOP = 2_048
# Octaves around 110 Hz, where the roots of chords lie; with librosa's usual 880 Hz overtones outshout them.
HEARD_OCTAVE, HEARD_SPREAD = 2.0, 1.0
# Krumhansl & Kessler 1982, how well each note fits a key; the tonic first.
MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)
# A relative that fits this well beside the best may be home, too.
RIVAL_SHARE = 0.75
OPENING_SECONDS = 2.0
SURE_RATIO = 1.25


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

    A key and its relative (A minor, C major) share their notes. Where both fit, the opening decides which is home.
    """
    mean = normalised(chroma).mean(axis=0) if len(chroma) else np.zeros(12)
    if mean.std() < 1e-6:
        return None
    fits = {
        (tonic, mode): float(np.corrcoef(mean, np.roll(profile, tonic))[0, 1])
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
        for tonic in range(12)
    }
    best = max(fits, key=lambda key: fits[key])
    relative = _relative(*best)
    if fits[relative] >= RIVAL_SHARE * fits[best]:
        best = _home(best, relative, opening=_opening(chroma))
    return f"{NOTES[best[0]]} {best[1]}"


def _relative(tonic: int, mode: str) -> tuple[int, str]:
    return ((tonic + 9) % 12, "minor") if mode == "major" else ((tonic + 3) % 12, "major")


def _opening(chroma: np.ndarray) -> np.ndarray:
    """The notes of the first chord that is heard. [C, 12] -> [12]"""
    loudness = chroma.max(axis=1)
    first = int(np.argmax(loudness > 1e-3 * loudness.max()))
    return chroma[first : first + round(OPENING_SECONDS * RATE / CHROMA_HOP)].mean(axis=0)


def _home(best: tuple[int, str], relative: tuple[int, str], *, opening: np.ndarray) -> tuple[int, str]:
    """Which of two relatives the opening chord belongs to: of A-C-E and C-E-G only A and G tell. Else the best."""
    minor, major = sorted((best, relative), key=lambda key: key[1] == "major")
    low, high = float(opening[minor[0]]), float(opening[(major[0] + 7) % 12])
    if max(low, high) < SURE_RATIO * min(low, high):
        return best
    return minor if low > high else major
