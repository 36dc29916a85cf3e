"""Chores on a whole scene: its curves as one file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gpu_service.executors.base import StepReport
from gpu_service.protocol import FilesResult
from gpu_service.protocol.scene_jobs import CurvesOrder
from gpu_service.visualizers import load
from gpu_service.visualizers.materials import SceneSound, SoundShelf
from gpu_service.visualizers.scene_curves import save_curves
from gpu_service.visualizers.signals import scene_signals
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SceneFacts

CURVES = "scene.curves"


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
