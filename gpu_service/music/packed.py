"""Packed arrays: one small binary file that a browser reads in ten lines.

Layout, little endian: 8 bytes `PHOSARR1` · uint32 length H of the header · H bytes of JSON in UTF-8, padded with
spaces so that 12 + H is a multiple of 8 · the arrays. The JSON is an object of facts with one key more, `arrays`:
name → {dtype, shape, offset}, where `offset` counts bytes from the end of the header (byte 12 + H) and is a multiple of
8. dtypes: uint8, int16, uint16, float32. In the page: `new Int16Array(buffer, 12 + H + offset, count)`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gpu_service.music.errors import MusicError
from gpu_service.whole_files import replacing

MAGIC = b"PHOSARR1"
DTYPES = ("uint8", "int16", "uint16", "float32")


def write_packed(path: Path, facts: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
    """Write facts and arrays, in the order given, through a temporary name."""
    places: dict[str, dict[str, Any]] = {}
    offset = 0
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise TypeError(f"{name}: {array.dtype.name} cannot be packed.")
        places[name] = {"dtype": array.dtype.name, "shape": list(array.shape), "offset": offset}
        offset += _padded(array.nbytes)
    header = json.dumps({**facts, "arrays": places}, ensure_ascii=False, allow_nan=False).encode()
    header += b" " * (_padded(12 + len(header)) - 12 - len(header))
    with replacing(path) as part, part.open("wb") as file:
        file.write(MAGIC + len(header).to_bytes(4, "little") + header)
        for array in arrays.values():
            data = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
            file.write(data + b"\0" * (_padded(len(data)) - len(data)))


def read_packed(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Facts (without `arrays`) and arrays, the latter mapped from the file."""
    with path.open("rb") as file:
        start = file.read(12)
        if start[:8] != MAGIC:
            raise MusicError(f"“{path.name}” is not a file of packed arrays.")
        length = int.from_bytes(start[8:12], "little")
        facts = json.loads(file.read(length))
    arrays = {}
    for name, place in facts.pop("arrays").items():
        dtype = np.dtype(place["dtype"]).newbyteorder("<")
        shape = tuple(place["shape"])
        if 0 in shape:
            arrays[name] = np.zeros(shape, dtype)
        else:
            arrays[name] = np.memmap(path, dtype, "r", offset=12 + length + place["offset"], shape=shape)
    return facts, arrays


def _padded(size: int) -> int:
    return (size + 7) // 8 * 8
