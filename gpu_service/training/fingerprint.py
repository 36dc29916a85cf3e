"""Which pictures these are: a hash of all names, lengths and contents, however they are packed and wherever they lie.

A zip tells a checksum of each file; of a folder, lengths and the list of labels stand for the contents.
"""

import hashlib
import os
import zlib
from collections.abc import Iterable
from pathlib import Path

from gpu_service.training.data.zip_index import entries

LISTS = ("dataset.json",)


def fingerprint_of(path: Path) -> str:
    """Of a zip or a folder that `open_pictures` opened. Nothing is decoded."""
    if path.is_dir():
        return _hash(_in_folder(path))
    file = os.open(path, os.O_RDONLY)
    try:
        return _hash((entry.name, entry.size, entry.crc) for entry in entries(file, shown=path.name))
    finally:
        os.close(file)


def _hash(entries: Iterable[tuple[str, int, int]]) -> str:
    digest = hashlib.sha256()
    for name, size, checksum in sorted(entries):
        digest.update(f"{name}\0{size}\0{checksum:08x}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _in_folder(path: Path) -> Iterable[tuple[str, int, int]]:
    for place, _folders, names in os.walk(path):
        for name in names:
            file = Path(place) / name
            checksum = zlib.crc32(file.read_bytes()) if name in LISTS else 0
            yield str(file.relative_to(path)), file.stat().st_size, checksum
