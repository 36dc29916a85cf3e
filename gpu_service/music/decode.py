"""Decode: any accepted file, once, to float32 PCM that peaks, analysis, proxy and pictures all read.

ffmpeg drops the encoder's delay (LAME tag, edit list, pre-skip), so that the first sample is the first one that the
musician made. More than two channels are mixed to two, rates above 48 kHz are brought to 44.1 or 48 kHz.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from ffmpeg.nodes import OutputStream

from gpu_service.music.errors import MusicError
from gpu_service.music.ffmpeg import read_from, running
from gpu_service.music.media import Media, damaged, probe
from gpu_service.music.resample import Resampler
from gpu_service.music.sound import Sound

MAX_SECONDS = 6 * 3600.0
MIN_RATE, MAX_RATE = 1_000, 768_000
READ_BYTES = 1 << 20
# 24 dB over full scale: above it, a float file holds no sound but a mistake that would drown everything else.
LOUDEST = 16.0


def decode(
    path: Path,
    *,
    pcm_path: Path,
    max_seconds: float = MAX_SECONDS,
    progress: Callable[[float], None] = lambda share: None,
) -> Sound:
    """Write the sound of `path` to `pcm_path`. Raises MusicError with a sentence; then nothing is left behind.

    `progress` hears shares of the length that the header states; what it raises stops the decoding.
    """
    media = probe(path)
    _refuse_absurd(path, media, max_seconds)
    rate, channels = _target_rate(media.sample_rate), min(media.channels, 2)
    try:
        tally = _stream(path, media, pcm_path, _Target(rate, channels, max_seconds), progress=progress)
    except OSError as error:
        pcm_path.unlink(missing_ok=True)
        sentence = f"“{path.name}” could not be unpacked: {error.strerror}. Free space, then try again."
        raise MusicError(sentence, retry=True) from error
    except BaseException:
        pcm_path.unlink(missing_ok=True)
        raise
    return Sound(
        pcm_path=pcm_path,
        sample_rate=rate,
        channels=channels,
        frame_count=tally.frames,
        peak=tally.peak,
        codec=media.codec,
        container=media.kind.name,
        warnings=tally.warnings(path, media, rate=rate),
    )


def concatenate(paths: Sequence[Path], *, pcm_path: Path, max_seconds: float = MAX_SECONDS) -> Sound:
    """Several files as one track, in this order, at the first one's rate; mono and stereo together become stereo."""
    if not paths:
        raise MusicError("There is no track to hear. Choose at least one.")
    if len(paths) == 1:
        return decode(paths[0], pcm_path=pcm_path, max_seconds=max_seconds)
    parts: list[Sound] = []
    try:
        for i, path in enumerate(paths):
            parts.append(decode(path, pcm_path=_part(pcm_path, i), max_seconds=max_seconds))
        if sum(part.duration_seconds for part in parts) > max_seconds:
            hours = f"{max_seconds / 3600:g}"
            raise MusicError(f"Together these {len(parts)} files are longer than {hours} hours. Choose fewer.")
        return _join(parts, pcm_path)
    finally:
        for part in parts:
            part.pcm_path.unlink(missing_ok=True)


def _part(pcm_path: Path, number: int) -> Path:
    return pcm_path.with_name(f"{pcm_path.name}.part{number}")


def _join(parts: list[Sound], pcm_path: Path) -> Sound:
    rate, channels, count = parts[0].sample_rate, max(part.channels for part in parts), 0
    with pcm_path.open("wb") as out:
        for part in parts:
            for block in _at_rate(part, rate):
                wide = np.broadcast_to(block, (len(block), channels)) if block.shape[1] < channels else block
                out.write(wide.astype("<f4").tobytes())
                count += len(wide)
    return Sound(
        pcm_path=pcm_path,
        sample_rate=rate,
        channels=channels,
        frame_count=count,
        peak=max(part.peak for part in parts),
        codec=parts[0].codec,
        container=parts[0].container,
        warnings=tuple(warning for part in parts for warning in part.warnings),
    )


def _at_rate(part: Sound, rate: int) -> Iterator[np.ndarray]:
    if part.sample_rate == rate:
        yield from part.blocks()
        return
    resampler = Resampler(part.sample_rate, rate, channels=part.channels)
    for block in part.blocks():
        yield resampler.feed(block)
    yield resampler.finish()


def _target_rate(rate: int) -> int:
    if rate <= 48_000:
        return rate
    return 44_100 if rate % 44_100 == 0 else 48_000


