"""The local executor: one drawing process per device of this machine."""

import itertools
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from gpu_service.errors import RenderError
from gpu_service.executors import orders
from gpu_service.executors.base import ChoreOrder, Picture, PlanFacts, SceneOrder, SegmentOrder, StepReport, Task
from gpu_service.executors.chores import start_chore
from gpu_service.executors.segment_task import SegmentTask
from gpu_service.executors.together import all_of, joined
from gpu_service.executors.worker import DeviceWorker
from gpu_service.film.segment_facts import SegmentFilm
from gpu_service.protocol import CodePath, Device
from gpu_service.settings import Settings
from gpu_service.visualizers import VISUALIZERS, load

log = logging.getLogger(__name__)
START_SECONDS = 180.0


class LocalExecutor:
    """Spreads segments over the devices; a preview stays on the device that holds its plan."""

    def __init__(
        self, settings: Settings, *, registry: Mapping[str, str] = VISUALIZERS, is_eager: bool = False
    ) -> None:
        self.registry, self.device = dict(registry), settings.device
        child = orders.ChildSettings(
            device=settings.device,
            threads=settings.thread_count,
            network_bytes=settings.network_bytes,
            stage_folder=settings.data / "stages",
            stage_bytes=settings.stage_cache_bytes,
            registry=self.registry,
            is_eager=is_eager,
            precision=settings.precision,
            may_compile=settings.may_compile,
            compiled_folder=settings.data / "compiled",
        )
        first = DeviceWorker(child, hang_seconds=settings.hang_seconds)
        self.workers = [first]
        self._homes: dict[str, DeviceWorker] = {}
        self._spread: dict[str, itertools.cycle[DeviceWorker]] = {}
        for device in _others(_await(first), settings):
            self.workers.append(DeviceWorker(replace(child, device=device), hang_seconds=settings.hang_seconds))
        for worker in self.workers:
            _await(worker)

    def devices(self) -> list[Device]:
        """What there is to draw with."""
        return [_await(worker).device for worker in self.workers]

    def code_path(self) -> CodePath:
        """How a film would be drawn here."""
        return _await(self.workers[0]).code_path

    def prepare(self, order: SceneOrder, *, report: StepReport) -> "Future[PlanFacts]":
        """Make a plan on the device that has least to do; of what is spread, on all of them."""
        if len(self.workers) > 1 and load(order.scene.visualizer, registry=self.registry).is_spread:
            self._spread[order.key] = itertools.cycle(self.workers)
            return all_of([worker.prepare(orders.Prepare(order), report=report) for worker in self.workers])
        worker = self._homes.setdefault(order.key, min(self.workers, key=lambda each: each.load))
        return worker.prepare(orders.Prepare(order), report=report)

    def draw(
        self, key: str, frames: Sequence[int], *, jpeg_quality: int, order: SceneOrder | None = None
    ) -> "Future[list[Picture]]":
        """Pictures of a plan, before any film. Of what is spread every device draws its share."""
        if key in self._spread:
            return self._draw_spread(key, frames, jpeg_quality=jpeg_quality, order=order)
        worker = self._homes.get(key)
        if worker is None:
            lost: Future[list[Picture]] = Future()
            lost.set_exception(RenderError("The plan of this scene is no longer at hand.", retry=True))
            return lost
        return worker.draw(orders.Draw(key, tuple(frames), jpeg_quality, order))

    def _draw_spread(
        self, key: str, frames: Sequence[int], *, jpeg_quality: int, order: SceneOrder | None
    ) -> "Future[list[Picture]]":
        each = -(-len(frames) // len(self.workers))
        shares = [tuple(frames[start : start + each]) for start in range(0, len(frames), each)]
        turn = self._spread[key]
        drawn = [next(turn).draw(orders.Draw(key, share, jpeg_quality, order)) for share in shares]
        return joined(drawn)

    def forget(self, key: str) -> None:
        """Drop a plan."""
        if self._spread.pop(key, None) is not None:
            for each in self.workers:
                each.forget(key)
        worker = self._homes.pop(key, None)
        if worker is not None:
            worker.forget(key)

    def render_segment(self, order: SegmentOrder, *, report: Callable[[int], None]) -> Task[SegmentFilm]:
        """Draw and encode on the device that has least to do."""
        worker = min(self.workers, key=lambda each: each.load)
        task = SegmentTask(order, report=report, wake=worker.wake)
        worker.add(task)
        return Task(task.future, task.cancel)

    def chore(self, order: ChoreOrder, *, report: StepReport) -> Task[dict[str, Any]]:
        """In a process of its own."""
        return start_chore(replace(order, device=self.device), registry=self.registry, report=report)

    def is_drawing(self) -> bool:
        """On any device."""
        return any(worker.is_drawing for worker in self.workers)

    def close(self) -> None:
        """End every drawing process."""
        for worker in self.workers:
            worker.close()


def _others(first: orders.Ready, settings: Settings) -> list[str]:
    """The devices after the first: the other GPUs, or more processes on the processor where they are asked for."""
    if first.device.kind == "cpu":
        return ["cpu"] * (settings.processes - 1)
    return [f"cuda:{number}" for number in range(1, first.device_count)] if settings.device == "auto" else []


def _await(worker: DeviceWorker) -> orders.Ready:
    """What the device said when it was ready. RenderError when it does not come up."""
    began = time.monotonic()
    while not worker.started.wait(0.2):
        if worker.gave_up or time.monotonic() - began > START_SECONDS:
            worker.close()
            raise RenderError("The drawing process does not start. Its reason is in the lines above.")
    assert worker.ready is not None
    return worker.ready
