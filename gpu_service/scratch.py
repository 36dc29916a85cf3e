"""Scratch: a folder that belongs to one running service and is swept away by a later one.

Services of one machine may share their data folder, so what lies there is no proof that nobody needs it any more.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def own_scratch(parent: Path) -> Iterator[Path]:
    """An empty folder under `parent`, held until the end. Those of services that were killed are removed first."""
    parent.mkdir(parents=True, exist_ok=True)
    with _locked(parent):
        for left in filter(Path.is_dir, parent.iterdir()):
            _remove_unless_held(left)
        folder = Path(tempfile.mkdtemp(dir=parent))
        held = _lock(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _lock(folder: Path) -> int | None:
    """The lock of a folder, given back when the process ends however it ends; None where another holds it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _remove_unless_held(folder: Path) -> None:
    if (handle := _lock(folder)) is not None:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)
