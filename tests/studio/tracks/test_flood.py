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


async def settle():
    for _ in range(10):
        await asyncio.sleep(0)


async def test_the_next_of_a_heap_is_refused_until_one_is_done():
    slow = Slow()
    door = Flood(slow)
    heap = [asyncio.create_task(ask(door)) for _ in range(MOST_UNDER_WAY)]
    await settle()
    assert await ask(door) == 429
    others = [
        asyncio.create_task(ask(door, "/api/v1/tracks/1c1f/edits")),
        asyncio.create_task(ask(door, method="GET")),
        asyncio.create_task(ask(door, "/api/v1/tracks/0b0e/comments")),
    ]
    await settle()
    assert slow.seen == 1 + len(others)  # of the heap the first alone
    slow.go.set()
    assert await asyncio.gather(*heap, *others) == [200] * (MOST_UNDER_WAY + len(others))
    assert await ask(door, f"{TRACK}/0d0d/undo") == 200
    assert not door.under_way
    assert not door.lines


async def test_whoever_comes_later_waits_for_one_of_the_heap_at_most():
    order = []

    async def edit(scope, receive, send):
        order.append(scope["headers"][0][1].decode())
        await asyncio.sleep(0.001)
        await send({"type": "http.response.start", "status": 200})

    door = Flood(edit)
    heap = [asyncio.create_task(ask(door, cookie=b"flood")) for _ in range(MOST_UNDER_WAY)]
    await settle()
    later = [asyncio.create_task(ask(door, cookie=name)) for name in (b"ben", b"ana")]
    await asyncio.gather(*heap, *later)
    assert order == ["flood", "ben", "ana", "flood", "flood", "flood"]


async def test_who_reads_the_answer_slowly_holds_up_nobody():
    door, reads = Flood(Slow()), asyncio.Event()
    door.application.go.set()

    async def send(message):
        await reads.wait()

    scope = {"type": "http", "path": TRACK, "method": "POST", "headers": [(b"cookie", b"slow")]}
    slow = asyncio.create_task(door(scope, None, send))
    await settle()
    assert await asyncio.wait_for(ask(door), 5) == 200
    reads.set()
    await slow


async def test_an_edit_that_fails_or_is_given_up_lets_the_next_come():
    async def fail(scope, receive, send):
        raise ValueError

    door = Flood(fail)
    assert [type(one) for one in await asyncio.gather(ask(door), ask(door), return_exceptions=True)] == [ValueError] * 2
    door.application = Slow()
    given_up = asyncio.create_task(ask(door))
    await settle()
    given_up.cancel()
    await settle()
    door.application.go.set()
    assert await asyncio.wait_for(ask(door), 5) == 200
    assert not door.under_way
