"""Viewer: one open page of a preview. It takes frames as far as it gave credit, and never more than a handful wait."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from studio.scenes.clock import Clock

MAX_CREDITS = 64
# Together about half a second of large frames; a page that does not read holds no more than this.
MAX_WAITING_BYTES = 2 * 1024 * 1024
# A transport that takes nothing for so long is stalled.
STALLED_SECONDS = 0.5
# Without a word for so long, nobody looks.
SILENT_SECONDS = 10.0


class Frame:
    """One picture on its way: the bytes as they came, and what the hub needs to know of them."""

    __slots__ = ("data", "pts_seconds", "revision")

    def __init__(self, data: bytes, *, pts_seconds: float, revision: int) -> None:
        self.data = data
        self.pts_seconds = pts_seconds
        self.revision = revision


class Viewer:
    """`send_bytes` and `send_json` wait for the transport, so one task per viewer is all the pacing there is."""

    def __init__(
        self,
        *,
        person_id: UUID,
        person_name: str,
        send_bytes: Callable[[bytes], Awaitable[None]],
        send_json: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        self.person_id = person_id
        self.person_name = person_name
        self.credits = 0
        self.dropped = 0
        self.heard_at = time.monotonic()
        self._send_bytes = send_bytes
        self._send_json = send_json
        self._waiting: deque[Frame] = deque()
        self._notices: dict[str, dict[str, Any]] = {}
        self._something = asyncio.Event()
        self._clock: Clock | None = None
        self._task: asyncio.Task[None] | None = None
        self._sending_since: float | None = None
        self._on_room: Callable[[], None] | None = None

    @property
    def is_watching(self) -> bool:
        return time.monotonic() - self.heard_at < SILENT_SECONDS

    @property
    def room(self) -> int:
        """How many frames more this viewer can take: none while its transport takes nothing."""
        if self.is_stalled or self._waiting_bytes() >= MAX_WAITING_BYTES:
            return 0
        return max(0, self.credits - len(self._waiting))

    @property
    def is_stalled(self) -> bool:
        return self._sending_since is not None and time.monotonic() - self._sending_since > STALLED_SECONDS

    def start(self) -> None:
        self._task = asyncio.create_task(self._deliver())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def follow(self, clock: Clock | None, *, on_room: Callable[[], None] | None) -> None:
        """From now on frames are late or in time by this clock; `on_room` hears that more can be taken."""
        self._clock, self._on_room = clock, on_room
        self._waiting.clear()

    def is_heard(self) -> None:
        """The page said something: somebody looks."""
        self.heard_at = time.monotonic()

    def give(self, credits: int) -> None:
        self.credits = min(MAX_CREDITS, self.credits + max(0, credits))
        self.is_heard()
        self._something.set()

    def offer(self, frame: Frame) -> None:
        """Take a frame, in place of waiting ones whose time has passed, or of the newest when there is no room."""
        self._forget_passed()
        room = 1 if self.is_stalled else max(1, self.credits)
        while self._waiting and (
            len(self._waiting) >= room or self._waiting_bytes() + len(frame.data) > MAX_WAITING_BYTES
        ):
            self._waiting.popleft()
            self.dropped += 1
        self._waiting.append(frame)
        self._something.set()

    def drop_before(self, revision: int) -> None:
        """After a jump: what was drawn for the old place is of no use."""
        self._waiting = deque(frame for frame in self._waiting if frame.revision >= revision)

    def tell(self, notice: dict[str, Any]) -> None:
        """Say something; a newer notice of the same type replaces one that still waits."""
        self._notices[str(notice["type"])] = notice
        self._something.set()

    def _waiting_bytes(self) -> int:
        return sum(len(frame.data) for frame in self._waiting)

    def _forget_passed(self) -> None:
        while len(self._waiting) > 1 and self._clock and self._clock.has_passed(self._waiting[0].pts_seconds):
            self._waiting.popleft()
            self.dropped += 1

    async def _deliver(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._notices:
                await self._send_json(self._notices.pop(next(iter(self._notices))))
            while self._waiting and self.credits > 0 and not self._notices:
                self._forget_passed()
                frame = self._waiting.popleft()
                self.credits -= 1
                self._sending_since = time.monotonic()
                await self._send_bytes(frame.data)
                self._sending_since = None
                if self._on_room:
                    self._on_room()
            if self._notices:
                self._something.set()
