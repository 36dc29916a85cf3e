"""Edits that one sender heaps up are turned away at the door, before they cost a database query or a thread.

A page sends one edit after the other. Whoever has several under way on one track gets 429 for the next, so that those
of others come through; how many a second are taken in the long run is edit_rate.py's.
"""

import json
import re
from collections import Counter
from typing import Any

from studio.tracks.edit_rate import TOO_FAST

EDITS = re.compile(r"^/api/v1/tracks/([0-9a-f-]+)/edits(/|$)")
MOST_UNDER_WAY = 4
SENDER_HEADERS = (b"authorization", b"cookie")


class Flood:
    """ASGI. Counts by who sends (the header that says so, whoever that is) and by track."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.under_way: Counter[tuple[bytes, str]] = Counter()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        found = EDITS.match(scope["path"]) if scope.get("method") == "POST" else None
        if found is None:
            return await self.application(scope, receive, send)
        key = (b"".join(value for name, value in scope["headers"] if name in SENDER_HEADERS), found[1])
        if self.under_way[key] >= MOST_UNDER_WAY:
            return await _refuse(send)
        self.under_way[key] += 1
        try:
            await self.application(scope, receive, send)
        finally:
            self.under_way[key] -= 1
            if not self.under_way[key]:
                del self.under_way[key]


async def _refuse(send: Any) -> None:
    body = json.dumps({"detail": TOO_FAST}).encode()
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"1"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": body})
