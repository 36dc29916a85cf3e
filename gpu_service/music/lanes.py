"""Lanes: the curves that the page draws under the waveform, light enough to send at once (about 1 kB a second).

A packed file (see packed.py) with the facts `format` ("lanes 1"), `duration_seconds`, and `lanes`: a list of {name,
title, unit, low, high, points_per_second, rows}. The array `name` is uint8 [points] or, where `rows` is more than 1,
[points, rows]; 0 stands for `low`, 255 for `high`, in `unit`. Point i belongs to second i / points_per_second.
Where two points of the analysis became one, the higher stayed, so that no hit gets lost.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gpu_service.music.analysis import Analysis
from gpu_service.music.bands import BANDS
from gpu_service.music.packed import write_packed

TITLES = {"bass": "Bass", "low_mid": "Low mids", "mid": "Mids", "high_mid": "High mids", "high": "Highs"}
BAND_RANGE_DB = 48.0
LOUDNESS_LOW_DB, LUFS_LOW = -60.0, -60.0
SHORT_TERM_RATE = 10.0


@dataclass(frozen=True)
class Lane:
    """One curve, or 12 rows of chroma: float [points] or [points, rows], drawn between `low` and `high`."""

    name: str
    title: str
    unit: str
    low: float
    high: float
    points_per_second: float
    values: np.ndarray

    def as_bytes(self) -> np.ndarray:
        share = (self.values - self.low) / max(self.high - self.low, 1e-9)
        return np.round(255 * np.clip(share, 0, 1)).astype(np.uint8)


def lanes(analysis: Analysis) -> list[Lane]:
    """All lanes in the order in which a page shows them first."""
    rate = analysis.facts.frame_rate / 2
    brightness = _halved(analysis.brightness)
    highest = max(float(np.percentile(brightness, 99.5)) if len(brightness) else 0.0, 1000.0)
    return [
        Lane("loudness", "Loudness", "dB", LOUDNESS_LOW_DB, 0.0, rate, _halved(analysis.loudness)),
        Lane("short_term", "Loudness, 3 s", "LUFS", LUFS_LOW, 0.0, SHORT_TERM_RATE, analysis.short_term),
        Lane("onset", "Onsets", "", 0.0, 1.2, rate, _halved(analysis.onset)),
        *_band_lanes(analysis, rate),
        Lane("brightness", "Brightness", "Hz", 0.0, highest, rate, brightness),
        Lane("chroma", "Chroma C … B", "", 0.0, 1.0, analysis.facts.chroma_rate, analysis.chroma),
    ]


def save_lanes(analysis: Analysis, path: Path) -> None:
    found = lanes(analysis)
    about = [
        {
            "name": lane.name,
            "title": lane.title,
            "unit": lane.unit,
            "low": round(lane.low, 2),
            "high": round(lane.high, 2),
            "points_per_second": lane.points_per_second,
            "rows": 1 if lane.values.ndim == 1 else lane.values.shape[1],
        }
        for lane in found
    ]
    facts = {"format": "lanes 1", "duration_seconds": analysis.facts.duration_seconds, "lanes": about}
    write_packed(path, facts, {lane.name: lane.as_bytes() for lane in found})


def _band_lanes(analysis: Analysis, rate: float) -> list[Lane]:
    found = []
    for column, (name, (low_hz, high_hz)) in enumerate(BANDS.items()):
        values = _halved(analysis.bands[:, column])
        high = min(0.0, float(values.max(initial=-BAND_RANGE_DB)))
        title = f"{TITLES[name]} {low_hz}–{high_hz} Hz"
        found.append(Lane(name, title, "dB", high - BAND_RANGE_DB, high, rate, values))
    return found


def _halved(curve: np.ndarray) -> np.ndarray:
    """Every two points become the higher one. [T] -> [ceil(T/2)]"""
    even = np.concatenate([curve, curve[-1:]]) if len(curve) % 2 else curve
    return even.reshape(-1, 2).max(axis=1)
