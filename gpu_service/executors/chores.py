"""Chores: slow work that draws no film, each in a process of its own that can be ended and breaks nothing."""

import logging
import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gpu_service.errors import Cancelled, RenderError
from gpu_service.executors import orders
from gpu_service.executors.base import ChoreOrder, StepReport, Task
from gpu_service.protocol import (
    DirectionsOrder,
    ExportOrder,
    FilesResult,
    HarvestOrder,
    SceneSpec,
    SheetOrder,
    TrainingConfig,
)

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.25
END_SECONDS = 5.0
_context = multiprocessing.get_context("spawn")


def start_chore(order: ChoreOrder, *, registry: Mapping[str, str], report: StepReport) -> Task[dict[str, Any]]:
    """Start it and hand back its task."""
    future: Future[dict[str, Any]] = Future()
    cancelled = threading.Event()
    arguments = (order, registry, report, future, cancelled)
    threading.Thread(target=_supervise, args=arguments, name="phosphene-chore", daemon=True).start()
    return Task(future, cancelled.set)


def _supervise(
    order: ChoreOrder,
    registry: Mapping[str, str],
    report: StepReport,
    future: "Future[dict[str, Any]]",
    cancelled: threading.Event,
) -> None:
    ours, theirs = _context.Pipe(duplex=False)
    process = _context.Process(target=run_chore, args=(theirs, order, dict(registry)), daemon=True)
    process.start()
    theirs.close()
    try:
        future.set_result(_listen(ours, process.is_alive, report, cancelled))
    except BaseException as error:
        future.set_exception(error)
    finally:
        process.terminate()
        process.join(END_SECONDS)
        if process.is_alive():
            process.kill()
        ours.close()


def _listen(
    pipe: Connection, is_alive: Callable[[], bool], report: StepReport, cancelled: threading.Event
) -> dict[str, Any]:
    while not cancelled.is_set():
        # Asked before the pipe, so that a last word is not overheard.
        alive = is_alive()
        if not pipe.poll(LOOK_SECONDS):
            if not alive:
                break
            continue
        try:
            reply = pipe.recv()
        except EOFError:
            break
        if isinstance(reply, orders.Step):
            report(reply.title, reply.share)
        elif isinstance(reply, orders.Done):
            result: dict[str, Any] = reply.result
            return result
        else:
            if reply.trace:
                log.error("In a chore:\n%s", reply.trace)
            raise RenderError(reply.message, retry=reply.retry, kind=reply.kind, field=reply.field)
    if cancelled.is_set():
        raise Cancelled
    raise RenderError("The process that did this ended before it was done.", retry=True, kind="crashed")


def run_chore(pipe: Connection, order: ChoreOrder, registry: Mapping[str, str]) -> None:
    """The chore's process."""
    from gpu_service.executors.child import end_with_parent, failure

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=end_with_parent, daemon=True).start()

    last = 0.0

    def report(title: str, share: float) -> None:
        nonlocal last
        if time.monotonic() - last > LOOK_SECONDS:
            last = time.monotonic()
            pipe.send(orders.Step(0, title, share))

    try:
        pipe.send(orders.Done(0, CHORES[order.kind](order, registry, report)))
    except Exception as error:
        pipe.send(failure(0, error))


def _import_snapshot(order: ChoreOrder, _registry: Mapping[str, str], report: StepReport) -> dict[str, Any]:
    """values: path, name"""
    from gpu_service.executors.snapshot_chores import import_one

    report("Reading the snapshot", 0.0)
    made = import_one(Path(order.values["path"]), name=order.values["name"], folder=order.folder)
    return made.model_dump(mode="json")


def _make_pattern(order: ChoreOrder, _registry: Mapping[str, str], report: StepReport) -> dict[str, Any]:
    """values: species, seed"""
    from gpu_service.executors.snapshot_chores import make_pattern

    report("Making the network", 0.0)
    return make_pattern(order.values["species"], seed=order.values["seed"], folder=order.folder).model_dump(mode="json")


