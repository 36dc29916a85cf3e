"""Watcher: one open capture page. Of live pictures it holds the newest alone; what it must know in order is bounded.

`send_json` and `send_bytes` wait for the transport, so one task per page is all the pacing there is, and a page that
reads nothing costs two pictures and a few hundred small messages, whatever the device does.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from capture_agent.protocol import LIVE

Message = dict[str, Any]
MAX_CREDITS = 8
# A page that was stalled for longer than so many shots sees the newest of them.
MAX_SHOTS = 240
# A transport that takes nothing for so long is stalled: no picture is made for it.
STALLED_SECONDS = 0.5


class Watcher:
    """`on_room` hears that this page can take a live picture again."""

    def __init__(
        self,
        *,
        send_json: Callable[[Message], Awaitable[None]],
        send_bytes: Callable[[bytes], Awaitable[None]],
        on_room: Callable[[], None],
    ) -> None:
        self.credits = 0
        self.dropped = 0
        self.wants_live = False
        self._send_json, self._send_bytes, self._on_room = send_json, send_bytes, on_room
        self._notices: dict[str, Message] = {}
        self._shots: deque[Message] = deque(maxlen=MAX_SHOTS)
        self._pictures: dict[int, bytes] = {}
        self._something = asyncio.Event()
        self._sending_since: float | None = None

    @property
    def has_room(self) -> bool:
        """Whether a live picture would be sent at once."""
        return self.wants_live and self.credits > 0 and LIVE not in self._pictures and not self.is_stalled

    @property
    def is_stalled(self) -> bool:
        return self._sending_since is not None and time.monotonic() - self._sending_since > STALLED_SECONDS

    def give(self, credits: int) -> None:
        self.credits = min(MAX_CREDITS, self.credits + max(0, credits))
        self._something.set()

    def look(self, *, wants_live: bool) -> None:
        """A page that is hidden, or has switched the live view off, wants words alone."""
        self.wants_live = wants_live
        if not wants_live:
            self.credits = 0
            self._pictures.pop(LIVE, None)

    def tell(self, message: Message) -> None:
        """Say how things stand: a newer message of the same type replaces one that still waits."""
        self._notices[str(message["type"])] = message
        self._something.set()

    def shot(self, message: Message) -> None:
        """One shot after the other, in their order."""
        self._shots.append(message)
        self._something.set()

    def offer(self, kind: int, picture: bytes) -> None:
        """A picture of that kind; the one of its kind that still waits is dropped for it."""
        if kind == LIVE and not self.wants_live:
            return
        self.dropped += kind in self._pictures
        self._pictures[kind] = picture
        self._something.set()

    async def deliver(self) -> None:
        """Send until cancelled: first words, then pictures; live ones as far as the page gave credit."""
        while True:
            await self._something.wait()
            self._something.clear()
            while (sending := self._next()) is not None:
                self._sending_since = time.monotonic()
                await sending
                self._sending_since = None
                if self.has_room:
                    self._on_room()

    def _next(self) -> Awaitable[None] | None:
        if self._notices:
            return self._send_json(self._notices.pop(next(iter(self._notices))))
        if self._shots:
            shots = list(self._shots)
            self._shots.clear()
            return self._send_json({"type": "shots", "shots": shots})
        others = [kind for kind in self._pictures if kind != LIVE]
        if others:
            return self._send_bytes(self._pictures.pop(others[0]))
        if LIVE in self._pictures and self.credits > 0:
            self.credits -= 1
            return self._send_bytes(self._pictures.pop(LIVE))
        return None
