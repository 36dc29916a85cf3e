"""The recipe beside a film: everything that it takes to make the same frames again."""

import importlib.metadata
import json
from collections.abc import Mapping
from pathlib import Path

from gpu_service.protocol import CodePath, Quality, Recipe, SceneSpec, default_segment_frames, recipe_sha256
from gpu_service.visualizers import load


def make_recipe(scene: SceneSpec, *, first_frame: int, end_frame: int, quality: Quality = "final") -> Recipe:
    """Freeze a scene, its parameters completed, for a range of frames. Whoever draws first fixes the code path."""
    visualizer = load(scene.visualizer)
    complete = scene.model_copy(update={"parameters": visualizer.check(scene).model_dump(mode="json")})
    return Recipe(
        scene=complete,
        first_frame=first_frame,
        end_frame=end_frame,
        segment_frames=default_segment_frames(scene.frame_rate),
        versions=versions(scene.visualizer),
        quality=quality,
    )


def versions(visualizer: str) -> dict[str, str]:
    """Of ourselves and of what computes the pictures."""
    return {
        "phosphene": own_version(),
        f"visualizer {visualizer}": load(visualizer).version,
        "numpy": importlib.metadata.version("numpy"),
        "scipy": importlib.metadata.version("scipy"),
    }


def own_version() -> str:
    """The version in pyproject, also where the package runs from a clone without being installed."""
    try:
        return importlib.metadata.version("phosphene")
    except importlib.metadata.PackageNotFoundError:
        return "0.1.0"


def recipe_path(film: Path) -> Path:
    """film.mp4 -> film.recipe.json"""
    return film.with_suffix(".recipe.json")


def write_recipe(
    recipe: Recipe,
    film: Path,
    *,
    files: Mapping[str, Path],
    command: Mapping[str, object],
    sources: Mapping[str, str] | None = None,
) -> Path:
    """Write the recipe with the names of its files, and the command's own words (GANce's --run-config).

    `sources`: the hash of a file that was converted -> the hash of the file it was converted from.
    """
    record = {
        **recipe.model_dump(mode="json"),
        "sha256": recipe_sha256(recipe),
        "files": {sha256: path.name for sha256, path in files.items()},
        "sources": dict(sources or {}),
        "command": command,
    }
    path = recipe_path(film)
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def with_code_path(recipe: Recipe, code_path: CodePath) -> Recipe:
    """The recipe with its code path fixed, for the first time or as a new revision."""
    revision = recipe.revision if recipe.code_path is None else recipe.revision + 1
    return recipe.model_copy(update={"code_path": code_path, "revision": revision})
