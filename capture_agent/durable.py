"""Files that survive a pulled plug: a temporary name, fsync, rename, fsync of the folder. Whole, or absent.

While a file is written its temporary name is locked: whoever tidies up can tell a dead writer from a living one.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

TEMPORARY = ".part-"


def write_temporary(folder: Path, data: bytes) -> tuple[Path, int]:
    """Write and sync `data` under a temporary name in `folder`. -> the path, and its open, locked descriptor.

    The caller renames the file and closes the descriptor. Raises OSError, and leaves nothing then.
    """
    path = folder / f"{TEMPORARY}{uuid4().hex}"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        os.fsync(handle)
    except BaseException:
        os.close(handle)
        path.unlink(missing_ok=True)
        raise
    return path, handle


def write_file(path: Path, data: bytes) -> None:
    """Replace `path` by `data` in one step that a power cut cannot divide."""
    temporary, handle = write_temporary(path.parent, data)
    try:
        rename(temporary, path)
    finally:
        os.close(handle)
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def rename(source: Path, target: Path) -> None:
    os.replace(source, target)


def sync_folder(folder: Path) -> None:
    """Make the names in `folder` as safe as the files they stand for."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folder(folder: Path) -> None:
    """Make it and every missing folder above it, each name synced."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
        sync_folder(one.parent)


def remove_dead_temporaries(folder: Path) -> int:
    """Remove what writers left behind that are gone; a living writer holds the lock of its file. -> how many"""
    removed = 0
    for path in folder.glob(f"{TEMPORARY}*"):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
            removed += 1
        except BlockingIOError:
            pass
        finally:
            os.close(handle)
    return removed


@contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock file `path`, across threads and processes. Yields False when `wait` is off and another has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)
