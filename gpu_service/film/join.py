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

from gpu_service.errors import RenderError
from gpu_service.music import ffmpeg
from gpu_service.music.decode import concatenate
from gpu_service.music.sound import Sound
from gpu_service.protocol import Recipe

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
    partial = out.with_name(f".{out.name}.part")
    with tempfile.TemporaryDirectory(prefix=".joining-", dir=out.parent) as folder:
        sound = concatenate(list(tracks), pcm_path=Path(folder) / "track.pcm")
        pcm = _cut(sound, begin=begin, seconds=seconds, out=Path(folder) / "range.pcm")
        try:
            _mux(segments, pcm=pcm, sound=sound, recipe=recipe, partial=partial, report=report)
            partial.replace(out)
        finally:
            partial.unlink(missing_ok=True)


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
    fps = recipe.scene.frame_rate
    picture = ["-f", "h264", "-framerate", str(fps), "-i", "pipe:0"]
    audio = ["-f", "f32le", "-ar", str(sound.sample_rate), "-ac", str(sound.channels), "-i", f"file:{pcm}"]
    has_sound = pcm.stat().st_size > 0
    rate = sound.sample_rate if sound.sample_rate in AAC_RATES else 48_000
    arguments = [
        *["-loglevel", "error", *picture, *(audio if has_sound else []), "-map", "0:v"],
        *(
            ["-map", "1:a", "-c:a", recipe.audio.codec, "-ar", str(rate), "-b:a", recipe.audio.bitrate]
            if has_sound
            else []
        ),
        *["-c:v", "copy", "-video_track_timescale", str(timescale(fps)), "-movflags", "+faststart"],
        *["-map_metadata", "-1", "-fflags", "+bitexact", "-f", "mp4", "-y", f"file:{partial}"],
    ]
    with ffmpeg.running(arguments, limit_seconds=LIMIT_SECONDS, feed=True) as child:
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
