"""Slerp: from one latent vector to another along the arc between them (`specs/seeds/aiart.md` §2.2)."""

import numpy as np

STRAIGHT_BELOW = 1e-4


def slerp(begin: np.ndarray, end: np.ndarray, share: np.ndarray, *, flips: bool = False) -> np.ndarray:
    """sin((1 − t)Ω)/sin Ω · begin + sin(tΩ)/sin Ω · end, unnormalised. [N, W], [N, W], [N] -> [N, W]

    A straight line where Ω is near 0 or π, or a vector is 0. `flips` is the original's: where the dot product is ≤ 0 it
    goes to −end, and a film that then holds `end` jumps.
    """
    a, b, t = begin.astype(np.float64), end.astype(np.float64), np.asarray(share, np.float64)[:, None]
    dot = np.sum(a * b, axis=1, keepdims=True)
    if flips:
        b = np.where(dot <= 0, -b, b)
        dot = np.abs(dot)
    lengths = np.linalg.norm(a, axis=1, keepdims=True) * np.linalg.norm(b, axis=1, keepdims=True)
    angle = np.arccos(np.clip(dot / np.maximum(lengths, 1e-30), -1, 1))
    sine = np.sin(angle)
    straight = (sine < STRAIGHT_BELOW) | (lengths <= 1e-30)
    safe = np.where(straight, 1, sine)
    near = np.where(straight, 1 - t, np.sin((1 - t) * angle) / safe)
    far = np.where(straight, t, np.sin(t * angle) / safe)
    return near * a + far * b
