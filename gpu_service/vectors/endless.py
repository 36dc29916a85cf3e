"""An endless walk through z: from one random vector to the next, the same for the same seed and time, for ever.

A walk with a round closes: its last vector leads back to the first, so that a clock that begins again shows no jump.
"""

from collections import OrderedDict

import numpy as np

KEPT = 64


class EndlessWalk:
    """Any moment can be asked for, in any order; what lies between two vectors turns at an even strength."""

    def __init__(self, *, z_dim: int, seed: int, seconds_each: float, round_seconds: float | None = None) -> None:
        """A round has a whole number of vectors: `seconds_each` gives way by as little as that takes."""
        self.z_dim, self.seed = z_dim, seed
        self.vectors = max(2, round(round_seconds / seconds_each)) if round_seconds else None
        self.seconds_each = round_seconds / self.vectors if round_seconds and self.vectors else seconds_each
        self._kept: OrderedDict[int, np.ndarray] = OrderedDict()

    def at(self, seconds: np.ndarray) -> np.ndarray:
        """Where the walk is then. float64 [N], from 0 on -> float32 [N, z_dim]"""
        return np.stack([self._at(float(moment)) for moment in seconds]).astype(np.float32)

    def _at(self, moment: float) -> np.ndarray:
        place = moment / self.seconds_each
        first = int(place)
        # It slows down at each vector and hurries between two, so that no corner shows.
        share = place - first
        eased = share * share * (3 - 2 * share)
        turn = eased * np.pi / 2
        # Random vectors of many numbers are almost at right angles, and a quarter turn keeps their strength.
        return np.cos(turn) * self._vector(first) + np.sin(turn) * self._vector(first + 1)

    def _vector(self, number: int) -> np.ndarray:
        """The walk's vector of that number, by chance of (seed, number). [z_dim]"""
        number = number % self.vectors if self.vectors else number
        if number not in self._kept:
            chance = np.random.default_rng(np.random.SeedSequence([self.seed, number]))
            self._kept[number] = chance.standard_normal(self.z_dim)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[number]
