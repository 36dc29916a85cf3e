"""The arithmetic of vectors: NVIDIA's seeds, and GANce's hand tweaks. float64, no torch."""

from collections.abc import Iterable

import numpy as np

from gpu_service.protocol import Rows, Tweak


def z_of_seed(seed: int, z_dim: int) -> np.ndarray:
    """The z that NVIDIA's tools draw for a seed. -> [z_dim]"""
    return np.random.RandomState(seed).randn(1, z_dim)[0]


def tweaked(vector: np.ndarray, tweaks: Iterable[Tweak], *, space: str) -> np.ndarray:
    """The tweaks of that space, one after the other, along the last axis. [..., n] -> [..., n]"""
    for tweak in tweaks:
        if tweak.space == space:
            vector = _tweak(vector, tweak)
    return vector


def _tweak(vector: np.ndarray, tweak: Tweak) -> np.ndarray:
    if tweak.kind == "scale":
        return vector * tweak.amount
    return vector + tweak.amount * wave(tweak, vector.shape[-1])


def wave(tweak: Tweak, length: int) -> np.ndarray:
    """What sine, square and line add at amount 1. -> [length], −1…1

    The square is +1 in the first half of each cycle and −1 in the second, so that no rounding at the sine's zeros
    decides a sign.
    """
    place = np.arange(length)
    if tweak.kind == "line":
        return 2 * place / max(length - 1, 1) - 1
    turns = tweak.cycles * place / length + tweak.phase
    if tweak.kind == "sine":
        return np.sin(2 * np.pi * turns)
    return np.where(turns % 1 < 0.5, 1.0, -1.0)


def row_slice(rows: Rows, num_ws: int) -> slice:
    """Those rows of w as a slice; rows that the network has not are left out."""
    end = num_ws if rows.end is None else min(rows.end, num_ws)
    return slice(min(rows.first, end), end)
