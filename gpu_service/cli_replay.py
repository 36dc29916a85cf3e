"""`--run-config` without a track: a film made once more from the record of the first time, frame for frame."""

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gpu_service.cli_job import Job, RenderCall
from gpu_service.cli_words import our_form
from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.protocol import Recipe

ENDINGS = (".safetensors", ".hdf5")


def replayed_job(call: RenderCall, folder: Path) -> Job:
    """The recipe of the record, with the way it was drawn, and its files where they lay or beside the record."""
    assert call.run_config is not None
    _refuse_words(call)
    kept = _read(call.run_config)
    recipe = _recipe(kept, call.run_config)
    files, brought = dict[str, Path](), dict[str, Path]()
    snapshots = {snapshot.sha256 for snapshot in recipe.scene.snapshots}
    for sha256, text in kept["paths"].items():
        path = _found(Path(text), home=call.run_config.parent)
        used = our_form(path, folder) if sha256 in snapshots else path
        if file_sha256(used) != sha256:
            raise RenderError(f"{path} has changed since this film was made. Bring the file as it was.")
        files[sha256] = used
        if sha256 in snapshots:
            brought[sha256] = path
    return Job(recipe, files, brought)


def _refuse_words(call: RenderCall) -> None:
    """A word that would be passed over is worth a sentence."""
    words = {
        "--snapshot": call.snapshots or call.snapshots_dir or call.snapshots_json,
        "--projection": call.projections,
        "--preset": call.preset,
        "--set": call.settings,
        "--size": call.size,
        "--fps": call.fps,
        "--start": call.start,
        "--seconds": call.seconds,
    }
    if said := [word for word, value in words.items() if value]:
        raise RenderError(f"A record holds all of its film: leave out {said[0]}, or name a track to make another one.")


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise RenderError(f"There is no record at {path}. Name a track to make a film and write one.")
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise RenderError(f"{path} is no record of a film: it is no JSON.") from error
    if isinstance(kept, dict) and isinstance(kept.get("scene"), dict) and isinstance(kept.get("files"), dict):
        # A film's recipe, as the studio lets one download it: its files lie beside it.
        kept = {"recipe": kept, "paths": kept["files"]}
    is_record = isinstance(kept, dict) and isinstance(kept.get("recipe"), dict) and isinstance(kept.get("paths"), dict)
    if not is_record:
        records = "Records of `render --run-config` and recipes of films are."
        raise RenderError(f"{path} is no record that a film can be made from. {records}")
    found: dict[str, Any] = kept
    return found


def _recipe(kept: dict[str, Any], path: Path) -> Recipe:
    try:
        return Recipe.model_validate(kept["recipe"])
    except ValidationError as error:
        raise RenderError(
            f"The recipe in {path} cannot be read: {error.errors(include_url=False)[0]['msg']}."
        ) from error


def _found(path: Path, *, home: Path) -> Path:
    """Where it lay, or beside the record; a studio's recipe names its snapshots without the ending of their files."""
    for place in (path, *(home / f"{path.name}{ending}" for ending in ("", *ENDINGS))):
        if place.is_file():
            return place
    raise RenderError(f"A file of this film is missing: {path}. Bring it back, or put it beside the record.")
