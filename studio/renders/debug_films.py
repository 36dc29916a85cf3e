"""Debug films: a part of a scene beside plots of all its signals, ordered like a draft and kept like one."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol.scene_jobs import DebugFilmOrder
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.jobs.out import queue_place
from studio.renders.models import DebugFilm
from studio.renders.order import Range, frames_of
from studio.scenes.curves import file_in
from studio.scenes.models import Scene
from studio.scenes.spec import sight_of

KIND = "debug_film"
NO_FILE = "The result of this job holds no film."


def order_debug_film(scene: Scene, wanted: Range, *, by: User) -> DebugFilm:
    """Queue it. Raises Refused, which names the wrong field."""
    sight = sight_of(scene)
    first, end = frames_of(wanted, sight.spec)
    row = DebugFilm(
        id=uuid.uuid4(),
        project_id=scene.project_id,
        scene=scene,
        name=f"{scene.name[:240]}, signals",
        scene_name=scene.name,
        first_frame=first,
        end_frame=end,
        fps=sight.spec.fps,
        created_by=by,
    )
    payload = DebugFilmOrder(scene=sight.spec, first_frame=first, end_frame=end).model_dump(mode="json")
    payload["inputs"] = [item.model_dump(mode="json") for item in sight.inputs]
    with transaction.atomic():
        row.job = queue.enqueue(
            KIND,
            project_id=scene.project_id,
            title=f"Film of the signals of “{scene.name}”",
            payload=payload,
            runs_on=Job.RunsOn.SERVICE,
            subject=row.subject,
            created_by=by,
            total=end - first,
            unit="frames",
        )
        row.save(force_insert=True)
        tell(row, "debug_film.added", by=by)
    return row


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job; its end with a result is told by `keep`."""
    row = DebugFilm.objects.select_related("job").filter(job=job).first()
    if row is not None and job.state != State.DONE:
        tell(row, "debug_film.changed")


def keep(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    """A service has made it. Call it in the transaction that ends the job."""
    row = DebugFilm.objects.filter(job=job).first()
    if row is None:
        return
    row.film = file_in(result, artifacts, "film", NO_FILE)
    row.save(update_fields=["film"])
    tell(row, "debug_film.changed")


def put_into_bin(row: DebugFilm, *, is_binned: bool, by: User) -> DebugFilm:
    """One that is still being made is stopped first."""
    with transaction.atomic():
        if is_binned and row.job.state not in ENDED:
            queue.cancel(row.job, by=by)
        row.binned_at = timezone.now() if is_binned else None
        row.save(update_fields=["binned_at"])
        tell(row, "debug_film.removed" if is_binned else "debug_film.restored", by=by)
    return row


def debug_film_out(row: DebugFilm) -> dict[str, Any]:
    job = row.job
    return {
        "id": str(row.pk),
        "project_id": str(row.project_id),
        "scene_id": str(row.scene_id) if row.scene_id else None,
        "scene_name": row.scene_name,
        "name": row.name,
        "state": "done" if row.film_id else str(job.state),
        "sentence": job.error or job.message,
        "first_frame": row.first_frame,
        "end_frame": row.end_frame,
        "fps": row.fps,
        "frames_done": row.end_frame - row.first_frame if row.film_id else job.done,
        "queue_place": queue_place(job),
        "film_url": f"/api/v1/debug-films/{row.pk}/film" if row.film_id else None,
        "film_size": row.film.size if row.film else None,
        "job_id": str(job.pk),
        "created_by": str(row.created_by_id) if row.created_by_id else None,
        "created_at": row.created_at,
        "is_binned": row.binned_at is not None,
    }


def tell(row: DebugFilm, kind: str, *, by: User | None = None) -> None:
    row.job.refresh_from_db()
    record(row.project_id, kind, subject=row.subject, payload=debug_film_out(row), actor=by)
