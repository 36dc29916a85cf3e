"""Meter: how many beats a bar has and where bars start. A guess, meant to be corrected by hand."""

from dataclasses import dataclass

import numpy as np

from gpu_service.music.chroma import normalised
from gpu_service.music.features import CHROMA_RATE, FRAME_RATE, Features

# Four is right so often that three must be clearly better.
THREE_MUST_EXCEED = 1.4


@dataclass(frozen=True)
class Meter:
    """Bars: how many beats each has, and the number (from 0) of the first beat that starts one."""

    beats_per_bar: int
    first_downbeat: int


def guess_meter(features: Features, beats: np.ndarray) -> Meter:
    """Bars start where the harmony changes and the bass enters. [n] seconds"""
    if len(beats) < 8:
        return Meter(4, 0)
    accent = _standard(_harmony_change(features, beats)) + 0.5 * _standard(_bass(features, beats))
    scores = {size: np.array([accent[phase::size].mean() for phase in range(size)]) for size in (4, 3)}
    size = 3 if scores[3].max() > THREE_MUST_EXCEED * max(scores[4].max(), 0.05) else 4
    return Meter(size, int(scores[size].argmax()))


def _harmony_change(features: Features, beats: np.ndarray) -> np.ndarray:
    """How different the notes after each beat are from those before it, 0…1. [n]"""
    chroma = normalised(features.chroma)
    edges = np.concatenate([[2 * beats[0] - beats[1]], beats, [2 * beats[-1] - beats[-2]]])
    frames = np.clip(np.round(edges * CHROMA_RATE).astype(int), 0, len(chroma))
    total = np.concatenate([np.zeros((1, 12)), np.cumsum(chroma, axis=0, dtype=np.float64)])
    notes = total[frames[1:]] - total[frames[:-1]]
    notes /= np.maximum(np.linalg.norm(notes, axis=1, keepdims=True), 1e-9)
    return 1 - np.sum(notes[1:] * notes[:-1], axis=1)


def _bass(features: Features, beats: np.ndarray) -> np.ndarray:
    frames = np.round(beats * FRAME_RATE).astype(int)[:, None] + np.arange(0, 9)
    return np.log(features.bands[np.clip(frames, 0, len(features.bands) - 1), 0].max(axis=1) + 1e-6)


def _standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / max(float(values.std()), 1e-9)
