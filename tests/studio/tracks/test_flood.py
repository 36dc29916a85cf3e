"""Who heaps up edits is turned away at the door; others and other addresses are not."""

import asyncio

from studio.tracks.flood import MOST_UNDER_WAY, Flood

TRACK = "/api/v1/tracks/0b0e/edits"


class Slow:
    """Answers when it is told to."""

    def __init__(self):
        self.go, self.seen = asyncio.Event(), 0

    async def __call__(self, scope, receive, send):
        self.seen += 1
        await self.go.wait()
        await send({"type": "http.response.start", "status": 200})


async def ask(door, path=TRACK, *, method="POST", cookie=b"session=ines"):
    said = []

    async def send(message):
        said.append(message)

    scope = {"type": "http", "path": path, "method": method, "headers": [(b"cookie", cookie)]}
    await door(scope, None, send)
    return said[0]["status"]


async def test_the_next_of_a_heap_is_refused_until_one_is_done():
    slow = Slow()
    door = Flood(slow)
    heap = [asyncio.create_task(ask(door)) for _ in range(MOST_UNDER_WAY)]
    await asyncio.sleep(0)
    assert await ask(door) == 429
    assert slow.seen == MOST_UNDER_WAY
    others = [
        asyncio.create_task(ask(door, cookie=b"session=ben")),
        asyncio.create_task(ask(door, "/api/v1/tracks/1c1f/edits")),
        asyncio.create_task(ask(door, method="GET")),
        asyncio.create_task(ask(door, "/api/v1/tracks/0b0e/comments")),
    ]
    await asyncio.sleep(0)
    assert slow.seen == MOST_UNDER_WAY + len(others)
    slow.go.set()
    assert await asyncio.gather(*heap, *others) == [200] * (MOST_UNDER_WAY + len(others))
    assert await ask(door, f"{TRACK}/0d0d/undo") == 200
    assert not door.under_way
