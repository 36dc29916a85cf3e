"""`project FOLDER`: every film of a folder to a projection of its own, named after it as GANce names them."""

import sys
from dataclasses import replace
from pathlib import Path

from gpu_service.cli_project import INTERRUPTED, ProjectCall, project_call
from gpu_service.errors import RenderError
from gpu_service.projection.file import read_projection
from gpu_service.projection.video import is_film
from gpu_service.training.data.names import ENDINGS as PICTURE_ENDINGS

PREFIX = "projection_of_"


def project_all(call: ProjectCall) -> int:
    """The one target, or each film of a folder. -> exit code"""
    films = films_in(call.target)
    return _each(call, films) if films else project_call(call)


def films_in(folder: Path) -> list[Path]:
    """The films of a folder, by name. A folder that holds pictures is one of portraits and has none."""
    if not folder.is_dir():
        return []
    inside = sorted(path for path in folder.iterdir() if path.is_file())
    if any(path.suffix.lower() in PICTURE_ENDINGS for path in inside):
        return []
    return [path for path in inside if is_film(path)]


def _each(call: ProjectCall, films: list[Path]) -> int:
    """One after the other. What fails is told, and the others go on; an interruption ends all."""
    if call.out.suffix or call.out.is_file():
        raise RenderError(f"{call.target} holds {len(films)} films, so --out {call.out} is to be a folder.")
    call.out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for film in films:
        out = call.out / f"{PREFIX}{film.stem}.hdf5"
        if call.resume and is_finished(out):
            print(f"{out}  is there already")  # noqa: T201
            continue
        has_begun = out.with_name(f"{out.name}.work").exists()
        try:
            code = project_call(replace(call, target=film, out=out, resume=call.resume and has_begun))
        except RenderError as error:
            print(f"{film.name}: {error}", file=sys.stderr)  # noqa: T201
            failed += 1
            continue
        if code == INTERRUPTED:
            return code
    if failed:
        raise RenderError(f"{failed} of {len(films)} films could not be projected.")
    return 0


def is_finished(out: Path) -> bool:
    """Whether all of a projection lies there."""
    try:
        return out.exists() and len(read_projection(out)) > 0
    except RenderError:
        return False
