"""The tail of the event table: wakes whoever watches a project when it has a new event.

What this process records rings at once. Of other processes PostgreSQL tells by itself (NOTIFY in record.py); SQLite is
asked a few times a second while somebody watches. PostgreSQL is asked too, but rarely, in case its line broke.
"""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import DatabaseError, connection

from studio.events.models import EventCounter
from studio.events.read import events_since

logger = logging.getLogger(__name__)
CHANNEL = "phosphene_events"
POSTGRES_POLL_SECONDS = 5.0
# Events, oldest first, and the number to go on from.
Page = tuple[list[dict[str, Any]], int]


class Tail:
    """One per event loop. `watching` is held open while somebody wants to know of a project's events."""

    def __init__(self) -> None:
        self._bells: dict[UUID, set[asyncio.Event]] = defaultdict(set)
        self._seen: dict[UUID, int] = {}
        self._rings: dict[UUID, int] = defaultdict(int)
        self._reads: dict[tuple[UUID, int, int, int], asyncio.Task[Page]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @contextlib.asynccontextmanager
    async def watching(self, project_id: UUID) -> AsyncIterator[asyncio.Event]:
        """A bell that rings, at once and then with every new event."""
        bell = asyncio.Event()
        bell.set()
        self._bells[project_id].add(bell)
        if not self._tasks:
            self._start()
        try:
            yield bell
        finally:
            self._bells[project_id].discard(bell)
            if not self._bells[project_id]:
                del self._bells[project_id]
                self._seen.pop(project_id, None)
                self._rings.pop(project_id, None)
            if not self._bells:
                self._stop()

    def ring(self, project_id: UUID, number: int | None = None) -> None:
        """Wake who watches; `number` is the event's, so that asking the table finds nothing new."""
        if number is not None and project_id in self._bells:
            self._seen[project_id] = max(number, self._seen.get(project_id, 0))
        self._rings[project_id] += 1
        for bell in self._bells.get(project_id, ()):
            bell.set()

    async def read(self, project_id: UUID, since: int, *, limit: int) -> "Page":
        """Events after `since`, as in `events_since`; pages that ask for the same at the same time share one reading.

        A reading that began before the bell rang last is shared with nobody: it may have missed what it rang for.
        """
        key = (project_id, since, limit, self._rings[project_id])
        task = self._reads.get(key)
        if task is None:
            task = asyncio.create_task(database_sync_to_async(events_since)(project_id, since, limit=limit))
            self._reads[key] = task
            task.add_done_callback(lambda _: self._reads.pop(key, None))
        return await asyncio.shield(task)

    async def look(self) -> None:
        """Ring for every watched project whose counter has moved."""
        for project_id, last in await database_sync_to_async(self._counters)():
            if self._seen.get(project_id) != last:
                self._seen[project_id] = last
                self.ring(project_id)

    def _counters(self) -> list[tuple[UUID, int]]:
        return list(EventCounter.objects.filter(pk__in=list(self._bells)).values_list("project_id", "last"))

    def _start(self) -> None:
        is_postgres = connection.vendor == "postgresql"
        pause = POSTGRES_POLL_SECONDS if is_postgres else settings.EVENT_POLL_SECONDS
        self._tasks = [asyncio.create_task(self._poll(pause))]
        if is_postgres:
            self._tasks.append(asyncio.create_task(self._listen()))

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._tasks = []

    async def _poll(self, pause: float) -> None:
        while True:
            with contextlib.suppress(DatabaseError):
                await self.look()
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear_notifications()
            except (psycopg.Error, OSError) as error:
                logger.warning("The line to PostgreSQL broke (%s); trying again.", type(error).__name__)
                await asyncio.sleep(1.0)

    async def _hear_notifications(self) -> None:
        parameters = connection.get_connection_params()
        wanted = {
            name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if name in parameters
        }
        async with await psycopg.AsyncConnection.connect(**wanted, autocommit=True) as line:
            await line.execute(f"LISTEN {CHANNEL}")
            await self.look()  # what came before the line stood
            async for notice in line.notifies():
                self.ring(UUID(notice.payload))


_tails: dict[asyncio.AbstractEventLoop, Tail] = {}


def ring_here(project_id: UUID, number: int) -> None:
    """An event of this process is in the table: tell every loop of it, from any thread."""
    for loop, one in list(_tails.items()):
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
            loop.call_soon_threadsafe(one.ring, project_id, number)


def tail() -> Tail:
    """The tail of the running loop."""
    loop = asyncio.get_running_loop()
    for old in [known for known in _tails if known.is_closed()]:
        del _tails[old]
    return _tails.setdefault(loop, Tail())
