"""One segment on its way through a drawing process: waiting, prepared, drawn batch by batch, finished."""

import itertools
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Literal

from gpu_service.errors import Cancelled, RenderError
from gpu_service.executors.base import SegmentOrder
from gpu_service.film.segment_facts import SegmentFilm

State = Literal["waiting", "preparing", "prepared", "drawing", "finishing", "over"]
ATTEMPTS = 2
_numbers = itertools.count(1)


class SegmentTask:
    """Its state belongs to the worker's thread; only `cancel` may be called from elsewhere."""

    def __init__(self, order: SegmentOrder, *, report: Callable[[int], None], wake: Callable[[], None]) -> None:
        self.number = next(_numbers)
        self.order, self.report = order, report
        self.future: Future[SegmentFilm] = Future()
        self.state: State = "waiting"
        self.frames_done, self.attempts = 0, 1
        self._wake, self._cancelled_at = wake, float("inf")

    def cancel(self) -> None:
        """Ask for an end; it comes between two batches, or with the process after five seconds."""
        self._cancelled_at = min(self._cancelled_at, time.monotonic())
        self._wake()

    @property
    def wants_to_end(self) -> bool:
        return self._cancelled_at < float("inf") and self.state != "over"

    def waited_to_end(self) -> float:
        """Seconds since somebody asked for the end."""
        return time.monotonic() - self._cancelled_at

    def advance(self, frames: int, *, whole: bool) -> None:
        """A batch was drawn."""
        self.frames_done += frames
        self.state = "drawing"
        self.report(self.frames_done)
        if whole:
            self.state = "finishing"

    def end(self, film: SegmentFilm) -> None:
        """The file is whole."""
        self.state = "over"
        self.future.set_result(film)

    def fail(self, error: BaseException) -> None:
        """Give up, and leave no file."""
        if self.state != "over":
            self.state = "over"
            self.order.out.unlink(missing_ok=True)
            self.future.set_exception(error)

    def stop(self) -> None:
        """The end that was asked for."""
        self.fail(Cancelled())

    def process_died(self, reason: RenderError) -> None:
        """Begin again in the next process, once."""
        self.attempts += 1
        if self.wants_to_end:
            self.stop()
        elif self.attempts > ATTEMPTS:
            self.fail(reason)
        else:
            self.state, self.frames_done = "waiting", 0
            self.order.out.unlink(missing_ok=True)
            self.report(0)
