"""Where shots are kept: the spool of a paired device, or a plain folder as Pitraiture made them."""

import errno
import hashlib
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from capture_agent import durable
from capture_agent.errors import CaptureError
from capture_agent.file_names import clean_set_name, is_picture, stem_of
from capture_agent.shots import Room, Session, Shot, SpoolFull, side_car_bytes

FIRST_GUESS_BYTES = 4 * 1024**2


class Shelf(Protocol):
    """The spool is one. A shot counts when `add` returns: then it is on the disk, whole."""

    def begin_session(self, session: Session) -> None: ...

    def end_session(
        self, session_id: UUID, *, ended_at: datetime | None = None, camera: dict[str, Any] | None = None
    ) -> None: ...

    def add(
        self,
        session_id: UUID,
        picture: bytes,
        *,
        taken_at: datetime,
        camera: dict[str, Any],
        measures: dict[str, Any] | None = None,
        suffix: str = ".jpeg",
    ) -> Shot:
        """Raises SpoolFull before the free-space floor would be touched."""

    def room(self) -> Room: ...


class FolderShelf:
    """`<location>/<set>/<set>_<time>.jpeg`, each with a side-car JSON. Nothing is sent or deleted from here."""

    def __init__(self, location: Path, *, floor_bytes: int) -> None:
        self.location = location
        self.floor_bytes = floor_bytes
        self._sessions: dict[UUID, Session] = {}
        self._taken: dict[UUID, int] = {}
        self._bytes, self._count = 0, 0
        try:
            durable.make_folder(location)
        except OSError as error:
            raise CaptureError(f"{location} could not be made: {error.strerror}.") from error

    def folder_of(self, dataset_name: str) -> Path:
        return self.location / clean_set_name(dataset_name)

    def pictures_of(self, dataset_name: str) -> Iterator[Path]:
        """What the set holds already."""
        folder = self.folder_of(dataset_name)
        if folder.is_dir():
            yield from (path for path in folder.iterdir() if is_picture(path.name))

    def begin_session(self, session: Session) -> None:
        if not session.append and any(self.pictures_of(session.dataset_name)):
            raise CaptureError(
                f"{self.folder_of(session.dataset_name)} holds photographs already. Use --append, or another name."
            )
        durable.make_folder(self.folder_of(session.dataset_name))
        self._sessions[session.session_id] = session

    def end_session(
        self, session_id: UUID, *, ended_at: datetime | None = None, camera: dict[str, Any] | None = None
    ) -> None:
        """A folder knows no sittings."""

    def add(
        self,
        session_id: UUID,
        picture: bytes,
        *,
        taken_at: datetime,
        camera: dict[str, Any],
        measures: dict[str, Any] | None = None,
        suffix: str = ".jpeg",
    ) -> Shot:
        session = self._sessions[session_id]
        if shutil.disk_usage(self.location).free - len(picture) < self.floor_bytes:
            raise SpoolFull(self._full_sentence())
        shot = Shot(
            session_id=session_id,
            dataset_name=session.dataset_name,
            sequence=self._taken.get(session_id, 0) + 1,
            sha256=hashlib.sha256(picture).hexdigest(),
            size_bytes=len(picture),
            taken_at=taken_at,
            stem=self._free_stem(session.dataset_name, taken_at, suffix),
            suffix=suffix,
            camera=camera,
            measures=measures or {},
        )
        path = self.folder_of(session.dataset_name) / shot.name
        try:
            durable.write_file(path.with_suffix(".json"), side_car_bytes(shot))
            durable.write_file(path, picture)
        except OSError as error:
            path.with_suffix(".json").unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise SpoolFull(self._full_sentence()) from error
            raise CaptureError(f"{path} could not be written: {error.strerror}.") from error
        self._taken[session_id] = shot.sequence
        self._bytes, self._count = self._bytes + len(picture), self._count + 1
        return shot

    def room(self) -> Room:
        free = shutil.disk_usage(self.location).free
        mean = self._bytes / self._count if self._count else FIRST_GUESS_BYTES
        return Room(free, self.floor_bytes, max(0, int((free - self.floor_bytes) / mean)))

    def _free_stem(self, dataset_name: str, at: datetime, suffix: str) -> str:
        while (self.folder_of(dataset_name) / (stem_of(dataset_name, at) + suffix)).exists():
            at += timedelta(microseconds=1)
        return stem_of(dataset_name, at)

    def _full_sentence(self) -> str:
        free, floor = shutil.disk_usage(self.location).free / 1e6, self.floor_bytes / 1e6
        return f"Capturing stopped: only {free:.0f} MB are free on this disk, and {floor:.0f} MB must stay free."
