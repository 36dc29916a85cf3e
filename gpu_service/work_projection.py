"""A projection for a studio: searched for by a child, told what is wished; what it finds is handed in batch by batch.

Its folder stays on this service; a service that has it not fetches the batches that were handed in, and goes on.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping
from pathlib import Path

from gpu_service.bench import Bench
from gpu_service.errors import RenderError
from gpu_service.executors.projection_process import ProjectionProcess
from gpu_service.lease import LeaseKeeper
from gpu_service.long_work import LOOK_SECONDS, Deaths, LongWork, forget_old_runs, named
from gpu_service.projection.folder import WorkFolder
from gpu_service.projection.telling import Ending, Saying
from gpu_service.projection_handing_in import HandingIn, take_parts
from gpu_service.protocol import Claim, InputRef, JobFinish, Wish
from gpu_service.protocol.projection import ProjectionNote, ProjectionResult, ProjectionTick, ProjectOrder
from gpu_service.uploads import send_artifact

log = logging.getLogger(__name__)
OUT, REVIEW, CONVERGENCE = "projection.hdf5", "review.mp4", "convergence.json"


async def do_projection(bench: Bench, claim: Claim, keeper: LeaseKeeper) -> None:
    """Search until all frames are found, or it is paused or stopped. Raises Cancelled, LeaseLost or RenderError."""
    order = ProjectOrder.model_validate(claim.job.payload)
    folder = bench.runs / f"projection-{order.projection_id}"
    folder.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(forget_old_runs, bench.runs, folder)
    keeper.tell(message="Fetching files")
    paths = await bench.inputs.paths(claim.inputs)
    work = WorkFolder(folder / f"{OUT}.work")
    done = [paths[ref.sha256] for ref in claim.inputs if ref.role == "frames"]
    have = await asyncio.to_thread(take_parts, work, done)
    (folder / "order.json").write_text(order.config.model_dump_json(), encoding="utf-8")
    await _Projecting(bench, claim, keeper, order, folder, work, have).run(_words(bench, order, folder, claim, paths))


class _Projecting(LongWork):
    """One claim of a projection."""

    def __init__(
        self,
        bench: Bench,
        claim: Claim,
        keeper: LeaseKeeper,
        order: ProjectOrder,
        folder: Path,
        work: WorkFolder,
        have: int,
    ) -> None:
        super().__init__(keeper)
        self.bench, self.claim, self.order = bench, claim, order
        self.folder, self.work = folder, work
        self.handing_in = HandingIn(bench.client, claim, work, have=have)
        self.process: ProjectionProcess | None = None
        self.ending: Ending | None = None

    async def run(self, words: list[str]) -> None:
        """Start it, as often as it takes; hand in; finish."""
        await self.see_through(self._search(words), self._wish(), self.handing_in.run(), finish=self._finish)

    async def _search(self, words: list[str]) -> None:
        deaths = Deaths("The projection", name=self.order.name)
        while True:
            self.ending = None
            log_path = self.folder / "log.txt"
            self.process = await ProjectionProcess.start(words, log=log_path, on_said=self._hear)
            code = await self.process.listen()
            if self.ending is not None:
                if self.ending.outcome == "failed":
                    raise RenderError(self.ending.sentence, retry=self.ending.retry)
                return
            deaths.another(code, reached=self.work.done)

    def _hear(self, said: Saying) -> None:
        if isinstance(said, Ending):
            self.ending = said
        elif isinstance(said, ProjectionTick | ProjectionNote):
            self.handing_in.hear(said)
            if isinstance(said, ProjectionTick):
                message = f"Frame {said.frame} of {said.frames}"
                self.keeper.tell(done=said.frame, total=max(said.frames, 1), message=message)

    async def _wish(self) -> None:
        """What people wish, and whether a preview or a film needs the device."""
        while True:
            if self.process is not None:
                wanted = self.handing_in.wish.wanted
                self.process.wish(Wish(wanted=wanted, yields=self.bench.executor.is_drawing()))
            await asyncio.sleep(LOOK_SECONDS)

    async def _finish(self) -> None:
        """All batches, then the file where there is one, then the end."""
        await self.handing_in.all()
        assert self.ending is not None
        is_complete, frames = self.ending.outcome == "done", self.work.done
        artifacts = []
        out, review = self.folder / OUT, self.folder / REVIEW
        if self.ending.outcome in ("done", "stopped") and out.exists():
            artifacts.append(await send_artifact(self.bench.client, out, claim=self.claim, name="projection"))
        if is_complete and review.exists():
            artifacts.append(await send_artifact(self.bench.client, review, claim=self.claim, name="review"))
        names = [artifact.name for artifact in artifacts]
        convergence = {}
        with contextlib.suppress(OSError, ValueError):
            convergence = json.loads((self.folder / CONVERGENCE).read_text(encoding="utf-8"))
        result = ProjectionResult(
            frames=frames,
            fps=self.ending.fps,
            is_complete=is_complete,
            artifact="projection" if "projection" in names else None,
            review="review" if "review" in names else None,
            convergence=convergence,
        )
        done = JobFinish(fence=self.claim.lease.fence, result=result.model_dump(mode="json"), artifacts=artifacts)
        await self.bench.client.post(f"/service/jobs/{self.claim.job.id}/finish", done)


def _words(bench: Bench, order: ProjectOrder, folder: Path, claim: Claim, paths: Mapping[str, Path]) -> list[str]:
    """The command line. Values are files and names of our own; nothing goes through a shell."""
    by_role: dict[str, InputRef] = {ref.role: ref for ref in claim.inputs}
    for role, what in (("target", "The film or picture"), ("snapshot", "The snapshot")):
        if role not in by_role:
            raise RenderError(f"{what} of this projection is missing. Order it again.")
    found = {role: str(named(folder, ref, paths[ref.sha256])) for role, ref in by_role.items() if role != "frames"}
    words = [found["target"], "--snapshot", found["snapshot"], "--out", str(folder / OUT)]
    words += ["--config", str(folder / "order.json")]
    words += ["--device", bench.device, "--resume", "--review", str(folder / REVIEW)]
    options = {
        "--training": found.get("training") or found.get("original"),
        "--features": found.get("features"),
        "--network-md5": order.network_md5,
        "--network-name": order.network_name or None,
    }
    words += [part for name, value in options.items() if value is not None for part in (name, value)]
    return words
