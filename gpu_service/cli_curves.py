"""`curves`: every signal that a plan uses, as numbers in one .npz."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gpu_service.cli_job import RenderCall
from gpu_service.cli_places import check_place
from gpu_service.cli_progress import progress_bar
from gpu_service.cli_scene import scene_job
from gpu_service.cli_words import NO_SNAPSHOT, words_job
from gpu_service.protocol import SceneSpec
from gpu_service.scene_file import read_scene_file
from gpu_service.settings import calm_threads, read_settings
from gpu_service.slow_stages import DEFAULT_VECTOR_LENGTH, vector_length
from gpu_service.visualizers import load
from gpu_service.visualizers.signals import scene_signals
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.visualizers.stages import SceneFacts
from gpu_service.whole_files import replacing


@dataclass(frozen=True)
class CurvesCall:
    """The command line of `curves`, word by word."""

    songs: list[Path]
    visualizer: str
    snapshots: list[Path]
    projections: list[Path]
    scene: Path | None
    preset: str | None
    settings: list[str]
    fps: str | None
    seed: int | None
    out: Path


def curves_call(call: CurvesCall) -> None:
    """Write the file and name what is in it."""
    check_place("--out", call.out, name="curves.npz")
    calm_threads()
    with tempfile.TemporaryDirectory(prefix="phosphene-curves-") as folder:
        words = _as_render(call, settings=[*call.settings, *_seed(call)])
        job = (words_job if call.scene is None else scene_job)(words, Path(folder))
        arrays = scene_curves(job.recipe.scene, job.files)
    with replacing(call.out) as partial, partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    for name, values in arrays.items():
        print(f"{name}  {' × '.join(map(str, values.shape))}")  # noqa: T201


def scene_curves(scene: SceneSpec, files: Mapping[str, Path]) -> dict[str, np.ndarray]:
    """Every signal of the scene by its name, float32 where it is no whole number."""
    from gpu_service.visualizers.materials import SceneSound, SoundShelf

    is_bare = NO_SNAPSHOT in scene.snapshots
    facts = SceneFacts(scene, DEFAULT_VECTOR_LENGTH if is_bare else vector_length(scene, files))
    settings = read_settings()
    cache = StageCache(settings.data / "stages", disk_bytes=settings.stage_cache_bytes)
    with progress_bar() as bar:
        task = bar.add_task("Starting", total=1.0, more="")
        found = scene_signals(
            load(scene.visualizer),
            facts,
            SceneSound(scene, files, SoundShelf()),
            cache=cache,
            report=lambda title, share: bar.update(task, description=title, completed=share),
        )
    return {signal.name: signal.values for signal in found}


def _seed(call: CurvesCall) -> list[str]:
    """--seed as a setting, for visualizers that have one."""
    name = call.visualizer if call.scene is None else read_scene_file(call.scene.read_bytes()).visualizer
    has_seed = "seed" in load(name).parameters.model_fields
    return [f"seed={call.seed}"] if call.seed is not None and has_seed else []


def _as_render(call: CurvesCall, *, settings: list[str]) -> RenderCall:
    """What `render` would be told; nothing is drawn, so that size and device do not matter."""
    return RenderCall(
        songs=call.songs,
        visualizer=call.visualizer,
        snapshots=call.snapshots,
        snapshots_dir=None,
        snapshots_json=None,
        preset=call.preset,
        settings=settings,
        directions=[],
        size=None,
        fps=call.fps,
        start=0.0,
        seconds=None,
        crf=18,
        device="cpu",
        threads=0,
        run_config=None,
        log=None,
        out=call.out,
        projections=call.projections,
        scene=call.scene,
        needs_snapshots=False,
    )
