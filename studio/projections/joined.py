"""The file of a projection that was stopped while no service held it: the worker puts together what was handed in."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.blobs.store import local_path, put_path
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job
from studio.projections.models import Projection, ProjectionFrames
from studio.projections.tell import tell

KIND = "join_projection"
NOTHING = "“{name}” has found no frame that could be put into a file."


def order_file(row: Projection, *, by: User | None) -> None:
    """Queue it where frames were found that no file of the studio's holds. Call it in a transaction."""
    if row.state != Projection.State.STOPPED or row.frames_done <= _held(row):
        return
    parts = _following(row)
    if not parts or parts[-1].end <= _held(row):
        return
    queue.enqueue(
        KIND,
        project_id=row.project_id,
        title=f"File of what “{row.name}” found",
        payload={"projection_id": str(row.pk)},
        runs_on=Job.RunsOn.WORKER,
        subject=row.subject,
        created_by=by,
    )


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. Should it have gone on meanwhile, its own end brings a file."""
    from gpu_service.errors import RenderError

    row = Projection.objects.get(pk=context.payload["projection_id"])
    parts = _following(row)
    if not parts:
        raise JobFailed(NOTHING.format(name=row.name), is_final=True)
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="projection-") as folder:
        out = Path(folder) / "projection.hdf5"
        try:
            fps = _join([part.latents for part in parts if part.latents], out)
        except RenderError as error:
            raise JobFailed(str(error), retry=error.retry, is_final=not error.retry) from error
        file = put_path(out, move=True)
    with transaction.atomic():
        context.raise_if_lost()
        row = Projection.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if row.state == Projection.State.STOPPED and parts[-1].end > _held(row):
            row.file, row.is_complete = file, False
            row.facts = {**row.facts, "frames": parts[-1].end, "fps": fps}
            row.save(update_fields=["file", "is_complete", "facts"])
            tell(row)
    return {"projection_id": str(row.pk), "frames": parts[-1].end}


def _held(row: Projection) -> int:
    """How many frames its file holds."""
    return int(row.facts.get("frames", 0)) if row.file_id else 0


def _following(row: Projection) -> list[ProjectionFrames]:
    """The batches that follow one another from the first frame on."""
    found: list[ProjectionFrames] = []
    for part in row.frames.select_related("latents").exclude(latents=None).order_by("first"):
        if part.first != (found[-1].end if found else 0):
            break
        found.append(part)
    return found


def _join(blobs: list[Blob], out: Path) -> str:
    """One file of them all, not complete. -> its frames a second"""
    from gpu_service.projection.file import read_projection
    from gpu_service.projection.writing import join_projections

    with ExitStack() as stack:
        paths = [stack.enter_context(local_path(blob)) for blob in blobs]
        read = [read_projection(path, unfinished=True) for path in paths]
        facts = replace(read[0].facts, first_frame=0, is_complete=False)
        join_projections(paths, facts, out)
    return str(facts.fps)
