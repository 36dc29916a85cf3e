"""Sound: a decoded track on disk, read in blocks so that three hours need no more memory than three minutes.

The PCM file holds little-endian float32, channels interleaved, no header. Time zero is its first sample.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gpu_service.music.resample import Resampler
from gpu_service.music.room import room_for

BLOCK_FRAMES = 1 << 18


@dataclass(frozen=True)
class Sound:
    """A track as samples. `peak` is the largest absolute sample; one *frame* is one sample of every channel."""

    pcm_path: Path
    sample_rate: int
    channels: int
    frame_count: int
    peak: float
    codec: str
    container: str
    warnings: tuple[str, ...] = ()

    @property
    def duration_seconds(self) -> float:
        return self.frame_count / self.sample_rate

    @property
    def is_silent(self) -> bool:
        """Whether nothing in it is louder than the last bit of a 16-bit file."""
        return self.peak < 2 / 32768

    def samples(self) -> np.ndarray:
        """All of it, mapped from the file, float32 [frames, channels]."""
        if self.frame_count == 0:
            return np.zeros((0, self.channels), np.float32)
        return np.memmap(self.pcm_path, np.dtype("<f4"), "r", shape=(self.frame_count, self.channels))

    def blocks(self, *, frames: int = BLOCK_FRAMES) -> Iterator[np.ndarray]:
        """The samples in order, float32 [up to `frames`, channels], read afresh: no page stays mapped."""
        with self.pcm_path.open("rb") as file:
            while data := file.read(frames * self.channels * 4):
                yield np.frombuffer(data, "<f4").reshape(-1, self.channels)

    def mono_blocks(self, *, sample_rate: int, frames: int = BLOCK_FRAMES) -> Iterator[np.ndarray]:
        """The mean of the channels at another rate, float32 [n], block by block."""
        if sample_rate == self.sample_rate:
            yield from (block.mean(axis=1) for block in self.blocks(frames=frames))
            return
        resampler = Resampler(self.sample_rate, sample_rate, channels=1)
        for block in self.blocks(frames=frames):
            yield resampler.feed(block.mean(axis=1, keepdims=True))[:, 0]
        yield resampler.finish()[:, 0]

    def mono(self, *, sample_rate: int | None = None) -> np.ndarray:
        """The whole track as one channel, float32 [n]. At its own rate a long one lies in a file and is mapped."""
        rate = sample_rate or self.sample_rate
        if rate != self.sample_rate:
            return np.concatenate(list(self.mono_blocks(sample_rate=rate)))
        made, at = room_for(self.frame_count), 0
        for block in self.mono_blocks(sample_rate=rate):
            made[at : at + len(block)] = block
            at += len(block)
        return made
