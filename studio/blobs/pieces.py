"""The pieces of uploads on their way in, before Django: what a connection brought before it died is kept.

Django begins with a request when its body is whole, so that a piece whose sender fell silent would be lost with its
connection, and its sender, back on another, could not know how far it got. Here the body is read as it comes. A piece
that ends early is given to Django as the shorter piece that it is: tus asks a server to store as much as it received.
A HEAD of the same sender means that it no longer believes in its open PATCH: that one is ended first, and the answer
tells the offset with all that it brought.
"""

import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import IO, Any

from django.conf import settings

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[Any]]

ADDRESS = re.compile(r"^/api/v1/uploads/[0-9a-f-]{36}$")
# How long a new request waits for the one that it takes over from.
RELIEVE_SECONDS = 4.0
# Without a byte for so long, a connection is dead.
IDLE_SECONDS = 60.0
# A second PATCH takes over only from one that has stood still for so long; a HEAD from any.
STALLED_SECONDS = 1.0
# One that is ended may have more in the machine's own buffers: so long between one message and the next.
DRAIN_SECONDS = 0.05
IN_MEMORY_BYTES = 256 * 1024
RELIEVED = (
    b'{"detail": "This piece ended early. What arrived of it is kept: ask for the offset, then go on from there."}'
)
MUCH = b'{"detail": "Send at most 4 MiB at once."}'


class TooLarge(Exception):
    """More than a piece may have."""


class Piece:
    """One PATCH whose body is still coming in."""

    def __init__(self, sender: tuple[bytes, ...]) -> None:
        self.sender = sender
        self.stop, self.done = asyncio.Event(), asyncio.Event()
        self.heard_at = time.monotonic()

    async def read(self, receive: Receive, body: IO[bytes]) -> bool:
        """Take what comes. True when the body is whole; False when it was cut, relieved or fell silent.

        Raises TooLarge.
        """
        stopped = asyncio.ensure_future(self.stop.wait())
        try:
            while True:
                coming = asyncio.ensure_future(receive())
                both = {coming, stopped}
                await asyncio.wait(both, timeout=IDLE_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not coming.done() and stopped.done():
                    await asyncio.wait({coming}, timeout=DRAIN_SECONDS)
                if not coming.done():
                    coming.cancel()
                    return False
                message = coming.result()
                if message["type"] != "http.request":
                    return False
                self.heard_at = time.monotonic()
                body.write(message.get("body", b""))
                if body.tell() > settings.UPLOAD_CHUNK_BYTES:
                    raise TooLarge
                if not message.get("more_body", False):
                    return True
        finally:
            stopped.cancel()


class Pieces:
    """ASGI around the application of HTTP."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._open: dict[str, Piece] = {}

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("HEAD", "PATCH") or not ADDRESS.match(scope["path"]):
            await self._application(scope, receive, send)
            return
        await self._relieve(scope)
        if scope["method"] == "HEAD":
            await self._application(scope, receive, send)
        else:
            await self._take(scope, receive, send)

    async def _take(self, scope: Any, receive: Receive, send: Send) -> None:
        piece = Piece(_sender(scope))
        self._open[scope["path"]] = piece
        try:
            if int(_header(scope, b"content-length") or 0) > settings.UPLOAD_CHUNK_BYTES:
                raise TooLarge
            with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY_BYTES) as body:
                if await piece.read(receive, body):
                    await self._application(scope, _replay(body, then=receive), send)
                    return
                # A piece with a checksum of its own is whole or nothing.
                if body.tell() and not _header(scope, b"upload-checksum"):
                    await self._application(_shortened(scope, body.tell()), _replay(body, then=_never), _nowhere)
            await _answer_early(send, 408, RELIEVED)
        except TooLarge:
            await _answer_early(send, 413, MUCH)
        finally:
            piece.done.set()
            if self._open.get(scope["path"]) is piece:
                del self._open[scope["path"]]

    async def _relieve(self, scope: Any) -> None:
        """End what the same sender left open at this address, and wait until all that it brought is stored."""
        former = self._open.get(scope["path"])
        if former is None or former.sender != _sender(scope):
            return
        if scope["method"] == "PATCH" and time.monotonic() - former.heard_at < STALLED_SECONDS:
            return
        former.stop.set()
        try:
            await asyncio.wait_for(former.done.wait(), RELIEVE_SECONDS)
        except TimeoutError:
            return


def _sender(scope: Any) -> tuple[bytes, ...]:
    """What proves who it is: only the same may end an open piece."""
    return (_header(scope, b"authorization"), _header(scope, b"cookie"))


def _header(scope: Any, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key.lower() == name), b"")


def _shortened(scope: Any, length: int) -> Any:
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in (b"content-length", b"transfer-encoding")]
    return {**scope, "headers": [*headers, (b"content-length", str(length).encode())]}


def _replay(body: IO[bytes], *, then: Receive) -> Receive:
    """The body in one message, then whatever the connection says next."""
    said = False

    async def receive() -> Message:
        nonlocal said
        if said:
            return await then()
        said = True
        body.seek(0)
        return {"type": "http.request", "body": body.read(), "more_body": False}

    return receive


async def _never() -> Message:
    return await asyncio.get_running_loop().create_future()


async def _nowhere(message: Message) -> None:
    """The sender of a piece that ended early is not there to hear what came of it."""


async def _answer_early(send: Send, status: int, body: bytes) -> None:
    """The rest of the body is not read: the connection ends with this answer."""
    headers = [(b"content-type", b"application/json"), (b"connection", b"close"), (b"tus-resumable", b"1.0.0")]
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
