"""The drawing process of one device: takes commands from a pipe, one after the other, and answers each.

Preparing and finishing run beside the drawing, so that a running preview does not stop for them.
"""

import os
import signal
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import torch

from gpu_service.errors import NotYet, RenderError, Unfinished
from gpu_service.executors import orders
from gpu_service.executors.base import Picture, PlanFacts, SceneOrder
from gpu_service.executors.preview_ways import PreviewWays
from gpu_service.executors.stills import Stills
from gpu_service.film.code_path import choose_code_path, choose_device, enter_code_path, way_of
from gpu_service.film.render import out_of_memory_sentence
from gpu_service.film.segment import SegmentDrawing
from gpu_service.film.thumbs import jpeg
from gpu_service.music.errors import MusicError
from gpu_service.networks import NetworkError, fast
from gpu_service.out_of_memory import is_out_of_memory
from gpu_service.protocol import Device
from gpu_service.snapshots.errors import SnapshotError
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan, Report, Visualizer
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache

KEPT_PLANS = 8


def main(pipe: Connection, settings: orders.ChildSettings) -> None:
    """The process's life. It ends with its parent, whatever happens to that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()
    drawer = Drawer(pipe, settings)
    pipe.send(drawer.introduction())
    if settings.is_eager:
        threading.Thread(target=drawer.warm_up, daemon=True).start()
    while True:
        try:
            number, command = pipe.recv()
        except (EOFError, OSError):
            os._exit(0)
        drawer.obey(number, command)


def end_with_parent() -> None:
    """Wait for the parent's end, however it comes, and follow at once."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


