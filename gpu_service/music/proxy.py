"""The playback proxy: what the browser plays, AAC in MP4 with its index in front, made from our own PCM.

The encoder's 1,024 samples of priming are named in an edit list, so a player starts at the first true sample.
"""

import contextlib
from collections.abc import Callable
from pathlib import Path

import ffmpeg
from ffmpeg.nodes import OutputStream

from gpu_service.music.errors import MusicError
from gpu_service.music.ffmpeg import Child, running
from gpu_service.music.sound import Sound
from gpu_service.whole_files import replacing

AAC_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
BITS_PER_CHANNEL = 96_000


def write_proxy(sound: Sound, path: Path, *, progress: Callable[[float], None] = lambda share: None) -> None:
    """Encode the track for the page. Raises MusicError, or what `progress` raises; then no file is left."""
    with replacing(path) as part:
        with running(_encoding(sound, part), limit_seconds=120 + sound.duration_seconds, feed=True) as child:
            _feed(sound, child, progress)
        if child.process.returncode != 0:
            reason = child.lines[-1] if child.lines else "ffmpeg was stopped"
            sentence = f"The playback copy could not be made: {reason}. Free space, then try again."
            raise MusicError(sentence, retry=True) from OSError(reason)


def _feed(sound: Sound, child: Child, progress: Callable[[float], None]) -> None:
    fed = 0
    # When ffmpeg has given up, its exit code and last words say why.
    with contextlib.suppress(BrokenPipeError):
        for block in sound.blocks():
            child.stdin.write(block.tobytes())
            fed += len(block)
            progress(fed / sound.frame_count)
        child.stdin.close()


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
