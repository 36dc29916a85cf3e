"""The clock of a preview: where its driver stands in the track, told now and then and read in between."""

import time
from collections.abc import Callable
from dataclasses import dataclass

# A driver that is further off than this from where it should be has jumped.
JUMP_SECONDS = 0.15
# A frame this late may still be on its way to the eye; a page shows the one nearest to the sound.
LATE_SECONDS = 0.12


@dataclass
class Clock:
    """Told by the driver now and then, and read in between."""

    seconds: float = 0.0
    rate: float = 1.0
    is_playing: bool = False
    lead: float = 0.25
    loop: tuple[float, float] | None = None
    told_at: float = 0.0
    monotonic: Callable[[], float] = time.monotonic

    def now(self) -> float:
        """Seconds of the track at this moment."""
        if not self.is_playing:
            return self.seconds
        return self._wrapped(self.seconds + (self.monotonic() - self.told_at) * self.rate)

    def tell(
        self, *, seconds: float, rate: float, is_playing: bool, lead: float, loop: tuple[float, float] | None
    ) -> bool:
        """Set the clock. True when it jumped: what was drawn ahead is of no use any more."""
        expected = self.now()
        jumped = is_playing != self.is_playing or rate != self.rate or loop != self.loop
        jumped = jumped or self._apart(seconds, expected, loop) > JUMP_SECONDS * max(1.0, rate)
        self.seconds, self.rate, self.is_playing, self.lead, self.loop = seconds, rate, is_playing, lead, loop
        self.told_at = self.monotonic()
        return jumped

    def has_passed(self, pts_seconds: float) -> bool:
        """Whether the moment of a frame is over."""
        if not self.is_playing:
            return False
        late = LATE_SECONDS * max(1.0, self.rate)
        if self.loop and self.loop[0] <= pts_seconds <= self.loop[1]:
            length = max(self.loop[1] - self.loop[0], 1e-3)
            ahead = (pts_seconds - self.now()) % length
            # Behind by a little reads as ahead by nearly a whole round.
            return length / 2 < ahead < length - late
        return pts_seconds < self.now() - late

    def _wrapped(self, seconds: float) -> float:
        if self.loop and seconds >= self.loop[1] > self.loop[0] and self.seconds < self.loop[1]:
            return self.loop[0] + (seconds - self.loop[0]) % (self.loop[1] - self.loop[0])
        return seconds

    @staticmethod
    def _apart(seconds: float, expected: float, loop: tuple[float, float] | None) -> float:
        apart = abs(seconds - expected)
        if loop and loop[1] > loop[0]:
            # Two ends of a loop are neighbours.
            length = loop[1] - loop[0]
            apart = min(apart, abs(length - apart)) if apart <= length else apart
        return apart
