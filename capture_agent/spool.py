"""The spool: every shot safe on this disk before it counts, until the studio has confirmed it.

    <folder>/new/<session>/<set>_<time>.jpeg + .json  →  sending/  →  done/        (or blocked/, with the reason)

Safe for several threads and processes. Opening a spool is also its recovery after a power cut.
"""

import contextlib
import errno
import hashlib
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from capture_agent import durable, spool_recover
from capture_agent.file_names import stem_of
from capture_agent.shots import (
    BLOCKED,
    DONE,
    STATES,
    WAITING,
    Counts,
    Room,
    Session,
    Shot,
    SpoolError,
    SpoolFull,
    side_car_bytes,
)
from capture_agent.spool_index import SpoolIndex, open_index
from capture_agent.spool_recover import SESSIONS, SIDE_CAR

__all__ = ["Counts", "Room", "Session", "Shot", "Spool", "SpoolError", "SpoolFull"]
T = TypeVar("T")
FLOOR_BYTES = 512 * 1024**2
RETENTION_SECONDS = 7 * 24 * 3600.0
FIRST_GUESS_BYTES = 4.0 * 1024**2  # of a shot, before there was one
FULL = (
    "Capturing stopped: only {free} are free on this disk, and {floor} must stay free. "
    "Let the studio take what waits, or free some space."
)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Spool:
    """`floor_bytes` always stay free. A shot is deleted `retention_seconds` after its receipt, never before."""

    def __init__(
        self,
        folder: Path,
        *,
        floor_bytes: int = FLOOR_BYTES,
        retention_seconds: float = RETENTION_SECONDS,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.folder = folder
        self.floor_bytes = floor_bytes
        self.retention = timedelta(seconds=retention_seconds)
        self.clock = clock
        self._is_closed = False
        self._naming = threading.Lock()
        self._named: set[Path] = set()
        for name in (*STATES, SESSIONS):
            durable.make_folder(folder / name)
        with self._lock():
            self._index = open_index(folder / "index.sqlite")
            self.torn = self._recovered()
        self._mean_bytes = self.with_index(lambda index: index.mean_bytes()) or FIRST_GUESS_BYTES
        self._has_mean = self._mean_bytes != FIRST_GUESS_BYTES

    def close(self) -> None:
        """Whoever still asks afterwards gets a SpoolError."""
        self._is_closed = True
        self._index.close()

    def __enter__(self) -> "Spool":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin_session(self, session: Session) -> None:
        """Write a sitting down, or change it. It is told to the studio with its first shot."""
        durable.write_file(self._session_path(session.session_id), side_car_bytes(session))
        self.with_index(lambda index: index.put_session(session))

    def session(self, session_id: UUID) -> Session:
        found = self.with_index(lambda index: index.session(session_id))
        if found is None:
            raise SpoolError(f"There is no session {session_id} in {self.folder}.")
        return found

    def sessions(self) -> list[Session]:
        return self.with_index(lambda index: index.sessions())

    def end_session(
        self, session_id: UUID, *, ended_at: datetime | None = None, camera: dict[str, Any] | None = None
    ) -> None:
        old = self.session(session_id)
        changed = {"ended_at": (ended_at or self.clock()).isoformat(), "camera": camera or old.camera}
        self.begin_session(Session.from_json(old.to_json() | changed))

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
        """Keep a picture. When this returns, it is on the disk, whole. Raises SpoolFull before the floor is touched."""
        session = self.session(session_id)
        self._require_room(len(picture))
        shot = Shot(
            session_id=session_id,
            dataset_name=session.dataset_name,
            sequence=self.with_index(lambda index: index.next_sequence(session_id)),
            sha256=hashlib.sha256(picture).hexdigest(),
            size_bytes=len(picture),
            taken_at=taken_at,
            stem="",
            suffix=suffix,
            camera=camera,
            measures=measures or {},
        )
        with self._free_stem(shot) as named:
            try:
                self._write(named, picture)
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise SpoolFull(self._full_sentence()) from error
                raise
        self.with_index(lambda index: index.put_shots([named]))
        self._note_size(len(picture))
        return named

    def room(self) -> Room:
        """Free space as it is now; cheap enough to ask before every shot."""
        free = shutil.disk_usage(self.folder).free
        return Room(free, self.floor_bytes, max(0, int((free - self.floor_bytes) / self._mean_bytes)))

    def counts(self) -> Counts:
        return self.with_index(lambda index: index.counts())

    def shots(self, *states: str, session_id: UUID | None = None, limit: int = -1) -> list[Shot]:
        """Oldest first; of all states when none is named."""
        return self.with_index(lambda index: index.shots(*(states or STATES), session_id=session_id, limit=limit))

    def blocked(self) -> list[tuple[Shot, str]]:
        """What the studio does not take, and its reason."""
        return [(shot, shot.reason) for shot in self.shots(BLOCKED)]

    def path_of(self, shot: Shot) -> Path:
        return self.folder / shot.state / str(shot.session_id) / shot.name

    def move(self, shot: Shot, state: str, **changes: Any) -> Shot:
        """Bring a shot into another state. What changes is in its side-car before it moves."""
        moved = shot.now(state=state, **changes)
        old, new = self.path_of(shot), self.path_of(moved)
        with self._lock():
            durable.make_folder(new.parent)
            if side_car_bytes(moved) != side_car_bytes(shot):
                durable.write_file(old.with_suffix(SIDE_CAR), side_car_bytes(moved))
            durable.rename(old, new)
            durable.rename(old.with_suffix(SIDE_CAR), new.with_suffix(SIDE_CAR))
        durable.sync_folder(new.parent)
        self.with_index(lambda index: index.put_shots([moved]))
        return moved

    def unblock(self, *, statuses: tuple[int, ...] | None = None) -> int:
        """Let blocked shots wait again, all or those that were refused with one of these statuses. -> how many"""
        chosen = [shot for shot in self.shots(BLOCKED) if statuses is None or shot.reason_status in statuses]
        for shot in chosen:
            self.move(shot, WAITING, reason="", reason_status=0)
        return len(chosen)

    def sweep(self) -> int:
        """Delete what has its receipt and has been kept long enough since. -> how many"""
        now, gone = self.clock(), 0
        for shot in self.shots(DONE):
            if not shot.receipt or shot.done_at is None:
                continue
            if shot.done_at > now + timedelta(days=1):  # the clock was set back: count from now
                self.move(shot, DONE, done_at=now)
            elif shot.done_at + self.retention <= now:
                self._delete(shot)
                gone += 1
        return gone

    def refresh(self) -> None:
        """Look at the folders again, after somebody moved files by hand."""
        with self._lock():
            self._recovered()

    def with_index(self, ask: Callable[[SpoolIndex], T]) -> T:
        """Ask the index; when it fails (damaged, or its disk full) it is built again from the folders, then asked."""
        try:
            return ask(self._index)
        except sqlite3.Error as error:
            if self._is_closed:
                raise SpoolError(f"The spool {self.folder} was closed.") from error
            with self._lock():
                self._index.close()
                self._index = open_index(self.folder / "index.sqlite")
                self._recovered()
            return ask(self._index)

    def _recovered(self) -> int:
        try:
            return spool_recover.recover(self.folder, self._index)
        except sqlite3.Error:  # a disk too full for any index
            self._index.close()
            self._index = SpoolIndex(None)
            return spool_recover.recover(self.folder, self._index)

    def _write(self, shot: Shot, picture: bytes) -> None:
        """Both files whole under temporary names, then both renamed, then the folder synced."""
        path = self.path_of(shot)
        durable.make_folder(path.parent)
        with contextlib.ExitStack() as undo:
            pairs = []
            for data, target in ((side_car_bytes(shot), path.with_suffix(SIDE_CAR)), (picture, path)):
                temporary, handle = durable.write_temporary(path.parent, data)
                undo.callback(temporary.unlink, missing_ok=True)
                undo.callback(os.close, handle)
                pairs.append((temporary, target))
            with self._lock():
                for temporary, target in pairs:
                    durable.rename(temporary, target)
            durable.sync_folder(path.parent)

    @contextlib.contextmanager
    def _free_stem(self, shot: Shot) -> Iterator[Shot]:
        """A name that no shot of this session has, whatever the clock does; held until it is written."""
        with self._naming:
            at = shot.taken_at
            named = shot.now(stem=stem_of(shot.dataset_name, at))
            while self._is_taken(named):
                at += timedelta(microseconds=1)
                named = shot.now(stem=stem_of(shot.dataset_name, at))
            self._named.add(self.path_of(named))
        try:
            yield named
        finally:
            with self._naming:
                self._named.discard(self.path_of(named))

    def _is_taken(self, shot: Shot) -> bool:
        if self.path_of(shot) in self._named:
            return True
        return any(self.path_of(shot.now(state=state)).with_suffix(SIDE_CAR).exists() for state in STATES)

    def _note_size(self, size: int) -> None:
        """The last shots count most: how many more fit follows a change of the camera's settings."""
        share = 0.2 if self._has_mean else 1.0
        self._mean_bytes, self._has_mean = max(1.0, self._mean_bytes + share * (size - self._mean_bytes)), True

    def _require_room(self, size: int) -> None:
        if shutil.disk_usage(self.folder).free - size < self.floor_bytes:
            raise SpoolFull(self._full_sentence())

    def _full_sentence(self) -> str:
        free = shutil.disk_usage(self.folder).free
        return FULL.format(free=_readable(free), floor=_readable(self.floor_bytes))

    def _delete(self, shot: Shot) -> None:
        with self._lock():
            self.path_of(shot).unlink(missing_ok=True)
            self.path_of(shot).with_suffix(SIDE_CAR).unlink(missing_ok=True)
        self.with_index(lambda index: index.forget(shot.session_id, shot.stem))

    def _session_path(self, session_id: UUID) -> Path:
        return self.folder / SESSIONS / f"{session_id}{SIDE_CAR}"

    def _lock(self) -> contextlib.AbstractContextManager[bool]:
        return durable.locked(self.folder / ".lock")


def _readable(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
