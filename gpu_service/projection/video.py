"""A film as a row of pictures, each at its own time: what it is by its first bytes, how fast, how many. No torch.

A film of a varying rate is read at a steady one: the rate it was meant to have, frames that are missing shown twice.
"""

import re
from collections.abc import Generator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO

import numpy as np
from ffmpeg.nodes import OutputStream

from gpu_service.errors import RenderError
from gpu_service.music.ffmpeg import PROBE_SECONDS, read_from, run, running
from gpu_service.music.media import PLAYLIST_STARTS
from gpu_service.projection.layout import rate

HEAD_BYTES = 4096
ACCEPTED = "MP4, MOV, WebM, MKV, AVI or GIF"
# As long as a projection may last: it reads on when it needs the next frames.
LONGEST_SECONDS = 90 * 86400.0
COUNT_SECONDS = 3 * 3600.0
MOST_SIDE = 16_384
# A rate that differs more from the one the container was made for means that frames come as they please.
UNEVEN = 0.005
STREAM = re.compile(r"^  Stream #0:\d+.*?: Video: (\w+).*?, (\d{1,6})x(\d{1,6})[, ](.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Video:
    """A film that can be read. Sizes as the file keeps them, before it is turned; `seconds` as its header says."""

    path: Path
    demuxer: str
    width: int
    height: int
    fps: Fraction
    seconds: float | None
    is_uneven: bool

    def count(self, *, most: int | None = None) -> int:
        """How many frames there are, by decoding them; not more than `most`."""
        limit = {} if most is None else {"frames:v": most}
        asking = self._read(f"{self._steady()},scale=2:2,format=gray", format="rawvideo", pix_fmt="gray", **limit)
        total = 0
        with running(asking, limit_seconds=COUNT_SECONDS) as child:
            while piece := child.stdout.read(1 << 16):
                total += len(piece)
        if total < 4:
            raise unreadable(self.path)
        return total // 4

    def frames(self, *, first: int = 0, every: int = 1) -> Generator[np.ndarray, None, None]:
        """Each `every`-th frame from `first` on, turned as it is looked at, with square pixels. uint8 [H, W, 3]"""
        chosen = f"select='gte(n,{first})*not(mod(n-{first},{every}))'"
        square = "scale=w='max(1,round(iw*sar))':h=ih:flags=bicubic+accurate_rnd+full_chroma_int,setsar=1"
        picture = self._read(f"{self._steady()},{chosen},{square}", format="image2pipe", vcodec="ppm")
        with running(picture, limit_seconds=LONGEST_SECONDS) as child:
            while (frame := _ppm(child.stdout)) is not None:
                yield frame
            child.process.wait()

    def _steady(self) -> str:
        return f"fps={self.fps}" if self.is_uneven else "null"

    def _read(self, filters: str, **coding: object) -> OutputStream:
        asked = read_from(self.path, demuxer=self.demuxer)["V:0"]
        return asked.output("pipe:1", vf=filters, fps_mode="passthrough", **coding)


def probe_video(path: Path) -> Video:
    """What kind of film it is. RenderError with a sentence where it is none that is read here."""
    demuxer = _sniff(path)
    child = run(read_from(path, demuxer=demuxer)["V:0?"].output("-", format="null", t=0), limit_seconds=PROBE_SECONDS)
    if child.ran_out_of_time:
        raise RenderError(f"“{path.name}” took too long to open and was put aside.", retry=True, kind="bad_input")
    said = "\n".join(child.facts)
    found = next((line for line in STREAM.finditer(said) if "(attached pic)" not in line[4]), None)
    if found is None:
        what = "holds sound and no pictures" if "Audio:" in said else "is damaged: no picture could be found in it"
        raise refused(path, what)
    fps, is_uneven = _fps(found[4])
    width, height = int(found[2]), int(found[3])
    if not 0 < width <= MOST_SIDE or not 0 < height <= MOST_SIDE:
        raise refused(path, f"says it is {width}×{height} pixels, which is not read here")
    return Video(path, demuxer, width, height, fps, _seconds(said), is_uneven)


def is_film(path: Path) -> bool:
    """Whether its first bytes are those of a film; nothing else of it is read."""
    try:
        _sniff(path)
    except RenderError:
        return False
    return True


def _seconds(said: str) -> float | None:
    found = re.search(r"^  Duration: (\d+):(\d\d):(\d\d\.\d+)", said, re.MULTILINE)
    if not found:
        return None
    hours, minutes, seconds = found.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def refused(path: Path, what: str) -> RenderError:
    """The file is at fault."""
    return RenderError(f"“{path.name}” {what}. Choose a film ({ACCEPTED}).", kind="bad_input", field="target")


def unreadable(path: Path) -> RenderError:
    """It begins well and holds nothing."""
    return refused(path, "holds no frame that can be read")


def _fps(words: str) -> tuple[Fraction, bool]:
    """ "25 fps, 25 tbr, 12800 tbn" -> 25, steady. Averages far from the meant rate: the meant rate, uneven."""
    average, meant = (_number(words, unit) for unit in ("fps", "tbr"))
    known = average or meant
    if not known:
        return Fraction(25), True
    if average and meant and abs(average / meant - 1) > UNEVEN:
        # Some containers only say their clock; then the average is nearer to the truth.
        return rate(meant if average < meant <= min(4 * average, 120) else average), True
    return rate(known), False


def _number(words: str, unit: str) -> float | None:
    found = re.search(rf"([\d.]{{1,12}})(k?) {unit}\b", words)
    if not found:
        return None
    try:
        number = float(found[1]) * (1000 if found[2] else 1)
    except ValueError:
        return None
    return number if 0.01 <= number <= 1000 else None


def _sniff(path: Path) -> str:
    """The demuxer that the first bytes ask for, whatever the name says."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise RenderError(f"“{path.name}” could not be opened: {error.strerror}.", kind="bad_input") from error
    if not head:
        raise refused(path, "is empty")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(PLAYLIST_STARTS):
        raise refused(path, "is a playlist, a text that points to films, not a film")
    demuxers = {
        "mov": head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"),
        "matroska": head[:4] == b"\x1a\x45\xdf\xa3",
        "avi": head[:4] == b"RIFF" and head[8:11] == b"AVI",
        "gif": head[:6] in (b"GIF87a", b"GIF89a"),
        "mpegts": len(head) > 376 and head[0] == head[188] == head[376] == 0x47,
        "mpeg": head[:4] == b"\0\0\1\xba",
        "ogg": head[:4] == b"OggS",
    }
    demuxer = next((name for name, fits in demuxers.items() if fits), None)
    if demuxer is None:
        raise refused(path, "is no film that is read here")
    return demuxer


def _ppm(stream: IO[bytes]) -> np.ndarray | None:
    """The next picture, or None at the end or where the last one was cut. uint8 [H, W, 3]"""
    words: list[bytes] = []
    while len(words) < 4:
        line = stream.readline(64)
        if not line:
            return None
        words += line.split()
    width, height = int(words[1]), int(words[2])
    content = stream.read(width * height * 3)
    if len(content) < width * height * 3:
        return None
    return np.frombuffer(content, np.uint8).reshape(height, width, 3)
