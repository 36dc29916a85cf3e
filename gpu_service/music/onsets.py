"""Onsets: when something new begins to sound. Times are seconds, ascending, each on its attack to about 3 ms."""

import librosa
import numpy as np

from gpu_service.music.features import FINE_RATE, FRAME_RATE, HOP, Features
from gpu_service.music.onset_strength import RATE

MIN_GAP_SECONDS = 0.03
# Of a strong hit of this track.
FAINT = 0.05
SEARCH_BEFORE, SEARCH_AFTER = 0.05, 0.03


def find_onsets(features: Features) -> tuple[np.ndarray, np.ndarray]:
    """Times in seconds and strengths (1 = a strong hit of this track). -> float64 [n], float32 [n]"""
    strength = features.onset / usual_strength(features.onset)
    peaks = librosa.onset.onset_detect(
        onset_envelope=strength, sr=RATE, hop_length=HOP, normalize=False, pre_max=3, post_max=4
    )
    peaks = peaks[strength[peaks] > FAINT]
    times = on_attack(peaks / FRAME_RATE, features.attack)
    order = np.argsort(times, kind="stable")
    times, strengths = times[order], strength[peaks][order]
    apart = np.concatenate([[True], np.diff(times) >= MIN_GAP_SECONDS]) if len(times) else np.zeros(0, bool)
    return times[apart], strengths[apart].astype(np.float32)


def usual_strength(onset: np.ndarray) -> float:
    """What counts as a strong hit here: the 99th percentile, never 0."""
    return max(float(np.percentile(onset, 99)) if len(onset) else 0.0, 1e-6)


def on_attack(times: np.ndarray, attack: np.ndarray) -> np.ndarray:
    """Move each time to the steepest rise near it. [n] -> [n] seconds"""
    if len(times) == 0 or len(attack) == 0:
        return times
    reach = np.arange(-round(SEARCH_BEFORE * FINE_RATE), round(SEARCH_AFTER * FINE_RATE) + 1)
    near = np.clip(np.round(times * FINE_RATE).astype(int)[:, None] + reach, 0, len(attack) - 1)
    best = np.argmax(attack[near], axis=1)
    return near[np.arange(len(times)), best] / FINE_RATE
