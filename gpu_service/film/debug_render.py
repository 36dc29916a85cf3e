"""A debug film by itself, without the film that it shows: what the job of that name makes."""

from collections.abc import Callable, Mapping
from pathlib import Path

import torch

from gpu_service.film.code_path import choose_code_path, enter_code_path
from gpu_service.film.debug_film import DebugOrder, written_beside
from gpu_service.film.segment import batches
from gpu_service.protocol import Recipe
from gpu_service.visualizers import VISUALIZERS, load
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache


def render_debug(
    recipe: Recipe,
    order: DebugOrder,
    *,
    files: Mapping[str, Path],
    device: torch.device,
    threads: int,
    budget_bytes: int,
    cache: StageCache,
    report: Callable[[str, float], None],
    registry: Mapping[str, str] = VISUALIZERS,
) -> None:
    """Draw the recipe's frames beside their plots, with the sound of their range."""
    visualizer = load(recipe.scene.visualizer, registry=registry)()
    networks = NetworkShelf(device=device, budget_bytes=budget_bytes)
    materials = SceneMaterials(recipe.scene, files, networks=networks, sounds=SoundShelf())
    plan = visualizer.prepare(recipe.scene, materials, cache=cache, report=report)
    path = choose_code_path(device, threads=threads, may_compile=False)
    enter_code_path(path)
    first, end = recipe.first_frame, recipe.end_frame
    with written_beside(order, recipe, visualizer=visualizer, plan=plan, cache=cache, files=files) as taker:
        assert taker is not None
        for batch in batches(first, end, batch=path.batch, frames=recipe.scene.frames):
            pictures = visualizer.draw(plan, batch, quality="film").numpy()
            begin, stop = max(first, batch.start), min(end, batch.stop)
            taker(begin, pictures[begin - batch.start : stop - batch.start])
            report("Drawing", (stop - first) / (end - first))
