"""Drawing one segment, batch by batch. Batches begin at multiples of their size counted from frame 0 of the track.

Whole batches are drawn even where the segment needs only a part of one, so that a frame is computed in the same company
whoever draws it: a draft's frames are the film's, bit by bit.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from gpu_service.film.encoder import SegmentEncoder
from gpu_service.film.grouped import Grouped, grouped
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
        by_network: Grouped | None = None,
    ) -> None:
        scene = recipe.scene
        self.recipe, self.code_path = recipe, code_path
        self.visualizer, self.plan, self.taker = visualizer, plan, taker
        self.first_frame, self.end_frame = first_frame, end_frame
        self.left = list(batches(first_frame, end_frame, batch=code_path.batch, frames=scene.frames))
        is_odd = first_frame // recipe.segment_frames % 2 == 1
        self._own = None
        if by_network is None:
            self._own = grouped(visualizer, plan, self.left, folder=out.parent, backwards=is_odd)
        self.by_network = by_network or self._own
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
        """Draw the next frames, and hand what follows in time to the encoder. -> how many of the segment were drawn"""
        began = time.perf_counter()
        if self.by_network is None:
            batch = self.left.pop(0)
            pictures = self.visualizer.draw(self.plan, batch, quality="film").numpy()
            self.seconds_drawing += time.perf_counter() - began
            return self._take(batch, pictures)
        drawn: Sequence[int] = self.by_network.step() if self.by_network.left else ()
        self.seconds_drawing += time.perf_counter() - began
        taken = 0
        while self.left and self.by_network.has(self.left[0]):
            batch = self.left.pop(0)
            taken += self._take(batch, self.by_network.take(batch))
        return sum(self.first_frame <= frame < self.end_frame for frame in drawn) if self._own else taken

    def _take(self, batch: range, pictures: np.ndarray) -> int:
        """What of a batch belongs to the segment goes to the encoder. -> how many frames"""
        begin, end = max(self.first_frame, batch.start), min(self.end_frame, batch.stop)
        wanted = pictures[begin - batch.start : end - batch.start]
        self._keep_thumbs(begin, wanted)
        self.encoder.add(wanted)
        if self.taker is not None:
            self.taker(begin, wanted)
        return len(wanted)

    def finish(self) -> SegmentFilm:
        """Wait for the encoder."""
        self._close_own()
        self.encoder.finish()
        return SegmentFilm(
            self.encoder.out, self.encoder.frames, self.seconds_drawing, self.encoder.seconds, tuple(self.thumbs)
        )

    def abort(self) -> None:
        """Leave nothing behind."""
        self._close_own()
        self.encoder.abort()

    def _close_own(self) -> None:
        if self._own is not None:
            self._own.close()
            self._own = None

    def _keep_thumbs(self, begin: int, pictures: np.ndarray) -> None:
        for frame in range(begin, begin + len(pictures)):
            if frame in self.thumb_frames:
                self.thumbs.append((frame, thumbnail_jpeg(pictures[frame - begin])))
