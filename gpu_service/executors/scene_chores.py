"""Chores on a whole scene: its curves as one file, and the film that shows them beside the picture."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpu_service.executors.base import StepReport
from gpu_service.film.recipe import make_recipe
from gpu_service.protocol import FilesResult
from gpu_service.protocol.scene_jobs import CurvesOrder, DebugFilmOrder
from gpu_service.settings import read_settings
from gpu_service.visualizers import load
from gpu_service.visualizers.materials import SceneSound, SoundShelf
from gpu_service.visualizers.scene_curves import save_curves
from gpu_service.visualizers.signals import scene_signals
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SceneFacts

CURVES, DEBUG_FILM = "scene.curves", "signals.mp4"


def write_curves(
    values: Mapping[str, Any], *, folder: Path, registry: Mapping[str, str], report: StepReport
) -> FilesResult:
    """values: order (CurvesOrder), paths {sha256: path}, vector_length, stages (folder of stages already prepared)"""
    order = CurvesOrder.model_validate(values["order"])
    paths = {sha256: Path(path) for sha256, path in values["paths"].items()}
    facts = SceneFacts(order.scene, int(values["vector_length"]))
    signals = scene_signals(
        load(order.scene.visualizer, registry=registry),
        facts,
        SceneSound(order.scene, paths, SoundShelf()),
        cache=StageCache(Path(values["stages"])),
        report=report,
    )
    save_curves(signals, facts, folder / CURVES, points_per_second=order.points_per_second)
    return FilesResult(files={"curves": CURVES}, facts={"curves": [signal.name for signal in signals]})


def write_debug_film(
    values: Mapping[str, Any], *, folder: Path, device: str, registry: Mapping[str, str], report: StepReport
) -> FilesResult:
    """values: order (DebugFilmOrder), paths {sha256: path}, stages (folder of stages already prepared)"""
    # torch takes seconds to import, and curves do without.
    from gpu_service.film.code_path import choose_device
    from gpu_service.film.debug_film import DebugOrder
    from gpu_service.film.debug_render import render_debug

    order, settings = DebugFilmOrder.model_validate(values["order"]), read_settings()
    first, end = order.first_frame, min(order.end_frame, order.scene.frames)
    render_debug(
        make_recipe(order.scene, first_frame=first, end_frame=end),
        DebugOrder(folder / DEBUG_FILM),
        files={sha256: Path(path) for sha256, path in values["paths"].items()},
        device=choose_device(device),
        threads=settings.thread_count,
        budget_bytes=settings.network_bytes,
        cache=StageCache(Path(values["stages"])),
        report=report,
        registry=registry,
    )
    return FilesResult(files={"film": DEBUG_FILM}, facts={"first_frame": first, "end_frame": end})
