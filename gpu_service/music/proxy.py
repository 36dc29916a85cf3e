"""The playback proxy: what the browser plays, AAC in MP4 with its index in front, made from our own PCM.

The encoder's 1,024 samples of priming are named in an edit list, so a player starts at the first true sample.
"""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

import ffmpeg
import numpy as np
from ffmpeg.nodes import OutputStream

from gpu_service.music.errors import MusicError
from gpu_service.music.ffmpeg import Child, running
from gpu_service.music.sound import Sound
from gpu_service.whole_files import replacing

AAC_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
BITS_PER_CHANNEL = 96_000


def write_proxy(sound: Sound, path: Path, *, progress: Callable[[float], None] = lambda share: None) -> None:
    """Encode the track for the page. Raises MusicError, or what `progress` raises; then no file is left."""
    fed = 0
    with ProxyWriter(sound, path) as writer:
        for block in sound.blocks():
            if not writer.write(block):
                break
            fed += len(block)
            progress(fed / sound.frame_count)


class ProxyWriter:
    """A playback copy of a sound like `sound`, fed in blocks. Leaving it raises MusicError when it was not made."""

    def __init__(self, sound: Sound, path: Path) -> None:
        self.sound, self.path = sound, path
        self.stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            part = stack.enter_context(replacing(self.path))
            stack.enter_context(self._judged())
            limit_seconds = 120 + 4 * self.sound.duration_seconds
            child = running(_encoding(self.sound, part), limit_seconds=limit_seconds, feed=True)
            self.child: Child = stack.enter_context(child)
            stack.enter_context(self._closed())
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *failure: Any) -> bool | None:
        return self.stack.__exit__(*failure)

    def write(self, block: np.ndarray) -> bool:
        """float32 [n, channels]. -> False once ffmpeg has given up; its exit code and last words say why"""
        try:
            self.child.stdin.write(np.ascontiguousarray(block, "<f4").tobytes())
        except BrokenPipeError:
            return False
        return True

    @contextlib.contextmanager
    def _closed(self) -> Iterator[None]:
        yield
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.close()

    @contextlib.contextmanager
    def _judged(self) -> Iterator[None]:
        yield
        if self.child.process.returncode != 0:
            reason = self.child.lines[-1] if self.child.lines else "ffmpeg was stopped"
            sentence = f"The playback copy could not be made: {reason}. Free space, then try again."
            raise MusicError(sentence, retry=True) from OSError(reason)


def _encoding(sound: Sound, part: Path) -> OutputStream:
    # The next rate that AAC knows; more would only cost time and bytes.
    rate = next((rate for rate in AAC_RATES if rate >= sound.sample_rate), AAC_RATES[-1])
    pcm = ffmpeg.input(
        "pipe:0", format="f32le", ar=sound.sample_rate, ac=sound.channels, protocol_whitelist="file,pipe"
    )
    encoded = pcm.output(
        f"file:{part.resolve()}",
        format="ipod",
        movflags="+faststart",
        acodec="aac",
        aac_coder="fast",
        ar=rate,
        audio_bitrate=_bit_rate(rate, sound.channels),
        bitexact=None,
        threads=1,
    )
    return encoded.overwrite_output().global_args("-loglevel", "error")


def _bit_rate(rate: int, channels: int) -> int:
    """AAC allows 6144 bits per channel in a block of 1024 samples; stay well below at low rates."""
    return channels * min(BITS_PER_CHANNEL, rate * 4)
