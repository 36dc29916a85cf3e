"""Where the frames of a walk go: an mp4 without sound, or YUV4MPEG2 that every player takes from a pipe."""

from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import ffmpeg
import numpy as np
from PIL import Image

from gpu_service.film.encoder import SegmentEncoder
from gpu_service.film.join import timescale
from gpu_service.music.ffmpeg import run
from gpu_service.protocol import EncoderSpec
from gpu_service.whole_files import replacing

MUXING_SECONDS = 3600.0


def write_y4m(frames: Iterable[np.ndarray], sink: IO[bytes], *, width: int, height: int, fps: Fraction) -> int:
    """Full colour, full range, one frame at a time; ends quietly where nobody reads any more. -> frames written

    Frames are uint8 RGB [H, W, 3].
    """
    head = f"YUV4MPEG2 W{width} H{height} F{fps.numerator}:{fps.denominator} Ip A1:1 C444 XCOLORRANGE=FULL\n"
    written = 0
    with suppress(BrokenPipeError, KeyboardInterrupt):
        sink.write(head.encode())
        for frame in frames:
            planes = np.asarray(Image.fromarray(frame, "RGB").convert("YCbCr")).transpose(2, 0, 1)
            sink.write(b"FRAME\n" + planes.tobytes())
            sink.flush()
            written += 1
    return written


def write_mp4(frames: Iterable[np.ndarray], out: Path, *, width: int, height: int, fps: Fraction) -> int:
    """H.264 without sound. Ctrl-C ends the film where it is. -> frames written"""
    with TemporaryDirectory(prefix=".walk-", dir=out.parent) as folder:
        encoder = SegmentEncoder(Path(folder) / "walk.h264", spec=EncoderSpec(), width=width, height=height, fps=fps)
        try:
            with suppress(KeyboardInterrupt):
                for frame in frames:
                    encoder.add(frame.transpose(2, 0, 1)[None])
            encoder.finish()
        except BaseException:
            encoder.abort()
            raise
        with replacing(out) as partial:
            drawn = ffmpeg.input(f"file:{encoder.out}", format="h264", framerate=fps)
            film = drawn.output(
                f"file:{partial}",
                format="mp4",
                vcodec="copy",
                movflags="+faststart",
                video_track_timescale=timescale(fps),
            )
            run(film.overwrite_output().global_args("-loglevel", "error"), limit_seconds=MUXING_SECONDS)
    return encoder.frames
