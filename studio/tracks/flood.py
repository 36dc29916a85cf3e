"""Edits that one sender heaps up are turned away at the door, before they cost a database query or a thread.

A page sends one edit after the other. Whoever has several under way on one track gets 429 for the next, so that those
of others come through; how many a second are taken in the long run is edit_rate.py's.

Edits of a track come one after the other anyway. They wait for that here, in the order of coming and with at most one
of each sender in the line, which is fairer than SQLite, where the luckiest of those that try again comes next.
"""

import asyncio
import contextlib
import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from weakref import WeakValueDictionary

from studio.tracks.edit_rate import TOO_FAST

EDITS = re.compile(r"^/api/v1/tracks/([0-9a-f-]+)/edits(/|$)")
MOST_UNDER_WAY = 4
SENDER_HEADERS = (b"authorization", b"cookie")


class Flood:
    """ASGI. Counts by who sends (the header that says so, whoever that is) and by track."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.under_way: Counter[tuple[bytes, str]] = Counter()
        self.lines: WeakValueDictionary[Any, asyncio.Lock] = WeakValueDictionary()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = EDITS.match(scope["path"]) if scope.get("method") == "POST" else None
        if found is None:
            return await self.application(scope, receive, send)
        key = (b"".join(value for name, value in scope["headers"] if name in SENDER_HEADERS), found[1])
        if self.under_way[key] >= MOST_UNDER_WAY:
            return await _refuse(send)
        self.under_way[key] += 1
        try:
            async with contextlib.AsyncExitStack() as turn:
                await turn.enter_async_context(self._first_in_line(key))
                await turn.enter_async_context(self._first_in_line(found[1]))

                async def answer(message: Any) -> None:
                    await turn.aclose()  # the edit is made; who reads the answer slowly holds up nobody
                    await send(message)

                await self.application(scope, receive, answer)
        finally:
            self.under_way[key] -= 1
            if not self.under_way[key]:
                del self.under_way[key]

    @contextlib.asynccontextmanager
    async def _first_in_line(self, name: Any) -> AsyncIterator[None]:
        lock = self.lines.setdefault(name, asyncio.Lock())
        async with lock:
            yield


async def _refuse(send: Any) -> None:
    body = json.dumps({"detail": TOO_FAST}).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})
