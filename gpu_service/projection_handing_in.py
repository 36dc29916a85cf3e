"""What a projection said and found, brought to the studio: reports every second, each batch of frames with its picture.

Frames wait on disk while the studio is away; every answer is what people wish.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from gpu_service.client import StudioClient, StudioRefused, pause_seconds
from gpu_service.errors import RenderError
from gpu_service.projection.file import read_projection
from gpu_service.projection.folder import WorkFolder, span
from gpu_service.protocol import Claim
from gpu_service.protocol.projection import (
    FramesDone,
    ProjectionNote,
    ProjectionReport,
    ProjectionTick,
    ProjectionWish,
)
from gpu_service.uploads import send_artifact

log = logging.getLogger(__name__)
REPORT_SECONDS, LOOK_SECONDS = 1.0, 0.5
PATIENCE_SECONDS = 30.0


class HandingIn:
    """`wish` is the newest that the studio told. `have` = frames that it had before this claim."""

    def __init__(self, client: StudioClient, claim: Claim, folder: WorkFolder, *, have: int) -> None:
        self.client, self.claim, self.folder, self.have = client, claim, folder, have
        self.wish = ProjectionWish(wanted="run")
        self._tick: ProjectionTick | None = None
        self._notes: list[ProjectionNote] = []
        self._path = f"/service/projections/{claim.job.id}"

    def hear(self, said: ProjectionTick | ProjectionNote) -> None:
        """Something to report. Of several ticks the newest counts."""
        if isinstance(said, ProjectionTick):
            self._tick = said
        else:
            self._notes.append(said)

    async def run(self) -> None:
        """Until cancelled. Raises LeaseLost, and StudioRefused when the studio wants nothing more of it."""
        await asyncio.gather(self._report_all(), self._hand_in_all())

    async def all(self) -> None:
        """Whatever still waits, now; patient while the studio is away."""
        await self._patiently(self._report)
        while await self._patiently(self._hand_in):
            pass

    async def _report_all(self) -> None:
        while True:
            await self._patiently(self._report)
            await asyncio.sleep(REPORT_SECONDS)

    async def _hand_in_all(self) -> None:
        while True:
            if not await self._patiently(self._hand_in):
                await asyncio.sleep(LOOK_SECONDS)

    async def _patiently(self, work: Callable[[], Awaitable[bool]]) -> bool:
        attempt = 0
        while True:
            try:
                return await work()
            except StudioRefused:
                raise
            except RenderError as error:
                log.log(logging.DEBUG if attempt else logging.WARNING, "A projection: %s", error)
                await asyncio.sleep(pause_seconds(attempt))
                attempt += 1

    async def _report(self) -> bool:
        """What was said since the last one, or a mere question what is wished."""
        tick, notes = self._tick, list(self._notes)
        request = ProjectionReport(fence=self.claim.lease.fence, reports=[*notes, *([tick] if tick else [])])
        response = await self.client.post(f"{self._path}/reports", request, patience=PATIENCE_SECONDS)
        self.wish = ProjectionWish.model_validate_json(response.content)
        del self._notes[: len(notes)]
        if self._tick is tick:
            self._tick = None
        return True

    async def _hand_in(self) -> bool:
        """The next batch that the studio has not. -> whether there was one"""
        part = next((path for path in self.folder.parts() if span(path)[1] > self.have), None)
        if part is None:
            return False
        first, end = span(part)
        read = await asyncio.to_thread(read_projection, part, unfinished=True)
        artifacts = {"latents": await send_artifact(self.client, part, claim=self.claim, name="latents")}
        picture = part.with_suffix(".jpg")
        with contextlib.suppress(FileNotFoundError):
            artifacts["picture"] = await send_artifact(self.client, picture, claim=self.claim, name="picture")
        said = FramesDone(
            fence=self.claim.lease.fence,
            first=first,
            end=end,
            loss=[float(loss) for loss in read.losses],
            steps=[int(steps) for steps in read.steps],
            artifacts=artifacts,
        )
        response = await self.client.post(f"{self._path}/frames", said)
        self.wish = ProjectionWish.model_validate_json(response.content)
        self.have = end
        return True


def take_parts(folder: WorkFolder, parts: list[Path]) -> int:
    """Put the studio's batches among our own, when ours are fewer. -> how many frames the studio has"""
    have = 0
    for part in parts:
        read = read_projection(part, unfinished=True)
        first, end = read.facts.first_frame, read.facts.first_frame + len(read)
        if first != have:  # a hole: what follows is found again
            break
        have = end
        if folder.done < end:
            folder.path.mkdir(parents=True, exist_ok=True)
            folder.take_part(part, first, end)
    return have
