"""Archives of pictures, opened with care: counted before they are read, bounded while they are unpacked.

Nothing is ever written to a path that an archive names; its names are text.
"""

import hashlib
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

MAX_FILES = 100_000
# The list of contents of 100,000 files with long names; one of a million files is longer.
MAX_DIRECTORY_BYTES = 32 * 1024 * 1024
# Pictures are packed already: what unpacks to more than this many times its size is no archive of pictures.
MAX_FILE_RATIO, SMALL_BYTES = 100, 1024 * 1024
MAX_RATIO, MIN_TOTAL_BYTES = 10, 256 * 1024 * 1024
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
CLUTTER = ("__MACOSX/", "$RECYCLE.BIN/")
CLUTTER_NAMES = (".ds_store", "thumbs.db", "desktop.ini")
END, END_64, END_64_PLACE = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
PIECE = 256 * 1024

NOT_ONE = "This is no zip archive, or it is damaged. Pack the pictures again."
TOO_MANY = f"This archive holds more than {MAX_FILES:,} files. Split it."
TOO_MUCH = "This archive unpacks to far more than pictures do. It was stopped; what was taken before stays."
LOCKED = "It is locked with a password."
NESTED = "An archive inside an archive is not opened."
STRANGE = "It is packed in a way that the studio does not know."
SQUEEZED = "It unpacks to far more than its size. It was not opened."
TORN = "It is damaged inside the archive."


class ArchiveRefused(Exception):
    """The whole archive. Shown to the person as it stands."""


class FileRefused(Exception):
    """One file of it."""


@dataclass(frozen=True)
class Entry:
    """A file of the archive that may be a picture. `folder` and `name` are text for people."""

    info: zipfile.ZipInfo
    folder: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.folder}/{self.name}" if self.folder else self.name

    @property
    def packed_at(self) -> datetime | None:
        """When the file was last changed, by whoever packed it. 1980 means that nobody said."""
        try:
            return datetime(*self.info.date_time, tzinfo=UTC) if self.info.date_time[0] > 1980 else None
        except ValueError:
            return None


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, list[Entry]]]:
    """The archive and its files in their order, clutter of operating systems left out. Raises ArchiveRefused."""
    count_files(path)
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as error:
        raise ArchiveRefused(NOT_ONE) from error
    with archive:
        infos = archive.infolist()
        if len(infos) > MAX_FILES:
            raise ArchiveRefused(TOO_MANY)
        yield archive, [entry for info in infos if (entry := _entry(info)) is not None]


def count_files(path: Path) -> int:
    """How many files the archive says that it holds, from its last bytes alone. Raises ArchiveRefused."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - 66_000))
        tail = file.read()
        at = tail.rfind(END)
        if at < 0 or len(tail) < at + 22:
            raise ArchiveRefused(NOT_ONE)
        files, directory_bytes = struct.unpack("<HI", tail[at + 10 : at + 16])
        if tail[max(0, at - 20) : at - 16] == END_64_PLACE:
            file.seek(min(struct.unpack("<Q", tail[at - 12 : at - 4])[0], size))
            record = file.read(56)
            if len(record) == 56 and record[:4] == END_64:
                files, directory_bytes = struct.unpack("<QQ", record[32:48])
    if files > MAX_FILES or directory_bytes > MAX_DIRECTORY_BYTES:
        raise ArchiveRefused(TOO_MANY)
    return int(files)


def unpack(archive: zipfile.ZipFile, entry: Entry, target: IO[bytes], *, limit: int) -> str:
    """Write one file's content, at most `limit` bytes. -> its SHA-256. Raises FileRefused."""
    info = entry.info
    if info.flag_bits & 0x1:
        raise FileRefused(LOCKED)
    if info.compress_type not in METHODS:
        raise FileRefused(STRANGE)
    allowed = min(limit, max(SMALL_BYTES, info.compress_size * MAX_FILE_RATIO))
    if info.file_size > allowed:
        raise FileRefused(SQUEEZED if allowed < limit else f"It is larger than {limit // 10**6} MB.")
    digest, written = hashlib.sha256(), 0
    try:
        with archive.open(info) as source:
            while piece := source.read(PIECE):
                written += len(piece)
                if written > allowed:
                    raise FileRefused(SQUEEZED)
                digest.update(piece)
                target.write(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        raise FileRefused(TORN) from error
    target.flush()
    return digest.hexdigest()


def allowed_in_all(archive_bytes: int) -> int:
    """How much an archive of that size may unpack to."""
    return max(MIN_TOTAL_BYTES, archive_bytes * MAX_RATIO)


def _entry(info: zipfile.ZipInfo) -> Entry | None:
    """None for folders and for what operating systems leave behind."""
    path = "".join(letter for letter in info.filename.replace("\\", "/") if letter.isprintable())
    folder, _, name = path.rpartition("/")
    if info.is_dir() or not name or path.startswith(CLUTTER):
        return None
    if name.startswith("._") or name.lower() in CLUTTER_NAMES:
        return None
    # The nearest folder that says anything: "..", "." and blanks do not.
    said = [part for part in folder.split("/") if part.strip(". ")]
    return Entry(info, said[-1].strip()[:200] if said else "", name[-255:])
