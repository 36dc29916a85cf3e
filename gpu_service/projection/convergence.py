"""How a search came to rest: how far each step's latents lay from the last, and by which step four fifths were done.

No torch. Our own files tell it of every search that ran in one piece; others where they keep histories of latents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.interpolate import UnivariateSpline

from gpu_service.projection.file import Projection

LEFT_SHARE = 0.2
MOST_FRAMES = 400
SPLINE_DEGREE: Literal[4] = 4


@dataclass(frozen=True)
class Convergence:
    """`distance` [steps]: mean over frames; `speed`, `acceleration`: derivatives of a smoothing spline through it.

    `eighty` [frames]: the step (from 1) by which four fifths of the way were gone.
    """

    distance: np.ndarray
    speed: np.ndarray
    acceleration: np.ndarray
    eighty: np.ndarray

    @property
    def eighty_mean(self) -> float:
        return float(self.eighty.mean())

    @property
    def eighty_spread(self) -> float:
        return float(self.eighty.std())

    def to_json(self) -> dict[str, list[float]]:
        """Lists by name, as a job hands them in. `share` [steps]: of the mean way, how much is gone."""
        mean, spread = self.eighty_mean, self.eighty_spread
        way = max(float(self.distance.max() - self.distance.min()), 1e-12)
        return {
            "step": [float(step) for step in range(1, len(self.distance) + 1)],
            "share": (1 - self.distance / way).clip(0, 1).tolist(),
            "distance": self.distance.tolist(),
            "speed": self.speed.tolist(),
            "acceleration": self.acceleration.tolist(),
            "eighty": [float(step) for step in self.eighty],
            "eighty_mean": [mean, mean - spread, mean - 2 * spread],
        }


def distances(history: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Sum of absolute differences to the final latents after each step. [steps, rows, W], [rows, W] -> [steps]"""
    return np.abs(history.astype(np.float64) - final).sum(axis=(1, 2))


def eighty_step(distance: np.ndarray) -> int:
    """The first step, counted from 1, whose distance is at most a fifth of the whole way's. [steps] -> step"""
    near = distance <= LEFT_SHARE * (distance.max() - distance.min())
    return int(np.argmax(near)) + 1 if near.any() else len(distance)


def convergence(read: Projection) -> Convergence | None:
    """Of the frames that tell how their search went, some hundred at most; None where none does."""
    every = max(1, len(read) // MOST_FRAMES)
    found = []
    for frame in range(0, len(read), every):
        history = read.history(frame)
        told = distances(history, read.latents[frame]) if len(history) > 1 else read.distances(frame)
        if len(told) > 1:
            found.append(told.astype(np.float64))
    return of_distances(found) if found else None


def of_distances(found: Sequence[np.ndarray]) -> Convergence:
    """Searches of different lengths are compared as far as the shortest goes."""
    length = min(map(len, found))
    mean = np.mean([each[:length] for each in found], axis=0)
    speed, acceleration = _derivatives(mean)
    return Convergence(mean, speed, acceleration, np.array([eighty_step(each) for each in found]))


def _derivatives(curve: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    steps = np.arange(1, len(curve) + 1, dtype=np.float64)
    if len(curve) <= SPLINE_DEGREE:
        return np.zeros_like(curve), np.zeros_like(curve)
    # As smooth as the steps between neighbours are rough.
    rough = float(np.square(np.diff(curve, n=2)).sum())
    spline = UnivariateSpline(steps, curve, k=SPLINE_DEGREE, s=rough)
    return spline.derivative(1)(steps), spline.derivative(2)(steps)
