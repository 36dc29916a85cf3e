"""Scene curves: all signals of a scene in one packed file, light enough for a page: lanes and live plots.

A packed file (music/packed.py) with the facts `format` ("scene curves 1"), `duration_seconds`, and `curves`: a list of
{name, title, kind, low, high, points_per_second, rows}, as in lanes.py: the array `name` is uint8 [points] or, where
`rows` is more than 1, [points, rows]; 0 stands for `low`, 255 for `high`; point i belongs to second
i / points_per_second. Kinds are those of signals.Signal.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gpu_service.music.packed import write_packed
from gpu_service.visualizers.signals import Signal
from gpu_service.visualizers.stages import SceneFacts

MOST_COLUMNS = 128
MOST_POINTS = 120.0
# Of rows of numbers, for the picture beside the picture: no more of them in a second, and no more bytes.
MOST_ROWS, MOST_ROW_BYTES = 30.0, 2_000_000


def save_curves(
    signals: Sequence[Signal], facts: SceneFacts, path: Path, *, points_per_second: float = MOST_POINTS
) -> None:
    """Write the file, with at most so many points a second."""
    packed, about = dict[str, np.ndarray](), []
    for signal in signals:
        values, rate = reduced(signal.values, fps=float(facts.fps), most=points_per_second)
        packed[signal.name] = as_bytes(values, low=signal.low, high=signal.high)
        about.append(
            {
                "name": signal.name,
                "title": signal.title,
                "kind": signal.kind,
                "low": round(signal.low, 6),
                "high": round(signal.high, 6),
                "points_per_second": rate,
                "rows": 1 if values.ndim == 1 else values.shape[1],
            }
        )
    duration = facts.scene.duration_seconds
    write_packed(path, {"format": "scene curves 1", "duration_seconds": duration, "curves": about}, packed)


def reduced(values: np.ndarray, *, fps: float, most: float = MOST_POINTS) -> tuple[np.ndarray, float]:
    """Fewer points, and fewer columns, each the mean of its neighbours'. -> the points, and how many in a second"""
    if values.ndim == 1:
        return _every(values, np.ceil(fps / most), fps)
    columns = values.shape[1]
    if columns > MOST_COLUMNS:
        edges = np.linspace(0, columns, MOST_COLUMNS + 1).astype(int)
        values = np.add.reduceat(values, edges[:-1], axis=1) / np.diff(edges)
    share = min(min(most, MOST_ROWS) / fps, MOST_ROW_BYTES / max(values.size, 1), 1.0)
    return _every(values, np.ceil(1 / share - 1e-9), fps)


def _every(values: np.ndarray, step: float, fps: float) -> tuple[np.ndarray, float]:
    return values[:: int(step)], fps / int(step)


def as_bytes(values: np.ndarray, *, low: float, high: float) -> np.ndarray:
    """0 for `low`, 255 for `high`."""
    share = np.nan_to_num((values - low) / max(high - low, 1e-12))
    return np.round(255 * np.clip(share, 0, 1)).astype(np.uint8)
