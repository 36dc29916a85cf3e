"""An original as it is handed out: the same picture, bit by bit, without what the camera wrote about place and person.

What is kept of the metadata: the orientation and the colour profile. The stored original is not touched; the answer is
put together from stretches of it.
"""

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

Part = tuple[int, int] | bytes
# In coded JPEG data FF is followed by 00 or a restart mark; anything else is the next marker.
NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD"}
PNG_KEPT |= {b"pHYs", b"cICP", b"mDCV", b"cLLI"}
WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"ANIM", b"ANMF"}
WEBP_EXIF, WEBP_XMP = 0x08, 0x04


class CannotStrip(Exception):
    """The file is not built as its format says, or the format is not one that is stripped without decoding."""


def clean_parts(data: Any, *, format: str, orientation: int = 1, hidden: tuple[bytes, ...] = ()) -> list[Part]:
    """The parts of a clean file. `data` is bytes or a memory map; `hidden` are blocks that HEIF and AVIF hold.

    Raises CannotStrip.
    """
    if format in ("HEIF", "AVIF"):
        return _blanked(data, hidden)
    if format not in STRIPPERS:
        raise CannotStrip(f"{format} is not stripped without decoding.")
    try:
        return _joined(STRIPPERS[format](data, orientation))
    except (struct.error, IndexError) as error:
        raise CannotStrip("The file ends in the middle of a header.") from error


def tiff_with_orientation(orientation: int) -> bytes:
    """The smallest EXIF block that says how the picture is turned."""
    entry = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    return b"II*\x00" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)


def _jpeg(data: Any, orientation: int) -> Iterator[Part]:
    """Everything up to the end mark of the first picture: what follows it may be another picture, or a web page."""
    if data[:2] != b"\xff\xd8":
        raise CannotStrip("This is no JPEG.")
    yield (0, 2)
    if orientation != 1:
        block = b"Exif\x00\x00" + tiff_with_orientation(orientation)
        yield b"\xff\xe1" + struct.pack(">H", len(block) + 2) + block
    at = 2
    while True:
        while data[at : at + 2] == b"\xff\xff":
            at += 1
        if at + 2 > len(data):  # cut off: the end mark is missing
            return
        mark, kind = data[at : at + 1], data[at + 1]
        if mark != b"\xff":
            raise CannotStrip("A marker is missing.")
        if kind == 0xD9:
            yield (at, at + 2)
            return
        if kind == 0x01 or 0xD0 <= kind <= 0xD7:
            at += 2
            continue
        end = at + 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
        if _is_kept(kind, data[at + 4 : at + 16]):
            yield (at, min(end, len(data)))
        at = end
        if kind == 0xDA:
            found = NEXT_MARKER.search(data, end)
            at = found.start() if found else len(data)
            yield (end, at)


def _is_kept(kind: int, begins: bytes) -> bool:
    """JFIF, the colour profile and Adobe's colour transform; no EXIF, XMP, IPTC, previews or comments."""
    if kind == 0xFE:
        return False
    if not 0xE0 <= kind <= 0xEF:
        return True
    return begins.startswith({0xE0: b"JFIF\x00", 0xE2: b"ICC_PROFILE\x00", 0xEE: b"Adobe"}.get(kind, b"\xff\xff"))


def _png(data: Any, orientation: int) -> Iterator[Part]:
    if data[:8] != PNG_SIGNATURE:
        raise CannotStrip("This is no PNG.")
    yield (0, 8)
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        end = min(at + 12 + length, len(data))
        if kind in PNG_KEPT:
            yield (at, end)
        if kind == b"IHDR" and orientation != 1:
            block = b"eXIf" + tiff_with_orientation(orientation)
            yield struct.pack(">I", len(block) - 4) + block + struct.pack(">I", zlib.crc32(block))
        if kind == b"IEND":
            return
        at = end


def _webp(data: Any, orientation: int) -> Iterator[Part]:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise CannotStrip("This is no WebP.")
    size = struct.unpack("<I", data[4:8])[0]
    parts: list[Part] = []
    at, is_extended, last = 12, False, min(8 + size, len(data))
    while at + 8 <= last:
        kind, length = struct.unpack("<4sI", data[at : at + 8])
        end = min(at + 8 + length + length % 2, last)
        if kind == b"VP8X":
            is_extended = True
            flags = data[at + 8] & ~(WEBP_EXIF | WEBP_XMP) | (WEBP_EXIF if orientation != 1 else 0)
            parts += [(at, at + 8), bytes([flags]), (at + 9, end)]
        elif kind in WEBP_KEPT:
            parts.append((at, end))
        at = end
    if orientation != 1 and is_extended:
        block = tiff_with_orientation(orientation)
        parts.append(b"EXIF" + struct.pack("<I", len(block)) + block + b"\x00" * (len(block) % 2))
    length = sum(len(part) if isinstance(part, bytes) else part[1] - part[0] for part in parts)
    yield b"RIFF" + struct.pack("<I", 4 + length) + b"WEBP"
    yield from parts


def _blanked(data: Any, hidden: tuple[bytes, ...]) -> list[Part]:
    """HEIF keeps its blocks by their place in the file, so they are written over, not cut out. How it is turned is
    said elsewhere in it."""
    places: list[tuple[int, int, bytes]] = []
    for block in filter(None, hidden):
        at = data.find(block)
        if at < 0:
            raise CannotStrip("A block of metadata lies in pieces.")
        while at >= 0:
            places.append((at, at + len(block), _empty(block)))
            at = data.find(block, at + len(block))
    parts: list[Part] = []
    last = 0
    for start, end, stand_in in sorted(places):
        if start >= last:
            parts += [(last, start), stand_in]
            last = end
    return _joined([*parts, (last, len(data))])


def _empty(block: bytes) -> bytes:
    """Of the same length: an EXIF block without entries, or white space."""
    if block[:4] in (b"II*\x00", b"MM\x00*") and len(block) >= 14:
        order = "<" if block[:2] == b"II" else ">"
        return (block[:4] + struct.pack(order + "IHI", 8, 0, 0)).ljust(len(block), b"\x00")
    return b" " * len(block)


def _joined(parts: Any) -> list[Part]:
    """Stretches that follow each other become one."""
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, tuple) and isinstance(last, tuple) and last[1] == part[0]:
            joined[-1] = (last[0], part[1])
        elif isinstance(part, bytes) or part[0] < part[1]:
            joined.append(part)
    return joined


STRIPPERS: dict[str, Callable[[Any, int], Iterator[Part]]] = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}
