"""TFRecord files as StyleGAN and StyleGAN2 read them: one per resolution, each half the one before, down to 4 px.

A record is its length (8 bytes, little-endian), a masked CRC-32C of that, a `tf.train.Example`, a masked CRC-32C of it.
The Example holds `shape` (three whole numbers: 3, height, width) and `data` (the pixels, channel by channel, uint8).
"""

import struct
from pathlib import Path
from typing import IO

import google_crc32c
import numpy as np
from PIL import Image

SMALLEST_PX = 4
MASK = 0xA282EAD8
LENGTH_DELIMITED = 2


class SeriesWriter:
    """Writes <name>-r02.tfrecords up to the pictures' own size into a folder. Close it."""

    def __init__(self, folder: Path, *, name: str, size_px: int) -> None:
        if size_px < SMALLEST_PX or size_px & (size_px - 1):
            raise ValueError("A series of halves needs a power of two.")
        steps = range(size_px.bit_length() - 1, SMALLEST_PX.bit_length() - 2, -1)
        self.paths = [folder / f"{name}-r{step:02d}.tfrecords" for step in steps]
        self._files: list[IO[bytes]] = [path.open("wb") for path in self.paths]

    def add(self, picture: Image.Image) -> None:
        """A square RGB picture. Every smaller one is the mean of four pixels of the one before."""
        levels: np.ndarray = np.asarray(picture, np.float32).transpose(2, 0, 1)
        for file in self._files:
            write_record(file, example(levels.round().clip(0, 255).astype(np.uint8)))
            levels = (levels[:, ::2, ::2] + levels[:, ::2, 1::2] + levels[:, 1::2, ::2] + levels[:, 1::2, 1::2]) / 4

    def close(self) -> None:
        for file in self._files:
            file.close()


def write_record(file: IO[bytes], data: bytes) -> None:
    length = struct.pack("<Q", len(data))
    file.write(length + masked_crc(length))
    file.write(data)
    file.write(masked_crc(data))


def masked_crc(data: bytes) -> bytes:
    """Rotated and moved, so that the checksum of data that hold checksums stays a good one."""
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF)


def example(pixels: np.ndarray) -> bytes:
    """A tf.train.Example in protocol buffers' own bytes. [3, H, W] uint8"""
    packed = b"".join(_varint(length) for length in pixels.shape)
    shape = _field(3, _field(1, packed))  # Feature.int64_list, Int64List.value
    data = _field(1, _field(1, pixels.tobytes()))  # Feature.bytes_list, BytesList.value
    features = b"".join(
        _field(1, _field(1, name) + _field(2, value)) for name, value in ((b"data", data), (b"shape", shape))
    )
    return _field(1, features)


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | LENGTH_DELIMITED]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