class Drawer:
    """Plans, networks and segments of one device."""

    def __init__(self, pipe: Connection, settings: orders.ChildSettings) -> None:
        self.pipe, self.settings = pipe, settings
        self.device = choose_device(settings.device)
        torch.set_num_threads(settings.threads)
        self.networks = NetworkShelf(device=self.device, budget_bytes=settings.network_bytes)
        self.sounds = SoundShelf()
        self.cache = StageCache(settings.stage_folder, disk_bytes=settings.stage_bytes)
        self.plans: OrderedDict[str, tuple[Visualizer, Plan]] = OrderedDict()
        self.stills = Stills()
        self.segments: dict[int, SegmentDrawing] = {}
        self.beside = ThreadPoolExecutor(2)
        self.ways = PreviewWays(self.device, precision=settings.precision, may_compile=settings.may_compile)
        self._sending = threading.Lock()

    def introduction(self) -> orders.Ready:
        """What this process draws with, and how it would draw a film."""
        code_path = choose_code_path(
            self.device,
            threads=self.settings.threads,
            precision=self.ways.way.precision,
            may_compile=self.settings.may_compile,
        )
        if self.device.type == "cuda":
            facts = torch.cuda.get_device_properties(self.device)
            device = Device(name=facts.name, kind="cuda", memory_bytes=int(facts.total_memory))
            return orders.Ready(device, code_path, torch.cuda.device_count())
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return orders.Ready(Device(name="CPU", kind="cpu", memory_bytes=memory), code_path, 1)

    def warm_up(self) -> None:
        """Load the libraries of every visualizer, so that the first preview need not wait for them."""
        for name in self.settings.registry:
            try:
                load(name, registry=self.settings.registry).warm_up()
            except Exception:  # whoever uses that visualizer is told then
                traceback.print_exc()

    def obey(self, number: int, command: orders.Command) -> None:
        """Answer one command, here or beside."""
        match command:
            case orders.Prepare():
                self.beside.submit(self._answer, number, lambda: self.prepare(number, command))
            case orders.FinishSegment():
                drawing = self.segments.pop(command.segment)
                self.beside.submit(self._answer, number, drawing.finish)
            case orders.Draw():
                self._answer(number, lambda: self.draw(command))
            case orders.BeginSegment():
                self._answer(number, lambda: self.begin(command))
            case orders.StepSegment():
                self._answer(number, lambda: self.step(command.segment))
            case orders.AbortSegment():
                self._answer(number, lambda: self.abort(command.segment))
            case orders.Forget():
                self._answer(number, lambda: self.forget(command.key))

    def prepare(self, number: int, command: orders.Prepare) -> PlanFacts:
        """Make the plan of a scene, unless it is there; a film waits for what its code path needs compiled."""
        order = command.order
        if order.key not in self.plans:
            self._send(orders.Step(number, "Loading networks", 0.0))
            self._make_plan(order, report=lambda title, share: self._send(orders.Step(number, title, share)))
        self.plans.move_to_end(order.key)
        if command.code_path is not None and command.code_path.compiled:
            networks = self._plan(order.key)[1].networks()
            self._send(orders.Step(number, "Compiling", 0.0))
            try:
                fast.compile_for(networks, way_of(command.code_path), self.device)
            except NetworkError as error:
                raise RenderError(str(error), kind="not_compiled") from error
        return PlanFacts(order.key, self.plans[order.key][1].ready_until)

    def _make_plan(self, order: SceneOrder, *, report: Report) -> None:
        visualizer = load(order.scene.visualizer, registry=self.settings.registry)()
        visualizer.check(order.scene)
        materials = SceneMaterials(order.scene, order.paths, networks=self.networks, sounds=self.sounds)
        plan = visualizer.prepare(order.scene, materials, cache=self.cache, report=report)
        self.plans[order.key] = (visualizer, plan)
        while len(self.plans) > KEPT_PLANS:
            self.plans.popitem(last=False)

    def draw(self, command: orders.Draw) -> list[Picture]:
        """Pictures for a preview."""
        order, kept = command.order, self.plans.get(command.key)
        if order is not None and (kept is None or kept[1].scene != order.scene):
            self._make_plan(order, report=lambda _title, _share: None)
        visualizer, plan = self._plan(command.key)
        if torch.get_num_threads() != self.settings.threads:
            torch.set_num_threads(self.settings.threads)
        began = time.perf_counter()
        try:
            drawn = self.stills.find(command.key, plan, command.frames)
            if drawn is None:
                drawn = self._draw_frames(visualizer, plan, command.frames)
        except Unfinished:
            return []
        self.stills.keep(command.key, plan, command.frames, drawn)
        self.ways.compile_beside(self.networks.resident())
        pictures = [jpeg(picture, quality=command.jpeg_quality) for picture in drawn]
        each = (time.perf_counter() - began) / max(len(pictures), 1)
        return [Picture(frame, data, each) for frame, data in zip(command.frames, pictures, strict=True)]

    def _draw_frames(self, visualizer: Visualizer, plan: Plan, frames: Sequence[int]) -> np.ndarray:
        """uint8 [N, 3, H, W]"""
        drawn = self.ways.draw(
            lambda some: visualizer.draw(plan, some, quality="preview"), frames, give_back=self.give_memory_back
        )
        return drawn.numpy()

    def forget(self, key: str) -> None:
        """Let go of a plan and its picture."""
        self.plans.pop(key, None)
        self.stills.forget(key)

    def begin(self, command: orders.BeginSegment) -> int:
        """Start a segment's encoder. -> its number of batches"""
        order = command.order
        visualizer, plan = self._plan(order.order.key)
        self.segments[command.segment] = drawing = SegmentDrawing(
            order.recipe,
            code_path=order.code_path,
            first_frame=order.first_frame,
            end_frame=order.end_frame,
            visualizer=visualizer,
            plan=plan,
            out=order.out,
        )
        return len(drawing.left)

    def step(self, segment: int) -> tuple[int, bool]:
        """One batch. -> frames drawn, whether the segment is whole"""
        drawing = self.segments[segment]
        enter_code_path(drawing.code_path)
        try:
            return drawing.step(), drawing.is_done
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error):
                self.give_memory_back()
                sentence = out_of_memory_sentence(drawing.recipe)
                raise RenderError(sentence, kind="out_of_memory") from error
            raise

    def abort(self, segment: int) -> None:
        """Stop a segment and leave nothing of it."""
        if segment in self.segments:
            self.segments.pop(segment).abort()

    def give_memory_back(self) -> None:
        """Let go of everything that can be loaded again."""
        self.networks.clear()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()

    def _plan(self, key: str) -> tuple[Visualizer, Plan]:
        if key not in self.plans:
            raise RenderError("The plan of this scene is no longer at hand.", retry=True)
        self.plans.move_to_end(key)
        return self.plans[key]

    def _answer(self, number: int, work: Callable[[], Any]) -> None:
        try:
            self._send(orders.Done(number, work()))
        except Exception as error:
            self._send(failure(number, error))

    def _send(self, reply: orders.Reply) -> None:
        with self._sending:
            self.pipe.send(reply)


def failure(number: int, error: Exception) -> orders.Failed:
    """An error as it goes through the pipe: sentences as they are, surprises with their trace for the log."""
    if isinstance(error, RenderError):
        return orders.Failed(number, str(error), error.kind, error.retry, error.field)
    if isinstance(error, MusicError) and error.retry:
        return orders.Failed(number, str(error), retry=True)  # a full disk, not the track
    if isinstance(error, MusicError | SnapshotError | NetworkError):
        return orders.Failed(number, str(error), "bad_input")
    if isinstance(error, NotYet):
        return orders.Failed(number, str(error), retry=True)
    if is_out_of_memory(error):
        return orders.Failed(number, "The device ran out of memory. Try a smaller picture.", "out_of_memory")
    trace = "".join(traceback.format_exception(error))
    return orders.Failed(number, f"Drawing failed: {type(error).__name__}: {error}", retry=True, trace=trace)
