"""Projection files that people send: the worker looks each through before it can be used."""

import hashlib
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from studio.blobs.models import Blob, Upload
from studio.blobs.store import local_path, own_name, put_bytes
from studio.blobs.uploads import Became
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job, State
from studio.networks.models import Snapshot
from studio.projections.models import Projection, ProjectionFrames
from studio.projections.plan import KINDS
from studio.projections.tell import tell

KIND = "check_projection"
HIGHEST_PICTURE = 256
UNFINISHED = "This file is not finished: it holds {frames} frames."
OF_NOBODY = "No network of this project is the one that this file was made with."
ProjectionState = Projection.State


def finished(upload: Upload, blob: Blob) -> Became:
    """It is there. Runs inside the transaction that ends the upload."""
    name = PurePath(upload.name.replace("\\", "/")).stem[:255] or "Projection"
    row = Projection.objects.create(
        project_id=upload.project_id,
        name=name,
        is_imported=True,
        state=ProjectionState.CHECKING,
        about={"file_name": upload.name},
        file=blob,
        created_by=upload.user,
    )
    row.before_job_id = queue.enqueue(
        KIND,
        project_id=upload.project_id,
        title=f"Looking through “{upload.name}”",
        payload={"projection_id": str(row.pk)},
        runs_on=Job.RunsOn.WORKER,
        subject=row.subject,
        created_by=upload.user,
    ).id
    row.save(update_fields=["before_job_id"])
    tell(row, by=upload.user, kind="projection.added")
    return Became(f"/p/{upload.project_id}/projections/{row.pk}/")


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs: the file is read in a process of its own, whatever is in it."""
    from gpu_service.errors import RenderError
    from gpu_service.projection.check import check_projection

    row = Projection.objects.select_related("file", "project").get(pk=context.payload["projection_id"])
    if row.file is None:
        raise JobFailed(row.sentence, is_final=True)
    with _named(row) as path:
        try:
            found = check_projection(path)
        except RenderError as error:
            raise JobFailed(str(error), retry=error.retry, is_final=not error.retry) from error
        pictures = put_bytes(_pictures(path))
    snapshot = snapshot_of_file(row.project_id, found.network_md5)
    with transaction.atomic():
        context.raise_if_lost()
        row = Projection.objects.select_for_update(of=("self",)).get(pk=row.pk)
        _keep(row, {**vars(found), "fps": str(found.fps)}, snapshot)
        ProjectionFrames.objects.update_or_create(
            projection=row, first=0, defaults={"end": max(found.frames, 1), "picture": pictures}
        )
        tell(row)
    return {"projection_id": str(row.pk)}


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job."""
    row = Projection.objects.filter(before_job_id=job.pk, is_imported=True).first()
    if row is None or row.state == ProjectionState.DONE:
        return
    if job.state in (State.FAILED, State.CANCELLED):
        row.state, row.sentence, row.finished_at = ProjectionState.FAILED, job.error or job.message, timezone.now()
        if not job.may_retry:
            row.file = None
    elif job.state == State.QUEUED:
        row.state, row.sentence = ProjectionState.CHECKING, ""
    row.save()
    tell(row)


def snapshot_of_file(project_id: UUID, md5: str) -> Snapshot | None:
    """The snapshot that came by a file with that MD5, or, made in the studio, is such a file. Reads these at need."""
    if not md5:
        return None
    rows = Snapshot.objects.filter(network__project=project_id, binned_at=None).select_related("network", "blob")
    brought = rows.filter(original_md5=md5).first()
    if brought is not None:
        return brought
    made = rows.filter(original_md5="", kind__in=KINDS)
    return next((one for one in made.iterator() if _md5_of(one.blob) == md5), None)


def _md5_of(blob: Blob) -> str:
    with local_path(blob) as path, path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _keep(row: Projection, facts: dict[str, Any], snapshot: Snapshot | None) -> None:
    """What the file says of itself, and the network that it was made with, where the project has it."""
    row.facts, row.network_md5 = facts, facts["network_md5"]
    row.network_name = PurePath(facts["network_path"].replace("\\", "/")).name[:255]
    row.snapshot = snapshot
    row.weights = snapshot.blob_id if snapshot else ""
    row.about = {
        **row.about,
        "fps": facts["fps"],
        "snapshot_name": snapshot.name if snapshot else row.network_name,
        "network_id": str(snapshot.network_id) if snapshot else None,
        "resolution": facts["width"],
    }
    row.frames_total = row.frames_done = facts["frames"]
    row.is_complete, row.state, row.finished_at = facts["is_complete"], ProjectionState.DONE, timezone.now()
    row.warnings = [] if snapshot else [OF_NOBODY]
    row.sentence = "" if row.is_complete else UNFINISHED.format(frames=facts["frames"])
    row.save()


def _pictures(path: Path) -> bytes:
    """Target beside result of the last frame, as a JPEG."""
    import numpy as np
    from PIL import Image

    from gpu_service.projection.file import read_projection

    read = read_projection(path, unfinished=True)
    both = [Image.fromarray(picture(len(read) - 1)) for picture in (read.target, read.final)]
    height = min(both[1].height, HIGHEST_PICTURE)
    sized = [one.resize((max(round(one.width * height / one.height), 1), height)) for one in both]
    buffer = io.BytesIO()
    Image.fromarray(np.hstack([np.asarray(one) for one in sized])).save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


@contextmanager
def _named(row: Projection) -> Iterator[Path]:
    """The file under the person's own name for it, so that sentences quote that."""
    assert row.file is not None
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=scratch, prefix="projection-") as folder,
        local_path(row.file) as kept,
    ):
        link = Path(folder) / own_name(row.about.get("file_name") or f"{row.name}.hdf5")
        link.symlink_to(kept.absolute())
        yield link
