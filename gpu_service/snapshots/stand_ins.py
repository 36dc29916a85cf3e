"""What stands in for the functions and classes that snapshots name: records of numbers, checked before use."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from gpu_service.snapshots.pickle_machine import PickleMachine
from gpu_service.snapshots.pickle_parts import (
    Malformed,
    Record,
    Source,
    StandIn,
    Truncated,
    hashable,
    stateful,
)

MOST_NUMBERS = 1 << 30
MOST_AXES = 8
NUMPY_CODES = frozenset(["b1", "f2", "f4", "f8", *(f"{sign}{size}" for sign in "iu" for size in (1, 2, 4, 8))])
LEGACY_MAGIC, LEGACY_PROTOCOL = 0x1950A86A20F9469CFC6C, 1001
STORAGE_TYPES = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "<i1",
    "ByteStorage": "<u1",
    "BoolStorage": "|b1",
}


@dataclass(frozen=True, eq=False)
class Storage:
    """A flat run of numbers."""

    numbers: np.ndarray


@dataclass(frozen=True, eq=False)
class TensorRecord:
    """A view of a storage; offset and strides count elements."""

    storage: Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]

    def to_numpy(self) -> np.ndarray:
        """The numbers as an array of their own."""
        base = self.storage.numbers[self.offset :]
        strides = [step * base.itemsize for step in self.stride]
        return np.lib.stride_tricks.as_strided(base, self.shape, strides, writeable=False).copy()


def rebuild_tensor(storage: Any, offset: Any, shape: Any, stride: Any, *_unused: object) -> TensorRecord:
    """torch._utils._rebuild_tensor_v2, with every index checked against the storage."""
    if not isinstance(storage, Storage):
        raise Malformed("a tensor has no storage")
    sizes = (offset, *shape, *stride)
    if len(shape) != len(stride) or len(shape) > MOST_AXES or any(type(n) is not int or n < 0 for n in sizes):
        raise Malformed("a tensor's shape is no row of whole numbers")
    count = math.prod(shape)
    reach = offset + sum((n - 1) * step for n, step in zip(shape, stride, strict=True)) + 1 if count else offset
    # More numbers than the storage has could only come from stride 0, a way to fill memory out of nothing.
    if reach > len(storage.numbers) or count > len(storage.numbers):
        raise Malformed("a tensor reaches beyond its storage")
    return TensorRecord(storage, offset, tuple(shape), tuple(stride))


def rebuild_parameter(tensor: Any, *_unused: object) -> TensorRecord:
    """torch._utils._rebuild_parameter: the tensor itself."""
    if not isinstance(tensor, TensorRecord):
        raise Malformed("a parameter holds no tensor")
    return tensor


def load_storage(data: Any) -> Storage:
    """torch.storage._load_from_bytes: five small pickles, a count, raw numbers. Read here, never by torch."""
    if not isinstance(data, bytes):
        raise Malformed("a storage is made of no bytes")
    source = Source(data)
    try:
        magic, protocol, system = (PickleMachine({}).run(source) for _ in range(3))
        if magic != LEGACY_MAGIC or protocol != LEGACY_PROTOCOL or type(system) is not dict:
            raise Malformed("a storage has an unknown form")
        if system.get("little_endian") is not True:
            raise Malformed("its numbers are big-endian")
        described = PickleMachine(STORAGE_TABLE, persistent=describe_storage).run(source)
        keys = PickleMachine({}).run(source)
    except Truncated as error:
        raise Malformed("a storage ends in the middle") from error
    if not isinstance(described, StorageSketch) or keys != [described.key]:
        raise Malformed("a storage does not describe itself")
    count = int.from_bytes(source.read(8), "little", signed=True)
    dtype = np.dtype(STORAGE_TYPES[described.type_name])
    body = source.read(count * dtype.itemsize) if 0 <= count <= MOST_NUMBERS else b""
    if count != described.count or len(body) != count * dtype.itemsize:
        raise Malformed("a storage holds fewer numbers than it says")
    return Storage(np.frombuffer(body, dtype))


@dataclass(frozen=True)
class StorageSketch:
    """A persistent id: ('storage', type, key, device, count[, view])."""

    type_name: str
    key: str
    count: int


def describe_storage(identity: Any) -> StorageSketch:
    """Check a persistent id of torch."""
    if type(identity) is not tuple or len(identity) not in (5, 6) or identity[0] != "storage":
        raise Malformed("it keeps an object outside the file")
    _, kind, key, _device, count, *view = identity
    name = getattr(kind, "name", "").removeprefix("torch.")
    if name not in STORAGE_TYPES or type(key) is not str or type(count) is not int or view not in ([], [None]):
        raise Malformed("a storage is of no known kind")
    return StorageSketch(name, key, count)


def _marker(*_unused: object) -> object:
    """Stands for a class that is named, never called."""
    raise Malformed("it makes numbers out of nothing")


STORAGE_TABLE: dict[str, StandIn] = {f"torch {name}": _marker for name in STORAGE_TYPES}


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
    if not isinstance(kind, NumpyType) or type(data) is not bytes or len(data) != kind.dtype.itemsize:
        raise Malformed("a number has the wrong length")
    number: float | int | bool = np.frombuffer(data, kind.dtype)[0].item()
    return number


@stateful
class ArrayRecord:
    """A numpy array, empty until its state arrives."""

    def __init__(self, *_unused: object) -> None:
        self.numbers = np.empty(0, np.float32)

    def set_state(self, state: Any) -> None:
        """(version, shape, type, is Fortran order, bytes)"""
        _version, shape, kind, is_fortran, data = state
        if not isinstance(kind, NumpyType) or type(data) is not bytes or len(shape) > MOST_AXES:
            raise Malformed("an array holds something else than numbers")
        if any(type(n) is not int or n < 0 for n in shape) or math.prod(shape) * kind.dtype.itemsize != len(data):
            raise Malformed("an array's shape does not fit its numbers")
        self.numbers = np.frombuffer(data, kind.dtype).reshape(shape, order="F" if is_fortran else "C")


def persistent_object(meta: Any) -> Record:
    """torch_utils.persistence: keep the class's name and state; the source text beside them is never looked at."""
    if type(meta) is not dict or type(meta.get("state")) is not dict or type(meta.get("class_name")) is not str:
        raise Malformed("a module has no name or state")
    return Record(meta["class_name"], meta["state"])


