"""The uploads of a paired device, as the agent and `shoot` see them. One process per spool sends; others only shoot."""

import contextlib
from datetime import UTC, datetime

from capture_agent import durable
from capture_agent.protocol import Network, Warning
from capture_agent.settings import Settings
from capture_agent.spool import Spool
from capture_agent.spool_queue import SpoolQueue
from capture_agent.studio import StudioClient
from capture_agent.upload import Uploader

LANES = 2
BLOCKED_SHOWN = 1


class SpoolUploads:
    """Brings the spool to the studio from `start` to `stop`, unless another process does already."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        self._spool = spool
        self._client = StudioClient(settings.studio_url, token=settings.token, project_id=settings.project_id)
        self._uploader = Uploader(SpoolQueue(spool), self._client, lanes=LANES)
        self._held = contextlib.ExitStack()
        self.is_ours = False

    def start(self) -> None:
        self.is_ours = self._held.enter_context(durable.locked(self._spool.folder / ".uploader", wait=False))
        if self.is_ours:
            self._uploader.start()

    def stop(self, timeout: float = 5.0) -> None:
        if self.is_ours:
            self._uploader.stop(timeout)
        self._held.close()
        self._client.close()

    def wake(self) -> None:
        """A new shot waits."""
        self._uploader.wake()

    def network(self) -> Network:
        status = self._uploader.status()
        last_ok_at = datetime.fromtimestamp(status.last_ok_at, UTC).isoformat() if status.last_ok_at else None
        return Network(bits_per_second=round(status.bits_per_second), last_ok_at=last_ok_at)

    def warnings(self) -> tuple[Warning, ...]:
        found = []
        status = self._uploader.status()
        if status.sentence:
            found.append(Warning(kind="network", sentence=_short(status.sentence)))
        blocked = self._spool.counts().blocked
        if blocked:
            reason = next((reason for _shot, reason in self._spool.blocked()), "")
            found.append(Warning(kind="upload", sentence=_short(f"{blocked} photographs are not taken: {reason}")))
        return tuple(found)


def _short(sentence: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in sentence)[:300]
