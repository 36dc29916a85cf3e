"""Perceptual hashes: 64 bits that change little when a picture does. Kept as signed numbers, as databases have them."""

import numpy as np
from PIL import Image

NAME = "hash 1"
BITS = 64


def dhash(grey: Image.Image) -> int:
    """Which of two neighbours is brighter, in a copy of 9 × 8: follows shapes and edges."""
    small = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), np.int16)
    return _packed(small[:, 1:] > small[:, :-1])


def phash(grey: Image.Image) -> int:
    """The signs of the 8 × 8 lowest waves of a copy of 32 × 32 against their median: follows the light's layout.

    The constant term says only how bright the picture is; its place is taken by a bit that never changes.
    """
    from scipy.fft import dctn  # takes as long to load as half the studio; only who hashes needs it

    small = np.asarray(grey.resize((32, 32), Image.Resampling.BOX), np.float64)
    waves = dctn(small, norm="ortho")[:8, :8].ravel()[1:]
    return _packed(np.concatenate([[False], waves > np.median(waves)]))


def distance(a: int, b: int) -> int:
    """How many of the 64 bits differ."""
    return ((a ^ b) & (2**BITS - 1)).bit_count()


def _packed(bits: np.ndarray) -> int:
    return int(np.packbits(bits.ravel()).view(">i8")[0])
