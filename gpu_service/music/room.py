"""Room for long sounds: arrays that lie in files, so that two hours of music need no more memory than a few minutes."""

import os
import shutil
import tempfile
from typing import IO

import numpy as np

from gpu_service.music.errors import MusicError

# 38 minutes at 44.1 kHz, 400 MB: what is longer lies in a file.
IN_MEMORY_NUMBERS = 100_000_000


def room_for(count: int) -> np.ndarray:
    """float32 zeros [count]; long ones in a file without a name, which goes when the array does. As `mapped` raises."""
    if count <= IN_MEMORY_NUMBERS:
        return np.zeros(count, np.float32)
    with tempfile.TemporaryFile(prefix="phosphene-sound-") as file:
        return mapped(file, count)


def mapped(file: IO[bytes], *shape: int) -> np.ndarray:
    """float32 zeros of that shape in an empty file. MusicError where the disk has no room for them.

    The file gets all its blocks before it is mapped: a map that the disk cannot fill would end the process.
    """
    size = 4 * int(np.prod(shape))
    try:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file.fileno(), 0, size)
        else:
            file.truncate(size)
    except OSError as error:
        raise MusicError(_full(size), retry=True) from error
    return np.memmap(file, np.float32, "r+", shape=shape)


def _full(size: int) -> str:
    place = tempfile.gettempdir()
    free = shutil.disk_usage(place).free
    return (
        f"The track is so long that its sound is laid down in {place} while it is heard, and the disk is full: "
        f"{size / 1e9:.1f} GB are needed next, {free / 1e9:.1f} GB are free. Free space there, or name a larger folder "
        "in TMPDIR, then try again."
    )
