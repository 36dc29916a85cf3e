"""The capture hub: which devices are attached to this process, and which pages look at each.

All of it lives in the event loop of the one studio process. Live pictures touch neither the database nor the channel
layer: a device draws one only when some page has room for it, and only the newest is kept.
"""

import asyncio
import concurrent.futures
import uuid
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from studio.services.capture_watcher import MAX_SHOTS, Message, Watcher

LIVE, TEST_SHOT = 1, 2
# At most so many live pictures are on their way from a device: one is drawn while one travels.
MOST_GRANTED = 2


class Line(Protocol):
    """An attached device, as its socket shows it to the hub. None of these waits."""

    device_id: UUID
    attach_id: UUID

    def command(self, command_id: str, name: str, args: dict[str, Any]) -> None: ...

    def credit(self, frames: int) -> None: ...


class DeviceAway(Exception):
    """It is not attached to this studio now, or it went away before it answered."""


@dataclass(frozen=True)
class Answer:
    """What a device said to a command; `error` is a sentence when it did not do it."""

    is_ok: bool
    error: str = ""


@dataclass
class Desk:
    """One device and all who look at it. It stays while the device is away, so that a page finds what was last."""

    line: Line | None = None
    watchers: list[Watcher] = field(default_factory=list)
    status: Message | None = None
    shots: "deque[Message]" = field(default_factory=lambda: deque(maxlen=MAX_SHOTS))
    test_shot: bytes | None = None
    granted: int = 0
    asked: "dict[str, asyncio.Future[Answer]]" = field(default_factory=dict)

    def attach(self, line: Line) -> None:
        self.line, self.granted = line, 0
        self.grant()

    def detach(self, line: Line) -> None:
        """Whoever waits for an answer of this line hears that none will come."""
        if self.line is not line:
            return
        self.line, self.granted = None, 0
        for waiting in self.asked.values():
            if not waiting.done():
                waiting.set_exception(DeviceAway())

    def enter(self, watcher: Watcher) -> None:
        """A page opened: it hears at once what is known."""
        self.watchers.append(watcher)
        if self.status is not None:
            watcher.tell(self.status)
        for shot in self.shots:
            watcher.shot(shot)
        if self.test_shot is not None:
            watcher.offer(TEST_SHOT, self.test_shot)

    def leave(self, watcher: Watcher) -> None:
        if watcher in self.watchers:
            self.watchers.remove(watcher)

    def say(self, status: Message) -> None:
        self.status = status
        self.tell(status)

    def tell(self, message: Message) -> None:
        for watcher in self.watchers:
            watcher.tell(message)

    def shot(self, shot: Message) -> None:
        self.shots.append(shot)
        for watcher in self.watchers:
            watcher.shot(shot)

    def picture(self, kind: int, data: bytes) -> None:
        """A picture came: everybody is offered it, and the device may draw as long as somebody has room."""
        if kind == LIVE:
            self.granted = max(0, self.granted - 1)
        else:
            self.test_shot = data
        for watcher in self.watchers:
            watcher.offer(kind, data)
        self.grant()

    def forget_test_shot(self) -> None:
        self.test_shot = None

    def grant(self) -> None:
        """Let the device draw, if a page would show it. Stalled pages and pages without credit ask for nothing."""
        wanted = MOST_GRANTED if any(watcher.has_room for watcher in self.watchers) else 0
        if self.line is not None and wanted > self.granted:
            self.line.credit(wanted - self.granted)
            self.granted = wanted

    async def ask(self, name: str, args: dict[str, Any]) -> Answer:
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

    def answered(self, command_id: str, answer: Answer) -> None:
        waiting = self.asked.get(command_id)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer)


class Hub:
    """Desks by device. `ask_from_thread` is for requests, which run outside the loop."""

    def __init__(self) -> None:
        self.desks: dict[UUID, Desk] = {}
        self.loop: asyncio.AbstractEventLoop | None = None

    def desk(self, device_id: UUID) -> Desk:
        return self.desks.setdefault(device_id, Desk())

    def attach(self, line: Line) -> Line | None:
        """A device said hello. Returns its former line, if that socket has not noticed its death yet."""
        self.loop = asyncio.get_running_loop()
        desk = self.desk(line.device_id)
        former = desk.line
        if former is not None:
            desk.detach(former)
        desk.attach(line)
        return former

    def ask_from_thread(self, device_id: UUID, name: str, args: dict[str, Any], *, seconds: float) -> Answer:
        """Raises DeviceAway, or TimeoutError when the device does not answer."""
        if self.loop is None or device_id not in self.desks:
            raise DeviceAway
        asked = asyncio.run_coroutine_threadsafe(self.desks[device_id].ask(name, args), self.loop)
        try:
            return asked.result(seconds)
        except concurrent.futures.TimeoutError as error:
            asked.cancel()
            raise TimeoutError from error

    def from_thread(self, device_id: UUID, act: Callable[[Desk], None]) -> None:
        """Do something with a desk, from a request's thread; nothing where this process knows none."""
        if self.loop is not None and device_id in self.desks:
            self.loop.call_soon_threadsafe(act, self.desks[device_id])


hub = Hub()
