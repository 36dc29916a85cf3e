"""Segments: the sections of a track. Boundaries by novelty (Foote 2000), letters for sections that sound alike.

librosa.segment wants the number of sections beforehand, or a matrix that grows with the square of the track.
"""

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.signal import find_peaks
from scipy.spatial.distance import pdist

from gpu_service.music.chroma import normalised
from gpu_service.music.features import CHROMA_RATE, FRAME_RATE, TIMBRE_BANDS, Features

STEP_SECONDS = 0.5
REACH_STEPS = 8
MIN_SECONDS = 3.5
LOUDNESS_WEIGHT, CHROMA_WEIGHT = 2.0, 0.5
OUTSTANDING = 0.6
SAME_LETTER_DISTANCE = 0.9
MOST_SEGMENTS = 500


@dataclass(frozen=True)
class Segment:
    """A section from `start` to `end` seconds; sections with the same letter sound alike."""

    start: float
    end: float
    label: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def find_segments(features: Features, *, duration_seconds: float, downbeats: np.ndarray) -> list[Segment]:
    """The whole track, cut into sections without a gap; boundaries lie on downbeats where there are any."""
    if duration_seconds < 2 * REACH_STEPS * STEP_SECONDS:
        return [Segment(0.0, duration_seconds, "A")]
    texture = _texture(features)
    edges = _boundaries(texture) * STEP_SECONDS
    edges = _on_downbeats(edges, downbeats)
    edges = np.unique(np.concatenate([[0.0], edges[(edges > 1) & (edges < duration_seconds - 1)], [duration_seconds]]))
    means = np.array([_mean_between(texture, a, b) for a, b in pairwise(edges)])
    letters = _letters(means)
    return [Segment(float(a), float(b), label) for (a, b), label in zip(pairwise(edges), letters, strict=True)]


def _texture(features: Features) -> np.ndarray:
    """What the sound is like each half second: loudness, 16 bands, 12 notes, each standardised. [steps, 29]"""
    per_step = round(FRAME_RATE * STEP_SECONDS)
    steps = len(features.rms) // per_step
    power = np.square(features.rms[: steps * per_step]).reshape(steps, per_step).mean(axis=1)
    loudness = 10 * np.log10(power + 1e-6 * max(float(power.max(initial=0)), 1e-9))
    timbre = features.timbre[: steps * per_step].reshape(steps, per_step, TIMBRE_BANDS).mean(axis=1, dtype=np.float32)
    chroma = normalised(features.chroma)
    edges = np.round(np.arange(steps + 1) * per_step / FRAME_RATE * CHROMA_RATE).astype(int)
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma, axis=0, dtype=np.float64)])
    edges = np.clip(edges, 0, len(chroma))
    notes = (total[edges[1:]] - total[edges[:-1]]) / np.maximum(np.diff(edges), 1)[:, None]
    parts = [LOUDNESS_WEIGHT * _standard(loudness[:, None]), _standard(timbre), CHROMA_WEIGHT * _standard(notes)]
    return np.concatenate(parts, axis=1)


def _standard(columns: np.ndarray) -> np.ndarray:
    """One mean a column, one spread for all: a band that never moves stays unimportant."""
    centred = columns - columns.mean(axis=0)
    return centred / max(float(centred.std()), 1e-9)


def _boundaries(texture: np.ndarray) -> np.ndarray:
    """Steps at which what comes differs most from what was. -> int [n]"""
    novelty = _novelty(texture)
    distance = round(MIN_SECONDS / STEP_SECONDS)
    found, facts = find_peaks(novelty, distance=distance, prominence=max(OUTSTANDING * float(novelty.std()), 1e-6))
    return np.sort(found[np.argsort(-facts["prominences"])][:MOST_SEGMENTS])


def _novelty(texture: np.ndarray) -> np.ndarray:
    """A checkerboard slid along the diagonal of the similarity of each step with its neighbours. [steps] -> [steps]"""
    padded = np.pad(texture, ((REACH_STEPS, REACH_STEPS), (0, 0)), mode="edge")
    offsets = np.arange(-REACH_STEPS, REACH_STEPS) + 0.5
    taper = np.exp(-0.5 * (offsets / (REACH_STEPS / 2)) ** 2) * np.sign(offsets)
    # Σ taper_a · taper_b · (x_a · x_b) is the squared length of the tapered difference: no matrix is needed.
    slid = sum(weight * padded[i : i + len(texture)] for i, weight in enumerate(taper))
    return np.linalg.norm(np.asarray(slid), axis=1)


def _on_downbeats(edges: np.ndarray, downbeats: np.ndarray) -> np.ndarray:
    if len(downbeats) < 2 or len(edges) == 0:
        return edges
    nearest = downbeats[np.abs(edges[:, None] - downbeats[None]).argmin(axis=1)]
    bar = float(np.median(np.diff(downbeats)))
    return np.where(np.abs(nearest - edges) <= bar * 0.6, nearest, edges)


def _mean_between(texture: np.ndarray, start: float, end: float) -> np.ndarray:
    first = min(int(start / STEP_SECONDS), len(texture) - 1)
    return texture[first : max(first + 1, int(end / STEP_SECONDS))].mean(axis=0)


def _letters(means: np.ndarray) -> list[str]:
    """A, B, C … in order of appearance; alike sections share one."""
    if len(means) < 2:
        return ["A"] * len(means)
    distances = pdist(means)
    groups = fcluster(linkage(distances, "average"), SAME_LETTER_DISTANCE * float(np.median(distances)), "distance")
    names: dict[int, str] = {}
    return [names.setdefault(int(group), _letter(len(names))) for group in groups]


def _letter(number: int) -> str:
    """0 -> A, 25 -> Z, 26 -> AA."""
    return (_letter(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)
