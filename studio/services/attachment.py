"""Attachment: one service with its two sockets, as the hub sees it. What it must hear waits here for its sockets."""

import asyncio
import logging
from collections.abc import AsyncIterator
from uuid import UUID

from gpu_service.protocol import Credit, Model, PreviewStateMessage
from studio.scenes.preview import hub

log = logging.getLogger(__name__)
# A service that reads nothing for so many messages is gone, whatever its connection says.
MAX_WAITING = 2_000
GONE, STALLED = 1001, 1013


class Attachment:
    """A Sender for the hub. `send` and `credit` never wait; the sockets take from the queues as fast as they can."""

    def __init__(self, *, service_id: UUID, attach_id: UUID, token_id: UUID, name: str, slots: int) -> None:
        self.service_id, self.attach_id, self.token_id = service_id, attach_id, token_id
        self.name, self.slots = name, slots
        self.close_code = GONE
        self.frames_socket: object | None = None
        # Pings since it last said anything.
        self.unanswered = 0
        self._control: asyncio.Queue[Model | None] = asyncio.Queue()
        self._credits: asyncio.Queue[Credit | None] = asyncio.Queue()

    def send(self, message: Model) -> None:
        if self._control.qsize() >= MAX_WAITING:
            self.end(STALLED)
        else:
            self._control.put_nowait(message)

    def credit(self, message: Credit) -> None:
        if self._credits.qsize() >= MAX_WAITING:
            self.end(STALLED)
        else:
            self._credits.put_nowait(message)

    def end(self, code: int) -> None:
        """Close both sockets."""
        self.close_code = code
        for queue in (self._control, self._credits):
            while not queue.empty():
                queue.get_nowait()
        self._control.put_nowait(None)
        self._credits.put_nowait(None)

    def heard(self, message: PreviewStateMessage) -> None:
        hub.heard(self, message)

    def frame(self, data: bytes) -> None:
        """A picture for the hub. ValueError when it is none."""
        hub.frame(self, data)

    async def control_messages(self) -> AsyncIterator[Model]:
        while (message := await self._control.get()) is not None:
            yield message

    async def credit_messages(self) -> AsyncIterator[Credit]:
        while (credit := await self._credits.get()) is not None:
            yield credit


class Attachments:
    """Those of this process. The hub hears of one as soon as both of its sockets are there."""

    def __init__(self) -> None:
        self._by_service: dict[UUID, Attachment] = {}

    def enter(self, attachment: Attachment) -> Attachment | None:
        """A service said hello. Returns its former attachment, if that socket has not noticed its death yet."""
        former = self._by_service.get(attachment.service_id)
        self._by_service[attachment.service_id] = attachment
        if former is not None:
            hub.detach(former)
        return former

    def leave(self, attachment: Attachment) -> None:
        if self._by_service.get(attachment.service_id) is attachment:
            del self._by_service[attachment.service_id]
        hub.detach(attachment)
        attachment.end(attachment.close_code)

    def find(self, attach_id: UUID, *, token_id: UUID) -> Attachment | None:
        found = [each for each in self._by_service.values() if each.attach_id == attach_id]
        return next((each for each in found if each.token_id == token_id), None)

    def gain_frames(self, attachment: Attachment, socket: object) -> None:
        attachment.frames_socket = socket
        hub.attach(attachment)

    def lose_frames(self, attachment: Attachment, socket: object) -> None:
        """Without frames a service can still draw films; its previews wait until it has dialled again."""
        if attachment.frames_socket is socket:
            attachment.frames_socket = None
            hub.detach(attachment)


attachments = Attachments()
