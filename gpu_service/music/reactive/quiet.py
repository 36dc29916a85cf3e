"""Warnings of libraries that tell us nothing new, kept quiet. One thread at a time, since filters are the process's."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


@contextmanager
def quietly(message: str) -> Iterator[None]:
    """Without warnings that begin so (a regular expression)."""
    with _lock, warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=message)
        yield
