"""A server process for tests: /download pours 1 GB, a socket pours frames, /stats tells how much was taken."""

import asyncio
import contextlib
import json
import sys
from typing import Any

from studio.server import PacedServer

PIECE = b"x" * (256 * 1024)
FRAME = b"y" * (200 * 1024)
STATS = {"open": 0, "pieces": 0, "frames": 0}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await until_gone(receive, pour_frames(send), "websocket.disconnect")
    elif scope["path"] == "/stats":
        body = json.dumps(STATS).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": body})
    else:
        await until_gone(receive, pour_pieces(send, int(scope["query_string"] or b"1000")), "http.disconnect")


async def pour_pieces(send: Any, megabytes: int) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(megabytes * 4):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        STATS["pieces"] += 1
        await asyncio.sleep(0)
    await send({"type": "http.response.body", "body": b""})


async def pour_frames(send: Any) -> None:
    while True:
        await send({"type": "websocket.send", "bytes": FRAME})
        STATS["frames"] += 1
        await asyncio.sleep(0.01)


async def until_gone(receive: Any, pouring: Any, kind: str) -> None:
    """Pour until the reader is gone, as Django and Channels do."""

    async def gone() -> None:
        while (await receive())["type"] != kind:
            pass

    STATS["open"] += 1
    tasks = {asyncio.ensure_future(pouring), asyncio.ensure_future(gone())}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        STATS["open"] -= 1
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


if __name__ == "__main__":
    endpoint = f"tcp:port={sys.argv[1]}:interface=127.0.0.1"
    PacedServer(application, endpoints=[endpoint], stall_seconds=float(sys.argv[2])).run()
