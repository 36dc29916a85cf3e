"""An endless walk through z: from one random vector to the next, the same for the same seed and time, for ever."""

from collections import OrderedDict

import numpy as np

KEPT = 64


class EndlessWalk:
    """Any moment can be asked for, in any order; what lies between two vectors turns at an even strength."""

    def __init__(self, *, z_dim: int, seed: int, seconds_each: float) -> None:
        self.z_dim, self.seed, self.seconds_each = z_dim, seed, seconds_each
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
        if number not in self._kept:
            chance = np.random.default_rng(np.random.SeedSequence([self.seed, number]))
            self._kept[number] = chance.standard_normal(self.z_dim)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return self._kept[number]
