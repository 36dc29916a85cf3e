"""The driver's clock as a service sees it, and which frame is worth drawing next.

Time runs on unwrapped: in a loop, “ahead” goes beyond the loop's end and `place` brings it back inside.
"""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from gpu_service.protocol import PreviewDrive

# The page holds up to half a second of frames.
HELD_SECONDS = 0.5
SMOOTHING = 0.2
RATE_SECONDS = 2.0
FIRST_GUESS_SECONDS = 0.03
TRANSFER_SECONDS = 0.02
JUMP_SECONDS = 0.25


@dataclass(frozen=True)
class DriverClock:
    """What the driver said, and when we heard it."""

    seconds: float = 0.0
    rate: float = 1.0
    playing: bool = False
    lead: float = 0.25
    loop: tuple[float, float] | None = None
    heard_at: float = 0.0
    now: Callable[[], float] = time.monotonic

    @classmethod
    def heard(cls, drive: PreviewDrive, *, now: Callable[[], float] = time.monotonic) -> "DriverClock":
        """The clock that this message sets."""
        loop = drive.loop if drive.loop and drive.loop[1] > drive.loop[0] else None
        return cls(drive.seconds, drive.rate, drive.playing, drive.lead, loop, now(), now)

    def running(self) -> float:
        """Where the track stands, unwrapped."""
        return self.seconds + (self.now() - self.heard_at) * self.rate if self.playing else self.seconds

    def place(self, running: float) -> float:
        """An unwrapped time as a moment of the track."""
        if self.loop is None or running < self.loop[1]:
            return running
        start, end = self.loop
        return start + (running - start) % (end - start)

    def jumped_from(self, former: "DriverClock") -> bool:
        """Whether what was planned for the former clock is of no use: a seek, a stop, another loop."""
        if self.playing != former.playing or self.loop != former.loop or self.rate != former.rate:
            return True
        return abs(self.place(self.running()) - former.place(former.running())) > JUMP_SECONDS


class Rate:
    """How many frames a second were drawn lately."""

    def __init__(self) -> None:
        self._drawn: deque[tuple[float, int]] = deque()

    def note(self, now: float, frames: int) -> None:
        """So many were drawn just now."""
        self._drawn.append((now, frames))
        while self._drawn and now - self._drawn[0][0] > RATE_SECONDS:
            self._drawn.popleft()

    def per_second(self) -> float | None:
        """None before there is a rate to tell."""
        if len(self._drawn) < 2:
            return None
        span = self._drawn[-1][0] - self._drawn[0][0]
        return sum(frames for _, frames in list(self._drawn)[1:]) / span if span > 0 else None


class Pace:
    """Chooses frames: ahead of the clock by what drawing takes, never further than the page can hold."""

    def __init__(self, fps: float) -> None:
        self.fps = fps
        self.frame_seconds = FIRST_GUESS_SECONDS
        self._next: float | None = None

    def restart(self) -> None:
        """Nothing that was drawn counts any more."""
        self._next = None

    def drew(self, frames: int, seconds: float) -> None:
        """Learn how long a frame takes, until it can be sent."""
        self.frame_seconds += SMOOTHING * (seconds / frames - self.frame_seconds)

    def batch(self, credits: int) -> int:
        """How many frames to draw at once: none may wait for the others longer than about a tenth of a second."""
        return max(1, min(4, credits, int(0.1 / max(self.frame_seconds, 1e-4))))

    def choose(self, clock: DriverClock, *, count: int, track_frames: int) -> tuple[list[int], float]:
        """The next frames to draw, and how long to wait when there is none yet. Skips what cannot be in time."""
        step = max(1.0, clock.rate) / self.fps
        now = clock.running()
        reach = now + (self.frame_seconds * count + TRANSFER_SECONDS) * clock.rate
        horizon = now + max(clock.lead, HELD_SECONDS) * clock.rate
        if self._next is not None and clock.loop is not None and self._next > horizon + step:
            # The driver has turned and tells places inside the loop again: what was planned comes down with it.
            length = clock.loop[1] - clock.loop[0]
            self._next -= length * -int(-(self._next - horizon - step) // length)
        first = self._next if self._next is not None and self._next >= reach else _on_grid(reach, step)
        chosen = [first + k * step for k in range(count) if first + k * step <= horizon]
        if not chosen:
            return [], max(0.002, (first - horizon) / clock.rate)
        frames = [self.frame_at(clock.place(moment)) for moment in chosen]
        inside = [frame for frame in frames if frame < track_frames]
        if not inside:
            return [], 0.1
        self._next = chosen[-1] + step
        return list(dict.fromkeys(inside)), 0.0

    def frame_at(self, seconds: float) -> int:
        """The frame that is shown at that moment."""
        return int(seconds * self.fps + 1e-6)


def _on_grid(moment: float, step: float) -> float:
    """The next multiple of a step, so that frames keep their places however they are asked for."""
    return -int(-moment // step) * step if moment > 0 else 0.0
