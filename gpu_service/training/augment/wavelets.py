"""Wavelet filters of the augmentation (Daubechies 1992; the names are the customary ones), in float64.

An orthogonal low pass h: Σ h[n] h[n + 2k] = 1 for k = 0, else 0, and Σ h = √2.
"""

from functools import lru_cache

import numpy as np

# The least lopsided of those with six vanishing moments.
SYM6 = np.array(
    [
        *(0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633),
        *(0.4910559419267466, 0.787641141030194, 0.3379294217276218, -0.07263752278646252),
        *(-0.021060292512300564, 0.04472490177066578, 0.0017677118642428036, -0.007800708325034148),
    ]
)
SYM2 = np.array([1 - 3**0.5, 3 - 3**0.5, 3 + 3**0.5, 1 + 3**0.5]) / 32**0.5
BANDS = 4


@lru_cache(maxsize=1)
def filter_bank() -> np.ndarray:
    """Four bands that add up to the picture itself, low to high, each an octave but the lowest. [4, 43], symmetric

    The halves of sym2's power, again and again for the lower half: 0…π/8, …π/4, …π/2, …π.
    """
    low = np.convolve(SYM2, SYM2[::-1]) / 2
    high = -low * (-1) ** np.arange(len(low))
    bands, passed = [], np.ones(1)
    for octave in range(BANDS - 1):
        bands.append(np.convolve(passed, _spread(high, 2**octave)))
        passed = np.convolve(passed, _spread(low, 2**octave))
    bands.append(passed)
    longest = len(passed)
    return np.array([np.pad(band, (longest - len(band)) // 2) for band in reversed(bands)])


def _spread(taps: np.ndarray, step: int) -> np.ndarray:
    """Zeros between the taps."""
    spread = np.zeros((len(taps) - 1) * step + 1)
    spread[::step] = taps
    return spread
