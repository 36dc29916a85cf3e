"""A whole film in this process, from a recipe and its files: what the command line does without any studio."""

import logging
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from gpu_service.errors import RenderError
from gpu_service.film.code_path import Precision, choose_code_path, enter_code_path, way_of
from gpu_service.film.debug_film import DebugOrder, Taker, written_beside
from gpu_service.film.fallback import another
from gpu_service.film.grouped import Grouped, grouped, may_wait
from gpu_service.film.join import join_film
from gpu_service.film.recipe import with_code_path
from gpu_service.film.segment import SegmentDrawing, batches
from gpu_service.film.segment_facts import SegmentFilm
from gpu_service.networks import NetworkError, fast
from gpu_service.out_of_memory import is_out_of_memory
from gpu_service.protocol import Recipe
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan, Visualizer
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache

log = logging.getLogger(__name__)
NETWORK_BUDGET_BYTES = 8 * 1024**3


@dataclass(frozen=True)
class Progress:
    """What is told while a film is made: a step in words, and frames where frames are counted."""

    step: str
    done: int
    total: int


@dataclass(frozen=True)
class Film:
    """A finished film. `recipe` carries the code path that was used."""

    path: Path
    recipe: Recipe
    seconds_drawing: float
    seconds_encoding: float


def render_film(
    recipe: Recipe,
    *,
    files: Mapping[str, Path],
    out: Path,
    device: torch.device,
    threads: int,
    report: Callable[[Progress], None],
    cache: StageCache | None = None,
    precision: Precision = "auto",
    may_compile: bool = False,
    debug: DebugOrder | None = None,
) -> Film:
    """Draw, encode, join; with `debug` also the film of all signals.

    Out of memory: again from frame 0 by a smaller path, each a new revision of the recipe.
    """
    networks = NetworkShelf(device=device, budget_bytes=NETWORK_BUDGET_BYTES)
    materials = SceneMaterials(recipe.scene, files, networks=networks, sounds=SoundShelf())
    visualizer = load(recipe.scene.visualizer)()
    if recipe.code_path is None:
        chosen = choose_code_path(device, threads=threads, precision=precision, may_compile=may_compile)
        recipe = with_code_path(recipe, chosen)
    report(Progress("Preparing", 0, 100))
    cache = cache or StageCache(None)
    plan = visualizer.prepare(
        recipe.scene,
        materials,
        cache=cache,
        report=lambda title, share: report(Progress(title, round(share * 100), 100)),
    )
    draw = partial(_draw_and_join, files=files, out=out, visualizer=visualizer, plan=plan, report=report)
    beside = written_beside(debug, recipe, visualizer=visualizer, plan=plan, cache=cache, files=files)
    with fast.drawing(fast.way()), beside as taker:
        while True:
            recipe = compiled_for_film(recipe, plan, device=device, report=report)
            try:
                return draw(recipe, taker=taker)
            except (RuntimeError, MemoryError) as error:
                recipe = _fallback(recipe, error)


def compiled_for_film(
    recipe: Recipe, plan: Plan, *, device: torch.device, report: Callable[[Progress], None]
) -> Recipe:
    """A film waits for what its recipe fixed. Where the compiler fails, a new revision does without."""
    assert recipe.code_path is not None
    if not recipe.code_path.compiled or fast.is_compiled(recipe.code_path.precision, device):
        return recipe
    report(Progress("Compiling", 0, 100))
    try:
        fast.compile_for(plan.networks(), way_of(recipe.code_path), device)
    except NetworkError as error:
        other = another(recipe.code_path, "not_compiled")
        assert other is not None
        log.warning("%s The film is drawn without.", error)
        return with_code_path(recipe, other)
    return recipe