def empty_dict(*pairs: Any) -> dict[Any, Any]:
    """OrderedDict and EasyDict as plain dicts, which keep order too; items follow by opcodes."""
    if pairs:
        raise Malformed("a dictionary is made in an unknown way")
    return {}


def plain_set(*items: Any) -> set[Any]:
    """set([...]) of plain values."""
    if len(items) > 1 or any(type(item) is not list for item in items):
        raise Malformed("a set is made in an unknown way")
    return {hashable(value) for item in items for value in item}


def latin_bytes(text: Any, encoding: Any) -> bytes:
    """_codecs.encode(text, "latin1"): how protocol 2 writes bytes."""
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise Malformed("bytes are written in an unknown way")
    return text.encode("latin-1")


def tf_network(*_unused: object) -> Record:
    """dnnlib.tflib.network.Network; its own loader would run the source text in its state. This keeps data only."""
    return Record("tf network")


def namespace(*_unused: object) -> Record:
    """argparse.Namespace: the command line of a training run."""
    return Record("namespace")


NUMPY_TABLE: dict[str, StandIn] = {
    "numpy dtype": NumpyType,
    "numpy ndarray": _marker,
    **{f"numpy.{core}.multiarray scalar": numpy_scalar for core in ("core", "_core")},
    **{f"numpy.{core}.multiarray _reconstruct": ArrayRecord for core in ("core", "_core")},
}

# Everything a StyleGAN .pkl may name.
NETWORK_TABLE: dict[str, StandIn] = {
    "torch_utils.persistence _reconstruct_persistent_obj": persistent_object,
    "dnnlib.util EasyDict": empty_dict,
    "dnnlib EasyDict": empty_dict,
    "collections OrderedDict": empty_dict,
    "torch._utils _rebuild_parameter": rebuild_parameter,
    "torch._utils _rebuild_tensor_v2": rebuild_tensor,
    "torch.storage _load_from_bytes": load_storage,
    "builtins set": plain_set,
    "__builtin__ set": plain_set,
    "_codecs encode": latin_bytes,
    "dnnlib.tflib.network Network": tf_network,
    **NUMPY_TABLE,
}

# Everything a torch .pt of rosinality's may name; storages come by persistent ids.
CHECKPOINT_TABLE: dict[str, StandIn] = {
    "collections OrderedDict": empty_dict,
    "torch._utils _rebuild_tensor_v2": rebuild_tensor,
    "argparse Namespace": namespace,
    **STORAGE_TABLE,
}
