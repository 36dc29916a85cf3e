"""The one supervisor: starts children, prefixes what they say, starts the dead again, and lets none outlive it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from studio.processes import own_group

STOP_SECONDS = 6.0
# Longer with every death that comes soon after the start.
BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
STEADY_SECONDS = 20.0
COLOURS = {"studio": "36", "worker": "33", "gpu": "35", "run": "32"}


class Printer:
    """Lines of all children on one terminal, each with its prefix; colours only where a person looks."""

    def __init__(self, out: IO[str]) -> None:
        self.out = out
        self.is_colourful = out.isatty()
        self._lock = threading.Lock()

    def line(self, name: str, text: str) -> None:
        prefix = f"{name:>7} │ "
        if self.is_colourful:
            prefix = f"\033[{COLOURS.get(name, '37')}m{prefix}\033[0m"
        with self._lock, contextlib.suppress(BrokenPipeError):
            self.out.write(f"{prefix}{text}\n")
            self.out.flush()

    def announce(self, text: str) -> None:
        """The one line that a person must see."""
        bold = ("\033[1m", "\033[0m") if self.is_colourful else ("", "")
        self.line("run", f"{bold[0]}{text}{bold[1]}")


@dataclass
class Child:
    """One program. `deaths` counts those that came soon after a start."""

    name: str
    arguments: list[str]
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    deaths: int = 0
    again_at: float = field(default=0.0)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Call everything from the main thread: the kernel ties a child to the thread that started it."""

    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self.children: list[Child] = []
        self.is_stopping = False

    def add(self, name: str, arguments: list[str]) -> Child:
        child = Child(name, arguments)
        self.children.append(child)
        self._start(child)
        return child

    def once(self, name: str, arguments: list[str], until: Callable[[], bool]) -> bool:
        """Run a program to its end while the children are looked after; True when it went well."""
        child = Child(name, arguments)
        self._start(child)
        try:
            self.watch(lambda: until() or not child.is_running)
            return not child.is_running and child.process is not None and child.process.returncode == 0
        finally:
            _signal_group(child, signal.SIGKILL)

    def watch(self, until: Callable[[], bool]) -> None:
        """Keep everything running until `until()`."""
        while not self.is_stopping and not until():
            for child in self.children:
                self._look_after(child)
            time.sleep(0.1)

    def stop(self) -> None:
        """Ask all to end, then end those that did not."""
        self.is_stopping = True
        running = [child for child in self.children if child.is_running]
        for child in running:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while any(child.is_running for child in running) and time.monotonic() < deadline:
            time.sleep(0.05)
        for child in self.children:
            _signal_group(child, signal.SIGKILL)
            if child.process is not None:
                child.process.wait(5)

    def _start(self, child: Child) -> None:
        child.process, child.started = None, time.monotonic()
        try:
            child.process = _open(child.arguments)
        except (OSError, subprocess.SubprocessError) as error:  # no memory, no process left, no such program
            self.printer.line("run", f"{child.name} cannot be started: {error}.")
            return
        threading.Thread(target=self._read, args=(child.name, child.process), daemon=True).start()

    def _read(self, name: str, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.printer.line(name, line.rstrip())

    def _look_after(self, child: Child) -> None:
        if child.is_running:
            return
        now = time.monotonic()
        if not child.again_at:
            _signal_group(child, signal.SIGKILL)  # whatever it started goes with it
            child.deaths = 0 if now - child.started > STEADY_SECONDS else child.deaths + 1
            wait = BACK_OFF[min(child.deaths, len(BACK_OFF) - 1)]
            child.again_at = now + wait
            ended = f"{child.name} ended ({how(child.process.returncode)}); s" if child.process else "S"
            self.printer.line("run", f"{ended}tarting it again in {wait:g} s.")
        elif now >= child.again_at:
            child.again_at = 0.0
            self._start(child)


def how(code: int | None) -> str:
    """An exit code in words."""
    return signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"


def _open(arguments: list[str]) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=own_group(),
    )


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _signal(child: Child, sign: signal.Signals) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(sign)


def _signal_group(child: Child, sign: signal.Signals) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.process.pid, sign)
