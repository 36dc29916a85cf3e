"""Plots of a plan's signals: what the figures of AIART's README show, as titled curves for a page or a debug film."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Plot:
    """Curves over the film's frames, [frames] or [frames, n], with the range of their axis and a name for each."""

    name: str
    title: str
    values: np.ndarray
    low: float
    high: float
    names: tuple[str, ...] = ()
    marks: tuple[int, ...] = ()


def plots(stages: Mapping[str, Arrays]) -> list[Plot]:
    """Of the stages of an audio-reactive plan. `marks` are frames where a segment begins."""
    segments, weights, drives = stages["segments"], stages["components"], stages["bends"]
    marks = tuple(int(frame) for frame in segments["boundaries"])
    seeds = tuple(str(seed) for seed in weights["seeds"])
    shares = np.stack([segments["tempo_share"], segments["other_share"]], axis=1)
    return [
        Plot("energy", "Energy and segments", segments["energy"], *_range(segments["energy"]), marks=marks),
        Plot("changes", "Change to the next segment", shares, 0.0, 1.0, ("first set", "second set"), marks),
        Plot("weights", "Weights of the parts", weights["weights"], 0.0, 1.0, seeds),
        Plot("mix", "Mix of the two sets", stages["drums"]["mix"], 0.0, 1.0),
        Plot("swell", "Swell", stages["swell"]["r"], *_range(stages["swell"]["r"])),
        Plot("turns", "Turning of the noise", stages["saw"]["turns"] % 1.0, 0.0, 1.0, marks=marks),
        Plot("disorder", "Disorder of the displacement", *_ranged(stages["displacement"]["disorder"])),
        Plot("drives", "Drives of the bends", drives["drive"], 0.0, 1.0, tuple(map(str, drives["names"]))),
    ]


def _ranged(curve: np.ndarray) -> tuple[np.ndarray, float, float]:
    return curve, *_range(curve)


def _range(curve: np.ndarray) -> tuple[float, float]:
    """From 0, or the lowest, to the highest; never of no width."""
    low, high = min(float(curve.min(initial=0.0)), 0.0), float(curve.max(initial=0.0))
    return low, high if high > low else low + 1.0
