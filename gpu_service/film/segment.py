"""Drawing one segment, batch by batch. Batches begin at multiples of their size counted from frame 0 of the track.

Whole batches are drawn even where the segment needs only a part of one, so that a frame is computed in the same company
whoever draws it: a draft's frames are the film's, bit by bit.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gpu_service.film.encoder import SegmentEncoder
from gpu_service.film.segment_facts import SegmentFilm
from gpu_service.film.thumbs import thumbnail_jpeg
from gpu_service.protocol import CodePath, Recipe
from gpu_service.visualizers.base import Plan, Visualizer

THUMB_SECONDS = 2.0


def batches(first_frame: int, end_frame: int, *, batch: int, frames: int) -> Iterator[range]:
    """The batches that cover a segment; the last one of the track may be short."""
    for start in range(first_frame // batch * batch, end_frame, batch):
        yield range(start, min(start + batch, frames))


def thumb_frames(first_frame: int, end_frame: int, *, step: int) -> set[int]:
    """One picture every two seconds of the track, and at least one of each segment."""
    return {frame for frame in range(first_frame, end_frame) if frame % max(step, 1) == 0} or {first_frame}


class SegmentDrawing:
    """A segment in the making. Call `step` until `is_done`, then `finish`; or `abort` at any time.

    `taker` is given its frames, too: the number of the first, and the pictures, in order.
    """

    def __init__(
        self,
        recipe: Recipe,
        *,
        code_path: CodePath,
        first_frame: int,
        end_frame: int,
        visualizer: Visualizer,
        plan: Plan,
        out: Path,
        taker: Callable[[int, np.ndarray], None] | None = None,
    ) -> None:
        scene = recipe.scene
        self.recipe, self.code_path = recipe, code_path
        self.visualizer, self.plan, self.taker = visualizer, plan, taker
        self.first_frame, self.end_frame = first_frame, end_frame
        self.left = list(batches(first_frame, end_frame, batch=code_path.batch, frames=scene.frames))
        self.encoder = SegmentEncoder(
            out, spec=recipe.encoder, width=scene.width, height=scene.height, fps=scene.frame_rate
        )
        self.thumb_frames = thumb_frames(first_frame, end_frame, step=round(float(scene.frame_rate) * THUMB_SECONDS))
        self.thumbs: list[tuple[int, bytes]] = []
        self.seconds_drawing = 0.0

    @property
    def is_done(self) -> bool:
        return not self.left

    def step(self) -> int:
        """Draw the next batch and hand it to the encoder. -> how many frames of the segment it held"""
        frames = self.left.pop(0)
        began = time.perf_counter()
        pictures = self.visualizer.draw(self.plan, frames, quality="film").numpy()
        self.seconds_drawing += time.perf_counter() - began
        begin, end = max(self.first_frame, frames.start), min(self.end_frame, frames.stop)
        wanted = pictures[begin - frames.start : end - frames.start]
        self._keep_thumbs(begin, wanted)
        self.encoder.add(wanted)
        if self.taker is not None:
            self.taker(begin, wanted)
        return len(wanted)

    def finish(self) -> SegmentFilm:
        """Wait for the encoder."""
        self.encoder.finish()
        return SegmentFilm(
            self.encoder.out, self.encoder.frames, self.seconds_drawing, self.encoder.seconds, tuple(self.thumbs)
        )

    def abort(self) -> None:
        """Leave nothing behind."""
        self.encoder.abort()

    def _keep_thumbs(self, begin: int, pictures: np.ndarray) -> None:
        for frame in range(begin, begin + len(pictures)):
            if frame in self.thumb_frames:
                self.thumbs.append((frame, thumbnail_jpeg(pictures[frame - begin])))
