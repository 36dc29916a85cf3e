"""`review-projection`: films and the plot of a projection file. No torch."""

import json
from collections.abc import Sequence
from pathlib import Path

from gpu_service.cli_places import check_place
from gpu_service.errors import RenderError
from gpu_service.projection.convergence import convergence
from gpu_service.projection.file import read_projection
from gpu_service.projection.review import convergence_plot, history_film, review_film, step_film


def review_call(
    file: Path,
    out: Path,
    *,
    audio: Sequence[Path] = (),
    height: int = 512,
    frame: int | None = None,
    step: int | None = None,
    plot: Path | None = None,
    as_json: bool = False,
) -> None:
    """Write what was asked for. RenderError with a sentence where the file cannot give it."""
    check_place("--out", out, name="review.mp4")
    read = read_projection(file, unfinished=True)
    if frame is not None and frame >= len(read):
        raise RenderError(f"“{file.name}” holds {len(read)} frames, so there is no frame {frame}.")
    if frame is not None:
        history_film(read, frame, out, height=height)
    elif step is not None:
        step_film(read, step, out, height=height)
    else:
        review_film(read, out, height=height, audio=audio)
    found = convergence(read) if plot is not None or as_json else None
    if plot is not None:
        if found is None:
            raise RenderError("The file tells nothing of how it was searched. Project with --latents-histories first.")
        convergence_plot(found, plot)
    told = {"frames": len(read), "fps": str(read.facts.fps), "convergence": found.to_json() if found else {}}
    print(json.dumps(told) if as_json else str(out))  # noqa: T201
