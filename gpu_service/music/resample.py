"""Another sample rate, by a windowed-sinc filter without delay (libsoxr)."""

from collections.abc import Iterator

import numpy as np
import soxr  # type: ignore[import-untyped]


def resample(samples: np.ndarray, old_rate: float, new_rate: float) -> np.ndarray:
    """float [n] or [n, channels] -> float32, the same sound in new_rate / old_rate as many samples."""
    return soxr.resample(samples.astype(np.float32, copy=False), old_rate, new_rate, quality="HQ")


# 25 minutes at 44.1 kHz.
AT_ONCE = 1 << 26


def resampled_in_pieces(samples: np.ndarray, old_rate: float, new_rate: float) -> Iterator[np.ndarray]:
    """The same, float32 [n] -> float32 pieces in order; one piece unless the sound is long."""
    if len(samples) <= AT_ONCE:
        yield resample(samples, old_rate, new_rate)
        return
    resampler = Resampler(old_rate, new_rate, channels=1)
    for first in range(0, len(samples), AT_ONCE):
        yield resampler.feed(samples[first : first + AT_ONCE, None])[:, 0]
    yield resampler.finish()[:, 0]


class Resampler:
    """The same for a sound that comes in blocks. Call `finish` once, after the last block."""

    def __init__(self, old_rate: float, new_rate: float, *, channels: int) -> None:
        self.stream = soxr.ResampleStream(old_rate, new_rate, channels, dtype="float32", quality="HQ")
        self.channels = channels

    def feed(self, block: np.ndarray) -> np.ndarray:
        """[n, channels] -> float32 [m, channels]"""
        return self.stream.resample_chunk(np.ascontiguousarray(block, np.float32)).reshape(-1, self.channels)

    def finish(self) -> np.ndarray:
        last = self.stream.resample_chunk(np.zeros((0, self.channels), np.float32), last=True)
        return last.reshape(-1, self.channels)
