"""The directory of a zip as arrays. The standard library makes an object of every entry: a gigabyte for a million.

Stored and deflated entries, ZIP64, bytes in front of the archive. Nothing is unpacked to disk, so names do no harm.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gpu_service.training.data.errors import DataError

END = struct.Struct("<4s4H2LH")
END64_PLACE = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")
ENTRY = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
FULL16, FULL32 = 0xFFFF, 0xFFFFFFFF
LARGEST_NUMBER = (1 << 63) - 1
ZIP64_TAG = 1
LONGEST_COMMENT = 0xFFFF
LARGEST_DIRECTORY = 1 << 30


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive. `start`: where its own header lies. `packed`, `size`: bytes in the archive, unpacked."""

    name: str
    start: int
    packed: int
    size: int
    crc: int
    method: int
    flags: int


@dataclass(frozen=True)
class _Directory:
    start: int
    size: int
    count: int
    shift: int  # bytes before the archive begins


def entries(file: int, *, shown: str) -> Iterator[Entry]:
    """All entries but folders, in the archive's order. Raises DataError when the directory is damaged."""
    directory = _find(file, shown)
    content = os.pread(file, directory.size, directory.start)
    place = 0
    for number in range(directory.count):
        try:
            entry, place = _entry(content, place, directory.shift)
        except (struct.error, ValueError) as error:
            raise DataError(f"{shown} is damaged: its directory ends at file {number + 1:,}. Copy it again.") from error
        if not entry.name.endswith("/"):
            yield entry


def _find(file: int, shown: str) -> _Directory:
    total = os.fstat(file).st_size
    tail_start = max(0, total - END.size - LONGEST_COMMENT)
    tail = os.pread(file, total - tail_start, tail_start)
    place = _last_record(tail)
    if place is None:
        raise DataError(f"{shown} is no whole zip: its directory is missing. Copy it again.")
    _, _, _, _, count, size, start, _ = END.unpack_from(tail, place)
    end = tail_start + place
    if count == FULL16 or FULL32 in (size, start):
        wide = _find64(file, end)
        if wide:
            count, size, start, end = wide
    shift = end - size - start
    if size > LARGEST_DIRECTORY or shift < 0 or count * ENTRY.size > size:
        raise DataError(f"{shown} is damaged: its directory makes no sense. Copy it again.")
    return _Directory(start + shift, size, count, shift)


def _last_record(tail: bytes) -> int | None:
    """Where the end of the archive is described: its comment, which may say anything, reaches the end of the file."""
    place = tail.rfind(b"PK\5\6", 0, len(tail) - END.size + 4)
    first = place
    while place >= 0:
        if place + END.size + END.unpack_from(tail, place)[-1] == len(tail):
            return place
        place = tail.rfind(b"PK\5\6", 0, place)
    return first if first >= 0 else None  # something was added behind it


def _find64(file: int, end: int) -> tuple[int, int, int, int] | None:
    """-> count, size, start, and where that record lies"""
    if end < END64_PLACE.size + END64.size:
        return None
    tag, _, place, _ = END64_PLACE.unpack(os.pread(file, END64_PLACE.size, end - END64_PLACE.size))
    if tag != b"PK\6\7":
        return None
    # Bytes in front of the archive move the record; it lies right before its pointer unless it was made longer.
    for where in (end - END64_PLACE.size - END64.size, place):
        content = os.pread(file, END64.size, where)
        if len(content) == END64.size and content[:4] == b"PK\6\6":
            _, _, _, _, _, _, _, count, size, start = END64.unpack(content)
            return count, size, start, where
    return None


def _entry(content: bytes, place: int, shift: int) -> tuple[Entry, int]:
    """The entry at `place`, and where the next begins. Raises struct.error or ValueError."""
    tag, _, _, flags, method, _, _, crc, packed, size, name_long, extra_long, comment_long, _, _, _, start = (
        ENTRY.unpack_from(content, place)
    )
    name_end = place + ENTRY.size + name_long
    extra_end = name_end + extra_long
    if tag != b"PK\1\2" or extra_end + comment_long > len(content):
        raise ValueError
    if FULL32 in (size, packed, start):
        size, packed, start = _widened(content[name_end:extra_end], size, packed, start)
    if start + shift > LARGEST_NUMBER:
        raise ValueError
    name = content[place + ENTRY.size : name_end].decode("utf-8" if flags & 0x800 else "cp437", "replace")
    entry = Entry(name.replace("\\", "/"), start + shift, packed, size, crc, method, flags)
    return entry, extra_end + comment_long


def _widened(extra: bytes, *values: int) -> tuple[int, ...]:
    """Values of 64 bits for those that did not fit in 32, in that order."""
    place = 0
    while place + 4 <= len(extra):
        tag, length = struct.unpack_from("<HH", extra, place)
        if tag == ZIP64_TAG:
            wide = iter(struct.unpack_from(f"<{length // 8}Q", extra, place + 4))
            return tuple(next(wide, value) if value == FULL32 else value for value in values)
        place += 4 + length
    return values
