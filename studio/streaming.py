"""Requests whose body Daphne hands on as it comes. Daphne itself keeps a body to itself until it is whole.

Only the pieces of uploads are read like this (studio/blobs/pieces.py).
"""

import asyncio
import re
from typing import Any

from daphne.http_protocol import WebRequest

STREAMED = re.compile(rb"^/api/v1/uploads/[0-9a-f-]{36}$")


class StreamedRequest(WebRequest):
    """A PATCH of an upload begins with its headers; every other request when all of it is there."""

    feed: "asyncio.Queue[dict[str, Any]] | None" = None
    is_streamed = is_whole = False

    def gotLength(self, length: int | None) -> None:
        """Twisted calls this between the headers and the body."""
        super().gotLength(length)
        command, path = self.channel._command, self.channel._path
        if length and command == b"PATCH" and STREAMED.match(path):
            # What `requestReceived` would set once the body is there.
            self.method, self.uri, self.path = command, path, path
            self.clientproto = self.channel._version
            self.client, self.host = self.channel.getPeer(), self.channel.getHost()
            self.is_streamed = True
            self.process()

    def handleContentChunk(self, data: bytes) -> None:
        if self.feed is None:
            super().handleContentChunk(data)
        else:
            self.feed.put_nowait({"type": "http.request", "body": data, "more_body": True})

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        self.is_whole = True
        if not self.is_streamed:
            super().requestReceived(command, path, version)
        elif self.feed is not None:
            self.feed.put_nowait({"type": "http.request", "body": b"", "more_body": False})

    def finish(self) -> None:
        if self.is_streamed and not self.is_whole and self.channel is not None:
            self.channel.persistent = False  # the rest of this body must not be read as the next request
        super().finish()


class Feed:
    """What Daphne's own code writes to: of a streamed request it knows no body, only that its sender went away."""

    def __init__(self, queue: "asyncio.Queue[dict[str, Any]]") -> None:
        self._queue = queue

    def put_nowait(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.disconnect":
            self._queue.put_nowait(message)
