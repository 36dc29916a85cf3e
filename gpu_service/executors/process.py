"""A drawing process and the pipe to it: started, spoken to, killed."""

import itertools
import multiprocessing
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from gpu_service.errors import RenderError
from gpu_service.executors import orders

KILL_WAIT_SECONDS = 5.0
StepReport = Callable[[str, float], None]
_context = multiprocessing.get_context("spawn")


class DrawingProcess:
    """Commands are numbered; each has a future that its answer fulfils."""

    def __init__(self, settings: orders.ChildSettings) -> None:
        from gpu_service.executors.child_start import start

        self.pipe, theirs = _context.Pipe()
        self._process = _context.Process(target=start, args=(theirs, settings), daemon=True, name="phosphene-draw")
        self._process.start()
        theirs.close()
        self.ready: orders.Ready | None = None
        self._numbers = itertools.count(1)
        self._open: dict[int, tuple[Future[Any], StepReport | None]] = {}

    @property
    def sentinel(self) -> int:
        return self._process.sentinel

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def send(self, command: orders.Command, *, report: StepReport | None = None) -> Future[Any]:
        """Hand over a command. The future fails with RenderError, also when the process dies."""
        number, future = next(self._numbers), Future[Any]()
        self._open[number] = (future, report)
        with suppress(OSError):  # A dead process is noticed by its sentinel.
            self.pipe.send((number, command))
        return future

    def receive(self) -> list[str]:
        """Take in all replies that wait. -> traces for the log"""
        traces: list[str] = []
        with suppress(EOFError, OSError):
            while self.pipe.poll():
                self._take(self.pipe.recv(), traces)
        return traces

    def _take(self, reply: orders.Reply, traces: list[str]) -> None:
        if isinstance(reply, orders.Ready):
            self.ready = reply
        elif isinstance(reply, orders.Step):
            report = self._open[reply.number][1] if reply.number in self._open else None
            if report is not None:
                report(reply.title, reply.share)
        elif reply.number in self._open:
            future, _ = self._open.pop(reply.number)
            if isinstance(reply, orders.Done):
                future.set_result(reply.result)
            else:
                if reply.trace:
                    traces.append(reply.trace)
                future.set_exception(RenderError(reply.message, retry=reply.retry, kind=reply.kind, field=reply.field))

    def end(self, reason: RenderError) -> None:
        """Kill it, and fail whatever it was asked."""
        if self._process.is_alive():
            self._process.kill()
        self._process.join(KILL_WAIT_SECONDS)
        self.pipe.close()
        for future, _ in self._open.values():
            future.set_exception(reason)
        self._open.clear()

    def why_it_died(self) -> str:
        """The end of a process in words."""
        code = self._process.exitcode
        if code is not None and code < 0:
            return "ran out of memory or was killed" if code == -9 else f"was ended by signal {-code}"
        return f"ended with code {code}"


def pass_on(done: Future[Any], wanted: Future[Any]) -> None:
    """Fulfil a future as another one was."""
    if wanted.done():
        return
    error = done.exception()
    if error is not None:
        wanted.set_exception(error)
    else:
        wanted.set_result(done.result())
