"""`walk`: an endless walk into a film, or down a pipe to a player."""

import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

import numpy as np

from gpu_service.cli_places import check_place
from gpu_service.cli_words import our_form, read_fps, read_size
from gpu_service.errors import RenderError
from gpu_service.settings import calm_threads, keep_compiled, read_settings
from gpu_service.walking import WalkOrder, devices, walk
from gpu_service.walking_films import write_mp4, write_y4m

PIPE = "-"


@dataclass(frozen=True)
class WalkCall:
    """The command line of `walk`, word by word."""

    snapshot: Path
    seconds: float | None
    devices: int
    size: str
    fps: str
    seed: int
    seconds_each: float
    truncation: float
    device: str | None
    out: str


def walk_call(call: WalkCall) -> None:
    """Draw until the length is reached, the player goes, or Ctrl-C; a film that was begun is ended then."""
    if not call.snapshot.is_file():
        raise RenderError(f"There is no snapshot at {call.snapshot}.")
    if call.out != PIPE:
        check_place("--out", Path(call.out), name="walk.mp4")
        if Path(call.out).resolve() == call.snapshot.resolve():
            raise RenderError(f"--out {call.out} would overwrite the snapshot. Choose another --out.")
    (width, height), fps = read_size(call.size), read_fps(call.fps)
    settings = read_settings()
    settings = replace(settings, device=call.device or settings.device)
    calm_threads()
    keep_compiled(settings.data / "compiled")
    with tempfile.TemporaryDirectory(prefix="phosphene-walk-") as folder:
        order = WalkOrder(
            snapshot=our_form(call.snapshot, Path(folder)),
            width=width,
            height=height,
            fps=fps,
            frames=None if call.seconds is None else max(1, round(call.seconds * fps)),
            seed=call.seed,
            seconds_each=call.seconds_each,
            truncation=call.truncation,
        )
        executor = devices(settings, call.devices)
        try:
            _show(walk(order, executor), order, call.out)
        finally:
            executor.close()


def _show(frames: Iterable[np.ndarray], order: WalkOrder, out: str) -> None:
    began, size = time.monotonic(), {"width": order.width, "height": order.height, "fps": order.fps}
    if out == PIPE:
        sink: IO[bytes] = sys.stdout.buffer
        shown = write_y4m(frames, sink, **size)  # type: ignore[arg-type]
    else:
        shown = write_mp4(frames, Path(out), **size)  # type: ignore[arg-type]
    rate = shown / max(time.monotonic() - began, 1e-3)
    print(f"{shown} frames, {rate:.1f} a second", file=sys.stderr)  # noqa: T201
