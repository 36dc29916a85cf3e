"""The binary messages: a head of 9 bytes (kind, milliseconds since 1970, big-endian) and a JPEG."""

import struct
from dataclasses import dataclass
from typing import Self

from capture_agent.protocol.parse import ProtocolError

MAX_JPEG_BYTES = 512 * 1024
LIVE, TEST_SHOT = 1, 2
_FRAME_HEAD = struct.Struct(">BQ")


@dataclass(frozen=True)
class Frame:
    """A picture of the live view or a test shot. `taken_ms` are milliseconds since 1970 by the device's clock."""

    kind: int
    taken_ms: int
    jpeg: bytes

    def to_bytes(self) -> bytes:
        return _FRAME_HEAD.pack(self.kind, self.taken_ms) + self.jpeg

    @classmethod
    def from_bytes(cls, given: bytes) -> Self:
        """Raises ProtocolError for what is no frame: an unknown kind, no JPEG, or too long a one."""
        if len(given) <= _FRAME_HEAD.size or len(given) > _FRAME_HEAD.size + MAX_JPEG_BYTES:
            raise ProtocolError(f"A frame is a head of 9 bytes and a JPEG of at most {MAX_JPEG_BYTES} bytes.")
        kind, taken_ms = _FRAME_HEAD.unpack_from(given)
        jpeg = given[_FRAME_HEAD.size :]
        if kind not in (LIVE, TEST_SHOT) or not jpeg.startswith(b"\xff\xd8"):
            raise ProtocolError("A frame holds a JPEG of the live view (1) or of a test shot (2).")
        return cls(kind, taken_ms, jpeg)
