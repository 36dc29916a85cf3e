"""/ws/device: the socket that a capture device dials. Messages as JSON both ways, pictures from the device.

Bearer token only; no cookie, no Origin. Closes with 4401 when the token is unknown or revoked, 4409 when the device has
dialled in anew, 1003 for what is no message, 1008 for too many, 1009 for too large ones.
"""

import asyncio
import contextlib
import json
import time
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from capture_agent.protocol import (
    MAX_JPEG_BYTES,
    MAX_MESSAGE_BYTES,
    Answer,
    Command,
    Credit,
    DeviceMessage,
    Frame,
    Hello,
    Message,
    ProtocolError,
    Refused,
    Shot,
    Status,
    TestShot,
    Welcome,
    mismatch_sentence,
    parse_device_message,
)
from studio.datasets.devices import living_device
from studio.services import capture_devices
from studio.services.capture_desk import Answered
from studio.services.capture_hub import hub
from studio.sockets import NOT_JSON, TOO_FAST, TOO_LARGE

BAD_TOKEN, REPLACED = 4401, 4409
FRAME_BYTES = MAX_JPEG_BYTES + 64
# The newest status is written at most so often, and a revoked token is noticed within two of these.
KEEP_SECONDS = 0.5
SEEN_SECONDS = 15.0
# A device that reads nothing for so many messages is gone, whatever its connection says.
MAX_WAITING = 200
UNKNOWN = "This studio does not know the device's token, or it was revoked. Pair the device again."


class DeviceSocket(AsyncWebsocketConsumer):
    """A Line of the hub: hello → welcome or refused; then what it says goes to its desk, what pages ask goes to it."""

    device_id: UUID
    attach_id: UUID
    is_attached = False

    async def connect(self) -> None:
        self.is_over = False
        self._close_code = 1000
        self._tasks: list[asyncio.Task[None]] = []
        self._waiting: asyncio.Queue[Message | None] = asyncio.Queue()
        self._second, self._count = 0, 0
        self._unsaved: dict[str, Any] | None = None
        found = await database_sync_to_async(living_device)(_bearer(self.scope["headers"]))
        await self.accept()
        if found is None:
            # Accepted first, so that the device can read why.
            await self._refuse(UNKNOWN, BAD_TOKEN)
            return
        self.device_id = found.pk

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_over:
            return
        limit = MAX_MESSAGE_BYTES if bytes_data is None else FRAME_BYTES
        if len(text_data or bytes_data or "") > limit:
            await self._close(TOO_LARGE)
        elif self._is_flood():
            await self._close(TOO_FAST)
        else:
            await self._hear(text_data, bytes_data)

    async def disconnect(self, code: int) -> None:
        self.is_over = True
        for task in getattr(self, "_tasks", ()):
            task.cancel()
        if self.is_attached:
            self.is_attached = False
            hub.desk(self.device_id).detach(self)
            with contextlib.suppress(DatabaseError):
                await database_sync_to_async(capture_devices.go_away)(self.device_id, self.attach_id, self._unsaved)

    # --- Line: what the desk asks of it, without waiting ---

    def command(self, command_id: str, name: str, args: dict[str, Any]) -> None:
        self._put(Command(id=command_id, name=name, args=args))

    def credit(self, frames: int) -> None:
        self._put(Credit(frames=frames))

    def end(self, code: int) -> None:
        self._close_code = code
        self._waiting.put_nowait(None)

    # --- what comes ---

    async def _hear(self, text: str | None, data: bytes | None) -> None:
        try:
            if not self.is_attached:
                await self._greet(text)
            elif data is not None:
                frame = Frame.from_bytes(data)
                hub.desk(self.device_id).picture(frame.kind, data)
                # Let the watchers' tasks have their turn, or a burst of pictures would only replace itself.
                await asyncio.sleep(0)
            else:
                self._take(parse_device_message(text or ""))
        except ProtocolError as error:
            await self._refuse(str(error), NOT_JSON)

    def _take(self, message: DeviceMessage) -> None:
        desk = hub.desk(self.device_id)
        said = {"type": message.type, **message.as_dict()}
        if isinstance(message, Status):
            self._unsaved = {**message.as_dict(), "at": timezone.now().isoformat()}
            desk.say({**self._unsaved, "type": "status"})
        elif isinstance(message, Shot):
            desk.shot({**said, "at": timezone.now().isoformat()})
        elif isinstance(message, TestShot):
            desk.test(said)
        elif isinstance(message, Answer):
            desk.answered(message.command_id, Answered(message.ok, message.error))
        else:
            raise ProtocolError("A connection has one hello.")

    async def _greet(self, text: str | None) -> None:
        mismatch = _mismatch_of(text)
        if mismatch:
            raise ProtocolError(mismatch)
        message = parse_device_message(text or "")
        if not isinstance(message, Hello):
            raise ProtocolError("The first message is a hello.")
        self.attach_id = await database_sync_to_async(capture_devices.attach)(self.device_id, message.as_dict())
        self.is_attached = True
        self._put(Welcome(studio=settings.STUDIO_URL[:200], server_now=timezone.now().isoformat()))
        former = hub.attach(self)
        if former is not None:
            former.end(REPLACED)
        self._tasks = [asyncio.create_task(self._send_all()), asyncio.create_task(self._keep())]

    # --- what goes ---

    def _put(self, message: Message) -> None:
        if self._waiting.qsize() >= MAX_WAITING:
            self.end(TOO_FAST)
        else:
            self._waiting.put_nowait(message)

    async def _send_all(self) -> None:
        while (message := await self._waiting.get()) is not None:
            await self.send(text_data=message.to_json())
        if self._close_code == BAD_TOKEN:
            await self._refuse(UNKNOWN, BAD_TOKEN)
        await self._close(self._close_code)

    async def _keep(self) -> None:
        """Keep the newest status in the row, say now and then that it is there, and hang up on a revoked token."""
        seen_at = time.monotonic()
        while True:
            await asyncio.sleep(KEEP_SECONDS)
            with contextlib.suppress(DatabaseError):
                if not await database_sync_to_async(capture_devices.is_living)(self.device_id):
                    self.end(BAD_TOKEN)
                    return
                is_due = time.monotonic() - seen_at > SEEN_SECONDS
                if self._unsaved is not None or is_due:
                    status, self._unsaved = self._unsaved, None
                    await database_sync_to_async(capture_devices.note_status)(self.device_id, self.attach_id, status)
                    seen_at = time.monotonic()

    async def _refuse(self, sentence: str, code: int) -> None:
        if not self.is_over:
            await self.send(text_data=Refused(sentence=sentence[:500]).to_json())
            await self._close(code)

    async def _close(self, code: int) -> None:
        if not self.is_over:
            self.is_over = True
            await self.close(code=code)

    def _is_flood(self) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return self._count > settings.SOCKET_MESSAGES_PER_SECOND


def _bearer(headers: list[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return value[7:].strip().decode("ascii", "replace")
    return ""


def _mismatch_of(text: str | None) -> str | None:
    """A sentence when a hello speaks another protocol: its other fields may then mean anything."""
    with contextlib.suppress(ValueError, RecursionError):
        said = json.loads(text or "")
        if isinstance(said, dict) and isinstance(said.get("protocol"), int):
            return mismatch_sentence(said["protocol"])
    return None
