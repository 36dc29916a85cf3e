"""Is it drawing, or does it hang? A batch may take max(60 s, 20 × the median of the last ones)."""

import statistics
import time
from collections import deque
from collections.abc import Callable

HANG_FACTOR = 20.0
REMEMBERED = 64
# A stopped service must not take its own absence for the child's: no look counts for more than this.
LONGEST_LOOK_SECONDS = 2.0


class Watch:
    """Times the batch in hand. Call `look` at least every second while one is in hand."""

    def __init__(self, *, hang_seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.hang_seconds, self.clock = hang_seconds, clock
        self.lasted: deque[float] = deque(maxlen=REMEMBERED)
        self.waited: float | None = None
        self._looked = clock()

    def begin(self) -> None:
        """A batch was handed out."""
        self.waited, self._looked = 0.0, self.clock()

    def end(self) -> None:
        """It came back."""
        self.look()
        if self.waited is not None:
            self.lasted.append(self.waited)
        self.waited = None

    def lost(self) -> None:
        """It will never come back."""
        self.waited = None

    def look(self) -> bool:
        """Whether the batch in hand has taken too long."""
        now = self.clock()
        if self.waited is not None:
            self.waited += min(now - self._looked, LONGEST_LOOK_SECONDS)
        self._looked = now
        return self.waited is not None and self.waited > self.limit_seconds

    @property
    def limit_seconds(self) -> float:
        median = statistics.median(self.lasted) if self.lasted else 0.0
        return max(self.hang_seconds, HANG_FACTOR * median)
