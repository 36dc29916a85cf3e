"""What outlives the agent's process: the settings that a page chose last, and a burst that a restart interrupted."""

import contextlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from capture_agent import durable
from capture_agent.protocol import CaptureSettings, RecordError
from capture_agent.spool import Spool

# A restart of a lost camera takes seconds. After longer, nobody may be before the camera any more.
GO_ON_WITHIN_SECONDS = 120.0


def read_wishes(path: Path) -> CaptureSettings:
    """The settings of last time; the defaults where there are none or none that can be read."""
    with contextlib.suppress(OSError, ValueError, RecordError):
        return CaptureSettings.from_dict(json.loads(path.read_text(encoding="utf-8")))
    return CaptureSettings()


def write_wishes(path: Path, settings: CaptureSettings) -> None:
    with contextlib.suppress(OSError):  # a full disk must not stop a page from setting the camera
        durable.make_folder(path.parent)
        durable.write_file(path, json.dumps(settings.as_dict(), indent=1).encode())


@dataclass(frozen=True)
class Interrupted:
    session_id: UUID
    taken: int


class BurstNote:
    """A file that is there while a burst goes on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._noted: UUID | None = None

    def follow(self, session_id: UUID | None) -> None:
        """Write the note, or remove it, when the burst is another one."""
        if session_id == self._noted:
            return
        self._noted = session_id
        with contextlib.suppress(OSError):
            if session_id is None:
                self._path.unlink(missing_ok=True)
            else:
                said = {"session_id": str(session_id), "began_at": datetime.now(UTC).isoformat()}
                durable.write_file(self._path, json.dumps(said).encode())

    def interrupted(self, spool: Spool, *, now: datetime) -> Interrupted | None:
        """The burst that the last process left, when it was at work just before; its note is removed in any case."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads(self._path.read_text(encoding="utf-8"))
            self._path.unlink(missing_ok=True)
            session_id = UUID(said["session_id"])
            shots = spool.shots(session_id=session_id)
            at = max([shot.taken_at for shot in shots], default=datetime.fromisoformat(said["began_at"]))
            if 0 <= (now - at).total_seconds() <= GO_ON_WITHIN_SECONDS:
                return Interrupted(session_id, max([shot.sequence for shot in shots], default=0))
        return None
