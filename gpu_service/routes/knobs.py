"""Knobs: what a route can move, where its slider begins and ends, and how far a move along it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np


@dataclass(frozen=True)
class Knob:
    """A number that routes may drive. `slider` are the ends of its slider, `low` and `high` the ends of its range."""

    title: str
    low: float
    high: float
    slider: tuple[float, float]
    is_log: bool = False
    is_whole: bool = False

    @classmethod
    def of_schema(cls, entry: Mapping[str, Any]) -> Self:
        """From one property of a visualizer's JSON schema. A route needs a range: KeyError where there is none."""
        low, high = float(entry["minimum"]), float(entry["maximum"])
        first, last = entry.get("x-slider", (low, high))
        return cls(
            title=str(entry.get("title", "")),
            low=low,
            high=high,
            slider=(float(first), float(last)),
            is_log=entry.get("x-scale") == "log",
            is_whole=entry.get("type") == "integer",
        )

    def moved(self, base: np.ndarray, move: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """`base` moved by shares of the slider's way, along its scale. [N], [N] -> values [N], where clamped [N].

        Where nothing moves it, the base stays as it is, bit for bit, wherever it lies.
        """
        first, last = self.slider
        if self.is_log:
            # Far beyond the range the exponential would overflow; it is clamped there anyway.
            exponent = np.clip(move * np.log(last / first), -700, 700)
            wanted = base * np.exp(exponent)
        else:
            wanted = base + move * (last - first)
        kept = np.clip(wanted, self.low, self.high)
        is_clamped = (kept != wanted) & (move != 0)
        if self.is_whole:
            kept = np.round(kept)
        return np.where(move == 0, base, kept), is_clamped


AMOUNT = Knob(title="Amount", low=-4.0, high=4.0, slider=(-1.0, 1.0))
