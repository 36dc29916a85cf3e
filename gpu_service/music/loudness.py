"""Loudness by ITU-R BS.1770: K-weighting, 400 ms blocks each 100 ms, gates at −70 LUFS and 10 below the mean.

Fed block by block, so that a long track needs no more memory than its sums of 100 ms.
"""

import numpy as np
from scipy.signal import sosfilt

STEP_SECONDS = 0.1
MOMENTARY_STEPS, SHORT_TERM_STEPS = 4, 30
SILENCE_LUFS = -70.0
RELATIVE_GATE = -10.0
OFFSET = -0.691


class LoudnessMeter:
    """Feed it the samples in order, then ask. One channel counts once, as ffmpeg's ebur128 does."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self.filters = k_weighting(sample_rate)
        self.state = np.zeros((len(self.filters), 2, channels))
        self.step = round(sample_rate * STEP_SECONDS)
        self.rest = np.zeros(0)
        self.steps: list[np.ndarray] = []

    def feed(self, block: np.ndarray) -> None:
        """float [frames, channels]"""
        if len(block) == 0:
            return
        weighted, self.state = sosfilt(self.filters, block.astype(np.float64), axis=0, zi=self.state)
        power = np.concatenate([self.rest, np.square(weighted).sum(axis=1)])
        whole = len(power) // self.step * self.step
        self.steps.append(power[:whole].reshape(-1, self.step).mean(axis=1))
        self.rest = power[whole:]

    def powers(self, *, steps: int) -> np.ndarray:
        """Mean power over `steps` × 100 ms, ending with each full 100 ms. [blocks]"""
        sums = np.concatenate(self.steps) if self.steps else np.zeros(0)
        if len(sums) < steps:
            return np.array([sums.mean()]) if len(sums) else np.zeros(0)
        return np.convolve(sums, np.full(steps, 1 / steps), "valid")

    def integrated(self) -> float | None:
        """LUFS of the whole, None when nothing is louder than −70 LUFS."""
        power = self.powers(steps=MOMENTARY_STEPS)
        heard = power[power > _power(SILENCE_LUFS)]
        if len(heard) == 0:
            return None
        loud = heard[heard > _power(float(lufs(heard.mean())) + RELATIVE_GATE)]
        return float(lufs(loud.mean()))

    def short_term(self) -> np.ndarray:
        """LUFS of the 3 s around each 100 ms step (less at the ends), −70 at the least. float32 [steps]"""
        sums = np.concatenate(self.steps) if self.steps else np.zeros(0)
        total = np.concatenate([[0.0], np.cumsum(sums)])
        start = np.maximum(np.arange(len(sums)) - SHORT_TERM_STEPS // 2, 0)
        end = np.minimum(start + SHORT_TERM_STEPS, len(sums))
        mean = (total[end] - total[start]) / np.maximum(end - start, 1)
        return np.maximum(lufs(np.maximum(mean, 0)), SILENCE_LUFS).astype(np.float32)


def measure_lufs(samples: np.ndarray, sample_rate: int) -> float | None:
    """Integrated loudness of samples that are in memory. [frames, channels] -> LUFS, None for silence"""
    meter = LoudnessMeter(sample_rate, samples.shape[1])
    meter.feed(samples)
    return meter.integrated()


def lufs(power: np.ndarray | float) -> np.ndarray:
    return OFFSET + 10 * np.log10(np.maximum(power, 1e-20))


def _power(level: float) -> float:
    return float(10 ** ((level - OFFSET) / 10))


def k_weighting(sample_rate: int) -> np.ndarray:
    """The shelf and the high-pass of BS.1770, designed anew for this rate. [2, 6] second-order sections"""
    k, q = np.tan(np.pi * min(1681.974450955533, sample_rate * 0.45) / sample_rate), 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    middle = high**0.4996667741545416
    unit = 1 + k / q + k * k
    shelf = [high + middle * k / q + k * k, 2 * (k * k - high), high - middle * k / q + k * k]
    shelf += [unit, 2 * (k * k - 1), 1 - k / q + k * k]
    k, q = np.tan(np.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    base = 1 + k / q + k * k
    high_pass = [base, -2 * base, base, base, 2 * (k * k - 1), 1 - k / q + k * k]
    return np.array([np.array(shelf) / unit, np.array(high_pass) / base])
