"""`render`: a film from words, from a scene file, or once more from a record; a recipe beside it."""

import json
import logging
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gpu_service.cli_job import Job, RenderCall
from gpu_service.cli_places import check_place, log_to
from gpu_service.cli_progress import progress_bar
from gpu_service.cli_replay import replayed_job
from gpu_service.cli_scene import scene_job
from gpu_service.cli_words import words_job
from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.film.recipe import recipe_path, write_recipe
from gpu_service.protocol import Recipe
from gpu_service.settings import calm_threads, keep_compiled, read_settings
from gpu_service.visualizers.stage_cache import StageCache
from gpu_service.whole_files import write_whole

if TYPE_CHECKING:
    from gpu_service.film.debug_film import DebugOrder
    from gpu_service.film.render import Film, Progress

# A compiler takes about as long as drawing that many frames.
WORTH_COMPILING_FRAMES = 300


def render_call(call: RenderCall) -> None:
    """Make the film. Everything that can be wrong is said before the first frame is drawn."""
    check_places(call)
    with log_to(call.log) as logger:
        logger.info("%s", json.dumps(words_of(call), ensure_ascii=False))
        with tempfile.TemporaryDirectory(prefix="phosphene-render-") as folder:
            _make(call, job_of(call, Path(folder)), logger)
    print(f"{call.out}  {call.out.stat().st_size / 1e6:.1f} MB, recipe {recipe_path(call.out).name}")  # noqa: T201


def is_replay(call: RenderCall) -> bool:
    """Whether a record of an earlier film is to be followed, rather than written."""
    return call.run_config is not None and not call.songs and call.scene is None


def job_of(call: RenderCall, folder: Path) -> Job:
    """What is to be made, and from which files. `folder` is for snapshots that are converted."""
    if is_replay(call):
        return replayed_job(call, folder)
    return scene_job(call, folder) if call.scene is not None else words_job(call, folder)


def _make(call: RenderCall, job: Job, logger: logging.Logger) -> None:
    film = _render(call, job.recipe, job.files, logger)
    kept = record(call, job)
    write_recipe(
        film.recipe,
        call.out,
        files={**job.files, **job.brought},
        sources=_sources(job.brought),
        command=kept,
    )
    if call.run_config is not None and not is_replay(call):
        paths = {sha256: str(path.resolve()) for sha256, path in {**job.files, **job.brought}.items()}
        kept |= {"recipe": film.recipe.model_dump(mode="json"), "paths": paths}
        write_whole(call.run_config, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
    logger.info("%s is made, %d bytes.", call.out.name, call.out.stat().st_size)


def _sources(brought: Mapping[str, Path]) -> dict[str, str]:
    """The hash of our form of a snapshot -> the hash of the file that the person brought, where they differ."""
    pairs = {ours: file_sha256(path) for ours, path in brought.items()}
    return {ours: theirs for ours, theirs in pairs.items() if ours != theirs}


def check_places(call: RenderCall) -> None:
    """Where the film and the record go can be written, and is none of the files that the film is made of."""
    named = (*call.songs, *call.snapshots, *call.directions, *call.projections, call.scene)
    made_of = {path.resolve() for path in named if path is not None}
    places = (
        ("--out", call.out, "film.mp4"),
        ("--run-config", call.run_config, "run.json"),
        ("--log", call.log, "run.log"),
        ("--debug-path", call.debug_path, "debug.mp4"),
    )
    for option, path, name in places:
        if path is None:
            continue
        check_place(option, path, name=name)
        if path.resolve() in made_of:
            raise RenderError(f"{option} {path} would overwrite what the film is made of. Choose another {option}.")


def _render(call: RenderCall, recipe: Recipe, files: Mapping[str, Path], logger: logging.Logger) -> "Film":
    # torch takes seconds to import, so mistakes are found before.
    calm_threads()
    settings = read_settings()
    keep_compiled(settings.data / "compiled")
    from gpu_service.film.code_path import choose_device
    from gpu_service.film.render import render_film

    device = choose_device(call.device)
    refuse_other_kind(recipe, device.type)
    began = time.monotonic()
    with progress_bar() as bar:
        task = bar.add_task("Starting", total=None, more="")

        seen: set[str] = set()

        def show(progress: "Progress") -> None:
            if progress.step not in seen:
                seen.add(progress.step)
                logger.info("%s", progress.step)
            rate = progress.done / max(time.monotonic() - began, 1e-3)
            counted = f"frame {progress.done} of {progress.total}, {rate:.1f} frames/s"
            more = counted if progress.step == "Drawing" else ""
            bar.update(task, description=progress.step, completed=progress.done, total=progress.total, more=more)

        return render_film(
            recipe,
            files=files,
            out=call.out,
            device=device,
            threads=call.threads or settings.thread_count,
            report=show,
            cache=StageCache(settings.data / "stages", disk_bytes=settings.stage_cache_bytes),
            precision=settings.precision,
            may_compile=settings.may_compile and recipe.end_frame - recipe.first_frame >= WORTH_COMPILING_FRAMES,
            debug=debug_order(call),
        )


def refuse_other_kind(recipe: Recipe, kind: str) -> None:
    """A film that is made once more is made on the same kind of device, or its frames would be others."""
    if recipe.code_path is None or recipe.code_path.device_kind == kind:
        return
    former = recipe.code_path.device_kind
    raise RenderError(
        f"This film was drawn on “{former}”, and here it would be drawn on “{kind}”: its frames would differ. "
        f"Use --device {former}, or name its track to make another film."
    )


def debug_order(call: RenderCall) -> "DebugOrder | None":
    """The film of all signals, if one is wanted."""
    if call.debug_path is None:
        return None
    from gpu_service.film.debug_film import DebugLook, DebugOrder

    return DebugOrder(call.debug_path, DebugLook(call.debug_window, call.debug_side_length))


def words_of(call: RenderCall) -> dict[str, Any]:
    """Every word of the call, without folders."""
    plain: dict[str, Any] = json.loads(json.dumps(asdict(call), default=lambda value: value.name))
    return plain


def record(call: RenderCall, job: Job) -> dict[str, Any]:
    """The words, as GANce's --run-config keeps them."""
    names = [job.brought[snapshot.sha256].name for snapshot in job.recipe.scene.snapshots]
    return {"current_locals": words_of(call), "networks_paths": names}
