"""torch's older form: five small pickles, then for each storage a count and its raw numbers.

Whole files had it before torch 1.6; in NVIDIA's pickles every storage is still a stream of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gpu_service.snapshots.latin_text import LatinText
from gpu_service.snapshots.numbers import MOST_NUMBERS, STORAGE_TYPES, Storage
from gpu_service.snapshots.pickle_machine import PickleMachine
from gpu_service.snapshots.pickle_parts import Malformed, Source, StandIn, Truncated

MAGIC, PROTOCOL = 0x1950A86A20F9469CFC6C, 1001


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
    if not 0 <= count <= MOST_NUMBERS:
        raise Malformed("a storage holds fewer numbers than it says")
    return StorageSketch(name, key, count)


def no_call(*_unused: object) -> object:
    """Stands for a class that is named, never called."""
    raise Malformed("it makes numbers out of nothing")


STORAGE_TABLE: dict[str, StandIn] = {f"torch {name}": no_call for name in STORAGE_TYPES}


def load_storage(data: Any) -> Storage:
    """torch.storage._load_from_bytes: one storage as a stream. Read here, never by torch."""
    if not isinstance(data, bytes | memoryview | LatinText):
        raise Malformed("a storage is made of no bytes")
    try:
        content = read_stream(Source(data), STORAGE_TABLE)
    except Truncated as error:
        raise Malformed("a storage holds fewer numbers than it says") from error
    if not isinstance(content, Storage):
        raise Malformed("a storage does not describe itself")
    return content


def read_stream(source: Source, table: Mapping[str, StandIn]) -> Any:
    """What the stream describes, its storages filled. Raises ForbiddenName, Malformed or Truncated."""
    magic, protocol, system = (PickleMachine({}).run(source) for _ in range(3))
    if magic != MAGIC or protocol != PROTOCOL or type(system) is not dict:
        raise Malformed("a storage has an unknown form")
    if system.get("little_endian") is not True:
        raise Malformed("its numbers are big-endian")
    shelf: dict[str, tuple[StorageSketch, Storage]] = {}

    def find(identity: Any) -> Storage:
        sketch = describe_storage(identity)
        known, storage = shelf.setdefault(sketch.key, (sketch, Storage(sketch.type_name, sketch.count)))
        if known != sketch:
            raise Malformed("a storage describes itself in two ways")
        return storage

    content = PickleMachine(table, persistent=find).run(source)
    keys = PickleMachine({}).run(source)
    if type(keys) is not list or len(keys) != len(shelf) or any(type(key) is not str for key in keys):
        raise Malformed("a storage does not describe itself")
    for key in keys:
        if key not in shelf:
            raise Malformed("a storage does not describe itself")
        _fill(shelf[key][1], source)
    return content


def _fill(storage: Storage, source: Source) -> None:
    count = int.from_bytes(source.read(8), "little", signed=True)
    if source.starved:
        raise Truncated
    if count != storage.count:
        raise Malformed("a storage holds fewer numbers than it says")
    body = source.read(count * storage.item_bytes)
    if source.starved:
        raise Truncated
    storage.fill(body)
