"""A selection as a zip, packed while it is sent: what is in memory is a piece of one file, however many there are.

Pictures are stored as they are, without what the camera wrote into them. One that cannot be handed out is left out and
named in a text file at the end.
"""

import asyncio
import io
import re
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePath
from uuid import UUID

from channels.db import database_sync_to_async

from studio.accounts.models import User
from studio.blobs.store import open_blob
from studio.datasets.filters import Selection
from studio.datasets.models import CaptureSession, Dataset, Portrait, SelectionDownload
from studio.datasets.query import selected
from studio.datasets.serve import clean_original
from studio.errors import Refused

FETCHED = 100
PIECE = 256 * 1024
LEFT_OUT = "left out.txt"
UNSAFE = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')


def order_download(dataset: Dataset, selection: Selection, *, which: str, by: User) -> SelectionDownload:
    """Note what is wanted; the address gives it for a day. Raises Refused (422) when nothing is selected."""
    if not selected(dataset.pk, selection).exists():
        raise Refused("The selection holds no portrait.", field="selection")
    said = selection.model_dump(mode="json")
    return SelectionDownload.objects.create(dataset=dataset, by=by, selection=said, which=which)


def portraits_in(download: SelectionDownload) -> list[int]:
    """The ids of what the selection holds now, in the order of time."""
    rows = selected(download.dataset_id, Selection.model_validate(download.selection))
    return list(rows.order_by("taken_at", "id").values_list("pk", flat=True))


async def pieces_of(ids: list[int], *, which: str) -> AsyncIterator[bytes]:
    """The zip's bytes. The next piece is read when the server has taken the last."""
    packer = Packer(which)
    for begin in range(0, len(ids), FETCHED):
        for portrait in await database_sync_to_async(_fetched)(ids[begin : begin + FETCHED]):
            pieces = packer.add(portrait)
            while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
                yield piece
    yield packer.end()


def _fetched(ids: list[int]) -> list[Portrait]:
    """In the order of `ids`; what was purged meanwhile is missing."""
    found = Portrait.objects.select_related("session", "original", "view").in_bulk(ids)
    return [found[portrait_id] for portrait_id in ids if portrait_id in found]


class Packer:
    """A zip in the making: files go in one by one, bytes come out as soon as they are there."""

    def __init__(self, which: str) -> None:
        self._which = which
        self._sink = _Sink()
        self._zip = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED, allowZip64=True)
        self._names: set[str] = set()
        self._folders: dict[UUID, str] = {}
        self._left_out: list[str] = []

    def add(self, portrait: Portrait) -> Iterator[bytes]:
        """The bytes that this picture adds to the zip."""
        try:
            name, content = self._content(portrait)
            first = next(content, b"")
        except (Refused, OSError) as error:
            self._left_out.append(f"{portrait.name}: {error}")
            return
        info = zipfile.ZipInfo(self._free(portrait.session, name), _moment(portrait))
        with self._zip.open(info, "w") as entry:
            entry.write(first)
            yield self._sink.take()
            for piece in content:
                entry.write(piece)
                yield self._sink.take()
        yield self._sink.take()

    def end(self) -> bytes:
        if self._left_out:
            self._zip.writestr(LEFT_OUT, "\n".join(self._left_out) + "\n")
        self._zip.close()
        return self._sink.take()

    def _content(self, portrait: Portrait) -> tuple[str, Iterator[bytes]]:
        """A name and the bytes. Raises Refused when there is no such picture."""
        if self._which == SelectionDownload.Which.ORIGINAL:
            clean = clean_original(portrait)
            return clean.name, clean.pieces(PIECE)
        if portrait.view is None:
            raise Refused("There is no smaller picture of it.")
        file = open_blob(portrait.view)
        return f"{PurePath(portrait.name).stem[:200]}.jpg", iter(lambda: file.read(PIECE), b"")

    def _free(self, session: CaptureSession, name: str) -> str:
        """A path in the zip that is not taken: the sitting's folder, then the picture's name."""
        folder = self._folders.get(session.pk)
        if folder is None:
            folder = _safe(f"{session.started_at:%Y-%m-%d %H.%M} {session.name}")
            folder = self._folders[session.pk] = _numbered(folder, set(self._folders.values()))
        path = _numbered(f"{folder}/{_safe(name)}", self._names)
        self._names.add(path)
        return path


class _Sink(io.RawIOBase):
    """Where the zip is written to: holds what was written since it was last taken."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._written.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken = b"".join(self._written)
        self._written.clear()
        return taken


def _safe(name: str) -> str:
    """A name that every system takes, and that leads nowhere else."""
    return UNSAFE.sub("_", name).strip(" .")[:200] or "portrait"


def _numbered(path: str, taken: set[str]) -> str:
    stem, dot, ending = path.rpartition(".") if "." in PurePath(path).name else (path, "", "")
    number, free = 2, path
    while free in taken:
        free, number = f"{stem} {number}{dot}{ending}", number + 1
    return free


def _moment(portrait: Portrait) -> tuple[int, int, int, int, int, int]:
    """A zip knows no time before 1980 and none after 2107."""
    at = portrait.taken_at
    return (min(max(at.year, 1980), 2107), at.month, at.day, at.hour, at.minute, at.second)
