"""What is looked for: a film, a picture or portraits, as pictures of one size, mostly the network's. No torch.

A film is thinned by keeping each so-manieth frame, never resampled: the rate of the projection divides its own.
"""

import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.projection.video import Video, probe_video, unreadable
from gpu_service.training.data.decode import FITS, MOST_PIXELS, decode_to, sides
from gpu_service.training.data.errors import BadPicture, DataError
from gpu_service.training.data.sources import Source, open_source

Kind = Literal["video", "picture", "portraits"]
Fit = Literal["crop", "pad", "stretch"]
PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"BM")
PORTRAITS_FPS = Fraction(1)


@dataclass(frozen=True)
class TargetInfo:
    """What is known of a target. `fps` and `frames` are its own, before any are left out. Sizes as it is looked at."""

    kind: Kind
    fps: Fraction
    frames: int
    width: int
    height: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """Which frames are projected: `every`-th from `first` on, `count` of them, `fps` a second."""

    first: int
    every: int
    count: int
    fps: Fraction


class Target(Protocol):
    """Pictures in order. The same ones whenever they are asked for."""

    info: TargetInfo

    def frames(self, *, shape: tuple[int, int], fit: Fit, choice: Choice, start: int = 0) -> Iterator[np.ndarray]:
        """Those of the choice from its `start`-th on. (width, height) -> uint8 RGB [height, width, 3]"""
        ...


def open_target(path: Path, *, most: int | None = None, video_fps: Fraction | None = None) -> Target:
    """Look what it is. `most` frames of a film are counted, or all; `video_fps` is its rate, whatever it says.

    Raises RenderError with a sentence.
    """
    if not path.exists():
        raise RenderError(f"There is no file {path.name}.", kind="bad_input", field="target")
    if path.is_dir():
        return _Portraits(path)
    with path.open("rb") as file:
        head = file.read(16)
    if head.startswith(PICTURE_STARTS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return _Picture(path)
    return _Portraits(path) if head[:4] == b"PK\3\4" else _Film(path, most, video_fps)


def look_at(path: Path) -> TargetInfo:
    """What a person is told before anything is projected; a film's frames by its header, nothing decoded."""
    if path.is_file():
        with path.open("rb") as file:
            head = file.read(16)
        if not head.startswith((*PICTURE_STARTS, b"PK\3\4")) and head[8:12] != b"WEBP":
            video = probe_video(path)
            frames = round((video.seconds or 0) * video.fps)
            return TargetInfo("video", video.fps, max(frames, 1), video.width, video.height, _notes(video))
    return open_target(path).info


def choose(info: TargetInfo, *, fps: Fraction | None, frames: int | None, first_seconds: float = 0.0) -> Choice:
    """The frames of an order. RenderError where the rate does not divide the target's, or nothing is left."""
    every = 1
    if info.kind == "video" and fps is not None:
        share = info.fps / fps
        if share.denominator != 1 or share < 1:
            raise RenderError(_rates(info.fps, fps), kind="bad_input", field="fps")
        every = int(share)
    rate = info.fps / every if info.kind == "video" else fps or info.fps
    first = math.ceil(Fraction(first_seconds).limit_denominator(10**6) * info.fps) if info.kind == "video" else 0
    there = max(0, -(-(info.frames - first) // every))
    if not there:
        raise RenderError(
            f"The target ends before {first_seconds:g} s. Begin earlier.", kind="bad_input", field="first_seconds"
        )
    return Choice(first, every, min(there, frames or there), rate)


def _rates(own: Fraction, wanted: Fraction) -> str:
    fitting = [own / every for every in (1, 2, 3, 4, 5, 6, 8, 10)]
    rates = ", ".join(f"{float(rate):g}" for rate in fitting[:-1])
    return (
        f"A film of {float(own):g} frames a second cannot be projected at {float(wanted):g}: "
        f"frames are left out, never made. Choose one of {rates} or {float(fitting[-1]):g}."
    )


class _Film:
    def __init__(self, path: Path, most: int | None, video_fps: Fraction | None) -> None:
        self.video = probe_video(path)
        if video_fps is not None:
            # Its frames as they lie in the file, each as long as the next.
            self.video = replace(self.video, fps=video_fps, is_uneven=False)
        count = self.video.count(most=most)
        with closing(self.video.frames()) as frames:
            first = next(frames, None)
        if first is None:
            raise unreadable(path)
        self.info = TargetInfo("video", self.video.fps, count, first.shape[1], first.shape[0], _notes(self.video))

    def frames(self, *, shape: tuple[int, int], fit: Fit, choice: Choice, start: int = 0) -> Iterator[np.ndarray]:
        begin = choice.first + start * choice.every
        with closing(self.video.frames(first=begin, every=choice.every)) as pictures:
            for _, picture in zip(range(choice.count - start), pictures, strict=False):
                yield np.asarray(FITS[fit](Image.fromarray(picture), shape))


def _notes(video: Video) -> tuple[str, ...]:
    if not video.is_uneven:
        return ()
    return (f"The film's rate varies. It is read at a steady {float(video.fps):g} frames a second.",)


class _Picture:
    def __init__(self, path: Path) -> None:
        if path.stat().st_size > MOST_PIXELS * 4:
            raise _bad_picture(path.name, "is larger than any picture that is read here")
        self.path = path
        try:
            width, height = sides(path.read_bytes())
        except BadPicture as error:
            raise _bad_picture(path.name, str(error)) from error
        self.info = TargetInfo("picture", PORTRAITS_FPS, 1, width, height)

    def frames(self, *, shape: tuple[int, int], fit: Fit, choice: Choice, start: int = 0) -> Iterator[np.ndarray]:
        if start < choice.count:
            yield _decoded(self.path.read_bytes(), shape, fit, self.path.name)


class _Portraits:
    """A zip or a folder of pictures, in the order of their names."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with closing(self._source()) as source:
            count = len(source.names)
            if not count:
                raise RenderError(f"“{path.name}” holds no pictures.", kind="bad_input", field="target")
            try:
                width, height = sides(source.read(0))
            except BadPicture as error:
                raise _bad_picture(source.names[0], str(error)) from error
        self.info = TargetInfo("portraits", PORTRAITS_FPS, count, width, height)

    def frames(self, *, shape: tuple[int, int], fit: Fit, choice: Choice, start: int = 0) -> Iterator[np.ndarray]:
        with closing(self._source()) as source:
            for number in range(start, choice.count):
                try:
                    content = source.read(number)
                except BadPicture as error:
                    raise _bad_picture(source.names[number], str(error)) from error
                yield _decoded(content, shape, fit, source.names[number])

    def _source(self) -> Source:
        try:
            return open_source(self.path)
        except DataError as error:
            raise RenderError(str(error), kind="bad_input", field="target") from error


def _decoded(content: bytes, shape: tuple[int, int], fit: Fit, name: str) -> np.ndarray:
    try:
        return decode_to(content, shape=shape, fit=fit).transpose(1, 2, 0)
    except BadPicture as error:
        raise _bad_picture(name, str(error)) from error


def _bad_picture(name: str, what: str) -> RenderError:
    return RenderError(f"“{name[:80]}” {what}. Choose another picture.", kind="bad_input", field="target")
