"""/ws/projects/{id}/events?since=N: what happens in a project, in order and without gaps; which services; who is here.

Events are read from the table when the page can take them, so a stalled page costs no memory. Everything else has one
slot per type: the newest replaces what was not sent yet.
"""

import asyncio
import contextlib
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.db import DatabaseError

from studio.events import live
from studio.events.places import Here
from studio.events.read import last_number
from studio.events.tail import tail
from studio.sockets import PageSocket

PING_SECONDS = 20.0
BATCH = 200


class EventsSocket(PageSocket):
    async def prepare(self) -> None:
        self._since = await self._asked_since()

    async def opened(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.here: Here | None = None
        self._slots: dict[str, live.Message] = {}
        self._something = asyncio.Event()
        self._line = asyncio.Lock()
        for greet in live.GREETINGS:
            with contextlib.suppress(DatabaseError):
                self.tell(await greet())
        live.enter(self)
        self.spawn(self._send_events(self._since))
        self.spawn(self._send_slots())

    async def closed(self) -> None:
        live.leave(self)

    async def heard(self, message: dict[str, Any]) -> None:
        """A page may say anything here: `ping` has an answer, `here` is told to the others."""
        if message.get("type") == "ping":
            self.tell({"type": "ping"})
        elif message.get("type") == "here":
            live.heard_where(self, message)

    def tell(self, message: live.Message) -> None:
        self._slots[message["type"]] = message
        self._something.set()

    def person(self) -> live.Message:
        user = self.user
        return {"id": str(user.pk), "name": user.name, "initials": user.initials, "colour": user.colour}

    async def _asked_since(self) -> int:
        """The number to go on from; without one, only what comes from now on."""
        given = parse_qs(self.scope["query_string"].decode("ascii", "replace")).get("since", [""])[0]
        if given.isascii() and given.isdigit() and len(given) < 19:
            return int(given)
        return await database_sync_to_async(last_number)(self.project_id)

    async def _send_events(self, since: int) -> None:
        async with tail().watching(self.project_id) as bell:
            while True:
                await bell.wait()
                bell.clear()
                try:
                    since = await self._send_since(since)
                except DatabaseError:  # it is away; nothing was missed when it comes back
                    await asyncio.sleep(1.0)
                    bell.set()

    async def _send_since(self, since: int) -> int:
        """Everything after `since`, in batches. Returns the number to go on from."""
        while True:
            events, last = await tail().read(self.project_id, since, limit=BATCH)
            if events or last != since:
                await self._send({"type": "events", "events": events, "last": last})
            since = last
            if len(events) < BATCH:
                return since

    async def _send_slots(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._something.wait(), PING_SECONDS)
            except TimeoutError:
                self._slots["ping"] = {"type": "ping"}
            self._something.clear()
            while self._slots:
                await self._send(self._slots.pop(next(iter(self._slots))))

    async def _send(self, message: live.Message) -> None:
        async with self._line:
            await self.send_json(message)
