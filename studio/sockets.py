"""The base of every page's socket: who may open it, how large and how fast its messages may be, and when it must close.

The Origin is checked in asgi.py, before this. Rights are looked up again while the socket is open, because they can be
withdrawn. Closes with 4401 (signed out), 4403 (no right any more), 1008 (too fast), 1009 (too large), 1003 (not JSON).
"""

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Coroutine
from typing import Any
from uuid import UUID

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.http import HttpRequest

from studio.accounts.models import User
from studio.projects.access import may_see

logger = logging.getLogger(__name__)
SIGNED_OUT, NO_RIGHT = 4401, 4403
NOT_JSON, TOO_FAST, TOO_LARGE = 1003, 1008, 1009


class PageSocket(AsyncWebsocketConsumer):
    """Subclasses say which project the socket is about, and what to do when it opens, hears JSON and closes."""

    # The longest message that this socket takes; None for the setting.
    message_bytes: int | None = None
    user: User
    project_id: UUID
    is_over: bool

    async def find_project(self) -> UUID | None:
        """The project that the address leads to, or None when there is no such thing."""
        return self.scope["url_route"]["kwargs"]["project_id"]

    async def prepare(self) -> None:
        """What must be known before the socket is accepted."""

    async def opened(self) -> None:
        """The person may see the project and the socket is accepted."""

    async def heard(self, message: dict[str, Any]) -> None:
        """A JSON object from the page."""

    async def closed(self) -> None:
        """The socket is gone; called once, and only after `opened`."""

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run something beside the socket; it is cancelled when the socket closes."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def send_json(self, message: dict[str, Any]) -> None:
        """Waits until the transport has taken what was sent before."""
        if not self.is_over:
            await self.send(text_data=json.dumps(message))

    async def end(self, code: int) -> None:
        """Close, and hear nothing more."""
        if not self.is_over:
            self.is_over = True
            await self.close(code=code)

    # --- what Channels calls ---

    async def connect(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_over, self._is_open = False, False
        self._second, self._count = 0, 0
        try:
            may_open = await self._may_open()
        except DatabaseError:  # the page tries again by itself
            may_open = False
        if not may_open:
            await self.close()
            return
        await self.accept()
        self._is_open = True
        self.spawn(self._watch_rights())
        await self.opened()

    async def _may_open(self) -> bool:
        user, project_id = self.scope["user"], await self.find_project()
        if not user.is_authenticated or project_id is None:
            return False
        if not await database_sync_to_async(may_see)(user.pk, project_id):
            return False
        self.user, self.project_id = user, project_id
        await self.prepare()
        return True

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.is_over:
            return
        if len(text_data or bytes_data or "") > (self.message_bytes or settings.SOCKET_MESSAGE_BYTES):
            await self.end(TOO_LARGE)
        elif self._is_flood():
            await self.end(TOO_FAST)
        else:
            await self._hear(text_data)

    async def disconnect(self, code: int) -> None:
        self.is_over = True
        tasks = list(getattr(self, "_tasks", ()))
        for task in tasks:
            task.cancel()
        if getattr(self, "_is_open", False):
            self._is_open = False
            await self.closed()

    # --- rules ---

    async def _hear(self, text: str | None) -> None:
        try:
            message = json.loads(text or "")
        except (ValueError, RecursionError):
            message = None
        if isinstance(message, dict):
            await self.heard(message)
        else:
            await self.end(NOT_JSON)

    def _is_flood(self) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._count = second, 0
        self._count += 1
        return self._count > settings.SOCKET_MESSAGES_PER_SECOND

    async def _watch_rights(self) -> None:
        while True:
            await asyncio.sleep(settings.RIGHTS_SECONDS)
            with contextlib.suppress(DatabaseError):  # a database that is away withdraws nobody's rights
                code = await database_sync_to_async(self._lost_right)()
                if code is not None:
                    await self.end(code)
                    return

    def _lost_right(self) -> int | None:
        request = HttpRequest()
        request.session = SessionStore(self.scope["session"].session_key)
        if get_user(request).pk != self.user.pk:
            return SIGNED_OUT
        return None if may_see(self.user.pk, self.project_id) else NO_RIGHT

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("A task of %s ended badly.", type(self).__name__, exc_info=task.exception())
