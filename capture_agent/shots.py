"""What the spool holds: sessions and shots, and how each is written as a side-car JSON."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from capture_agent.errors import CaptureError

WAITING, SENDING, DONE, BLOCKED = "new", "sending", "done", "blocked"
STATES = (WAITING, SENDING, DONE, BLOCKED)


@dataclass(frozen=True)
class Session:
    """One sitting. `append` False asks for a dataset of its own, even when the studio has one of that name."""

    session_id: UUID
    dataset_name: str
    append: bool = True
    name: str = ""
    prompt: str = ""
    place: str = ""
    camera: dict[str, Any] = field(default_factory=dict)  # {"wished": {...}, "effective": {...}}
    started_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    ended_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in ("dataset_name", "append", "name", "prompt", "place", "camera")}
        return {
            "session_id": str(self.session_id),
            **plain,
            "started_at": self.started_at.isoformat(),
            "ended_at": self.ended_at.isoformat() if self.ended_at else None,
        }

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> "Session":
        """Raises KeyError, TypeError or ValueError for what is no session."""
        ended_at = said.get("ended_at")
        return cls(
            session_id=UUID(said["session_id"]),
            dataset_name=str(said["dataset_name"]),
            append=bool(said.get("append", True)),
            name=str(said.get("name", "")),
            prompt=str(said.get("prompt", "")),
            place=str(said.get("place", "")),
            camera=dict(said.get("camera") or {}),
            started_at=moment(said["started_at"]),
            ended_at=moment(ended_at) if ended_at else None,
        )


@dataclass(frozen=True)
class Shot:
    """A picture on this disk. `stem` is its file's name without suffix; `state` the folder in which it lies.

    `taken_at` is this machine's own clock and may be years off: `sequence` (1, 2, 3 … within the session) is the order.
    """

    session_id: UUID
    dataset_name: str
    sequence: int
    sha256: str
    size_bytes: int
    taken_at: datetime
    stem: str
    suffix: str
    state: str = WAITING
    camera: dict[str, Any] = field(default_factory=dict)  # the settings that the camera really used
    measures: dict[str, Any] = field(default_factory=dict)  # sharpness, brightness, clipped, faces
    receipt: str = ""
    done_at: datetime | None = None
    reason: str = ""
    reason_status: int = 0
    upload_url: str = ""

    @property
    def name(self) -> str:
        return self.stem + self.suffix

    def to_json(self) -> dict[str, Any]:
        """The side-car. `state` and `upload_url` are not in it: the folder and the index tell them."""
        return {
            "session_id": str(self.session_id),
            "dataset_name": self.dataset_name,
            "sequence": self.sequence,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "taken_at": self.taken_at.isoformat(),
            "suffix": self.suffix,
            "camera": self.camera,
            "measures": self.measures,
            "receipt": self.receipt,
            "done_at": self.done_at.isoformat() if self.done_at else None,
            "reason": self.reason,
            "reason_status": self.reason_status,
        }

    @classmethod
    def from_json(cls, said: dict[str, Any], *, stem: str, state: str) -> "Shot":
        """Raises KeyError, TypeError or ValueError for what is no side-car."""
        done_at = said.get("done_at")
        return cls(
            session_id=UUID(said["session_id"]),
            dataset_name=str(said["dataset_name"]),
            sequence=int(said["sequence"]),
            sha256=str(said["sha256"]),
            size_bytes=int(said["size_bytes"]),
            taken_at=moment(said["taken_at"]),
            stem=stem,
            suffix=str(said["suffix"]),
            state=state,
            camera=dict(said.get("camera") or {}),
            measures=dict(said.get("measures") or {}),
            receipt=str(said.get("receipt") or ""),
            done_at=moment(done_at) if done_at else None,
            reason=str(said.get("reason") or ""),
            reason_status=int(said.get("reason_status") or 0),
        )

    def now(self, **changes: Any) -> "Shot":
        return replace(self, **changes)


@dataclass(frozen=True)
class Room:
    """Bytes free beside the floor that is never touched, and how many more shots like the last ones fit."""

    free_bytes: int
    floor_bytes: int
    shots_left: int

    @property
    def is_full(self) -> bool:
        return self.shots_left < 1


@dataclass(frozen=True)
class Counts:
    """Shots by state, and the bytes of all of them."""

    waiting: int = 0
    sending: int = 0
    blocked: int = 0
    done: int = 0
    bytes: int = 0


class SpoolFull(CaptureError):
    """Shown as it stands: capturing stops here, uploading goes on."""


class SpoolError(CaptureError):
    """Shown as it stands."""


def moment(text: str) -> datetime:
    """An aware time from ISO text; a naive one is taken as UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def side_car_bytes(value: Session | Shot) -> bytes:
    return json.dumps(value.to_json(), indent=1, ensure_ascii=False).encode()
