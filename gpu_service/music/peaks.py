"""Peaks: what the waveform shows, at six depths of zoom; deeper than these are the samples themselves.

A packed file (see packed.py) with the facts `format` ("peaks 1"), `sample_rate`, `frame_count`, `duration_seconds` and
`levels`: a list of {samples_per_pixel, name}, coarse first, so that a page can draw after the first kilobytes and ask
for the rest by Range. The array `name` is int16 [pixels, 3]: lowest sample, highest sample (over all channels), and rms
(of all channels), each × 32767. Pixel i covers samples i·spp … (i+1)·spp − 1: the seconds from i·spp / sample_rate on.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gpu_service.music.packed import read_packed, write_packed
from gpu_service.music.sound import Sound

FINEST = 64
STEP = 4
LEVELS = (64, 256, 1024, 4096, 16_384, 65_536)
FULL = 32_767


@dataclass(frozen=True)
class Peaks:
    """`levels[samples_per_pixel]` is int16 [pixels, 3]: lowest, highest, rms."""

    sample_rate: int
    frame_count: int
    levels: dict[int, np.ndarray]


def find_peaks(sound: Sound) -> Peaks:
    """The pyramid of a track, its samples read once in blocks."""
    parts = [_finest(block) for block in sound.blocks(frames=FINEST * 4096)]
    rows = np.concatenate(parts) if parts else np.zeros((0, 3), np.float32)
    levels = {}
    for samples_per_pixel in LEVELS:
        if samples_per_pixel > FINEST:
            rows = _coarser(rows)
        levels[samples_per_pixel] = _as_int16(rows)
    return Peaks(sound.sample_rate, sound.frame_count, levels)


def save_peaks(peaks: Peaks, path: Path) -> None:
    coarse_first = sorted(peaks.levels.items(), reverse=True)
    facts = {
        "format": "peaks 1",
        "sample_rate": peaks.sample_rate,
        "frame_count": peaks.frame_count,
        "duration_seconds": peaks.frame_count / peaks.sample_rate,
        "levels": [{"samples_per_pixel": spp, "name": f"peaks_{spp}"} for spp, _ in coarse_first],
    }
    write_packed(path, facts, {f"peaks_{spp}": rows for spp, rows in coarse_first})


def load_peaks(path: Path) -> Peaks:
    facts, arrays = read_packed(path)
    levels = {level["samples_per_pixel"]: arrays[level["name"]] for level in facts["levels"]}
    return Peaks(facts["sample_rate"], facts["frame_count"], levels)


def _finest(block: np.ndarray) -> np.ndarray:
    """[frames, channels] -> lowest, highest, mean square of each 64 frames, float32 [pixels, 3]."""
    missing = -len(block) % FINEST
    if missing:
        # Repeating the last frame moves neither the lowest nor the highest.
        block = np.concatenate([block, np.repeat(block[-1:], missing, axis=0)])
    cells = block.reshape(len(block) // FINEST, -1)
    power = np.einsum("ij,ij->i", cells, cells) / cells.shape[1]
    return np.stack([cells.min(axis=1), cells.max(axis=1), power], axis=1)


def _coarser(rows: np.ndarray) -> np.ndarray:
    """Four pixels become one. [n, 3] -> [ceil(n/4), 3]"""
    missing = -len(rows) % STEP
    if missing:
        rows = np.concatenate([rows, np.repeat(rows[-1:], missing, axis=0)])
    cells = rows.reshape(-1, STEP, 3)
    return np.stack([cells[:, :, 0].min(axis=1), cells[:, :, 1].max(axis=1), cells[:, :, 2].mean(axis=1)], axis=1)


def _as_int16(rows: np.ndarray) -> np.ndarray:
    shown = np.stack([rows[:, 0], rows[:, 1], np.sqrt(rows[:, 2])], axis=1)
    return np.round(np.clip(shown, -1, 1) * FULL).astype(np.int16)