def _fallback(recipe: Recipe, error: BaseException) -> Recipe:
    """The recipe with smaller batches or numbers. Raises what cannot be helped that way."""
    if not is_out_of_memory(error):
        raise error
    assert recipe.code_path is not None
    less = another(recipe.code_path, "out_of_memory")
    if less is None:
        raise RenderError(out_of_memory_sentence(recipe), kind="out_of_memory") from error
    return with_code_path(recipe, less)


def out_of_memory_sentence(recipe: Recipe) -> str:
    """What to do about a picture that is too large."""
    scene = recipe.scene
    where = "GPU" if recipe.code_path is not None and recipe.code_path.device_kind == "cuda" else "machine"
    smaller_size = f"{scene.width // 4 * 2} × {scene.height // 4 * 2}"
    return f"The {where} ran out of memory at {scene.width} × {scene.height}. Try {smaller_size}."


def _draw_and_join(
    recipe: Recipe,
    *,
    files: Mapping[str, Path],
    out: Path,
    visualizer: Visualizer,
    plan: Plan,
    report: Callable[[Progress], None],
    taker: Taker | None,
) -> Film:
    with tempfile.TemporaryDirectory(prefix=".film-", dir=out.parent) as folder:
        segments = draw_segments(
            recipe, visualizer=visualizer, plan=plan, folder=Path(folder), report=report, taker=taker
        )
        tracks = [files[track.sha256] for track in recipe.scene.tracks]
        joined = Path(folder) / "film.mp4"
        join_film(
            [segment.path for segment in segments],
            recipe=recipe,
            tracks=tracks,
            out=joined,
            report=lambda done, total: report(Progress("Joining", done, total)),
        )
        shutil.move(joined, out)
    return Film(
        out,
        recipe,
        sum(segment.seconds_drawing for segment in segments),
        sum(segment.seconds_encoding for segment in segments),
    )


def draw_segments(
    recipe: Recipe,
    *,
    visualizer: Visualizer,
    plan: Plan,
    folder: Path,
    report: Callable[[Progress], None],
    taker: Taker | None = None,
) -> list[SegmentFilm]:
    """All segments, each encoder finishing while the next segment is drawn."""
    assert recipe.code_path is not None
    enter_code_path(recipe.code_path)
    done, total = 0, recipe.end_frame - recipe.first_frame
    finishing: list[Future[SegmentFilm]] = []
    with ThreadPoolExecutor(1) as closer, drawn_ahead(recipe, visualizer, plan, folder, report=report) as ahead:
        for index, (first, end) in enumerate(recipe.segments()):
            drawing = SegmentDrawing(
                recipe,
                code_path=recipe.code_path,
                first_frame=first,
                end_frame=end,
                visualizer=visualizer,
                plan=plan,
                out=folder / f"{index:05}.h264",
                taker=taker,
                by_network=ahead,
            )
            try:
                while not drawing.is_done:
                    done += drawing.step()
                    report(Progress("Drawing", done, total))
            except BaseException:
                drawing.abort()
                raise
            finishing.append(closer.submit(drawing.finish))
        return [future.result() for future in finishing]


@contextmanager
def drawn_ahead(
    recipe: Recipe, visualizer: Visualizer, plan: Plan, folder: Path, *, report: Callable[[Progress], None]
) -> Iterator[Grouped | None]:
    """The whole film drawn network by network, each loaded once, where not all fit and its pictures have room.

    Otherwise each segment sees to itself.
    """
    assert recipe.code_path is not None
    frames = recipe.end_frame - recipe.first_frame
    ahead: Grouped | None = None
    if may_wait(plan, frames + 2 * recipe.code_path.batch, folder=folder):
        cut = batches(recipe.first_frame, recipe.end_frame, batch=recipe.code_path.batch, frames=recipe.scene.frames)
        ahead = grouped(visualizer, plan, cut, folder=folder)
    if ahead is None:
        yield None
        return
    try:
        done = 0
        while ahead.left:
            done += len(ahead.step())
            report(Progress("Drawing by network", min(done, frames), frames))
        yield ahead
    finally:
        ahead.close()
