"""A burst: how many photographs of how many, how fast, and when the next is due. Seconds by the clock it is given."""

from collections import deque
from collections.abc import Callable

RATE_OF = 20  # the rate is that of so many last photographs


class Burst:
    """`interval_seconds` from one exposure's beginning to the next; 0 is as fast as the camera allows."""

    def __init__(self, wanted: int, *, interval_seconds: float, clock: Callable[[], float], taken: int = 0) -> None:
        self.wanted = wanted
        self.taken = taken
        self.is_paused = False
        self._interval = interval_seconds
        self._clock = clock
        self._due = clock()
        self._times: deque[float] = deque(maxlen=RATE_OF)

    @property
    def is_done(self) -> bool:
        return self.taken >= self.wanted

    @property
    def due_in(self) -> float:
        """Seconds until the next photograph; 0 when it is time."""
        return max(0.0, self._due - self._clock())

    def begin_shot(self) -> None:
        """The next one is due an interval after this one was; what was missed is not caught up."""
        self._due = max(self._due + self._interval, self._clock() + self._interval / 2)

    def count_shot(self) -> None:
        """It is on the disk."""
        self.taken += 1
        self._times.append(self._clock())

    def pause(self) -> None:
        self.is_paused = True

    def resume(self) -> None:
        """Go on at once; the pause counts for no rate."""
        self.is_paused = False
        self._due = self._clock()
        self._times.clear()

    @property
    def rate(self) -> float:
        """Photographs per second, 0 before there are two."""
        if len(self._times) < 2:
            return 0.0
        return (len(self._times) - 1) / max(self._times[-1] - self._times[0], 1e-6)

    @property
    def seconds_left(self) -> float | None:
        """None before the rate is known."""
        left = self.wanted - self.taken
        if self._interval and not self.rate:
            return left * self._interval
        return left / self.rate if self.rate else None
