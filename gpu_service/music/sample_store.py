"""The samples of a track, kept to be looked at one by one: FLAC, 16 bit, read by range to the sample."""

from collections.abc import Callable
from pathlib import Path
from typing import IO

import numpy as np

from gpu_service.music.sound import Sound
from gpu_service.whole_files import replacing

# Any rate could stand in the header; players never see these files, and not every rate may.
HEADER_RATE = 44_100
FULL = 32_767


def write_samples(sound: Sound, path: Path, *, progress: Callable[[float], None] = lambda share: None) -> None:
    """Write all samples, each × 32767. What `progress` raises leaves no file."""
    import soundfile

    done = 0
    with (
        replacing(path) as part,
        soundfile.SoundFile(part, "w", HEADER_RATE, sound.channels, "PCM_16", format="FLAC") as flac,
    ):
        for block in sound.blocks():
            flac.write(np.round(np.clip(block, -1, 1) * FULL).astype(np.int16))
            done += len(block)
            progress(done / max(1, sound.frame_count))


def read_samples(file: IO[bytes], first: int, count: int) -> np.ndarray:
    """Frames `first` … `first + count` − 1, fewer at the end. int16 [n, channels]"""
    import soundfile

    with soundfile.SoundFile(file) as flac:
        if first >= flac.frames:
            return np.zeros((0, flac.channels), np.int16)
        flac.seek(first)
        found: np.ndarray = flac.read(count, dtype="int16", always_2d=True)
        return found
