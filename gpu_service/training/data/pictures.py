"""Training pictures by number: read and decoded when they are asked for, a broken one replaced by the next.

Which picture stands for a broken one depends on the files alone, so that a run is the same however often it starts.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gpu_service.protocol.training import LEAST_PICTURES, SMALLEST_SIDE
from gpu_service.training.data import decode
from gpu_service.training.data.decode import Fit
from gpu_service.training.data.errors import BadPicture, DataError, shown
from gpu_service.training.data.labels import Labels, read_labels
from gpu_service.training.data.sources import Source, open_source

LOOKED_AT_FIRST = 64
KEPT_BYTES = 256 * 1024 * 1024
# More broken ones than this share is not bad luck but a wrong set.
MOST_BROKEN = 0.25
SAME_ASPECT = 0.01


def open_pictures(
    path: Path, *, size: int, labels: bool = False, fit: Fit = "exact", kept_bytes: int = KEPT_BYTES
) -> "Pictures":
    """A zip or a folder in the standard form. Nothing is decoded yet; the headers of some are looked at.

    Raises DataError: nothing there, too few, sizes that do not fit, labels that are missing.
    """
    source = open_source(path)
    try:
        _check_count(source)
        aspect = _check_sizes(source, size, fit)
        rows = read_labels(source.labels(), source.names, title=source.title) if labels else None
    except BaseException:
        source.close()
        raise
    return Pictures(source, size=size, fit=fit, labels=rows, aspect=aspect, kept_bytes=kept_bytes)


class Pictures:
    """`aspect`: width over height that padding hid, where it is the same for all. Any thread may read."""

    def __init__(
        self, source: Source, *, size: int, fit: Fit, labels: Labels | None, aspect: float | None, kept_bytes: int
    ) -> None:
        self.size, self.aspect, self.title = size, aspect, source.title
        self._source, self._fit, self._labels = source, fit, labels
        self._broken = np.zeros(len(source.names), bool)
        self._notices: list[str] = []
        self._met: list[int] = []
        self._stopped: DataError | None = None
        self._lock = threading.Lock()
        shape = (len(self), 3, size, size)
        # Memory that nobody wrote to yet is not taken from the machine.
        self._kept = np.zeros(shape, np.uint8) if np.prod(shape, dtype=float) <= kept_bytes else None
        self._is_kept = np.zeros(len(self), bool)

    def __len__(self) -> int:
        return len(self._source.names)

    @property
    def num_classes(self) -> int:
        """Length of a label, 0 without labels."""
        return self._labels.count if self._labels else 0

    def name(self, index: int) -> str:
        return self._source.names[index]

    def read(self, index: int) -> tuple[int, np.ndarray]:
        """-> the picture's number (another one's where it is broken), uint8 [3, R, R] that nobody may write to."""
        while self._stopped is None:
            if not self._broken[index]:
                try:
                    return index, self._decoded(index)
                except BadPicture as reason:
                    self._skip(index, str(reason))
            index = (index + 1) % len(self)
        raise self._stopped

    def label_rows(self, indices: Sequence[int] | np.ndarray) -> np.ndarray | None:
        """float32 [len(indices), C], or None without labels."""
        return self._labels.rows(indices) if self._labels else None

    def take_notices(self) -> list[str]:
        """Sentences since the last call: which pictures are skipped, each once."""
        with self._lock:
            said, self._notices = self._notices, []
        return said

    def take_met(self) -> int | None:
        """The number of a broken picture that was met here, each once, or None: what other processes have to know."""
        with self._lock:
            return self._met.pop(0) if self._met else None

    def look(self, index: int) -> None:
        """Read a picture that another process found broken, so that it is named here too. Raises DataError."""
        self.read(index)

    def close(self) -> None:
        self._source.close()

    def _decoded(self, index: int) -> np.ndarray:
        if self._kept is not None and self._is_kept[index]:
            kept: np.ndarray = self._kept[index]
            return kept
        try:
            content = self._source.read(index)
        except OSError as error:  # the disk, not the picture
            raise DataError(f"{self.title} can no longer be read: {error.strerror or error}.", retry=True) from error
        picture = decode.decode(content, size=self.size, fit=self._fit)
        if self._kept is not None:
            self._kept[index] = picture
            self._is_kept[index] = True
        return picture

    def _skip(self, index: int, reason: str) -> None:
        with self._lock:
            if self._broken[index]:
                return
            self._broken[index] = True
            self._notices.append(f"{shown(self.name(index))} {reason}: skipped.")
            self._met.append(index)
            broken = int(self._broken.sum())
        left = len(self) - broken
        if left < LEAST_PICTURES or broken > max(LEAST_PICTURES, MOST_BROKEN * len(self)):
            self._stopped = DataError(
                f"{broken:,} of {len(self):,} pictures in {self.title} cannot be used; the last, "
                f"{shown(self.name(index))}, {reason}. Mend the set and start again."
            )


def _check_count(source: Source) -> None:
    count = len(source.names)
    if not count:
        raise DataError(f"{source.title} holds no pictures: PNG, JPEG, WebP or BMP.")
    if count < LEAST_PICTURES:
        some = "1 picture" if count == 1 else f"{count} pictures"
        raise DataError(f"{source.title} holds {some}. At least {LEAST_PICTURES} are needed, some hundreds are better.")


def _check_sizes(source: Source, size: int, fit: Fit) -> float | None:
    """Look at the headers of some. -> the aspect that padding hides"""
    spread = np.unique(np.linspace(0, len(source.names) - 1, LOOKED_AT_FIRST).round().astype(int))
    found: dict[int, tuple[int, int]] = {}
    reason = ""
    for index in spread.tolist():
        try:
            found[index] = decode.sides(source.read(index))
        except BadPicture as error:
            reason = f"{shown(source.names[index])} {error}"
    if not found:
        raise DataError(f"None of the pictures in {source.title} can be read: {reason}.")
    for index, (wide, high) in found.items():
        name = shown(source.names[index])
        if min(wide, high) < SMALLEST_SIDE:
            raise DataError(f"{name} is {wide}×{high} pixels. Training needs at least {SMALLEST_SIDE} a side.")
        if fit == "exact" and (wide, high) != (size, size):
            raise DataError(_wrong_size(name, wide, high, size), field="size")
    return _common_aspect(list(found.values())) if fit == "pad" else None


def _wrong_size(name: str, wide: int, high: int, size: int) -> str:
    is_square, side = wide == high, min(wide, high)
    if is_square and not side & (side - 1):
        return f"{name} is {wide}×{high} pixels, this run is of {size}. Choose size {side}, or --fit crop to scale all."
    what = f"no power of two, as {size} is" if is_square else "not square"
    offers = f"--fit crop scales its middle {side}×{side} to {size}×{size}"
    if not is_square:
        offers += f", --fit pad keeps all of it and notes its aspect of {wide / high:.3f}, which renders give back"
    return f"{name} is {wide}×{high} pixels, {what}. {offers}."


def _common_aspect(sizes: list[tuple[int, int]]) -> float | None:
    aspects = [wide / high for wide, high in sizes]
    middle = float(np.median(aspects))
    same = all(abs(aspect / middle - 1) <= SAME_ASPECT for aspect in aspects)
    return middle if same and abs(middle - 1) > SAME_ASPECT else None
