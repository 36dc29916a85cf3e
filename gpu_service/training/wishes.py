"""What people ask of a run while it goes on: signals, and lines of JSON on standard input."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

from pydantic import ValidationError

from gpu_service.protocol import Wish


class Wishes:
    """The newest wish. Where none was spoken the run goes on as it is set."""

    def __init__(self) -> None:
        self.newest = Wish()
        self.interrupted = False
        self.changed = threading.Event()

    def say(self, wish: Wish) -> None:
        """Another wish, from any thread."""
        self.newest = wish
        self.changed.set()

    def listen(self, lines: TextIO) -> None:
        """Take wishes from those lines, in a thread of its own. Their end changes nothing."""
        threading.Thread(target=self._listen, args=(lines,), name="wishes", daemon=True).start()

    def wait(self, seconds: float) -> None:
        """Sleep, but not longer than until the next wish."""
        self.changed.wait(seconds)
        self.changed.clear()

    def _listen(self, lines: TextIO) -> None:
        for line in lines:
            try:
                self.say(Wish.model_validate_json(line))
            except ValidationError:
                continue

    @contextmanager
    def signals(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C ask for an end after the step in hand; a second Ctrl-C ends at once.

        Signals come to a process's first thread alone; in another one, as under Ray, nobody asks.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(_number: int, _frame: FrameType | None) -> None:
            self.interrupted = True
            self.changed.set()
            signal.signal(signal.SIGINT, signal.default_int_handler)

        before = {number: signal.signal(number, ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def end_with(parent: int) -> None:
    """Leave a checkpoint and end when that process has gone: nobody would hear the rest."""

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1.0)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="parent", daemon=True).start()
