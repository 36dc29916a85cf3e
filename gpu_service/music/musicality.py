"""Musicality: how much a film moves with its music, one measure everywhere (`specs/cppn.md` §8).

The film's change from frame to frame is correlated with the track's onset strength; 200 circular shifts say what chance
gives, the onset curve against itself says what is possible at all. A second witness, the rise of energy, judges beside
it, because a curve that drives the picture must not be its only judge.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from gpu_service.music.film_frames import highest_per_frame
from gpu_service.music.onset_strength import RATE, onset_strength
from gpu_service.music.resample import resample

HOP = 256
RMS_FRAME = 1024
LAGS = (0, 1, 2)
CONTROLS = 200
QUIET = 1e-3


@dataclass(frozen=True)
class Witness:
    """`r` is the best correlation of three lags; `z` its distance from chance; `share` = z ÷ ceiling."""

    r: float
    lag: int
    z: float
    ceiling: float
    share: float


@dataclass(frozen=True)
class Musicality:
    """Onset strength first, rise of energy as the second witness; changes are means of sRGB 0…1."""

    onset: Witness
    energy: Witness
    frames: int
    mean_change: float
    max_change: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def changes(frames: Iterable[np.ndarray]) -> np.ndarray:
    """D[k] = mean |p_k − p_k−1|, k = 1…N−1. Frames are uint8, or float 0…1, of any shape. -> float64 [N − 1]"""
    found, last = [], None
    for frame in frames:
        picture = frame.astype(np.float32) / (255 if frame.dtype == np.uint8 else 1)
        if last is not None:
            found.append(float(np.abs(picture - last).mean()))
        last = picture
    return np.array(found)


def measure_musicality(
    change: np.ndarray, samples_mono: np.ndarray, sample_rate: int, *, fps: Fraction = Fraction(30)
) -> Musicality:
    """Judge a film by its changes [N − 1] and the music it was drawn to [n]; music beyond the film is left out."""
    frames = len(change) + 1
    if frames < 3 * fps:
        raise ValueError(f"{frames} frames are too few: musicality needs at least 3 seconds.")
    heard = samples_mono[: round(Fraction(sample_rate) * frames / fps)]
    mono = resample(heard, sample_rate, RATE)
    onset, energy = (
        highest_per_frame(curve, hop_samples=HOP, sample_rate=RATE, fps=fps, frames=frames)
        for curve in (onset_strength(mono, hop_samples=HOP), energy_rise(mono))
    )
    return Musicality(
        onset=_witness(change, onset[1:], fps),
        energy=_witness(change, energy[1:], fps),
        frames=frames,
        mean_change=float(change.mean()),
        max_change=float(change.max()),
    )


def energy_rise(samples: np.ndarray) -> np.ndarray:
    """How much louder each hop is than the last: rise of log(rms + .001), centred. [n] -> [1 + n // 256]"""
    padded = np.pad(samples.astype(np.float64), RMS_FRAME // 2)
    total = np.concatenate([[0.0], np.cumsum(np.square(padded))])
    starts = np.arange(0, len(padded) - RMS_FRAME + 1, HOP)
    power = np.maximum(total[starts + RMS_FRAME] - total[starts], 0) / RMS_FRAME
    return np.maximum(0, np.diff(np.log(np.sqrt(power) + QUIET), prepend=np.log(QUIET)))


def _witness(change: np.ndarray, curve: np.ndarray, fps: Fraction) -> Witness:
    r, lag = _best(change, curve)
    z, ceiling = _z(change, curve, fps), _z(curve, curve, fps)
    return Witness(r, lag, z, ceiling, z / ceiling if ceiling > 0 else 0.0)


def _best(change: np.ndarray, curve: np.ndarray) -> tuple[float, int]:
    """The highest correlation of change[k] with curve[k − lag], and its lag. Nothing wraps."""
    found = [_correlation(change[lag:], curve[: len(curve) - lag]) for lag in LAGS]
    return max(found), LAGS[int(np.argmax(found))]


def _z(change: np.ndarray, curve: np.ndarray, fps: Fraction) -> float:
    shifts = np.round(np.linspace(float(fps), len(curve) - float(fps), CONTROLS)).astype(int)
    chance = np.array([_best(change, np.roll(curve, shift))[0] for shift in shifts])
    spread = float(chance.std())
    return (_best(change, curve)[0] - float(chance.mean())) / spread if spread > 1e-12 else 0.0


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's; of something constant, 0."""
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt(np.sum(a * a) * np.sum(b * b)))
    return float(np.sum(a * b)) / size if size > 1e-12 else 0.0
