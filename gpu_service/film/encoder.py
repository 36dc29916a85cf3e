"""Frames to a segment: an H.264 elementary stream from ffmpeg, written while the next frames are drawn.

The stream depends on nothing to come (no B-frames, no look-ahead), so a segment that stops early equals the beginning
of the whole one, and the same frames give the same bytes: thread count and conversion are fixed by the recipe.
"""

import queue
import subprocess
import threading
import time
from fractions import Fraction
from pathlib import Path

import ffmpeg
import numpy as np

from gpu_service.errors import RenderError
from gpu_service.music.media import find_ffmpeg
from gpu_service.protocol import EncoderSpec

WAITING_BATCHES = 2
FINISH_SECONDS = 120.0
# What is drawn is sRGB, full range; what is written is what browsers expect of HD video.
CONVERSION = (
    "scale=in_range=full:out_range=tv:out_color_matrix=bt709:flags=bicubic+accurate_rnd+full_chroma_int+bitexact,"
    "format=yuv420p"
)
CAUSAL = "bframes=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:scenecut=0:keyint=infinite:weightp=0"
COLOURS = "colorprim=bt709:transfer=bt709:colormatrix=bt709:range=tv"


def even(pixels: int) -> int:
    """yuv420p keeps colour at half size, so the encoder refuses odd widths and heights."""
    return pixels // 2 * 2


def encoder_command(spec: EncoderSpec, *, width: int, height: int, fps: Fraction, out: Path) -> list[str]:
    """The whole ffmpeg call; frames come as rgb24 on its standard input."""
    drawn = ffmpeg.input("pipe:0", format="rawvideo", pix_fmt="rgb24", s=f"{width}x{height}", framerate=fps)
    coding = {"x264-params": f"{CAUSAL}:{COLOURS}", "preset": spec.preset, "crf": spec.crf, "threads": spec.threads}
    written = drawn.output(
        f"file:{out}",
        format="h264",
        vcodec=spec.codec,
        vf=CONVERSION,
        pix_fmt=spec.pix_fmt,
        fps_mode="passthrough",
        **coding,
    )
    quiet = written.global_args("-hide_banner", "-nostats", "-loglevel", "error")
    return quiet.compile(cmd=find_ffmpeg(), overwrite_output=True)


class SegmentEncoder:
    """One running ffmpeg. `add` returns at once unless two batches wait already; `finish` waits for the file."""

    def __init__(self, out: Path, *, spec: EncoderSpec, width: int, height: int, fps: Fraction) -> None:
        self.out, self.width, self.height = out, even(width), even(height)
        self.frames, self.seconds = 0, 0.0
        command = encoder_command(spec, width=self.width, height=self.height, fps=fps, out=out)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._waiting: queue.Queue[np.ndarray | None] = queue.Queue(WAITING_BATCHES)
        self._problem: BaseException | None = None
        self._writer = threading.Thread(target=self._write, daemon=True)
        self._writer.start()

    def add(self, pictures: np.ndarray) -> None:
        """uint8 [N, 3, H, W], in order."""
        self._raise_problem()
        rows = pictures[:, :, : self.height, : self.width].transpose(0, 2, 3, 1)
        self._waiting.put(np.ascontiguousarray(rows))
        self.frames += len(pictures)

    def finish(self) -> None:
        """Wait until the file is whole. RenderError with ffmpeg's words when it is not."""
        self._waiting.put(None)
        self._writer.join(FINISH_SECONDS)
        try:
            self._process.wait(FINISH_SECONDS)
        except subprocess.TimeoutExpired as error:
            self.abort()
            raise RenderError("The encoder stood still for two minutes and was ended.", retry=True) from error
        self._raise_problem()
        if self._process.returncode != 0:
            raise RenderError(f"The encoder failed: {self._last_words()}", retry=True)

    def abort(self) -> None:
        """End ffmpeg and remove what it wrote."""
        self._process.kill()
        self._process.wait()
        while self._writer.is_alive():
            self._drain()
            self._writer.join(0.05)
        self.out.unlink(missing_ok=True)

    def _drain(self) -> None:
        try:
            self._waiting.get_nowait()
        except queue.Empty:
            if self._waiting.empty():
                self._waiting.put_nowait(None)

    def _write(self) -> None:
        assert self._process.stdin is not None
        try:
            while (batch := self._waiting.get()) is not None:
                began = time.perf_counter()
                self._process.stdin.write(batch.data)
                self.seconds += time.perf_counter() - began
            began = time.perf_counter()
            self._process.stdin.close()
            self._process.wait()
            self.seconds += time.perf_counter() - began
        except (OSError, ValueError) as error:
            self._problem = error
            # Whoever adds frames must not wait for a writer that is gone.
            while self._waiting.get() is not None:
                pass

    def _raise_problem(self) -> None:
        if self._problem is not None:
            said = self._last_words() if self._process.poll() is not None else str(self._problem)
            raise RenderError(f"The encoder stopped: {said}", retry=True) from self._problem

    def _last_words(self) -> str:
        assert self._process.stderr is not None
        said = self._process.stderr.read(4096).decode("utf-8", "replace").strip()
        if "No space left" in said:
            return "the disk is full. Free space, then try again."
        return said.splitlines()[-1] if said else f"it ended with code {self._process.returncode}."