def _prepare_stage(order: ChoreOrder, registry: Mapping[str, str], report: StepReport) -> dict[str, Any]:
    """values: scene, stage, key, vector_length, paths. -> {"file": path of the stage's npz}"""
    from gpu_service.visualizers import load
    from gpu_service.visualizers.materials import SceneSound, SoundShelf
    from gpu_service.visualizers.stage_cache import StageCache
    from gpu_service.visualizers.stages import SceneFacts

    scene = SceneSpec.model_validate(order.values["scene"])
    facts = SceneFacts(scene, order.values["vector_length"])
    visualizer, name = load(scene.visualizer, registry=registry), order.values["stage"]
    key = str(order.values["key"])
    if visualizer.keys(facts).get(name) != key:
        raise RenderError("This stage was ordered by another version of the visualizer. Update the render services.")
    cache = StageCache(order.folder)
    paths = {sha256: Path(path) for sha256, path in order.values["paths"].items()}
    sound = SceneSound(scene, paths, SoundShelf())
    made = visualizer.run_stages(facts, sound, cache=cache, report=report, last=name)
    file = cache.path(key)
    assert file is not None
    if not file.exists():
        cache.put(key, made[name], to_disk=True)
    return {"file": str(file)}


def _vector_chore(order: ChoreOrder, _registry: Mapping[str, str], report: StepReport) -> dict[str, Any]:
    """values: order (as its model says), snapshots [{sha256, name, path}], directions {sha256: path}"""
    from gpu_service.executors import vector_chores

    works: dict[str, tuple[type[BaseModel], Callable[..., FilesResult]]] = {
        "draw_sheet": (SheetOrder, vector_chores.draw_sheet),
        "find_directions": (DirectionsOrder, vector_chores.find_directions),
        "harvest": (HarvestOrder, vector_chores.harvest_pictures),
        "export_snapshot": (ExportOrder, vector_chores.export_snapshot),
    }
    model, work = works[order.kind]
    report("Loading the network", 0.0)
    files = vector_chores.Files.of(order.values, folder=order.folder, device=order.device)
    return work(model.model_validate(order.values["order"]), files, report).model_dump(mode="json")


def _try_training(order: ChoreOrder, _registry: Mapping[str, str], report: StepReport) -> dict[str, Any]:
    """values: config. -> Measured"""
    from gpu_service.film.code_path import choose_device
    from gpu_service.training.estimate import measure_steps

    config = TrainingConfig.model_validate(order.values["config"])
    return measure_steps(config, choose_device(order.device), report=report).model_dump(mode="json")


def _scene_curves(order: ChoreOrder, registry: Mapping[str, str], report: StepReport) -> dict[str, Any]:
    """values: order, paths, vector_length, stages. -> FilesResult"""
    from gpu_service.executors.scene_chores import write_curves

    made = write_curves(order.values, folder=order.folder, registry=registry, report=report)
    return made.model_dump(mode="json")


def _debug_film(order: ChoreOrder, registry: Mapping[str, str], report: StepReport) -> dict[str, Any]:
    """values: order, paths, stages. -> FilesResult"""
    from gpu_service.executors.scene_chores import write_debug_film

    made = write_debug_film(order.values, folder=order.folder, device=order.device, registry=registry, report=report)
    return made.model_dump(mode="json")


CHORES: dict[str, Callable[[ChoreOrder, Mapping[str, str], StepReport], dict[str, Any]]] = {
    "import_snapshot": _import_snapshot,
    "make_pattern": _make_pattern,
    "prepare_stage": _prepare_stage,
    "draw_sheet": _vector_chore,
    "find_directions": _vector_chore,
    "harvest": _vector_chore,
    "export_snapshot": _vector_chore,
    "try_training": _try_training,
    "scene_curves": _scene_curves,
    "debug_film": _debug_film,
}
