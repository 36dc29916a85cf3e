"""Segments to a film: joined without encoding again, the original sound added. No torch: the studio's worker calls it.

Segments are H.264 elementary streams that begin with a key frame, so joining is putting them one after the other; every
frame gets its time from its number, so picture and sound never drift apart.
"""

import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import IO

import ffmpeg
from ffmpeg.nodes import OutputStream

from gpu_service.errors import RenderError
from gpu_service.music.decode import concatenate
from gpu_service.music.ffmpeg import running
from gpu_service.music.sound import Sound
from gpu_service.protocol import Recipe
from gpu_service.whole_files import replacing

PIECE_BYTES = 1 << 20
LIMIT_SECONDS = 2 * 3600.0
REPORT_SECONDS = 0.25
AAC_RATES = (8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
Report = Callable[[int, int], None]


def join_film(
    segments: Sequence[Path],
    *,
    recipe: Recipe,
    tracks: Sequence[Path],
    out: Path,
    report: Report = lambda _done, _total: None,
) -> None:
    """Write the mp4: all segments in order, and the part of the original sound that belongs to the recipe's range.

    `report(done_bytes, total_bytes)` may raise to stop. RenderError or MusicError when it fails; `out` is then absent.
    """
    fps = recipe.scene.frame_rate
    begin, seconds = Fraction(recipe.first_frame) / fps, Fraction(recipe.end_frame - recipe.first_frame) / fps
    with tempfile.TemporaryDirectory(prefix=".joining-", dir=out.parent) as folder:
        sound = concatenate(list(tracks), pcm_path=Path(folder) / "track.pcm")
        pcm = _cut(sound, begin=begin, seconds=seconds, out=Path(folder) / "range.pcm")
        with replacing(out) as partial:
            _mux(segments, pcm=pcm, sound=sound, recipe=recipe, partial=partial, report=report)


def _cut(sound: Sound, *, begin: Fraction, seconds: Fraction, out: Path) -> Path:
    """The samples of that range, to the sample, in a file of their own."""
    size = sound.channels * 4
    first = round(begin * sound.sample_rate)
    left = max(0, min(round(seconds * sound.sample_rate), sound.frame_count - first)) * size
    with sound.pcm_path.open("rb") as source, out.open("wb") as target:
        source.seek(first * size)
        while left and (piece := source.read(min(left, PIECE_BYTES))):
            target.write(piece)
            left -= len(piece)
    return out


def _mux(segments: Sequence[Path], *, pcm: Path, sound: Sound, recipe: Recipe, partial: Path, report: Report) -> None:
    muxing = _muxing(pcm, sound=sound, recipe=recipe, partial=partial)
    with running(muxing, limit_seconds=LIMIT_SECONDS, feed=True) as child:
        feeder = _Feeder(segments, child.stdin)
        feeder.start()
        while feeder.is_alive():
            feeder.join(REPORT_SECONDS)
            report(feeder.done, feeder.total)
        if feeder.problem is not None:
            child.process.kill()
            raise RenderError(f"A segment could not be read: {feeder.problem}.", retry=True) from feeder.problem
    if child.process.returncode != 0:
        said = child.last_words.strip().splitlines()
        full = any("No space left" in line for line in said)
        raise RenderError(
            "The disk is full. Nothing was half stored. Free space, then try again."
            if full
            else f"The segments could not be joined: {said[-1] if said else 'ffmpeg said nothing'}",
            retry=True,
        )


def _muxing(pcm: Path, *, sound: Sound, recipe: Recipe, partial: Path) -> OutputStream:
    """The H.264 stream on standard input as it is, and the sound as AAC where there is any."""
    fps = recipe.scene.frame_rate
    streams = [ffmpeg.input("pipe:0", format="h264", framerate=fps).video]
    coding: dict[str, str | int] = {"vcodec": "copy"}
    if pcm.stat().st_size > 0:
        streams.append(ffmpeg.input(f"file:{pcm}", format="f32le", ar=sound.sample_rate, ac=sound.channels).audio)
        rate = sound.sample_rate if sound.sample_rate in AAC_RATES else 48_000
        coding |= {"acodec": recipe.audio.codec, "audio_bitrate": recipe.audio.bitrate, "ar": rate}
    film = ffmpeg.output(
        *streams,
        f"file:{partial}",
        format="mp4",
        movflags="+faststart",
        fflags="+bitexact",
        map_metadata=-1,
        video_track_timescale=timescale(fps),
        **coding,
    )
    return film.overwrite_output().global_args("-loglevel", "error")


def timescale(fps: Fraction) -> int:
    """Ticks a second in which every frame lasts a whole number of ticks."""
    return fps.numerator * (-(-10_000 // fps.numerator))


class _Feeder(threading.Thread):
    """Pours the segments into ffmpeg, so that they are never on disk twice."""

    def __init__(self, segments: Sequence[Path], sink: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.segments, self.sink = segments, sink
        self.done, self.total = 0, sum(path.stat().st_size for path in segments)
        self.problem: OSError | None = None

    def run(self) -> None:
        """Stop quietly when ffmpeg has gone: its own words say why."""
        try:
            for path in self.segments:
                with path.open("rb") as file:
                    while piece := file.read(PIECE_BYTES):
                        self.sink.write(piece)
                        self.done += len(piece)
        except (BrokenPipeError, ValueError):
            pass
        except OSError as error:
            self.problem = error
        finally:
            with suppress(OSError):
                self.sink.close()
