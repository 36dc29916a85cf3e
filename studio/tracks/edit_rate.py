"""How fast one person may edit a track: 25 edits a second for long, 100 at once. Counted by this process' own clock."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from studio.errors import Refused

PER_SECOND, BURST = 25.0, 100.0
TOO_FAST = "These are more edits than a hand makes: up to 25 a second are taken. Wait a moment, then go on."
# Brakes of people who have rested are full again, and need not be remembered.
MOST_REMEMBERED = 10_000


class TooFast(Refused):
    def __init__(self, wait_seconds: float) -> None:
        super().__init__(TOO_FAST, status=429)
        self.wait_seconds = wait_seconds


@dataclass
class _Bucket:
    left: float
    at: float


class EditBrake:
    """A bucket of edits per person and track, which fills by 25 a second."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._buckets: dict[tuple[UUID, UUID], _Bucket] = {}
        self._line = threading.Lock()

    def take(self, person_id: UUID, track_id: UUID) -> None:
        """Count one edit. Raises TooFast, with the seconds to wait, when the bucket is empty."""
        with self._line:
            now = self._now()
            if len(self._buckets) > MOST_REMEMBERED:
                self._forget(now)
            bucket = self._buckets.setdefault((person_id, track_id), _Bucket(BURST, now))
            bucket.left = min(BURST, bucket.left + (now - bucket.at) * PER_SECOND)
            bucket.at = now
            if bucket.left < 1.0:
                raise TooFast((1.0 - bucket.left) / PER_SECOND)
            bucket.left -= 1.0

    def _forget(self, now: float) -> None:
        full = [key for key, one in self._buckets.items() if one.left + (now - one.at) * PER_SECOND >= BURST]
        for key in full:
            del self._buckets[key]


brake = EditBrake()
