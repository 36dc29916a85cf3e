"""Low-pass filters of new StyleGAN3 networks. Frequencies in cycles per picture width, rates in samples per width.

Karras et al., "Alias-Free Generative Adversarial Networks", 2021, appendix C; Kaiser's window of 1974.
"""

import math

import numpy as np
import torch


def low_pass(taps: int, *, cutoff: float, half_width: float, rate: float, is_radial: bool = False) -> np.ndarray:
    """A filter that sums to 1, float64: [taps], or [taps, taps] of the same cutoff in every direction.

    `half_width` is half of the band between what passes and what does not.
    """
    places = np.arange(taps) - (taps - 1) / 2
    window = np.kaiser(taps, kaiser_beta(taps, band=4 * half_width / rate))
    if is_radial:
        radius = np.hypot(places[:, None], places) / rate
        radius = np.maximum(radius, 1e-9 / rate)  # where an odd number of taps has its middle
        jinc = torch.special.bessel_j1(torch.from_numpy(2 * np.pi * cutoff * radius)).numpy()
        kernel = jinc / (np.pi * radius) * np.outer(window, window)
    else:
        kernel = np.sinc(2 * cutoff * places / rate) * window
    return np.asarray(kernel / kernel.sum())


def kaiser_beta(taps: int, *, band: float) -> float:
    """Kaiser's shape for a filter of that length; `band` as a share of the rate's half."""
    attenuation = 2.285 * (taps - 1) * math.pi * band + 7.95  # decibels
    if attenuation > 50:
        return 0.1102 * (attenuation - 8.7)
    if attenuation > 21:
        return 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21)
    return 0.0
