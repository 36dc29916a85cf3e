"""Onset strength and the spectra it is made of: librosa's, read in blocks, the same on any number of threads.

22 050 Hz mono, frames of 2048, 128 Slaney mel bands, decibels with 80 below the loudest, mean rise from frame to frame,
centred: value i belongs to second i · hop / 22 050.
The first call in a process loads librosa, about 2 s of one core; nothing is compiled then.
"""

from functools import lru_cache

import librosa
import numpy as np
from scipy.sparse import csr_array

RATE = 22_050
FRAME = 2_048
ROWS_AT_ONCE = 2_048


def onset_strength(samples: np.ndarray, *, hop_samples: int = 256) -> np.ndarray:
    """How much new sound each hop brings. float [n] at 22 050 Hz -> float32 [1 + n // hop]"""
    decibels = librosa.power_to_db(_mel_power(samples, hop_samples).T)
    return librosa.onset.onset_strength(S=decibels, sr=RATE, n_fft=FRAME, hop_length=hop_samples)


def power_spectra(samples: np.ndarray, *, frame: int, hop: int) -> np.ndarray:
    """Squared magnitudes of whole Hann windows, the first at sample 0. float32 [n] -> [windows, 1 + frame // 2]"""
    spectrum = librosa.stft(samples, n_fft=frame, hop_length=hop, center=False).T
    return spectrum.real**2 + spectrum.imag**2


@lru_cache(maxsize=1)
def mel_bank() -> csr_array:
    """librosa's mel filters. float32 [1025, 128]

    Sparse, because nearly all of it is zero, and because its product is the same on any number of threads, which
    librosa's own mel spectrogram is not.
    """
    return csr_array(librosa.filters.mel(sr=RATE, n_fft=FRAME).T)


def _mel_power(samples: np.ndarray, hop_samples: int) -> np.ndarray:
    """[n] -> [frames, 128]"""
    padded = np.pad(samples.astype(np.float32, copy=False), FRAME // 2)
    step = ROWS_AT_ONCE * hop_samples
    spans = (padded[at : at + step + FRAME - hop_samples] for at in range(0, len(padded) - FRAME + 1, step))
    return np.concatenate([power_spectra(span, frame=FRAME, hop=hop_samples) @ mel_bank() for span in spans])
