"""One preview: draws what its driver will see next, as long as somebody can take it.

A new scene, parameter or size prepares a new plan beside the running one; the picture goes on meanwhile.
"""

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from gpu_service.bench import Bench
from gpu_service.errors import RenderError
from gpu_service.executors.base import SceneOrder
from gpu_service.film.thumbs import FINE_QUALITY
from gpu_service.preview_clock import DriverClock, Pace, Rate
from gpu_service.preview_plan import PlanInHand, changed, sized
from gpu_service.protocol import (
    FLAG_FINE,
    FLAG_STILL,
    FRAME_HEADER_BYTES,
    MAX_FRAME_BYTES,
    FrameHeader,
    InputRef,
    PreviewDrive,
    PreviewOpen,
    PreviewState,
    PreviewStateMessage,
    PreviewUpdate,
    SceneSpec,
    pack_frame,
)
from gpu_service.visualizers import load

log = logging.getLogger(__name__)
TELL_SECONDS = 1.0
MAX_CREDITS = 64
RETRIES = 3
RETRY_SECONDS = 0.5
# A hand that rests sees the picture once more, as it was drawn but for what JPEG takes away at 95.
REST_SECONDS = 0.3
_plans = itertools.count(1)


class Preview:
    """`send_frame` waits for the line; `tell` never waits."""

    def __init__(
        self,
        opened: PreviewOpen,
        *,
        bench: Bench,
        jpeg_quality: int,
        send_frame: Callable[[bytes], Awaitable[None]],
        tell: Callable[[PreviewStateMessage], None],
    ) -> None:
        self.id, self.bench, self.jpeg_quality = opened.preview_id, bench, jpeg_quality
        self.scene = sized(opened.scene, opened.width, opened.height)
        self.inputs: dict[str, InputRef] = {ref.sha256: ref for ref in opened.inputs}
        self.revision = self.drive_revision = opened.revision
        self.credits = 0
        self.clock, self.pace = DriverClock(), Pace(float(self.scene.frame_rate))
        self._send_frame, self._tell = send_frame, tell
        self._plan: PlanInHand | None = None
        self._wanted, self._prepared = 1, 0
        self._changed = asyncio.Event()
        # Plan and frame of the picture that stands, and the revision it was sent with.
        self._still: tuple[PlanInHand, int] | None = None
        self._still_revision = 0
        self._is_fine, self._still_sent = False, 0.0
        self.rate = Rate()
        self._told, self._said, self._is_closed = 0.0, "", False
        self._tasks = [asyncio.create_task(self._prepare_all()), asyncio.create_task(self._draw_all())]

    # --- what the studio says ---

    def update(self, said: PreviewUpdate) -> None:
        """Another scene, other parameters, routes or actions, another size."""
        self.revision = said.revision
        scene = changed(said.scene or self.scene, said)
        scene = sized(scene, said.width or self.scene.width, said.height or self.scene.height)
        if said.scene is not None:
            self.inputs = {ref.sha256: ref for ref in said.inputs}
        if scene != self.scene:
            self.scene = scene
            self._wanted += 1
            self._changed.set()

    def drive(self, said: PreviewDrive) -> None:
        """The driver's clock."""
        self.revision = self.drive_revision = said.revision
        clock = DriverClock.heard(said)
        if clock.jumped_from(self.clock):
            self.pace.restart()
        self.clock = clock
        self._changed.set()

    def credit(self, n: int) -> None:
        """So many more frames can be taken."""
        self.credits = min(MAX_CREDITS, self.credits + n)
        self._changed.set()

    async def close(self) -> None:
        """Stop, and drop the plan."""
        self._is_closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._plan is not None:
            self.bench.executor.forget(self._plan.key)

    # --- plans ---

    async def _prepare_all(self) -> None:
        """Prepare whenever something else is wanted than what is there."""
        while not self._is_closed:
            while self._prepared < self._wanted:
                wanted, scene = self._wanted, self.scene
                try:
                    await self._prepare(scene)
                except RenderError as error:
                    self._say("failed", message=str(error), field=error.field)
                except Exception as error:
                    log.exception("A preview could not be prepared")
                    self._say("failed", message=f"The picture could not be prepared: {error}")
                self._prepared = wanted
            await self._something()

    async def _prepare(self, scene: SceneSpec) -> None:
        load(scene.visualizer).check(scene)
        if self._plan is not None and (moved := self._plan.moved_to(scene, files=set(self.inputs))) is not None:
            self._plan = moved
            self._changed.set()
            if self._said != "running":
                self._say("running")
            return
        if self._plan is None:
            self._say("preparing", stage="Fetching files", progress=0.0)
        refs = list(self.inputs.values())
        with self.bench.inputs.using(refs):
            paths = await self.bench.inputs.paths(refs, report=lambda share: self._step("Fetching files", share))
            await self.bench.stages.fetch(scene, paths, inputs=refs, preview_id=self.id, report=self._step)
            key = f"{self.id}/{next(_plans)}"
            ready_until = await self._make_plan(key, scene, paths)
        former, self._plan = self._plan, PlanInHand(key, scene, ready_until, paths)
        if float(scene.frame_rate) != self.pace.fps:
            self.pace = Pace(float(scene.frame_rate))
        if former is not None:
            self.bench.executor.forget(former.key)
        self._say("running", ready_until=ready_until)
        self._changed.set()

    async def _make_plan(self, key: str, scene: SceneSpec, paths: Mapping[str, Path]) -> float:
        loop = asyncio.get_running_loop()
        order = SceneOrder(key, scene, paths)

        def report(title: str, share: float) -> None:
            loop.call_soon_threadsafe(self._step, title, share)

        for attempt in range(RETRIES):
            try:
                done = self.bench.executor.prepare(order, report=report)
                return (await asyncio.wrap_future(done)).ready_until
            except RenderError as error:
                if not error.retry or attempt == RETRIES - 1:
                    raise
                await asyncio.sleep(RETRY_SECONDS)
        raise AssertionError("unreachable")

    def _step(self, stage: str, share: float) -> None:
        """Progress of a first plan, or of one that takes its time."""
        if self._plan is None and time.monotonic() - self._told > 0.1:
            self._say("preparing", stage=stage, progress=min(max(share, 0.0), 1.0))

    # --- pictures ---

    async def _draw_all(self) -> None:
        """Draw as long as there is a plan, a credit and a frame worth drawing."""
        while not self._is_closed:
            if self._plan is None or self.credits <= 0:
                await self._something()
            elif self.clock.playing:
                await self._draw_moving()
            else:
                await self._draw_still()

    async def _draw_moving(self) -> None:
        assert self._plan is not None
        self._still = None
        count = self.pace.batch(self.credits)
        frames, wait = self.pace.choose(self.clock, count=count, track_frames=self.scene.frames)
        if frames:
            await self._draw(frames, flags=0)
        else:
            await self._something(wait)

    async def _draw_still(self) -> None:
        """One picture where the track stands, and again only when something else would be seen."""
        assert self._plan is not None
        frame = min(self.pace.frame_at(self.clock.seconds), self.scene.frames - 1)
        wanted = (self._plan, frame)
        # After a jump the studio may have dropped the same picture. A plan on its way brings a picture of its own.
        is_dropped = self.drive_revision > self._still_revision and self._prepared == self._wanted
        if wanted != self._still or is_dropped:
            self._still, self._still_revision, self._is_fine = wanted, self.revision, False
            await self._draw([frame], flags=FLAG_STILL)
            self._still_sent = time.monotonic()
        elif self._is_fine or self._prepared != self._wanted:
            await self._something()
        elif (left := self._still_sent + REST_SECONDS - time.monotonic()) > 0:
            await self._something(left)
        else:
            self._is_fine = True
            await self._draw([frame], flags=FLAG_STILL | FLAG_FINE)

    async def _draw(self, frames: list[int], *, flags: int) -> None:
        assert self._plan is not None
        plan, revision = self._plan, self.revision
        scene = plan.scene
        frames = [frame for frame in frames if frame / scene.frame_rate < plan.ready_until and frame < scene.frames]
        if not frames:
            await self._something(0.1)
            return
        quality = max(FINE_QUALITY, self.jpeg_quality) if flags & FLAG_FINE else self.jpeg_quality
        began = time.monotonic()
        try:
            drawing = self.bench.executor.draw(plan.key, frames, jpeg_quality=quality, order=plan.order)
            drawn = await asyncio.wrap_future(drawing)
        except RenderError as error:
            await self._draw_failed(error)
            return
        if not drawn:
            self._still = None
            return
        self.pace.drew(len(frames), time.monotonic() - began)
        if flags & FLAG_FINE and len(drawn[0].jpeg) > MAX_FRAME_BYTES - FRAME_HEADER_BYTES:
            return  # the line carries no larger one: the picture that stands stays
        for picture in drawn:
            header = FrameHeader(
                preview_id=self.id,
                revision=revision,
                frame=picture.frame,
                pts_us=round(picture.frame / scene.frame_rate * 1_000_000),
                width=scene.width,
                height=scene.height,
                draw_us=round(picture.draw_seconds * 1_000_000),
                flags=flags,
            )
            self.credits -= 1
            await self._send_frame(pack_frame(header, picture.jpeg))
        self.rate.note(time.monotonic(), len(drawn))
        if time.monotonic() - self._told > TELL_SECONDS:
            self._say("running")

    async def _draw_failed(self, error: RenderError) -> None:
        """The plan may have gone with its process: make it again. Anything else is said, and waits for a change."""
        self._plan, self._still = None, None
        if error.retry:
            await asyncio.sleep(RETRY_SECONDS)
            self._wanted += 1
            self._changed.set()
        else:
            self._say("failed", message=str(error), field=error.field)

    # --- both ---

    def _say(self, state: PreviewState, *, ready_until: float | None = None, **more: Any) -> None:
        self._told, self._said = time.monotonic(), state
        if ready_until is None and self._plan is not None:
            ready_until = self._plan.ready_until
        rate = self.rate.per_second() if state == "running" and self.clock.playing else None
        self._tell(
            PreviewStateMessage(
                preview_id=self.id,
                state=state,
                revision=self.revision,
                ready_until=ready_until,
                frames_per_second=rate,
                **more,
            )
        )

    async def _something(self, seconds: float = 1.0) -> None:
        """Wait until something was said, or a while."""
        # Not wait_for: in Python 3.11 it swallows a cancellation that comes in the same moment as the event.
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return
        # Both loops wait on one event: let the other see it too before it is cleared.
        await asyncio.sleep(0)
        self._changed.clear()
