"""Where the beats that were found should be looked at: stretches in which few of them have an attack of their own."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

# Measured: drums 0.6–1, songs around 0.55, rubato strings 0.4, beats laid through speech 0.4.
LEAST_TRUST = 0.4
# Fewer beats than these are a fill or a rest, and say nothing.
FEWEST_BEATS = 4


@dataclass(frozen=True)
class Unsure:
    """From `start` to `end` seconds the beats are a guess; `trust`, 0…1, is the mean of theirs."""

    start: float
    end: float
    trust: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def unsure_stretches(beats: np.ndarray, trust: np.ndarray) -> list[Unsure]:
    """Runs of beats that are trusted little, each up to the beat after its last. [n] seconds, [n] 0…1"""
    doubtful = np.concatenate([[False], trust < LEAST_TRUST, [False]])
    edges = np.flatnonzero(np.diff(doubtful.astype(int))).reshape(-1, 2)
    return [
        Unsure(
            round(float(beats[first]), 4),
            round(float(beats[min(end, len(beats) - 1)]), 4),
            round(float(trust[first:end].mean()), 3),
        )
        for first, end in edges
        if end - first >= FEWEST_BEATS
    ]
