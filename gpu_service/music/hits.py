"""Hits: the moments at which something begins to sound, each on the sample of its attack, and how strong it is.

The curve of onsets tells that there is a hit to about a hundredth of a second; where exactly it lies, the samples tell:
at the steepest rise of energy, of the sound and of its treble, looked for in ever shorter windows.
"""

import numpy as np
from scipy.ndimage import maximum_filter1d

from gpu_service.music.features import FRAME_RATE

# Of a strong hit of the track: what is weaker is none.
FAINT = 0.02
# Peaks of the curve that are nearer than so many points are one hit.
APART_POINTS = 2
# A peak stands so long after the attack that makes it, give or take a point of the curve (measured on clicks).
LATE_SECONDS = 0.014
REACH_SECONDS = 0.04
# The energy so long after a moment against that so long before it.
WINDOWS_SECONDS = (0.0116, 0.0029, 0.0007)
# Of the track's peak, as a power: what lies below counts as silence.
FLOOR = 1e-5
# What a longer window heard before the attack, so many times, counts as silence for a shorter one.
QUIETER = 4.0
# Few, so that the samples around them stay in the processor's cache.
HITS_AT_ONCE = 16


def find_hits(
    strength: np.ndarray, *, samples: np.ndarray, sample_rate: int, peak: float
) -> tuple[np.ndarray, np.ndarray]:
    """Ascending seconds, and the curve's heights. The curve [T], 1 = a strong hit; samples [n] -> float64 [h], [h]"""
    points = _peaks(strength)
    if len(points) == 0 or len(samples) == 0:
        return np.zeros(0), np.zeros(0)
    guess = points / FRAME_RATE - LATE_SECONDS
    # A hit stays on its own side of the middle between it and its neighbours.
    middles = (guess[1:] + guess[:-1]) / 2
    first = np.maximum(guess - REACH_SECONDS, np.concatenate([[-np.inf], middles]))
    last = np.minimum(guess + REACH_SECONDS, np.concatenate([middles, [np.inf]]))
    found = np.concatenate(
        [
            _on_attack(samples, first[a : a + HITS_AT_ONCE], last[a : a + HITS_AT_ONCE], rate=sample_rate, peak=peak)
            for a in range(0, len(points), HITS_AT_ONCE)
        ]
    )
    order = np.argsort(found, kind="stable")
    return found[order] / sample_rate, strength[points][order].astype(np.float64)


def _peaks(strength: np.ndarray) -> np.ndarray:
    """Points that no neighbour overtops; of equal ones the first. [T] -> int [h]"""
    if len(strength) == 0:
        return np.zeros(0, np.int64)
    top = maximum_filter1d(strength, 2 * APART_POINTS + 1, mode="nearest")
    found = np.flatnonzero((strength >= top) & (strength >= FAINT))
    return found[np.diff(found, prepend=-APART_POINTS - 1) > APART_POINTS]


def _on_attack(samples: np.ndarray, first: np.ndarray, last: np.ndarray, *, rate: int, peak: float) -> np.ndarray:
    """The sample at which each attack begins, looked for between two seconds each. [h], [h] -> int [h]"""
    low, high = (np.clip(np.round(seconds * rate), 0, len(samples) - 1).astype(np.int64) for seconds in (first, last))
    found, floors = high, np.full((2, len(first), 1), FLOOR * peak**2)
    for seconds in WINDOWS_SECONDS:
        window = max(round(seconds * rate), 2)
        found, before = _steepest(samples, low, high, window=window, floors=floors)
        # A short window would take a moment between two swings of a deep tone for silence.
        floors = floors + QUIETER * before
        low, high = np.maximum(found - window, 0), np.minimum(found + window, len(samples) - 1)
    return found


def _steepest(
    samples: np.ndarray, low: np.ndarray, high: np.ndarray, *, window: int, floors: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Before which sample of low…high the energy rises most, of equal ones the last; and the energies before it.

    int [h], [h]; floors [2, h, 1] of sound and treble -> int [h], [2, h, 1]
    """
    width = int((high - low).max()) + 1
    index = low[:, None] + np.arange(-window - 1, width + window)
    sound = np.where((index >= 0) & (index < len(samples)), samples[np.clip(index, 0, len(samples) - 1)], 0.0)
    rise, calm = np.ones((len(low), width)), np.empty((2, len(low), width))
    for number, heard in enumerate((sound[:, 1:], np.diff(sound, axis=1))):
        total = np.cumsum(np.square(heard, dtype=np.float64), axis=1)
        total = np.concatenate([np.zeros((len(low), 1)), total], axis=1) / window
        now = total[:, window : window + width]
        after = np.maximum(total[:, 2 * window : 2 * window + width] - now, 0)
        calm[number] = np.maximum(now - total[:, :width], 0)
        rise *= (after + floors[number]) / (calm[number] + floors[number])
    rise[np.arange(width) > (high - low)[:, None]] = 0.0
    place = width - 1 - rise[:, ::-1].argmax(axis=1)
    return low + place, np.take_along_axis(calm, place[None, :, None], axis=2)
