"""Desk: one capture device and every page that looks at it. It stays while the device is away, for what was known last.

Live pictures touch neither the database nor the channel layer: the device draws one only when some page has room for
it, and only the newest is kept.
"""

import asyncio
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from capture_agent.protocol import LIVE, TEST_SHOT
from studio.services.capture_watcher import MAX_SHOTS, Message, Watcher

# At most so many live pictures are on their way from a device: one is drawn while one travels.
MOST_GRANTED = 2
# The live view goes off when nobody has looked for so long; a page that reloads finds it on.
UNWATCHED_SECONDS = 10.0


class Line(Protocol):
    """An attached device, as its socket shows it. None of these waits."""

    device_id: UUID
    attach_id: UUID

    def command(self, command_id: str, name: str, args: dict[str, Any]) -> None: ...

    def credit(self, frames: int) -> None: ...

    def end(self, code: int) -> None: ...


class DeviceAway(Exception):
    """It is not attached to this studio now, or it went away before it answered."""


@dataclass(frozen=True)
class Answered:
    """What a device said to a command; `error` is a sentence when it did not do it."""

    is_ok: bool
    error: str = ""


@dataclass
class Desk:
    """`line` is the living connection of the device, None while it is away."""

    line: Line | None = None
    watchers: list[Watcher] = field(default_factory=list)
    status: Message | None = None
    shots: "deque[Message]" = field(default_factory=lambda: deque(maxlen=MAX_SHOTS))
    test_shot: tuple[Message, bytes | None] | None = None
    granted: int = 0
    is_live: bool = False
    asked: "dict[str, asyncio.Future[Answered]]" = field(default_factory=dict)

    # --- the device's side ---

    def attach(self, line: Line) -> Line | None:
        """It said hello. Returns its former line, if that socket has not noticed its death yet."""
        former = self.line
        if former is not None:
            self.detach(former)
        self.line, self.granted, self.is_live = line, 0, False
        self.tell(self.notice())
        self.follow()
        return former

    def detach(self, line: Line) -> None:
        """It is gone. Whoever waits for an answer of this line hears that none will come."""
        if self.line is not line:
            return
        self.line, self.granted, self.is_live = None, 0, False
        for waiting in self.asked.values():
            if not waiting.done():
                waiting.set_exception(DeviceAway())
        self.tell(self.notice())

    def say(self, status: Message) -> None:
        """How the device stands now. A test shot is forgotten once it was accepted, taken anew or left."""
        was_testing = self.status is not None and self.status["state"] == "testing"
        if was_testing and status["state"] != "testing":
            self.test_shot = None
        self.status = status
        self.tell(status)

    def shot(self, shot: Message) -> None:
        """A picture is on the device's disk. What is kept belongs to one session."""
        if self.shots and self.shots[-1]["session_id"] != shot["session_id"]:
            self.shots.clear()
        self.shots.append(shot)
        for watcher in self.watchers:
            watcher.shot(shot)

    def test(self, said: Message) -> None:
        self.test_shot = (said, None)
        self.tell(said)

    def picture(self, kind: int, data: bytes) -> None:
        """A picture came: everybody is offered it, and the device may draw as long as somebody has room."""
        if kind == LIVE:
            self.granted = max(0, self.granted - 1)
        elif self.test_shot is not None:
            self.test_shot = (self.test_shot[0], data)
        for watcher in self.watchers:
            watcher.offer(kind, data)
        self.grant()

    def answered(self, command_id: str, answer: Answered) -> None:
        waiting = self.asked.get(command_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)

    # --- the pages' side ---

    def enter(self, watcher: Watcher) -> None:
        """A page opened: it hears at once what is known."""
        self.watchers.append(watcher)
        watcher.tell(self.notice())
        if self.status is not None:
            watcher.tell(self.status)
        for shot in self.shots:
            watcher.shot(shot)
        if self.test_shot is not None:
            said, picture = self.test_shot
            watcher.tell(said)
            if picture is not None:
                watcher.offer(TEST_SHOT, picture)

    def leave(self, watcher: Watcher) -> None:
        if watcher in self.watchers:
            self.watchers.remove(watcher)
        self.follow()

    def tell(self, message: Message) -> None:
        for watcher in self.watchers:
            watcher.tell(message)

    def notice(self) -> Message:
        return {"type": "line", "is_online": self.line is not None}

    def follow(self) -> None:
        """Switch the device's live view on when somebody looks, and off a while after the last has gone."""
        if self.line is None:
            return
        if self._is_looked_at and not self.is_live:
            self._switch(is_on=True)
        elif not self._is_looked_at and self.is_live:
            asyncio.get_running_loop().call_later(UNWATCHED_SECONDS, self._switch_off)
        self.grant()

    def grant(self) -> None:
        """Let the device draw, if a page would show it. Stalled pages and pages without credit ask for nothing."""
        wanted = MOST_GRANTED if any(watcher.has_room for watcher in self.watchers) else 0
        if self.line is not None and wanted > self.granted:
            self.line.credit(wanted - self.granted)
            self.granted = wanted

    async def ask(self, name: str, args: dict[str, Any]) -> Answered:
        """Send a command and wait for its answer. Raises DeviceAway."""
        if self.line is None:
            raise DeviceAway
        command_id = str(uuid.uuid4())
        self.asked[command_id] = asyncio.get_running_loop().create_future()
        try:
            self.line.command(command_id, name, args)
            return await self.asked[command_id]
        finally:
            del self.asked[command_id]

    @property
    def _is_looked_at(self) -> bool:
        return any(watcher.wants_live for watcher in self.watchers)

    def _switch_off(self) -> None:
        if self.is_live and not self._is_looked_at:
            self._switch(is_on=False)

    def _switch(self, *, is_on: bool) -> None:
        self.is_live = is_on
        if self.line is not None:
            self.line.command(str(uuid.uuid4()), "live", {"on": is_on})
