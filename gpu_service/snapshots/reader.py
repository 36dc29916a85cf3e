"""Reading a file of weights that other programs wrote, here and now, without running anything in it.

`isolation.read_in_child` does the same in a process of its own with limits, as the product does.
"""

import mmap
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gpu_service.snapshots import nvidia, rosinality, state_dict, tensorflow
from gpu_service.snapshots.errors import SnapshotError, asks_to_run, cut_short, damaged, printable
from gpu_service.snapshots.numbers import Numbers
from gpu_service.snapshots.parts import Contents, Unreadable, listing
from gpu_service.snapshots.pickle_machine import PickleMachine
from gpu_service.snapshots.pickle_parts import ForbiddenName, Malformed, Source, Truncated
from gpu_service.snapshots.stand_ins import CHECKPOINT_TABLE, NETWORK_TABLE
from gpu_service.snapshots.torch_stream import read_stream
from gpu_service.snapshots.torch_zip import NoCheckpoint, TorchZip

LARGEST_FILE = 4 << 30
MOST_TENSORS = 4096
# Half precision doubles when it becomes single, whole bytes would become four times as many.
LARGEST_GROWTH, SMALL_FILE = 4, 1 << 20
OLD_TORCH = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
KINDS = "NVIDIA's .pkl, rosinality's .pt, TensorFlow's .pkl, or a .safetensors that Phosphene wrote"


@dataclass(frozen=True)
class ReadNetwork:
    """A generator out of a foreign file: its kind, settings as JSON values, float32 tensors by name, oddities."""

    kind: str
    config: dict[str, object]
    tensors: dict[str, np.ndarray]
    warnings: list[str]


def read_network(path: Path, *, name: str | None = None, expected_bytes: int | None = None) -> ReadNetwork:
    """The generator of any layout that Phosphene reads. `name` is the file's name for sentences. Raises SnapshotError.

    The arrays may be views of the file.
    """
    contents = read_contents(path, name=name, expected_bytes=expected_bytes)
    with sentences(path, name=name, expected_bytes=expected_bytes):
        part = contents.generator
        tensors, warnings = take_numbers(part.tensors, file_bytes=path.stat().st_size)
    return ReadNetwork(part.kind, part.config, tensors, [*contents.warnings, *warnings])


def read_contents(path: Path, *, name: str | None = None, expected_bytes: int | None = None) -> Contents:
    """All networks of the file, checked name by name and shape by shape, their numbers unread."""
    with sentences(path, name=name, expected_bytes=expected_bytes):
        size = path.stat().st_size
        if size == 0:
            raise Unreadable("is empty. Choose another file")
        if size > LARGEST_FILE:
            raise Unreadable("is larger than any network that Phosphene reads (4 GB)")
        return _read(path, map_file(path), file_name=name or path.name)


def map_file(path: Path) -> memoryview:
    """The bytes of a file, as far as they are looked at. Never closed by hand: what is read are views of them."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b"")


def take_numbers(tensors: Mapping[str, Numbers], *, file_bytes: int) -> tuple[dict[str, np.ndarray], list[str]]:
    """Read them as float32, in C order. Answers a warning where some are not finite. Raises Unreadable."""
    total = sum(4 * int(np.prod(tensor.shape, dtype=object)) for tensor in tensors.values())
    if len(tensors) > MOST_TENSORS or total > LARGEST_GROWTH * file_bytes + SMALL_FILE:
        raise Unreadable("describes more numbers than it holds")
    arrays = {name: np.ascontiguousarray(tensor.read()).reshape(tensor.shape) for name, tensor in tensors.items()}
    broken = [name for name, array in arrays.items() if not np.isfinite(array).all()]
    if not broken:
        return arrays, []
    return arrays, [f"It holds numbers that are not finite, so its training broke down: {listing(broken)}."]


def _read(path: Path, data: memoryview, *, file_name: str) -> Contents:
    if data[:4] == b"PK\x03\x04":
        try:
            archive = TorchZip(path, data)
        except NoCheckpoint as error:
            raise Unreadable(f"is a zip file without a network. Choose {KINDS}") from error
        return _checkpoint(archive.read(), note=archive.note(), file_name=file_name)
    if data[: len(OLD_TORCH)] == OLD_TORCH:
        return _checkpoint(read_stream(Source(data), CHECKPOINT_TABLE), note=None, file_name=file_name)
    # A pickle of the protocols in use begins with 0x80 and its protocol.
    if data[:1] != b"\x80":
        raise Unreadable(f"is no network snapshot. Choose {KINDS}")
    content = PickleMachine(NETWORK_TABLE).run(Source(data))
    if tensorflow.recognise(content):
        return tensorflow.read(content)
    if nvidia.recognise(content):
        return nvidia.read(content)
    raise Unreadable(f"holds no generator that Phosphene knows. It reads {KINDS}")


def _checkpoint(content: Any, *, note: bytes | None, file_name: str) -> Contents:
    """What a torch .pt holds: rosinality's networks, or a state dictionary with NVIDIA's names."""
    if rosinality.recognise(content):
        contents = rosinality.read(content, settings=state_dict.settings_of(note))
        batch, step = rosinality.pictures_per_step(content), re.fullmatch(r"(\d{6})\.pt", file_name)
        contents.kimg = int(step[1]) * batch // 1000 if step and batch else None
        return contents
    if (tensors := state_dict.find(content)) is not None:
        return state_dict.read(tensors, note=note)
    if type(content) is dict and (type(content.get("d")) is dict or any("b4.fc" in str(name) for name in content)):
        raise Unreadable("holds a discriminator only, without the generator that draws. Choose the whole snapshot")
    raise Unreadable(f"is a torch checkpoint without a known network. Phosphene reads {KINDS}")


class sentences:
    """Turn whatever may be wrong with a file into a SnapshotError that a person can read."""

    def __init__(self, path: Path, *, name: str | None = None, expected_bytes: int | None = None) -> None:
        self.shown, self.path, self.expected = printable(name or path.name), path, expected_bytes

    def __enter__(self) -> None:
        """Nothing to do yet."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, ForbiddenName):
            raise asks_to_run(self.shown, str(error)) from error
        if isinstance(error, Truncated):
            raise cut_short(self.shown, self.path.stat().st_size, expected=self.expected) from error
        if isinstance(error, Malformed):
            raise damaged(self.shown, str(error)) from error
        if isinstance(error, Unreadable):
            raise SnapshotError(f"“{self.shown}” {error}.") from error
        if isinstance(error, MemoryError | RecursionError):
            raise damaged(self.shown, "reading it takes more memory than any network") from error
