"""The job `join_film`: when every segment is there, the worker makes the mp4 with the original sound."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from gpu_service.protocol import Recipe
from studio.blobs.store import local_path, own_name, put_path
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import ENDED, Job, State
from studio.renders.draw import note_finished
from studio.renders.models import Render, SegmentFilm
from studio.renders.tell import tell

KIND = "join_film"


def follow(job: Job) -> None:
    """Called in the transaction of every change of a render's jobs: the last segment queues the joining."""
    render = Render.objects.select_related("join_job").filter(job=job).first()
    if render is not None and job.state == State.DONE and render.film_id is None and not _is_joining(render):
        queue_join(render)
    render = render or Render.objects.filter(join_job=job).first()
    if render is not None:
        tell(render, "render.changed")


def _is_joining(render: Render) -> bool:
    return render.join_job is not None and render.join_job.state not in ENDED


def queue_join(render: Render) -> Job:
    """Call it inside a transaction."""
    job = queue.enqueue(
        KIND,
        project_id=render.project_id,
        title=f"Joining “{render.name}”",
        payload={"render_id": str(render.id)},
        runs_on=Job.RunsOn.WORKER,
        subject=render.subject,
        created_by=render.created_by,
        total=100,
        unit="%",
    )
    render.join_job = job
    render.save(update_fields=["join_job"])
    return job


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs."""
    render = Render.objects.select_related("job", "film").get(pk=context.payload["render_id"])
    if render.film_id:
        return {"film": render.film_id}
    films = list(SegmentFilm.objects.filter(segment__job=render.job).select_related("blob").order_by("segment__index"))
    if len(films) != render.job.segments.count():
        raise JobFailed(f"Segments of “{render.name}” are missing. Start the render again.")
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="join-") as folder, ExitStack() as stack:
        segments = [stack.enter_context(local_path(film.blob)) for film in films]
        tracks = [_named(track, Path(folder), stack) for track in _tracks(render)]
        out = Path(folder) / "film.mp4"
        _join(render, segments, tracks, out, context)
        context.progress(100, 100, "Storing the film")
        context.raise_if_cancelled()
        film = put_path(out, move=True)
    with transaction.atomic():
        context.raise_if_lost()
        note_finished(render, film)
    return {"film": film.sha256}


def _join(render: Render, segments: list[Path], tracks: list[Path], out: Path, context: Any) -> None:
    from gpu_service.errors import RenderError
    from gpu_service.film.join import join_film
    from gpu_service.music.errors import MusicError

    def report(done: int, total: int) -> None:
        context.progress(round(100 * done / max(total, 1)), 100, "Joining the segments")
        context.raise_if_cancelled()

    recipe = Recipe.model_validate(render.recipe)
    try:
        join_film(segments, recipe=recipe, tracks=tracks, out=out, report=report)
    except RenderError as error:
        raise JobFailed(str(error), retry=error.retry) from error
    except MusicError as error:
        raise JobFailed(str(error), retry=isinstance(error.__cause__, OSError)) from error


def _tracks(render: Render) -> list[Any]:
    """The original files, in the recipe's order."""
    kept = {item.blob_id: item for item in render.inputs.filter(role="track").select_related("blob")}
    return [kept[track["sha256"]] for track in render.recipe["scene"]["tracks"]]


def _named(item: Any, folder: Path, stack: ExitStack) -> Path:
    """The file under the person's own name for it, so that sentences quote that."""
    path = stack.enter_context(local_path(item.blob))
    link = folder / f"{item.blob_id[:8]}" / own_name(item.name)
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(path.absolute())
    return link
