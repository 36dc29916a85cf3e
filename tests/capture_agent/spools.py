"""Spools and shots for tests: small pictures that begin and end as a JPEG does, each with bytes of its own."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from capture_agent.spool import Session, Shot, Spool

NOON = datetime(2026, 4, 28, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **amount: float) -> None:
        self.now += timedelta(**amount)


def picture(size: int = 2000) -> bytes:
    return b"\xff\xd8" + os.urandom(max(size - 4, 0)) + b"\xff\xd9"


def sitting(spool: Spool, dataset_name: str = "faces", **fields) -> UUID:
    session = Session(uuid4(), dataset_name, started_at=fields.pop("started_at", NOON), **fields)
    spool.begin_session(session)
    return session.session_id


def shoot(spool: Spool, session_id: UUID, *, at: datetime = NOON, size: int = 2000) -> Shot:
    return spool.add(session_id, picture(size), taken_at=at, camera={"shutter_us": 1000}, measures={"sharpness": 61.5})


def content_of(spool: Spool, shot: Shot) -> str:
    return hashlib.sha256(spool.path_of(shot).read_bytes()).hexdigest()


def every_file(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file()}
