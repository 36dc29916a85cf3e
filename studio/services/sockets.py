"""The two sockets that a render service dials: control, and frames, so that a cancel never waits behind pictures.

Bearer token only; no cookie, no Origin. Closes with 4401 when the token is unknown or revoked, 4409 when the service
has dialled in anew, 1003 for what is no message, 1013 when it does not read what it is sent.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError
from pydantic import ValidationError

from gpu_service.protocol import (
    Busy,
    FramesHello,
    Hello,
    PreviewStateMessage,
    Refused,
    ServiceMessage,
    Welcome,
    mismatch_sentence,
    parse_service_message,
)
from studio.services import presence
from studio.services.attachment import Attachment, attachments
from studio.services.models import ServiceToken
from studio.services.tokens import living_token
from studio.services.watch import Watch

BAD_TOKEN, REPLACED, NOT_A_MESSAGE = 4401, 4409, 1003
MESSAGE_BYTES = 1024 * 1024


class ServiceSocket(AsyncWebsocketConsumer):
    """What both sockets share: the token is asked for at the handshake."""

    token: ServiceToken
    attachment: Attachment | None = None

    async def connect(self) -> None:
        self.is_over = False
        found = await database_sync_to_async(living_token)(_bearer(self.scope["headers"]))
        await self.accept()
        if found is None:
            # Accepted first, so that the service can read why.
            await self.refuse("This studio does not know the service's token, or it was revoked. Make a new one.")
            return
        self.token = found

    async def refuse(self, sentence: str, code: int = BAD_TOKEN) -> None:
        await self.send(text_data=Refused(sentence=sentence).model_dump_json())
        await self.end(code)

    async def end(self, code: int) -> None:
        if not self.is_over:
            self.is_over = True
            await self.close(code=code)

    async def understood(self, text: str | None) -> ServiceMessage | None:
        """The message, or None after the socket was closed for what it said."""
        if text is not None and len(text) <= MESSAGE_BYTES:
            with contextlib.suppress(ValidationError):
                return parse_service_message(text)
        await self.end(NOT_A_MESSAGE)
        return None


class ControlSocket(ServiceSocket):
    """hello → welcome or refused; then states of previews one way, orders and cancels the other."""

    _tasks: tuple[asyncio.Task[None], ...] = ()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_over:
            return
        if self.attachment is None:
            await self._greet(text_data)
            return
        self.attachment.unanswered = 0
        message = await self.understood(text_data)
        if isinstance(message, PreviewStateMessage):
            self.attachment.heard(message)
        elif isinstance(message, Busy):
            await self._quietly(presence.note_busy, self.attachment.service_id, message)

    async def disconnect(self, code: int) -> None:
        self.is_over = True
        for task in self._tasks:
            task.cancel()
        if self.attachment is not None:
            gone, self.attachment = self.attachment, None
            await self._let_go(gone)

    async def _let_go(self, gone: Attachment) -> None:
        """It is away from now on. Doing so twice does nothing more."""
        attachments.leave(gone)
        await self._quietly(presence.go_away, gone.service_id, gone.attach_id)

    async def _greet(self, text: str | None) -> None:
        hello = _protocol_of(text)
        if isinstance(hello, str):
            await self.refuse(hello, code=NOT_A_MESSAGE)
            return
        message = await self.understood(text)
        if not isinstance(message, Hello):
            await self.end(NOT_A_MESSAGE)
            return
        service = await database_sync_to_async(presence.attach)(self.token, message)
        assert service.attach_id is not None
        self.attachment = Attachment(
            service_id=service.id,
            attach_id=service.attach_id,
            token_id=self.token.pk,
            name=service.name,
            slots=message.preview_slots,
        )
        welcome = Welcome(
            attach_id=service.attach_id, service_id=service.id, renew_seconds=float(settings.RENEW_SECONDS)
        )
        await self.send(text_data=welcome.model_dump_json())
        former = attachments.enter(self.attachment)
        if former is not None:
            former.end(REPLACED)
        self._tasks = (
            asyncio.create_task(self._send_all(self.attachment)),
            asyncio.create_task(Watch(self.token, self.attachment).run()),
        )

    async def _send_all(self, attachment: Attachment) -> None:
        """Send what the hub and the watch have to say; `send` waits for the transport."""
        async for message in attachment.control_messages():
            await self.send(text_data=message.model_dump_json())
        # Not only when the socket is closed: a frozen service does not answer the close either.
        await self._let_go(attachment)
        await self.end(attachment.close_code)

    async def _quietly(self, what: Callable[..., None], *arguments: Any) -> None:
        """A database that is away is no reason to hang up on a service."""
        with contextlib.suppress(DatabaseError):
            await database_sync_to_async(what)(*arguments)


class FramesSocket(ServiceSocket):
    """After FramesHello: pictures in, credits out."""

    _task: asyncio.Task[None] | None = None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_over:
            return
        if bytes_data is not None and self.attachment is not None:
            self.attachment.unanswered = 0
            try:
                self.attachment.frame(bytes_data)
            except ValueError:
                await self.end(NOT_A_MESSAGE)
            # Let the viewers' tasks have their turn, or a burst of pictures would only replace itself.
            await asyncio.sleep(0)
            return
        message = await self.understood(text_data)
        if isinstance(message, FramesHello) and self.attachment is None:
            await self._begin(message.attach_id)
        elif message is not None:
            await self.end(NOT_A_MESSAGE)

    async def disconnect(self, code: int) -> None:
        self.is_over = True
        if self._task:
            self._task.cancel()
        if self.attachment is not None:
            attachments.lose_frames(self.attachment, self)

    async def _begin(self, attach_id: UUID) -> None:
        attachment = attachments.find(attach_id, token_id=self.token.pk)
        if attachment is None:
            await self.end(REPLACED)
            return
        self.attachment = attachment
        attachments.gain_frames(attachment, self)
        self._task = asyncio.create_task(self._send_credits(attachment))

    async def _send_credits(self, attachment: Attachment) -> None:
        async for credit in attachment.credit_messages():
            await self.send(text_data=credit.model_dump_json())
        await self.end(attachment.close_code)


def _bearer(headers: list[tuple[bytes, bytes]]) -> str:
    for name, value in headers:
        if name == b"authorization" and value[:7].lower() == b"bearer ":
            return value[7:].strip().decode("ascii", "replace")
    return ""


def _protocol_of(text: str | None) -> str | None:
    """A sentence when a hello speaks another protocol: its other fields may then mean anything."""
    with contextlib.suppress(ValueError):
        said = json.loads(text or "")
        if isinstance(said, dict) and isinstance(said.get("protocol"), int):
            return mismatch_sentence(said["protocol"])
    return None
