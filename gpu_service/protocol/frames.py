"""A picture on the frames socket: a fixed header, big-endian, 48 bytes, then the JPEG.

magic "PHF1" | version u8 | codec u8 | flags u16 | preview id 16 | revision u32 | frame u32 | pts µs u64 |
width u16 | height u16 | draw time µs u32 | payload
"""

import struct
from dataclasses import dataclass
from uuid import UUID

FRAME_MAGIC = b"PHF1"
FRAME_VERSION = 1
CODEC_JPEG = 1
FLAG_STILL = 1
# The same still once more, as it was drawn but for what JPEG takes away at its finest.
FLAG_FINE = 2
MAX_FRAME_BYTES = 1024 * 1024
_HEADER = struct.Struct(">4sBBH16sIIQHHI")
FRAME_HEADER_BYTES = _HEADER.size


@dataclass(frozen=True)
class FrameHeader:
    """`pts_us` is the time of the frame in the track; `frame` its number at the scene's frame rate."""

    preview_id: UUID
    revision: int
    frame: int
    pts_us: int
    width: int
    height: int
    draw_us: int = 0
    codec: int = CODEC_JPEG
    flags: int = 0

    @property
    def is_still(self) -> bool:
        return bool(self.flags & FLAG_STILL)

    @property
    def is_fine(self) -> bool:
        return bool(self.flags & FLAG_FINE)

    @property
    def seconds(self) -> float:
        return self.pts_us / 1_000_000


def pack_frame(header: FrameHeader, payload: bytes) -> bytes:
    """Header and picture as one binary message. A draw time of over an hour is told as an hour and some."""
    packed = _HEADER.pack(
        FRAME_MAGIC,
        FRAME_VERSION,
        header.codec,
        header.flags,
        header.preview_id.bytes,
        header.revision,
        header.frame,
        header.pts_us,
        header.width,
        header.height,
        min(header.draw_us, 0xFFFFFFFF),
    )
    return packed + payload


def unpack_frame(message: bytes) -> tuple[FrameHeader, bytes]:
    """The header and the picture. ValueError with a sentence when it is no frame of ours."""
    header = unpack_header(message)
    return header, message[FRAME_HEADER_BYTES:]


def unpack_header(message: bytes) -> FrameHeader:
    """The header alone, without copying the picture: all that a relay needs."""
    if len(message) < FRAME_HEADER_BYTES:
        raise ValueError(f"A frame of {len(message)} bytes is shorter than its header of {FRAME_HEADER_BYTES}.")
    magic, version, codec, flags, preview, revision, frame, pts, width, height, draw = _HEADER.unpack_from(message)
    if magic != FRAME_MAGIC or version != FRAME_VERSION:
        raise ValueError("This binary message is not a frame that this version knows.")
    return FrameHeader(UUID(bytes=preview), revision, frame, pts, width, height, draw, codec, flags)