def _refuse_absurd(path: Path, media: Media, max_seconds: float) -> None:
    if media.channels < 1 or not MIN_RATE <= media.sample_rate <= MAX_RATE:
        raise MusicError(damaged(path, media.kind))
    # A header may lie about the length; with a known bit rate the file's size is the better witness.
    seconds = media.header_seconds or 0.0
    if media.bit_rate:
        seconds = min(seconds, path.stat().st_size * 8 / media.bit_rate)
    if seconds > max_seconds * 1.05:
        raise MusicError(_too_long(path, max_seconds))


def _too_long(path: Path, max_seconds: float) -> str:
    return f"“{path.name}” is longer than {max_seconds / 3600:g} hours. Cut it into shorter files."


class _Tally:
    """What went by while the samples were written."""

    def __init__(self, channels: int) -> None:
        self.channels, self.values, self.mended, self.hushed, self.peak = channels, 0, 0, 0, 0.0

    @property
    def frames(self) -> int:
        return self.values // self.channels

    def clean(self, samples: np.ndarray) -> np.ndarray:
        """Replace what is not a number by silence and hold the rest within LOUDEST. [n] -> [n]"""
        self.values += len(samples)
        loudest = float(np.max(np.abs(samples), initial=0.0))
        if not np.isfinite(loudest) or loudest > LOUDEST:
            finite = np.isfinite(samples)
            self.mended += int(np.count_nonzero(~finite))
            samples = np.where(finite, samples, np.float32(0))
            self.hushed += int(np.count_nonzero(np.abs(samples) > LOUDEST))
            samples = np.clip(samples, -LOUDEST, LOUDEST)
            loudest = float(np.max(np.abs(samples), initial=0.0))
        self.peak = max(self.peak, loudest)
        return samples

    def warnings(self, path: Path, media: Media, *, rate: int) -> tuple[str, ...]:
        found = []
        if self.mended:
            found.append(f"{self.mended:,} samples of “{path.name}” are not numbers. They were replaced by silence.")
        if self.hushed:
            found.append(f"{self.hushed:,} samples of “{path.name}” are absurdly loud. They were turned down.")
        if media.channels > 2:
            found.append(f"“{path.name}” has {media.channels} channels. They were mixed to two.")
        promised, seconds = media.header_seconds or 0.0, self.frames / rate
        # An MP3 seldom states its length; what ffmpeg says of it is an estimate.
        if media.kind.demuxer != "mp3" and seconds < 0.95 * promised - 0.5:
            found.append(f"“{path.name}” promises {_clock(promised)}, but only {_clock(seconds)} could be read.")
        return tuple(found)


def _clock(seconds: float) -> str:
    """63.4 -> 1:03, 3700 -> 1:01:40."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@dataclass(frozen=True)
class _Target:
    rate: int
    channels: int
    max_seconds: float


def _stream(path: Path, media: Media, pcm_path: Path, target: _Target, *, progress: Callable[[float], None]) -> _Tally:
    """Pull samples through ffmpeg into the file, one mebibyte at a time."""
    tally, frame_bytes, rest = _Tally(target.channels), 4 * target.channels, b""
    expected = max(1.0, (media.header_seconds or 0.0) * target.rate)
    limit_seconds = 60 + target.max_seconds / 4
    with (
        pcm_path.open("wb") as out,
        running(_decoding(path, media, target), limit_seconds=limit_seconds) as child,
    ):
        while data := child.stdout.read(READ_BYTES):
            data = rest + data
            whole = len(data) // frame_bytes * frame_bytes
            out.write(tally.clean(np.frombuffer(data[:whole], "<f4")).tobytes())
            rest = data[whole:]
            progress(min(1.0, tally.frames / expected))
    if child.ran_out_of_time:
        sentence = f"“{path.name}” took longer than {limit_seconds / 60:.0f} minutes to decode and was stopped."
        raise MusicError(sentence, retry=True) from TimeoutError()
    if tally.frames == 0:
        raise MusicError(damaged(path, media.kind))
    if tally.mended == tally.values:
        raise MusicError(f"“{path.name}” holds no sound: none of its samples is a number. Export it again.")
    if tally.frames > target.max_seconds * target.rate:
        raise MusicError(_too_long(path, target.max_seconds))
    return tally


def _decoding(path: Path, media: Media, target: _Target) -> OutputStream:
    return read_from(path, demuxer=media.kind.demuxer)["a:0"].output(
        "pipe:1", format="f32le", acodec="pcm_f32le", t=target.max_seconds + 1, ac=target.channels, ar=target.rate
    )
