"""Claimed work: segments of films, chores, a run of training. Leases live here and outlast any socket."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from uuid import UUID

from gpu_service.bench import Bench
from gpu_service.client import LeaseLost, StudioRefused
from gpu_service.errors import Cancelled, OtherPath, RenderError
from gpu_service.lease import LeaseKeeper
from gpu_service.protocol import Claim, ClaimRequest, JobKind, LeaseFail
from gpu_service.work_chores import do_chore
from gpu_service.work_projection import do_projection
from gpu_service.work_review import do_review
from gpu_service.work_segment import do_segment
from gpu_service.work_training import do_training

log = logging.getLogger(__name__)
POLL_SECONDS = 10.0
SPARE_SEGMENTS = 1
# One chore of each group at a time: whoever explores waits neither for twenty imports nor for somebody's harvest.
CHORE_GROUPS: tuple[tuple[JobKind, ...], ...] = (
    ("import_snapshot", "make_pattern", "prepare_stage"),
    ("draw_sheet", "find_directions", "export_snapshot"),
    ("harvest",),
    ("train",),
    ("try_training",),
    ("scene_curves",),
    ("debug_film",),
    ("project",),
    ("review_projection",),
)
CHORE_KINDS = tuple(kind for group in CHORE_GROUPS for kind in group)


class Work:
    """Claims while there is room: a segment per device and one more, so that no device waits; a chore or two."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.segment_places = len(bench.executor.devices()) + SPARE_SEGMENTS
        self.segments: dict[UUID, LeaseKeeper] = {}
        self.chores: dict[UUID, LeaseKeeper] = {}
        self._chore_kinds: dict[UUID, JobKind] = {}
        self._look = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        bench.scratch.mkdir(parents=True, exist_ok=True)

    def look(self) -> None:
        """There may be something to claim."""
        self._look.set()

    def cancel(self, lease_id: UUID) -> None:
        """The studio asks for an end."""
        for held in (self.segments, self.chores):
            if lease_id in held:
                held[lease_id].cancel()

    async def run(self) -> None:
        """Claim and work until cancelled, from the first look on: a studio that welcomes a service which was started
        again takes back everything that its token holds, so what is claimed before that would be lost.
        """
        try:
            await self._look.wait()
            while True:
                await self._claim_all()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(POLL_SECONDS):
                        await self._look.wait()
                self._look.clear()
        finally:
            await self._stop()

    async def _claim_all(self) -> None:
        try:
            while (kinds := self._room_for()) and (claim := await self._claim(kinds)) is not None:
                self._begin(claim)
        except (RenderError, LeaseLost) as error:
            log.warning("Nothing could be claimed: %s", error)

    def _room_for(self) -> list[JobKind]:
        kinds: list[JobKind] = []
        if len(self.segments) < self.segment_places:
            kinds.append("render_segment")
        for group in CHORE_GROUPS:
            if not any(kind in group for kind in self._chore_kinds.values()):
                kinds.extend(group)
        return kinds

    async def _claim(self, kinds: Sequence[JobKind]) -> Claim | None:
        device = self.bench.executor.devices()[0]
        order = ClaimRequest(kinds=list(kinds), device=device.kind)
        response = await self.bench.client.post("/service/claims", order, patience=POLL_SECONDS)
        return Claim.model_validate_json(response.content) if response.status_code == 200 else None

    def _begin(self, claim: Claim) -> None:
        keeper = LeaseKeeper(self.bench.client, claim.lease)
        held = self.segments if claim.segment is not None else self.chores
        held[claim.lease.id] = keeper
        if claim.segment is None:
            self._chore_kinds[claim.lease.id] = claim.job.kind
        task = asyncio.create_task(self._do(claim, keeper))
        self._tasks.add(task)

        def over(done: asyncio.Task[None]) -> None:
            self._tasks.discard(done)
            held.pop(claim.lease.id, None)
            self._chore_kinds.pop(claim.lease.id, None)
            self.look()

        task.add_done_callback(over)

    async def _do(self, claim: Claim, keeper: LeaseKeeper) -> None:
        """Work under the lease, and say how it ended."""
        async with keeper:
            try:
                with self.bench.inputs.using(claim.inputs):
                    if claim.segment is not None:
                        await do_segment(self.bench, claim, keeper)
                    elif claim.job.kind == "train":
                        await do_training(self.bench, claim, keeper)
                    elif claim.job.kind == "project":
                        await do_projection(self.bench, claim, keeper)
                    elif claim.job.kind == "review_projection":
                        await do_review(self.bench, claim, keeper)
                    else:
                        await do_chore(self.bench, claim, keeper)
            except LeaseLost:
                log.info("A lease went to another; its result is dropped")
            except (Cancelled, asyncio.CancelledError) as error:
                if not keeper.is_lost:
                    stopping = isinstance(error, asyncio.CancelledError)
                    await self._give_back(claim, RenderError("The render service was stopped.", retry=stopping))
                if isinstance(error, asyncio.CancelledError):
                    raise
            except RenderError as error:
                await self._give_back(claim, error)
            except Exception as error:
                log.exception("Work stumbled")
                await self._give_back(claim, RenderError(f"The render service failed: {error}", retry=True))

    async def _give_back(self, claim: Claim, error: RenderError) -> None:
        said = LeaseFail(
            fence=claim.lease.fence,
            message=str(error),
            retry=error.retry,
            kind_of_failure=error.kind,
            code_path=error.code_path if isinstance(error, OtherPath) else None,
        )
        try:
            await self.bench.client.post(f"/service/leases/{claim.lease.kind}/{claim.lease.id}/fail", said, patience=60)
        except (LeaseLost, StudioRefused, RenderError) as refusal:
            log.info("A failure could not be told: %s", refusal)

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
