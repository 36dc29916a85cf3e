"""Harmonic and percussive parts by median filters over time and over frequency (Fitzgerald 2010; librosa's numbers)."""

from collections.abc import Callable, Iterator

import numpy as np
from scipy.ndimage import median_filter

from gpu_service.music.reactive.waves import HOP, Scratch, blocks, frame_total, sound_of, spectrum

KERNEL = 31
REACH = KERNEL // 2
AT_ONCE = 250_000
# Windows that share samples with the first and the last of a block.
SHARED = 2


def medians(magnitude: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Over time, which keeps what lasts, and over frequency, which keeps what hits. [bins, k] -> 2 × [bins, k]"""
    return _median(magnitude), np.ascontiguousarray(_median(magnitude.T).T)


def soft_mask(wanted: np.ndarray, other: np.ndarray, *, margin: float) -> np.ndarray:
    """wanted² / (wanted² + (margin · other)²), and 0 where there is neither; ½ there with a margin of 1."""
    a, b = np.square(wanted), np.square(other * np.float32(margin))
    total = a + b
    empty = total < 1e-30
    return np.where(empty, 0.5 if margin == 1 else 0.0, a / np.where(empty, 1, total)).astype(np.float32)


def harmonic(wave: np.ndarray, *, margin: float, scratch: Scratch) -> np.ndarray:
    """What lasts. float32 [n] -> float32 [n]; margin 0 gives the wave itself."""
    return _filtered(wave, lambda time, frequency: soft_mask(time, frequency, margin=margin), margin, scratch)


def percussive(wave: np.ndarray, *, margin: float, scratch: Scratch) -> np.ndarray:
    """What hits. float32 [n] -> float32 [n]; margin 0 gives the wave itself."""
    return _filtered(wave, lambda time, frequency: soft_mask(frequency, time, margin=margin), margin, scratch)


def spectra_with_medians(
    wave: np.ndarray, *, shared: int = SHARED
) -> Iterator[tuple[int, int, int, np.ndarray, np.ndarray, np.ndarray]]:
    """Block by block: first, end, the first window given, spectrum and both medians, `shared` windows over each edge.

    Every window is filtered with its true neighbours, so that blocks leave no seam.
    """
    total = frame_total(len(wave))
    for first, end in blocks(total):
        low, high = max(first - shared - REACH, 0), min(end + shared + REACH, total)
        given, stop = max(first - shared, 0), min(end + shared, total)
        whole = spectrum(wave, low, high)
        time, frequency = medians(np.abs(whole))
        inner = slice(given - low, stop - low)
        yield first, end, given, whole[:, inner], time[:, inner], frequency[:, inner]


def _filtered(
    wave: np.ndarray, mask: Callable[[np.ndarray, np.ndarray], np.ndarray], margin: float, scratch: Scratch
) -> np.ndarray:
    if margin == 0 or len(wave) == 0:
        return wave
    made = scratch.empty(len(wave))
    for first, end, given, spectra, time, frequency in spectra_with_medians(wave):
        begin, stop = first * HOP, min(end * HOP, len(wave))
        made[begin:stop] = sound_of(spectra * mask(time, frequency), first=given, begin=begin, end=stop)
    return made


def _median(rows: np.ndarray) -> np.ndarray:
    """Running median of 31 along each row, mirrored at the ends. [r, k] -> [r, k]

    Rows as one line: scipy's filter along a line is some eight times faster than the one over a plane. Some at a time,
    because no other thread of Python moves meanwhile.
    """
    wide = np.pad(rows, ((0, 0), (REACH, REACH)), mode="symmetric")
    made, step = np.empty_like(rows), max(AT_ONCE // wide.shape[1], 1)
    for first in range(0, len(rows), step):
        some = wide[first : first + step]
        made[first : first + step] = median_filter(some.ravel(), size=KERNEL).reshape(some.shape)[:, REACH:-REACH]
    return made
