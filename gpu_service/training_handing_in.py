"""What a run said and made, brought to the studio: reports every two seconds, snapshots with all their files.

Both wait on disk while the studio is away, and neither waits for the other. Every answer is what people wish.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

from gpu_service.client import StudioClient, StudioRefused, pause_seconds
from gpu_service.errors import RenderError
from gpu_service.executors.snapshot_chores import sheet_path, thumbnail_path, told
from gpu_service.protocol import Artifact, Claim, Made, ReportRequest, SnapshotRequest, Wish
from gpu_service.snapshots.store import read_facts
from gpu_service.training_log import HANDED_IN, TOLD, TrainingLog
from gpu_service.uploads import send_artifact

log = logging.getLogger(__name__)
REPORT_SECONDS, LOOK_SECONDS = 2.0, 0.5
MOST_REPORTS = 500
# What was said stays on disk, so a call need not wait long for a studio that is away: the next comes soon.
PATIENCE_SECONDS = 30.0


class HandingIn:
    """`wish` is the newest that the studio told, `checkpoint` the name of the newest that it has from here."""

    def __init__(self, client: StudioClient, claim: Claim, folder: Path, *, name: str, wish: Wish) -> None:
        self.client, self.claim, self.folder, self.name, self.wish = client, claim, folder, name, wish
        self.checkpoint: str | None = None
        stats = folder / "stats.jsonl"
        self._said = TrainingLog(stats, cursor=TOLD)
        self._made = TrainingLog(stats, cursor=HANDED_IN)
        self._path = f"/service/training/{claim.job.id}"

    async def run(self) -> None:
        """Until cancelled. Raises LeaseLost, and StudioRefused when the studio wants nothing more of it."""
        await asyncio.gather(self._report_all(), self._hand_in_all())

    async def all(self) -> None:
        """Whatever still waits, now; patient while the studio is away."""
        while await self._patiently(self._report):
            pass
        while await self._patiently(self._hand_in):
            pass

    async def _report_all(self) -> None:
        while True:
            if not await self._patiently(self._report):
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
                log.log(logging.DEBUG if attempt else logging.WARNING, "“%s”: %s", self.name, error)
                await asyncio.sleep(pause_seconds(attempt))
                attempt += 1

    async def _report(self) -> bool:
        """The next reports, or a mere question what is wished. -> whether there may be more"""
        waiting = self._said.waiting(made=False, most=MOST_REPORTS)
        request = ReportRequest(fence=self.claim.lease.fence, reports=[report for report, _ in waiting])
        response = await self.client.post(f"{self._path}/reports", request, patience=PATIENCE_SECONDS)
        self.wish = Wish.model_validate_json(response.content)
        if waiting:
            self._said.done_until(waiting[-1][1])
        return len(waiting) == MOST_REPORTS

    async def _hand_in(self) -> bool:
        """The next snapshot. -> whether there was one"""
        waiting = self._made.waiting(made=True, most=1)
        if not waiting:
            return False
        made, place = waiting[0]
        assert isinstance(made, Made)
        if (self.folder / made.file).exists():
            await self._hand_in_one(made)
        self._made.done_until(place)
        return True

    async def _hand_in_one(self, made: Made) -> None:
        file = self.folder / made.file
        snapshot = told(file, facts=read_facts(file), name=file.stem).model_copy(update={"kimg": made.kimg})
        artifacts = [
            await self._send(made.file, snapshot.file),
            await self._send(made.thumbnail, thumbnail_path(file).name),
            await self._send(made.sheet, sheet_path(file).name),
            await self._send(made.grid, "grid"),
            await self._send(made.training, "training"),
        ]
        with contextlib.suppress(FileNotFoundError):  # a newer one has taken its place, and comes with a later snapshot
            artifacts.append(await self._send(made.checkpoint, "checkpoint"))
        request = SnapshotRequest(fence=self.claim.lease.fence, made=made, snapshot=snapshot, artifacts=artifacts)
        response = await self.client.post(f"{self._path}/snapshots", request)
        self.wish = Wish.model_validate_json(response.content)
        self.checkpoint = Path(made.checkpoint).name
        await asyncio.to_thread(self._drop_before, made)

    async def _send(self, place: str, name: str) -> Artifact:
        return await send_artifact(self.client, self.folder / place, claim=self.claim, name=name)

    def _drop_before(self, made: Made) -> None:
        """The studio has the earlier snapshots; here they would only fill the disk."""
        newest = (self.folder / made.file).stat().st_mtime
        stem = Path(made.file).stem
        for path in (self.folder / "snapshots").iterdir():
            if not path.name.startswith(f"{stem}.") and path.stat().st_mtime < newest:
                path.unlink(missing_ok=True)
