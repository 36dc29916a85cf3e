"""Single keys from the terminal, also over ssh; and lines that stay in place where there is a terminal to keep them."""

import contextlib
import os
import select
import signal
import sys
import termios
import threading
import time
import tty
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.text import Text


class Keys:
    """While it is open, keys come one by one. Without a terminal none come, but `ask` still reads what is piped in.

    Ctrl-C is remembered: Python drops a KeyboardInterrupt that falls into a finalizer, and `next` then raises it.
    """

    def __init__(self) -> None:
        self._is_interrupted = False
        self._former: Any = None
        self._input = _input_number()
        self.is_terminal = self._input >= 0 and os.isatty(self._input)
        self._before: list[Any] | None = None

    def __enter__(self) -> "Keys":
        if self.is_terminal:
            self._before = termios.tcgetattr(self._input)
            tty.setcbreak(self._input)
        if threading.current_thread() is threading.main_thread():
            self._former = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._former is not None:
            signal.signal(signal.SIGINT, self._former)
        if self._before is not None:
            termios.tcsetattr(self._input, termios.TCSADRAIN, self._before)

    def next(self, seconds: float) -> str:
        """The key pressed within so many seconds, in lower case; empty when none was. Raises KeyboardInterrupt."""
        if self._is_interrupted:
            raise KeyboardInterrupt
        if not self.is_terminal:
            time.sleep(seconds)
            return ""
        return self._read(seconds)

    def ask(self, wanted: str) -> str:
        """The first of the wanted keys; empty when there is nobody to press one."""
        while (key := self._read(None)) not in tuple(wanted):
            if not key:
                return ""
        return key

    def _interrupt(self, *_: object) -> None:
        self._is_interrupted = True
        raise KeyboardInterrupt

    def _read(self, seconds: float | None) -> str:
        if self._input < 0:
            return ""
        ready, _, _ = select.select([self._input], [], [], seconds)
        return os.read(self._input, 1).decode(errors="replace").lower() if ready else ""


def _input_number() -> int:
    """The standard input's descriptor; -1 where there is none."""
    try:
        return sys.stdin.fileno() if sys.stdin else -1
    except (OSError, ValueError):
        return -1


class Screen:
    """Status lines that replace each other; without a terminal only `say` prints."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)

    def __enter__(self) -> "Screen":
        if self.console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._live.stop()

    def show(self, *lines: str) -> None:
        """These lines, until others come."""
        if self.console.is_terminal:
            self._live.update(Text("\n".join(line for line in lines if line)), refresh=True)

    def say(self, line: str) -> None:
        """A line that stays."""
        self.console.print(Text(line), soft_wrap=True)
