"""Chance that can be repeated: every subject of a portrait (face, hair, light …) has a stream of its own.

So a change to the hair of all portraits leaves their faces, their light and their clothes as they were.
"""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

Choice = TypeVar("Choice")


class Dice:
    """Random numbers of one subject of one portrait."""

    def __init__(self, seed: int, index: int, subject: str) -> None:
        self._random = np.random.Generator(np.random.PCG64([seed, index, *subject.encode()]))

    def between(self, low: float, high: float) -> float:
        return float(self._random.uniform(low, high))

    def around(self, middle: float, spread: float, *, limit: float = 2.2) -> float:
        """Normal, cut off at `limit` spreads on either side."""
        return middle + spread * float(np.clip(self._random.normal(), -limit, limit))

    def chance(self, share: float) -> bool:
        return bool(self._random.random() < share)

    def pick(self, choices: Sequence[tuple[float, Choice]]) -> Choice:
        """One of the choices, each with its weight."""
        weights = np.array([weight for weight, _ in choices])
        return choices[int(self._random.choice(len(choices), p=weights / weights.sum()))][1]

    def lattice(self, rows: int, columns: int) -> np.ndarray:
        """A table of noise, -1..1, [rows, columns]."""
        return self._random.uniform(-1, 1, (rows, columns)).astype(np.float32)
