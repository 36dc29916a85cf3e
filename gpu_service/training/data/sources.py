"""Where training pictures lie: a zip or a folder in the standard form. Bytes by number, from any thread."""

import os
import zlib
from array import array
from pathlib import Path
from typing import Protocol

import numpy as np

from gpu_service.training.data.errors import BadPicture, DataError, shown
from gpu_service.training.data.names import LABELS_NAME, Names, is_picture
from gpu_service.training.data.zip_index import LOCAL, Entry, entries

STORED, DEFLATED = 0, 8
ENCRYPTED = 1
LARGEST_FILE = 256 * 1024 * 1024
COLUMNS = {"start": "Q", "packed": "Q", "size": "Q", "crc": "I", "method": "H", "flags": "H"}


class Source(Protocol):
    """Files by number, in the order of their names."""

    title: str
    names: Names

    def read(self, index: int) -> bytes:
        """The file's bytes. Raises BadPicture."""
        ...

    def labels(self) -> tuple[bytes, str] | None:
        """dataset.json and what all names in it leave out in front, or None where there is none."""
        ...

    def close(self) -> None: ...


def open_source(path: Path) -> Source:
    """Raises DataError."""
    if path.is_dir():
        return FolderSource(path)
    if not path.exists():
        raise DataError(f"There is nothing at {path}. Name a zip or a folder of pictures.")
    try:
        return ZipSource(path)
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.", retry=True) from error


class TooMany(DataError):
    """More pictures than are indexed here."""


class ZipSource:
    """A zip. Its directory is held as arrays, some 40 bytes a picture besides its name.

    Raises DataError, also for more than `most_pictures`: while it is sorted, a name takes a few hundred bytes.
    """

    def __init__(self, path: Path, *, most_pictures: int | None = None) -> None:
        self.title = shown(path.name)
        self._file = os.open(path, os.O_RDONLY)
        self._end = os.fstat(self._file).st_size
        self._labels: Entry | None = None
        try:
            if os.pread(self._file, 2, 0) != b"PK" and not path.name.lower().endswith(".zip"):
                raise DataError(f"{self.title} is no zip. Name a zip or a folder of pictures.")
            self._index(most_pictures)
        except BaseException:
            os.close(self._file)
            raise

    def _index(self, most_pictures: int | None) -> None:
        names: list[str] = []
        columns = {name: array(code) for name, code in COLUMNS.items()}
        for entry in entries(self._file, shown=self.title):
            if is_picture(entry.name):
                names.append(entry.name)
                if most_pictures is not None and len(names) > most_pictures:
                    raise TooMany(f"{self.title} holds more than {most_pictures:,} pictures.")
                for name, column in columns.items():
                    column.append(getattr(entry, name))
            elif _is_nearer(entry, self._labels):
                self._labels = entry
        order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
        self.names = Names([names[index] for index in order])
        self._columns = {name: np.array(column)[order] for name, column in columns.items()}

    @property
    def nbytes(self) -> int:
        """Memory of the index."""
        return self.names.nbytes + sum(column.nbytes for column in self._columns.values())

    def read(self, index: int) -> bytes:
        return self._content(self._entry(index))

    def beginning(self, index: int, most_bytes: int) -> bytes:
        """What a picture's header needs: no more than so many bytes, their sum unchecked. Raises BadPicture."""
        return self._content(self._entry(index), most_bytes)

    def _entry(self, index: int) -> Entry:
        return Entry("", **{name: int(column[index]) for name, column in self._columns.items()})

    def labels(self) -> tuple[bytes, str] | None:
        if self._labels is None:
            return None
        try:
            return self._content(self._labels), self._labels.name.removesuffix(LABELS_NAME)
        except BadPicture as error:
            raise DataError(f"{LABELS_NAME} in {self.title} {error}.") from error

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _content(self, entry: Entry, most_bytes: int | None = None) -> bytes:
        """Unpacked, never more than it said, its sum checked unless only a part is wanted. Raises BadPicture."""
        if entry.flags & ENCRYPTED:
            raise BadPicture("is encrypted")
        if entry.method not in (STORED, DEFLATED):
            raise BadPicture(f"is packed by method {entry.method}, which is not read here")
        if max(entry.size, entry.packed) > LARGEST_FILE:
            raise BadPicture(f"claims to be {max(entry.size, entry.packed) / 1e6:,.0f} MB")
        if entry.start + LOCAL.size + entry.packed > self._end:
            raise BadPicture("is cut off")
        header = os.pread(self._file, LOCAL.size, entry.start)
        if len(header) < LOCAL.size or header[:4] != b"PK\3\4":
            raise BadPicture("is not where the directory says")
        *_, name_long, extra_long = LOCAL.unpack(header)
        packed = entry.packed if most_bytes is None else min(entry.packed, most_bytes)
        size = entry.size + 1 if most_bytes is None else most_bytes
        content = os.pread(self._file, packed, entry.start + LOCAL.size + name_long + extra_long)
        if entry.method == DEFLATED:
            try:
                content = zlib.decompressobj(-15).decompress(content, size)
            except zlib.error as error:
                raise BadPicture("is damaged") from error
        if most_bytes is not None:
            return content
        if len(content) != entry.size or zlib.crc32(content) != entry.crc:
            raise BadPicture("is damaged: its checksum is wrong")
        return content


class FolderSource:
    """A folder and all below it; links to folders are not followed."""

    def __init__(self, path: Path) -> None:
        self.title, self._path = shown(path.name or str(path)), path
        found = []
        for folder, below, files in os.walk(path):
            below[:] = [name for name in below if not name.startswith(".")]
            inside = os.path.relpath(folder, path).replace(os.sep, "/")
            front = "" if inside == "." else f"{inside}/"
            found += [front + name for name in files if is_picture(front + name)]
        self.names = Names(sorted(found))

    def read(self, index: int) -> bytes:
        path = self._path / self.names[index]
        if path.exists() and not path.is_file():  # reading from a pipe would wait for ever
            raise BadPicture("is no file")
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_FILE + 1)
        except FileNotFoundError as error:
            raise BadPicture("is gone") from error
        except PermissionError as error:
            raise BadPicture("may not be read") from error
        if len(content) > LARGEST_FILE:
            raise BadPicture(f"is larger than {LARGEST_FILE / 1e6:,.0f} MB")
        return content

    def labels(self) -> tuple[bytes, str] | None:
        path = self._path / LABELS_NAME
        return (path.read_bytes(), "") if path.is_file() else None

    def close(self) -> None:
        pass


def _is_nearer(entry: Entry, other: Entry | None) -> bool:
    """The dataset.json nearest to the root counts: people zip a folder as well as what is in it."""
    *folders, name = entry.name.split("/")
    return name == LABELS_NAME and (other is None or len(folders) < other.name.count("/"))
