"""Results of stages, kept in memory and on disk by the hash of what they came from."""

import contextlib
import os
import threading
import uuid
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy as np

from gpu_service.visualizers.stages import Arrays

MEMORY_BYTES = 512 * 1024**2
DISK_BYTES = 4 * 1024**3


class StageCache:
    """Safe to share between threads, and its folder between processes: a file appears whole or not at all."""

    def __init__(self, folder: Path | None, *, memory_bytes: int = MEMORY_BYTES, disk_bytes: int = DISK_BYTES) -> None:
        self.folder, self.memory_bytes, self.disk_bytes = folder, memory_bytes, disk_bytes
        self._kept: OrderedDict[str, Arrays] = OrderedDict()
        self._lock = threading.Lock()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)

    def path(self, key: str) -> Path | None:
        return self.folder / f"{key}.npz" if self.folder is not None else None

    def get(self, key: str) -> Arrays | None:
        """The arrays of a stage, or None. A file that cannot be read is removed."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        arrays = self._read(key)
        if arrays is not None:
            self._remember(key, arrays)
        return arrays

    def put(self, key: str, arrays: Arrays, *, to_disk: bool) -> None:
        """Keep a result. On disk it is written beside its place and then moved there."""
        self._remember(key, arrays)
        path = self.path(key)
        if to_disk and path is not None:
            waiting = path.with_name(f".{key}.{uuid.uuid4().hex}.npz")
            try:
                with waiting.open("wb") as file:
                    np.savez(file, allow_pickle=False, **dict(arrays))
                os.replace(waiting, path)
            except OSError:  # A full disk costs the cache, not the film.
                waiting.unlink(missing_ok=True)
            self._trim_disk()

    def _read(self, key: str) -> Arrays | None:
        path = self.path(key)
        if path is None or not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            os.utime(path)
        except (OSError, ValueError, EOFError, zipfile.BadZipFile):
            path.unlink(missing_ok=True)
            return None
        return arrays

    def _remember(self, key: str, arrays: Arrays) -> None:
        with self._lock:
            self._kept[key] = arrays
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and self._bytes() > self.memory_bytes:
                self._kept.popitem(last=False)

    def _bytes(self) -> int:
        return sum(array.nbytes for arrays in self._kept.values() for array in arrays.values())

    def _trim_disk(self) -> None:
        assert self.folder is not None
        files = []
        for path in self.folder.glob("*.npz"):
            with contextlib.suppress(OSError):
                facts = path.stat()
                files.append((facts.st_mtime, facts.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files)[:-1]:
            if total <= self.disk_bytes:
                break
            path.unlink(missing_ok=True)
            total -= size
