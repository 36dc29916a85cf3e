"""Handlers that behave well and badly, run in the worker's child processes."""

import os
import signal
import time

from studio.jobs.context import Context
from studio.jobs.handlers import JobFailed


def count(context: Context) -> dict[str, int]:
    for step in range(5):
        context.progress(step + 1, 5, f"Step {step + 1}")
    return {"sum": sum(context.payload["numbers"]), "pid": os.getpid()}


def refuse(context: Context) -> None:
    raise JobFailed("“notes.mp3” is text, not sound.", is_final=True)


def stumble(context: Context) -> None:
    raise ZeroDivisionError


def crash(context: Context) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def run_away(context: Context) -> None:
    """Takes more memory than a hand may have."""
    bytearray(2 * 1024**3)


def listen(context: Context) -> None:
    """Works for long, and hears when it shall stop."""
    while True:
        context.raise_if_cancelled()
        time.sleep(0.05)


def hang(context: Context) -> None:
    """Works for long, and hears nothing."""
    time.sleep(600)
