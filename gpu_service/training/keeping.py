"""Keeping what a run has reached: checkpoints by the clock, snapshots, and patience with a disk that is full."""

import time
from collections.abc import Callable
from typing import TypeVar

from gpu_service.training.checkpoint_file import NO_ROOM
from gpu_service.training.checkpoints import NoRoom
from gpu_service.training.wishes import Wishes

T = TypeVar("T")
LEAST_SECONDS = 60.0
# A checkpoint may take this share of a run's time.
CHECKPOINT_SHARE = 0.01
LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 3600.0


class Timetable:
    """When the next checkpoint is due: every minute, and less often where writing one takes long."""

    def __init__(self, *, least_seconds: float = LEAST_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock, self.least_seconds = clock, least_seconds
        self._saved_at, self._took = clock(), 0.0

    def is_due(self) -> bool:
        """Whether it is time."""
        return self.clock() - self._saved_at >= max(self.least_seconds, self._took / CHECKPOINT_SHARE)

    def saved(self, *, took: float) -> None:
        """One was written, and it took so long."""
        self._saved_at, self._took = self.clock(), took


def with_room(
    write: Callable[[], T],
    *,
    wishes: Wishes,
    say: Callable[[str], None],
    patience_seconds: float = PATIENCE_SECONDS,
    look_seconds: float = LOOK_SECONDS,
) -> T:
    """Write, and while the disk is full wait for room: said once. Raises NoRoom after an hour, or when asked to end."""
    began = told = 0.0
    while True:
        try:
            made = write()
        except (NoRoom, OSError) as error:
            if isinstance(error, OSError) and error.errno not in NO_ROOM:
                raise
            full = error if isinstance(error, NoRoom) else NoRoom(f"The disk of the run is full ({error.strerror}).")
        else:
            if told:
                say("There is room on the disk again. The run goes on.")
            return made
        began = began or time.monotonic()
        if wishes.interrupted or wishes.newest.wanted != "run" or time.monotonic() - began > patience_seconds:
            raise NoRoom(f"{full} The last checkpoint is as it was: the run goes on from it.") from full
        if not told:
            told = time.monotonic()
            say(f"{full} The run waits until then.")
        wishes.wait(look_seconds)
