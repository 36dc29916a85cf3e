"""F18 in a real studio process: pages that stop reading cost no memory and take no picture from the others."""

import asyncio
import contextlib
import json
import time
import uuid
from typing import Any

import pytest
import websockets

from gpu_service.protocol import FrameHeader, FramesHello, pack_frame
from tests.studio.services.sockets import hello
from tests.studio.site.conftest import Studio, manage, studio_on

VIEWERS, STALLED = 8, 3
SECONDS = 8.0
FRAMES_PER_SECOND = 20
FRAME_BYTES = 200_000
FLAT_MEGABYTES = 20
SEED = """
import json
from studio.accounts.models import User
from studio.projects.models import Membership, Project
from studio.services.tokens import make_token
from tests.studio.features import make_scene
owner = User.objects.get()
project = Project.objects.create(name="Saltworks")
Membership.objects.create(project=project, user=owner, role="owner")
print(json.dumps({"scene": str(make_scene(project, owner).id), "token": make_token("Attic", by=owner)[1]}))
"""


class Service:
    """Draws as long as somebody can take it, never faster than the scene's rate."""

    def __init__(self) -> None:
        self.credit, self.drawn = 0, 0
        self.preview: dict[str, Any] = {}

    async def run(self, studio: Studio, token: str) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        address = studio.url.replace("http", "ws")
        async with (
            websockets.connect(f"{address}/ws/service/control", additional_headers=headers) as control,
            websockets.connect(f"{address}/ws/service/frames", additional_headers=headers) as frames,
        ):
            await control.send(json.dumps(hello()))
            welcome = json.loads(await control.recv())
            await frames.send(FramesHello(attach_id=welcome["attach_id"]).model_dump_json())
            await asyncio.gather(self._listen(control), self._take_credit(frames), self._draw(frames))

    async def _listen(self, control: Any) -> None:
        async for text in control:
            message = json.loads(text)
            if message["type"] == "preview.open":
                self.preview = message

    async def _take_credit(self, frames: Any) -> None:
        async for text in frames:
            self.credit += json.loads(text)["n"]

    async def _draw(self, frames: Any) -> None:
        while True:
            await asyncio.sleep(1 / FRAMES_PER_SECOND)
            if not self.preview or self.credit < 1:
                continue
            self.credit -= 1
            self.drawn += 1
            header = FrameHeader(
                preview_id=uuid.UUID(self.preview["preview_id"]),
                revision=1_000,
                frame=self.drawn,
                pts_us=self.drawn * 1_000_000 // FRAMES_PER_SECOND,
                width=256,
                height=256,
            )
            await frames.send(pack_frame(header, b"x" * FRAME_BYTES))


async def watch(studio: Studio, scene: str, counts: dict[int, int], number: int, follow: str | None) -> None:
    """A page. The last few take what comes first, then read no more, as a laptop that was closed."""
    address = f"{studio.url.replace('http', 'ws')}/ws/scenes/{scene}/preview"
    headers = {"Cookie": studio.cookie}
    page = await websockets.connect(address, additional_headers=headers, origin=studio.url, max_queue=1, max_size=None)
    async with page:
        await page.send(json.dumps({"type": "join", "width": 256, "follow": follow}))
        await page.send(json.dumps({"type": "credit", "n": 60 if number >= VIEWERS - STALLED else 4}))
        if number >= VIEWERS - STALLED:
            await asyncio.sleep(SECONDS * 2)
        async for message in page:
            if isinstance(message, bytes):
                counts[number] += 1
                await page.send(json.dumps({"type": "credit", "n": 1}))


async def pour(studio: Studio, seed: dict[str, str]) -> tuple[Service, dict[int, int], list[float]]:
    """Everybody at once for a while. -> the service, frames per page, the studio's size in megabytes"""
    service, counts, sizes = Service(), dict.fromkeys(range(VIEWERS), 0), []
    tasks = [asyncio.create_task(service.run(studio, seed["token"]))]
    tasks.append(asyncio.create_task(watch(studio, seed["scene"], counts, 0, None)))
    async with asyncio.timeout(20):
        while not service.preview:
            await asyncio.sleep(0.05)
    follow = service.preview["preview_id"]
    tasks += [asyncio.create_task(watch(studio, seed["scene"], counts, each, follow)) for each in range(1, VIEWERS)]
    await asyncio.sleep(2.0)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        sizes.append(studio.megabytes())
        await asyncio.sleep(0.25)
    broken = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
    assert not broken, [task.exception() for task in broken]
    return service, counts, sizes


@pytest.mark.timeout(180)
def test_stalled_pages_cost_no_memory_and_no_picture_of_the_others(tmp_path):
    with studio_on(tmp_path, PYTHONPATH=".") as studio:
        seed = json.loads(manage(studio.environment, "shell", "-v", "0", "-c", SEED).strip().splitlines()[-1])
        service, counts, sizes = asyncio.run(pour(studio, seed))
    reading = [counts[number] for number in range(VIEWERS - STALLED)]
    assert service.drawn > SECONDS * FRAMES_PER_SECOND / 4, "the studio hardly asked for pictures"
    assert min(reading) >= 0.8 * max(reading)
    assert min(reading) >= 0.8 * service.drawn - 10
    assert max(sizes) - min(sizes) < FLAT_MEGABYTES, sizes
