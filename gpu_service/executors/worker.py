"""One device: a thread that hands out batches to a drawing process and watches over it.

Previews go first; of five batches a film keeps at least one. A process that dies or hangs is replaced, and its segment
is begun again. All state here belongs to the thread; others speak to it through `ask`.
"""

import logging
import multiprocessing.connection
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

from gpu_service.errors import RenderError
from gpu_service.executors import orders
from gpu_service.executors.process import DrawingProcess, pass_on
from gpu_service.executors.segment_task import SegmentTask
from gpu_service.executors.watch import Watch

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.5
CANCEL_SECONDS = 5.0
PREVIEWS_PER_FILM_BATCH = 4
PREVIEW_PAUSE_SECONDS = 1.0  # between two pictures of one preview
LONGEST_BACK_OFF_SECONDS = 30.0
HOPELESS_DEATHS = 3


@dataclass
class _Batch:
    """What the process is drawing at this moment."""

    future: Future[Any]
    task: SegmentTask | None


class DeviceWorker:
    """Owns the process of one device."""

    def __init__(self, settings: orders.ChildSettings, *, hang_seconds: float) -> None:
        self.settings = settings
        self.started = threading.Event()
        self.ready: orders.Ready | None = None
        self._asks: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._wake_read, self._wake_write = os.pipe()
        self._previews: deque[tuple[orders.Draw, Future[Any]]] = deque()
        self._segments: list[SegmentTask] = []
        self._batch: _Batch | None = None
        self._since_film = 0
        self._watch = Watch(hang_seconds=hang_seconds)
        self._deaths, self._born = 0, 0.0
        self._closing = False
        self._wanted = -PREVIEW_PAUSE_SECONDS
        self._process: DrawingProcess | None = None
        self._thread = threading.Thread(target=self._run, name="phosphene-device", daemon=True)
        self._thread.start()

    # --- called from other threads ---

    def prepare(self, command: orders.Prepare, *, report: Callable[[str, float], None]) -> Future[Any]:
        """Make a plan, beside whatever is being drawn."""
        return self._relay(lambda process: process.send(command, report=report))

    def forget(self, key: str) -> None:
        """Drop a plan."""
        self._relay(lambda process: process.send(orders.Forget(key)))

    def draw(self, command: orders.Draw) -> Future[Any]:
        """Pictures for a preview, as soon as the batch in hand is done."""
        future: Future[Any] = Future()
        self._wanted = time.monotonic()
        self.ask(lambda: self._previews.append((command, future)))
        return future

    def add(self, task: SegmentTask) -> None:
        """A segment to draw."""
        self.ask(lambda: self._segments.append(task))

    def ask(self, wish: Callable[[], None]) -> None:
        """Do this in the worker's thread."""
        self._asks.put(wish)
        self.wake()

    def wake(self) -> None:
        """Look again, now."""
        if not self._closing:
            os.write(self._wake_write, b"!")

    @property
    def pid(self) -> int:
        """Of the drawing process; 0 while there is none."""
        return self._process.pid if self._process is not None else 0

    @property
    def gave_up(self) -> bool:
        """Whether the process has died at every start."""
        return self._deaths >= HOPELESS_DEATHS and not self.started.is_set()

    @property
    def load(self) -> int:
        """How much is asked of it."""
        return len(self._segments) + len(self._previews)

    @property
    def is_drawing(self) -> bool:
        """Whether there is a film, or a preview's picture was wanted a moment ago: the next will be."""
        return bool(self._segments) or time.monotonic() - self._wanted < PREVIEW_PAUSE_SECONDS

    def close(self) -> None:
        """End the process and the thread."""

        def end() -> None:
            self._closing = True

        self.ask(end)
        self._thread.join(10)

    # --- the worker's thread ---

    def _run(self) -> None:
        while not self._closing:
            try:
                self._turn()
            except Exception:
                log.exception("The device's thread stumbled")
                time.sleep(LOOK_SECONDS)
        self._replace_process(RenderError("The render service is shutting down.", retry=True), start=False)
        for task in self._segments:
            task.stop()

    def _turn(self) -> None:
        """Start, listen, judge, hand out."""
        if self._process is None:
            self._start_process()
        assert self._process is not None
        waiting: list[Any] = [self._process.pipe, self._process.sentinel, self._wake_read]
        ready = multiprocessing.connection.wait(waiting, LOOK_SECONDS)
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
        while not self._asks.empty():
            self._asks.get()()
        for trace in self._process.receive():
            log.error("In the drawing process:\n%s", trace)
        self._note_ready()
        self._settle_batch()
        if not self._process.is_alive:
            self._process_is_gone()
            return
        self._end_cancelled()
        self._judge_hang()
        if self._process is not None and self._process.ready is not None:
            self._advance_segments()
            self._hand_out()
        self._segments = [task for task in self._segments if task.state != "over"]

    def _start_process(self) -> None:
        if self._deaths:
            time.sleep(min(0.25 * 2 ** (self._deaths - 1), LONGEST_BACK_OFF_SECONDS))
        self._process, self._born = DrawingProcess(self.settings), time.monotonic()

    def _note_ready(self) -> None:
        if self._process is not None and self._process.ready is not None and not self.started.is_set():
            self.ready = self._process.ready
            self.started.set()

    def _process_is_gone(self) -> None:
        assert self._process is not None
        why = self._process.why_it_died()
        log.warning("The drawing process %s", why)
        # A process that lived for a while died of its work, not of its start.
        self._deaths = 1 if time.monotonic() - self._born > 60 else self._deaths + 1
        self._replace_process(RenderError(f"The drawing process {why}.", retry=True, kind="crashed"))

    def _replace_process(self, reason: RenderError, *, start: bool = True) -> None:
        if self._process is not None:
            self._process.end(reason)
            self._process = None
        self._batch = None
        self._watch.lost()
        for _, future in self._previews:
            future.set_exception(reason)
        self._previews.clear()
        if start:
            for task in self._segments:
                if task.state != "waiting":
                    task.process_died(reason)

    def _judge_hang(self) -> None:
        if self._watch.look():
            seconds = round(self._watch.limit_seconds)
            log.warning("No batch for %s s: the drawing process is replaced", seconds)
            sentence = f"No frame was finished for {seconds} s, so the drawing process was ended."
            self._replace_process(RenderError(sentence, retry=True, kind="hung"))

    def _end_cancelled(self) -> None:
        """Between two batches, or with the process when a batch outlasts the patience."""
        for task in self._segments:
            if not task.wants_to_end:
                continue
            in_hand = self._batch is not None and self._batch.task is task
            if not in_hand:
                if self._process is not None and task.state in ("prepared", "drawing", "finishing"):
                    self._process.send(orders.AbortSegment(task.number))
                task.stop()
            elif task.waited_to_end() > CANCEL_SECONDS:
                task.stop()
                sentence = "The drawing process was ended to stop a film."
                self._replace_process(RenderError(sentence, retry=True, kind="crashed"))

    def _settle_batch(self) -> None:
        """The batch in hand has come back: note it."""
        if self._batch is None or not self._batch.future.done():
            return
        batch, self._batch = self._batch, None
        self._watch.end()
        if batch.task is None or batch.task.state == "over":
            return
        error = batch.future.exception()
        if error is not None:
            if self._process is not None:
                self._process.send(orders.AbortSegment(batch.task.number))
            batch.task.fail(error)
            return
        frames, whole = batch.future.result()
        batch.task.advance(frames, whole=whole)
        if whole:
            self._finish(batch.task)

    def _finish(self, task: SegmentTask) -> None:
        assert self._process is not None
        future = self._process.send(orders.FinishSegment(task.number))
        future.add_done_callback(lambda done: self._finished(task, done))

    def _finished(self, task: SegmentTask, done: Future[Any]) -> None:
        if task.state == "finishing":
            error = done.exception()
            if error is None:
                task.end(done.result())
            elif not (isinstance(error, RenderError) and error.kind in ("crashed", "hung")):
                task.fail(error)

    def _advance_segments(self) -> None:
        """Prepare the first two, so that the second begins when the first is drawn."""
        assert self._process is not None
        for task in [task for task in self._segments if task.state not in ("finishing", "over")][:2]:
            if task.state == "waiting":
                task.state = "preparing"
                prepared = self._process.send(orders.Prepare(task.order.order, task.order.code_path))
                prepared.add_done_callback(partial(self._prepared, task))

    def _prepared(self, task: SegmentTask, done: Future[Any]) -> None:
        if task.state != "preparing":
            return
        error = done.exception()
        if error is None:
            assert self._process is not None
            self._process.send(orders.BeginSegment(task.number, task.order)).add_done_callback(
                lambda begun: self._begun(task, begun)
            )
        elif not (isinstance(error, RenderError) and error.kind in ("crashed", "hung")):
            task.fail(error)

    def _begun(self, task: SegmentTask, begun: Future[Any]) -> None:
        if task.state == "over" and self._process is not None:
            self._process.send(orders.AbortSegment(task.number))
        elif task.state == "preparing":
            error = begun.exception()
            if error is None:
                task.state = "prepared"
            elif not (isinstance(error, RenderError) and error.kind in ("crashed", "hung")):
                task.fail(error)

    def _hand_out(self) -> None:
        """The next batch: a preview's, unless a film has waited for four of them."""
        if self._batch is not None or self._process is None:
            return
        task = next((task for task in self._segments if task.state in ("prepared", "drawing")), None)
        if self._previews and (task is None or self._since_film < PREVIEWS_PER_FILM_BATCH):
            self._since_film += 1
            self._hand_out_preview(self._process)
        elif task is not None:
            self._since_film = 0
            future = self._process.send(orders.StepSegment(task.number))
            self._batch = _Batch(future, task)
            self._watch.begin()

    def _hand_out_preview(self, process: DrawingProcess) -> None:
        command, wanted = self._previews.popleft()
        future = process.send(command)
        future.add_done_callback(lambda done: pass_on(done, wanted))
        self._batch = _Batch(future, None)
        self._watch.begin()

    def _relay(self, send: Callable[[DrawingProcess], Future[Any]]) -> Future[Any]:
        """Send from the worker's thread; the answer goes to a future that exists already."""
        wanted: Future[Any] = Future()

        def now() -> None:
            if self._process is None:
                wanted.set_exception(RenderError("The drawing process is starting again.", retry=True, kind="crashed"))
            else:
                send(self._process).add_done_callback(lambda done: pass_on(done, wanted))

        self.ask(now)
        return wanted
