"""Numbers of a file that are read when they are wanted: storages, the tensors that look into them, arrays.

Nothing is copied before `Numbers.read`, and what it gives may be a view of the file.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from gpu_service.snapshots.latin_text import LatinText
from gpu_service.snapshots.pickle_parts import Bytes, Malformed, stateful

MOST_NUMBERS = 1 << 30
MOST_AXES = 8
BRAIN_FLOAT = "BFloat16Storage"
STORAGE_TYPES = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    BRAIN_FLOAT: "<u2",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "|b1",
}


@dataclass(frozen=True, eq=False)
class Numbers:
    """A tensor as its shape, and how to get its numbers: float32, perhaps a view, perhaps read only."""

    shape: tuple[int, ...]
    read: Callable[[], np.ndarray]

    def changed(self, change: Callable[[np.ndarray], np.ndarray]) -> Self:
        """The same numbers in another order or form, still unread. The shape comes from a change of nothing."""
        hollow = np.broadcast_to(np.zeros((), np.float32), self.shape)
        return type(self)(change(hollow).shape, lambda: change(self.read()))


def constant(value: np.ndarray) -> Numbers:
    """Numbers that are known already."""
    return Numbers(value.shape, lambda: value)


@dataclass(eq=False)
class Storage:
    """A flat run of numbers. `raw` may be filled in after the tensors that look into it are known."""

    type_name: str
    count: int
    raw: Bytes | None = None

    @property
    def item_bytes(self) -> int:
        """Bytes of one number."""
        return np.dtype(STORAGE_TYPES[self.type_name]).itemsize

    def fill(self, raw: Bytes) -> None:
        """Take the bytes, which must be exactly as many as were promised."""
        if len(raw) != self.count * self.item_bytes:
            raise Malformed("a storage holds fewer numbers than it says")
        self.raw = raw

    def numbers(self) -> np.ndarray:
        """[count], a view of the file where its bytes allow it."""
        if self.raw is None:
            raise Malformed("a storage has no numbers")
        flat = np.frombuffer(_as_buffer(self.raw), np.dtype(STORAGE_TYPES[self.type_name]))
        if self.type_name == BRAIN_FLOAT:
            return (flat.astype(np.uint32) << 16).view(np.float32)
        return flat


@dataclass(frozen=True, eq=False)
class TensorRecord:
    """A view of a storage; offset and strides count elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def to_numpy(self) -> np.ndarray:
        """The numbers as float32."""
        base = self.storage.numbers()[self.offset :]
        strides = [step * base.itemsize for step in self.stride]
        view = np.lib.stride_tricks.as_strided(base, self.shape, strides, writeable=False)
        return view if view.dtype == np.float32 else view.astype(np.float32)

    def lazily(self) -> Numbers:
        """Not read before somebody asks."""
        return Numbers(self.shape, self.to_numpy)


def rebuild_tensor(storage: Any, offset: Any, shape: Any, stride: Any, *_unused: object) -> TensorRecord:
    """torch._utils._rebuild_tensor_v2, with every index checked against the storage."""
    if not isinstance(storage, Storage):
        raise Malformed("a tensor has no storage")
    if type(shape) is not tuple or type(stride) is not tuple:
        raise Malformed("a tensor's shape is no row of whole numbers")
    sizes = (offset, *shape, *stride)
    if len(shape) != len(stride) or len(shape) > MOST_AXES or any(type(n) is not int or n < 0 for n in sizes):
        raise Malformed("a tensor's shape is no row of whole numbers")
    count = math.prod(shape)
    reach = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True)) + 1 if count else offset
    # More numbers than the storage has could only come from stride 0, a way to fill memory out of nothing.
    if reach > storage.count or count > storage.count:
        raise Malformed("a tensor reaches beyond its storage")
    return TensorRecord(storage, offset, shape, stride)


def rebuild_parameter(tensor: Any, *_unused: object) -> TensorRecord:
    """torch._utils._rebuild_parameter: the tensor itself."""
    if not isinstance(tensor, TensorRecord):
        raise Malformed("a parameter holds no tensor")
    return tensor


@stateful
class NumpyType:
    """numpy.dtype of plain numbers."""

    def __init__(self, code: Any, *_unused: object) -> None:
        if (
            type(code) is not str
            or code[:1] not in "fiub"
            or not code[1:].isdigit()
            or int(code[1:]) not in (1, 2, 4, 8)
        ):
            raise Malformed("an array holds something else than numbers")
        self.dtype = np.dtype(code)

    def set_state(self, state: Any) -> None:
        """(version, byte order, …)"""
        if type(state) is not tuple or len(state) < 2 or state[1] not in ("<", "|", "="):
            raise Malformed("an array's numbers are big-endian")


def numpy_scalar(kind: Any, data: Any) -> float | int | bool:
    """numpy.core.multiarray.scalar: a plain number."""
    if not isinstance(kind, NumpyType) or not _is_bytes(data) or len(data) != kind.dtype.itemsize:
        raise Malformed("a number has the wrong length")
    number: float | int | bool = np.frombuffer(_as_buffer(data), kind.dtype)[0].item()
    return number


@stateful
class ArrayRecord:
    """A numpy array, empty until its state arrives."""

    def __init__(self, *_unused: object) -> None:
        self.shape: tuple[int, ...] = ()
        self.read: Callable[[], np.ndarray] = lambda: np.empty(0, np.float32)

    def set_state(self, state: Any) -> None:
        """(version, shape, type, is Fortran order, bytes)"""
        _version, shape, kind, is_fortran, data = state
        if type(shape) is not tuple or len(shape) > MOST_AXES or not isinstance(kind, NumpyType) or not _is_bytes(data):
            raise Malformed("an array holds something else than numbers")
        if any(type(n) is not int or n < 0 for n in shape) or math.prod(shape) * kind.dtype.itemsize != len(data):
            raise Malformed("an array's shape does not fit its numbers")
        order: Any = "F" if is_fortran else "C"
        self.shape = shape
        self.read = lambda: (
            np.frombuffer(_as_buffer(data), kind.dtype).reshape(shape, order=order).astype(np.float32, copy=False)
        )

    def lazily(self) -> Numbers:
        """Not read before somebody asks."""
        return Numbers(self.shape, self.read)


def _is_bytes(data: Any) -> bool:
    return isinstance(data, bytes | memoryview | LatinText)


def _as_buffer(data: Bytes) -> bytes | memoryview:
    try:
        return bytes(data) if isinstance(data, LatinText) else data
    except UnicodeError as error:
        raise Malformed("bytes are written in an unknown way") from error
