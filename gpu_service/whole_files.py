"""Files that appear whole or not at all: written beside their name, then renamed."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def replacing(target: Path, *, to_disk: bool = False, or_nothing: bool = False) -> Iterator[Path]:
    """A name beside the target, .NAME.….part, that becomes the target when all went well, and vanishes otherwise.

    With `to_disk` the file outlasts a power cut; with `or_nothing` it also vanishes when nothing was written.
    """
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        yield partial
        if or_nothing and not (partial.exists() and partial.stat().st_size):
            return
        if to_disk:
            _sync(partial)
        partial.replace(target)
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    if to_disk:
        sync_folder(target.parent)


def write_whole(target: Path, text: str, *, to_disk: bool = False) -> None:
    """Make that text the contents of a file. Raises OSError, and leaves what was there."""
    with replacing(target, to_disk=to_disk) as partial:
        partial.write_text(text, encoding="utf-8")


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlast a power cut."""
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
