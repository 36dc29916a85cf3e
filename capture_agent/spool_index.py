"""The spool's index: which shot lies where, in SQLite (WAL, synchronous=FULL).

It only makes things quick: the folders are the truth, and an index that is lost or broken is built again from them.
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from capture_agent.shots import STATES, Counts, Session, Shot, side_car_bytes

SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE sessions (
  session_id TEXT PRIMARY KEY, started_at TEXT NOT NULL, said TEXT NOT NULL,
  last_sequence INTEGER NOT NULL DEFAULT 0, told TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE shots (
  session_id TEXT NOT NULL, stem TEXT NOT NULL, sequence INTEGER NOT NULL, state TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, side_car TEXT NOT NULL, upload_url TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (session_id, stem)
) WITHOUT ROWID;
CREATE INDEX shots_by_state ON shots (state, session_id, sequence);
"""


class SpoolIndex:
    """One connection for all threads. Raises sqlite3.Error when the file is broken or its disk is full."""

    def __init__(self, path: Path | None) -> None:
        """`path` None keeps the index in memory, for a disk that takes not one byte more."""
        self.path = path
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(
            str(path) if path else ":memory:", timeout=20, check_same_thread=False, isolation_level=None
        )
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self) -> None:
        run = self._connection.execute
        run("PRAGMA journal_mode=WAL")
        run("PRAGMA synchronous=FULL")
        if run("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the index of the spool is damaged")
        with self._lock:
            run("BEGIN IMMEDIATE")
            try:
                if run("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
                    for statement in filter(str.strip, SCHEMA.split(";")):
                        run(statement)
                    run(f"PRAGMA user_version={SCHEMA_VERSION}")
                run("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    run("ROLLBACK")
                raise

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def _run(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def put_session(self, session: Session) -> None:
        self._run(
            "INSERT INTO sessions (session_id, started_at, said) VALUES (?, ?, ?)"
            " ON CONFLICT (session_id) DO UPDATE SET started_at = excluded.started_at, said = excluded.said",
            str(session.session_id),
            session.started_at.isoformat(),
            json.dumps(session.to_json()),
        )

    def session(self, session_id: UUID) -> Session | None:
        rows = self._run("SELECT said FROM sessions WHERE session_id = ?", str(session_id))
        return Session.from_json(json.loads(rows[0][0])) if rows else None

    def sessions(self) -> list[Session]:
        rows = self._run("SELECT said FROM sessions ORDER BY started_at, session_id")
        return [Session.from_json(json.loads(said)) for (said,) in rows]

    def told(self, session_id: UUID) -> str:
        """What the studio was last told of a session, as a digest; empty before it was told anything."""
        rows = self._run("SELECT told FROM sessions WHERE session_id = ?", str(session_id))
        return str(rows[0][0]) if rows else ""

    def set_told(self, session_id: UUID, digest: str) -> None:
        self._run("UPDATE sessions SET told = ? WHERE session_id = ?", digest, str(session_id))

    def next_sequence(self, session_id: UUID) -> int:
        rows = self._run(
            "UPDATE sessions SET last_sequence = 1 + max(last_sequence, coalesce("
            "(SELECT max(sequence) FROM shots WHERE shots.session_id = sessions.session_id), 0))"
            " WHERE session_id = ? RETURNING last_sequence",
            str(session_id),
        )
        return int(rows[0][0])

    def put_shots(self, shots: Iterable[Shot]) -> None:
        """Insert, or bring up to date. An upload's address is kept."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                self._connection.executemany(
                    "INSERT INTO shots (session_id, stem, sequence, state, size_bytes, side_car) VALUES (?,?,?,?,?,?)"
                    " ON CONFLICT (session_id, stem) DO UPDATE SET sequence = excluded.sequence,"
                    " state = excluded.state, size_bytes = excluded.size_bytes, side_car = excluded.side_car",
                    [_row(shot) for shot in shots],
                )
                self._connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("ROLLBACK")
                raise

    def set_upload_url(self, shot: Shot, address: str) -> None:
        self._run(
            "UPDATE shots SET upload_url = ? WHERE session_id = ? AND stem = ?",
            address,
            str(shot.session_id),
            shot.stem,
        )

    def forget(self, session_id: UUID, stem: str) -> None:
        self._run("DELETE FROM shots WHERE session_id = ? AND stem = ?", str(session_id), stem)

    def shot(self, session_id: UUID, stem: str) -> Shot | None:
        return next(iter(self._shots("WHERE session_id = ? AND stem = ?", str(session_id), stem)), None)

    def shots(self, *states: str, session_id: UUID | None = None, limit: int = -1) -> list[Shot]:
        """Oldest first: by session, then by sequence; the clock of this machine orders sessions only."""
        where = f"WHERE shots.state IN ({','.join('?' * len(states))})"
        values: list[Any] = list(states)
        if session_id is not None:
            where += " AND shots.session_id = ?"
            values.append(str(session_id))
        return self._shots(f"{where} ORDER BY started_at, shots.session_id, sequence, stem LIMIT ?", *values, limit)

    def _shots(self, where: str, *values: Any) -> list[Shot]:
        columns = "side_car, stem, state, upload_url"
        rows = self._run(f"SELECT {columns} FROM shots LEFT JOIN sessions USING (session_id) {where}", *values)  # noqa: S608 - own words
        return [
            Shot.from_json(json.loads(said), stem=stem, state=state).now(upload_url=address)
            for said, stem, state, address in rows
        ]

    def places(self) -> dict[tuple[str, str], tuple[str, int, int]]:
        """(session, stem) -> (state, size of the picture, size of the side-car), of every shot."""
        rows = self._run("SELECT session_id, stem, state, size_bytes, length(CAST(side_car AS BLOB)) FROM shots")
        return {(session, stem): (state, *sizes) for session, stem, state, *sizes in rows}

    def counts(self) -> Counts:
        rows = self._run("SELECT state, count(*), sum(size_bytes) FROM shots GROUP BY state")
        found = {state: (number, size) for state, number, size in rows}
        numbers = [found.get(state, (0, 0))[0] for state in STATES]
        waiting, sending, done, blocked = numbers
        return Counts(waiting, sending, blocked, done, sum(size for _, size in found.values()))

    def mean_bytes(self) -> float | None:
        """Mean size of a shot, to tell how many more fit; None before the first."""
        rows = self._run("SELECT avg(size_bytes) FROM shots")
        return float(rows[0][0]) if rows[0][0] is not None else None


def open_index(path: Path) -> SpoolIndex:
    """The index at `path`; a broken one is replaced by an empty one, in memory where the disk refuses even that."""
    with contextlib.suppress(sqlite3.Error, OSError):
        return SpoolIndex(path)
    with contextlib.suppress(sqlite3.Error, OSError):
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return SpoolIndex(path)
    return SpoolIndex(None)


def _row(shot: Shot) -> tuple[Any, ...]:
    said = side_car_bytes(shot).decode()
    return str(shot.session_id), shot.stem, shot.sequence, shot.state, shot.size_bytes, said
