"""An endless walk shown as it is drawn, by every device of this machine, in order; a slow viewer slows it down."""

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import simplejpeg

from gpu_service.errors import RenderError
from gpu_service.executors.base import Picture, SceneOrder
from gpu_service.executors.local import LocalExecutor
from gpu_service.executors.together import in_order
from gpu_service.file_hash import file_sha256
from gpu_service.protocol import SceneSpec, SnapshotRef
from gpu_service.protocol.base import LONGEST_SECONDS
from gpu_service.settings import Settings

# Frames that each device draws at a time, how many such pieces are on the way, and how they travel.
PIECE_FRAMES, PIECES, JPEG_QUALITY = 4, 3, 98


@dataclass(frozen=True)
class WalkOrder:
    """What is walked through, and how it is shown. `frames` None: for ever."""

    snapshot: Path
    width: int
    height: int
    fps: Fraction
    frames: int | None = None
    seed: int = 0
    seconds_each: float = 4.0
    truncation: float = 0.8

    def scene(self) -> SceneSpec:
        """As a scene; it is as long as a scene can be, and goes on after that."""
        return SceneSpec(
            visualizer="walk",
            parameters={"seed": self.seed, "seconds_each": self.seconds_each, "truncation": self.truncation},
            snapshots=[SnapshotRef(sha256=file_sha256(self.snapshot), name=self.snapshot.name)],
            width=self.width,
            height=self.height,
            fps=str(self.fps),
            duration_seconds=LONGEST_SECONDS,
        )


def devices(settings: Settings, count: int) -> LocalExecutor:
    """The devices of this machine; on the processor so many processes stand in for them."""
    return LocalExecutor(replace(settings, processes=count))


def walk(order: WalkOrder, executor: LocalExecutor) -> Iterator[np.ndarray]:
    """Frames one after the other, uint8 RGB [H, W, 3], until there are enough or nobody takes any more."""
    scene = order.scene()
    key = f"walk {order}"
    executor.prepare(
        SceneOrder(key, scene, {scene.snapshots[0].sha256: order.snapshot}), report=lambda _title, _share: None
    ).result()
    each = PIECE_FRAMES * len(executor.workers)
    last = order.frames

    def submit(piece: int) -> Future[list[Picture]]:
        frames = range(piece * each, (piece + 1) * each if last is None else min((piece + 1) * each, last))
        return executor.draw(key, frames, jpeg_quality=JPEG_QUALITY)

    pieces = None if last is None else -(-last // each)
    try:
        for pictures in in_order(submit, ahead=PIECES, pieces=pieces):
            if not pictures:
                raise RenderError("A frame of the walk was not drawn.", retry=True)
            for picture in pictures:
                yield simplejpeg.decode_jpeg(picture.jpeg, colorspace="RGB")
    finally:
        executor.forget(key)
