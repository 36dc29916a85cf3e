"""Numbers of the data are worked out once: the pictures of a run stay the same from snapshot to snapshot."""

import hashlib
from contextlib import suppress
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from gpu_service.whole_files import replacing

Numbers = dict[str, np.ndarray]


class Kept:
    """Files in a folder, named by what their numbers were taken from. Without a folder nothing is kept."""

    def __init__(self, folder: Path | None, *, pictures_hash: str | None) -> None:
        self._folder = folder if pictures_hash else None
        self._pictures = pictures_hash

    def numbers(self, title: str) -> Numbers | None:
        """What was kept under that title of these pictures, or None."""
        path = self._path(title)
        if path is None or not path.is_file():
            return None
        try:
            return dict(load_file(path))
        except (OSError, SafetensorError):  # cut short by a full disk: worked out again
            return None

    def keep(self, title: str, numbers: Numbers) -> None:
        """Written whole or not at all; a full disk costs time later, no more."""
        path = self._path(title)
        if path is None:
            return
        with suppress(OSError, SafetensorError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as partial:
                save_file({name: np.ascontiguousarray(array) for name, array in numbers.items()}, partial)

    def _path(self, title: str) -> Path | None:
        if self._folder is None:
            return None
        digest = hashlib.sha256(f"{self._pictures}\0{title}".encode()).hexdigest()
        return self._folder / f"data-{digest[:24]}.safetensors"
