"""Our own split: drums are what hits; of what lasts, the lowest is bass, and factors over 96 bands are dealt out.

Masks add up to 1 in every window and bin, so the stems add up to the mix but for rounding.
"""

from collections.abc import Mapping
from functools import lru_cache

import librosa
import numpy as np

from gpu_service.music.onset_strength import FRAME, RATE
from gpu_service.music.reactive.factors import MOST_COLUMNS, activations_of, factorise
from gpu_service.music.reactive.harmony import soft_mask, spectra_with_medians
from gpu_service.music.reactive.waves import HOP, Scratch, sound_of

BANDS = 96
FACTORS = 16
ITERATIONS = 200
# Windows of which one column is made, 93 ms.
POOL = 4
BASS_HZ, VOICE_LOW_HZ, VOICE_HIGH_HZ = 180.0, 200.0, 4_000.0
# All bass under the first, none of it for its pitch alone over the second.
ALL_BASS_HZ = (120.0, 260.0)
HARMONIC = ("bass", "vocals", "other")


def learn(wave: np.ndarray) -> dict[str, np.ndarray]:
    """Bands of each factor, how it sounds over time, and whose it is: 0 bass, 1 vocals, 2 other."""
    pieces = []
    for *_, spectra, time, frequency in spectra_with_medians(wave, shared=0):
        lasting = np.abs(spectra) * soft_mask(time, frequency, margin=1.0)
        pieces.append(_pooled(_bank() @ lasting))
    bands = np.concatenate(pieces, axis=1) if pieces else np.zeros((BANDS, 0), np.float32)
    every = max(-(-bands.shape[1] // MOST_COLUMNS), 1)
    shapes, levels = factorise(bands[:, ::every], FACTORS, iterations=ITERATIONS, seed=0)
    if every > 1:
        levels = activations_of(bands, shapes, iterations=ITERATIONS)
    return {"shapes": shapes, "levels": levels.astype(np.float16), "owners": owners(shapes, levels)}


def owners(shapes: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Bass: most of the factor lies under 180 Hz. Vocals: in the voice's range, and coming and going more than others.

    [96, K], [K, n] -> int8 [K]
    """
    centres = band_centres()
    total = np.maximum(shapes.sum(axis=0), 1e-12)
    is_bass = shapes[centres < BASS_HZ].sum(axis=0) / total > 0.5
    is_voice = shapes[(centres >= VOICE_LOW_HZ) & (centres <= VOICE_HIGH_HZ)].sum(axis=0) / total > 0.6
    restless = np.abs(np.diff(levels, axis=1)).sum(axis=1) / np.maximum(levels.sum(axis=1), 1e-12)
    rest = restless[~is_bass]
    usual = float(np.median(rest)) if len(rest) else 0.0
    found = np.where(is_voice & (restless > usual), 1, 2)
    return np.where(is_bass, 0, found).astype(np.int8)


def make(
    wave: np.ndarray, model: Mapping[str, np.ndarray], names: list[str], *, scratch: Scratch
) -> dict[str, np.ndarray]:
    """Those of drums, bass, vocals, other. float32 [n] -> float32 [n] each"""
    made = {name: scratch.empty(len(wave)) for name in names}
    if len(wave) == 0:
        return made
    shares = _shares(model)
    for first, end, given, spectra, time, frequency in spectra_with_medians(wave):
        begin, stop = first * HOP, min(end * HOP, len(wave))
        lasting = soft_mask(time, frequency, margin=1.0)
        at = (np.arange(given, given + spectra.shape[1]) - (POOL - 1) / 2) / POOL
        for name in names:
            mask = 1 - lasting
            if name != "drums":
                mask = lasting * (_bank().T @ _read(shares[HARMONIC.index(name)], at))
            made[name][begin:stop] = sound_of(spectra * mask, first=given, begin=begin, end=stop)
    return made


def band_centres() -> np.ndarray:
    """Hz, even steps of the mel scale. [96]"""
    return librosa.mel_frequencies(BANDS, fmin=0.0, fmax=RATE / 2)


@lru_cache(maxsize=1)
def _bank() -> np.ndarray:
    """Triangles over the bands whose sum is 1 in every bin, so that shares of bands become masks. float32 [96, 1025]"""
    bins = np.arange(FRAME // 2 + 1) * RATE / FRAME
    place = np.interp(bins, band_centres(), np.arange(BANDS))
    return np.maximum(1 - np.abs(place[None] - np.arange(BANDS)[:, None]), 0).astype(np.float32)


def _pooled(columns: np.ndarray) -> np.ndarray:
    """Means of 4 columns each; the last one of what is left. [B, k] -> [B, ceil(k / 4)]"""
    count = columns.shape[1]
    starts = np.arange(0, count, POOL)
    lengths = np.diff(np.append(starts, count))
    return (np.add.reduceat(columns, starts, axis=1) / lengths).astype(np.float32)


def _shares(model: Mapping[str, np.ndarray]) -> np.ndarray:
    """What share of each band and column each harmonic stem has; together 1. -> float32 [3, 96, n]"""
    shapes, levels, owner = model["shapes"], model["levels"].astype(np.float32), model["owners"]
    parts = np.stack([np.square(shapes[:, owner == k] @ levels[owner == k]) for k in range(3)])
    total = parts.sum(axis=0)
    even = np.array([0, 0, 1], np.float32)[:, None, None]
    shares = np.where(total > 1e-20, parts / np.maximum(total, 1e-20), even)
    # A steady chord and a steady bass are one factor, so the lowest bands are the bass's whatever the factors say.
    low = np.interp(np.log(np.maximum(band_centres(), 1)), np.log(ALL_BASS_HZ), (1.0, 0.0))[None, :, None]
    return (shares * (1 - low) + low * np.array([1, 0, 0])[:, None, None]).astype(np.float32)


def _read(shares: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Between columns, straight. [96, n], [k] -> [96, k]"""
    last = shares.shape[1] - 1
    whole = np.clip(np.floor(at).astype(np.int64), 0, max(last - 1, 0))
    part = np.clip(at - whole, 0, 1).astype(np.float32)
    return shares[:, whole] * (1 - part) + shares[:, np.minimum(whole + 1, last)] * part
