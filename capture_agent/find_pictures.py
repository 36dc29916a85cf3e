"""The pictures of a folder, a zip or a memory card: which set each belongs to, and when it was taken.

Nothing is copied or unpacked: a picture is read from where it lies, piece by piece.
"""

import os
import struct
import threading
import zipfile
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from PIL import Image

from capture_agent.errors import CaptureError
from capture_agent.file_names import is_picture, parse_stem

EXIF_IFD, TAKEN, TAKEN_OFFSET, TAKEN_FRACTION = 0x8769, 36867, 36881, 37521
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")  # whose time can be read here; others go by their file's time
UNREADABLE = (OSError, ValueError, SyntaxError, TypeError, KeyError, struct.error, Image.DecompressionBombError)
SHADOWS = frozenset({"__MACOSX", "$RECYCLE.BIN", "System Volume Information", "lost+found"})
ZIP_MEMBER_BYTES = 512 * 1024**2


@dataclass(frozen=True)
class Picture:
    """`place` is its path inside what was given; `taken_at` is aware; `mark` changes when the file does.

    `is_said`: name or EXIF say when it was taken. Else `taken_at` is the file's own time, and the studio knows better:
    it reads HEIC too, for which a small computer has no reader.
    """

    place: str
    set_name: str
    taken_at: datetime
    is_said: bool
    size_bytes: int
    mark: str
    read: Callable[[int, int], bytes]

    @property
    def name(self) -> str:
        return PurePosixPath(self.place).name


def find_pictures(path: Path) -> list[Picture]:
    """Set by set, each by time, the set that began first in front. Raises CaptureError."""
    if path.is_dir():
        found = list(_in_folder(path))
    elif zipfile.is_zipfile(path):
        found = list(_in_zip(path))
    elif path.is_file() and is_picture(path.name):
        found = [_of_file(path.resolve(), path.resolve().parent)]
    else:
        raise CaptureError(f"{path} is no folder, zip or picture." if path.exists() else f"There is no {path}.")
    first: dict[str, datetime] = {}
    for picture in found:
        first[picture.set_name] = min(picture.taken_at, first.get(picture.set_name, picture.taken_at))
    return sorted(found, key=lambda one: (first[one.set_name], one.set_name, one.taken_at, one.place))


def _in_folder(root: Path) -> Iterator[Picture]:
    """Of a memory card only DCIM counts: what a camera keeps beside it is none of ours."""
    root = root.resolve()
    start = root / "DCIM" if (root / "DCIM").is_dir() else root
    for folder, folders, files in os.walk(start, onerror=_refuse):
        folders[:] = sorted(one for one in folders if one not in SHADOWS and not one.startswith("."))
        for name in sorted(files):
            if is_picture(name) and (Path(folder) / name).is_file():
                yield _of_file(Path(folder) / name, root)


def _refuse(error: OSError) -> None:
    raise CaptureError(f"{error.filename} could not be read: {error.strerror}.") from error


def _of_file(path: Path, root: Path) -> Picture:
    state = path.stat()
    written_at = datetime.fromtimestamp(state.st_mtime, UTC)
    set_name, said_at = _set_and_time(path.stem, path.parent.name, lambda: path.open("rb"))
    return Picture(
        place=path.relative_to(root).as_posix(),
        set_name=set_name,
        taken_at=said_at or written_at,
        is_said=said_at is not None,
        size_bytes=state.st_size,
        mark=f"{path} {state.st_size} {state.st_mtime_ns}",
        read=partial(_read_file, path),
    )


def _read_file(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _in_zip(path: Path) -> Iterator[Picture]:
    archive = OpenZip(path)
    state = path.stat()
    for member in archive.pictures():
        written_at = datetime(*member.date_time).astimezone() if member.date_time[0] > 1980 else _mtime(state)
        place = PurePosixPath(member.filename)
        folder = place.parent.name or path.stem
        set_name, said_at = _set_and_time(place.stem, folder, partial(archive.open, member))
        yield Picture(
            place=member.filename,
            set_name=set_name,
            taken_at=said_at or written_at,
            is_said=said_at is not None,
            size_bytes=member.file_size,
            mark=f"{path.resolve()}!{member.filename} {member.file_size} {member.CRC} {state.st_mtime_ns}",
            read=partial(archive.read, member),
        )


def _mtime(state: os.stat_result) -> datetime:
    return datetime.fromtimestamp(state.st_mtime, UTC)


class OpenZip:
    """Members of a zip by offset and length; the last few that were read are kept unpacked in memory."""

    def __init__(self, path: Path, *, keep: int = 4) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError) as error:
            raise CaptureError(f"{path} could not be read as a zip: {error}.") from error
        self._lock = threading.Lock()
        self._unpacked: OrderedDict[str, bytes] = OrderedDict()
        self._keep = keep

    def pictures(self) -> Iterator[zipfile.ZipInfo]:
        for member in self._zip.infolist():
            parts = PurePosixPath(member.filename).parts
            is_shadow = any(part in SHADOWS or part.startswith(".") for part in parts)
            if not member.is_dir() and is_picture(member.filename) and not is_shadow:
                yield member

    def open(self, member: zipfile.ZipInfo) -> IO[bytes]:
        return self._zip.open(member)

    def read(self, member: zipfile.ZipInfo, offset: int, length: int) -> bytes:
        """Raises OSError for a member that is damaged, locked or far larger than any photo."""
        with self._lock:
            data = self._unpacked.pop(member.filename, None)
            if data is None:
                data = self._unpack(member)
            self._unpacked[member.filename] = data
            while len(self._unpacked) > self._keep:
                self._unpacked.popitem(last=False)
        return data[offset : offset + length]

    def _unpack(self, member: zipfile.ZipInfo) -> bytes:
        if member.file_size > ZIP_MEMBER_BYTES:
            raise OSError(f"{member.filename} is larger than a picture can be")
        try:
            return self._zip.read(member)
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
            raise OSError(f"{member.filename} could not be unpacked: {error}") from error


def _set_and_time(stem: str, folder: str, opener: Callable[[], IO[bytes]]) -> tuple[str, datetime | None]:
    """By Pitraiture's name; else the folder's name, and the time of EXIF, if it can be read here."""
    parsed = parse_stem(stem)
    if parsed:
        return parsed[0], parsed[1].astimezone()
    return folder or "pictures", _exif_time(opener)


def _exif_time(opener: Callable[[], IO[bytes]]) -> datetime | None:
    """When the camera says that it was taken; in this computer's time zone unless it names its own."""
    try:
        with opener() as file, Image.open(file, formats=FORMATS) as image:
            said = image.getexif().get_ifd(EXIF_IFD)
        taken = datetime.strptime(str(said[TAKEN]).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - its zone follows
        digits = str(said.get(TAKEN_FRACTION, "")).strip("\0 ")
        taken += timedelta(seconds=float(f"0.{digits}") if digits.isascii() and digits.isdigit() else 0.0)
        zone = _zone(str(said.get(TAKEN_OFFSET, "")).strip("\0 "))
        return taken.replace(tzinfo=zone) if zone else taken.astimezone()
    except (*UNREADABLE, OverflowError, RuntimeError, EOFError, zipfile.BadZipFile):
        return None


def _zone(text: str) -> timezone | None:
    """ "+02:00" -> a zone."""
    try:
        return timezone(datetime.strptime(text, "%z").utcoffset() or timedelta(0)) if text else None
    except ValueError:
        return None
