"""One checkpoint: every number of a trainer and its facts, in a safetensors file that vouches for itself.

The SHA-256 in the header covers the whole file, with zeros where it stands itself. Written beside its name, flushed to
the disk, then renamed: a name that is there is a file that was whole.
"""

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from gpu_service.training.checkpoint_facts import HASH_KEY, KEY, LARGEST_HEADER
from gpu_service.training.errors import TrainingError
from gpu_service.whole_files import replacing

FORM = 1
# What a write that found the disk full says.
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
NO_HASH = "0" * 64
ALIGNMENT, PIECE_BYTES = 8, 1 << 22
TYPES = {
    torch.float64: "F64",
    torch.int64: "I64",
    torch.float32: "F32",
    torch.int32: "I32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


class DamagedCheckpoint(TrainingError):
    """The file is not what was written."""


def size_bytes(tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> int:
    """How long the file will be."""
    return 8 + len(_header(tensors, facts)) + sum(tensor.nbytes for tensor in tensors.values())


def write_checkpoint(path: Path, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
    """Write it whole or not at all. Raises OSError, and leaves nothing then; one tensor at a time is copied."""
    with replacing(path, to_disk=True) as partial, partial.open("wb", buffering=0) as file:
        handle = file.fileno()
        header = _header(tensors, facts)
        digest = hashlib.sha256()
        for raw in _pieces(header, tensors):
            digest.update(raw)
            _write_all(handle, raw)
        os.pwrite(handle, digest.hexdigest().encode(), 8 + header.index(NO_HASH.encode()))


def read_checkpoint(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Its tensors, on the processor, and its facts. Raises DamagedCheckpoint when a single bit is another."""
    try:
        if _hash_of(path) != _told_hash(path):
            raise DamagedCheckpoint(f"The checkpoint {path.name} is damaged: its contents do not fit its checksum.")
        with safe_open(path, framework="pt") as file:
            facts = json.loads(file.metadata()[KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    except (SafetensorError, ValueError, KeyError, TypeError, OSError) as error:
        raise DamagedCheckpoint(f"The checkpoint {path.name} is damaged: it cannot be read.") from error
    if facts.pop("form", None) != FORM:
        raise TrainingError(f"The checkpoint {path.name} was written by another version of Phosphene. Use that one.")
    return tensors, facts


def _order(tensors: Mapping[str, Tensor]) -> list[str]:
    """The widest numbers first, so that each begins where its kind may begin."""
    return sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))


def _header(tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> bytes:
    note = json.dumps({"form": FORM, **facts}, sort_keys=True, allow_nan=False)
    header: dict[str, object] = {"__metadata__": {HASH_KEY: NO_HASH, KEY: note}}
    end = 0
    for name in _order(tensors):
        begin, end = end, end + tensors[name].nbytes
        kind, shape = TYPES[tensors[name].dtype], list(tensors[name].shape)
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    raw = json.dumps(header, separators=(",", ":")).encode()
    return raw + b" " * (-len(raw) % ALIGNMENT)


def _pieces(header: bytes, tensors: Mapping[str, Tensor]) -> Iterator[memoryview]:
    yield memoryview(len(header).to_bytes(8, "little") + header)
    for name in _order(tensors):
        flat = tensors[name].detach().cpu().contiguous().reshape(-1)
        if flat.numel():
            yield flat.view(torch.uint8).numpy().data


def _write_all(handle: int, raw: memoryview) -> None:
    while raw:
        raw = raw[os.write(handle, raw) :]


def _hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        length = file.read(8)
        header = file.read(min(int.from_bytes(length, "little"), LARGEST_HEADER))
        told = _hash_in(header).encode()
        digest.update(length + header.replace(told, NO_HASH.encode(), 1))
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
    return digest.hexdigest()


def _told_hash(path: Path) -> str:
    with path.open("rb") as file:
        return _hash_in(file.read(min(int.from_bytes(file.read(8), "little"), LARGEST_HEADER)))


def _hash_in(header: bytes) -> str:
    told = json.loads(header)["__metadata__"][HASH_KEY]
    if not isinstance(told, str) or len(told) != len(NO_HASH):
        raise ValueError(HASH_KEY)
    return told
