"""Projections and their targets as the API and the events show them. Whatever their number, the questions are few."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.utils import timezone

from gpu_service.protocol.projection import ProjectionTick, settings_begun
from studio.jobs.models import ENDED as JOB_ENDED
from studio.jobs.models import Job
from studio.jobs.models import State as JobState
from studio.jobs.out import queue_place
from studio.projections.models import ENDED, Projection, ProjectionFrames, ProjectionTarget
from studio.training.here import services_here

State, Wanted = Projection.State, Projection.Wanted
PLAIN: tuple[str, ...] = (
    "name",
    "notes",
    "network_md5",
    "network_name",
    "wanted",
    "frames_total",
    "frames_done",
    "seconds",
)
PLAIN += ("evaluations", "warnings", "service_name", "device", "is_imported", "is_complete", "convergence")
PLAIN += ("revision", "created_at", "finished_at")

NOBODY = "No render service is attached. It goes on by itself as soon as one is here."
QUEUED = "Waits for a render service that has a place for it."
CUTTING = "The portraits are being cut first."
CHECKING = "The file is being looked through."
AGAIN = "{error} It is tried again by itself."
DESERTED = "{service} went away. The search goes on behind its last frame as soon as it or another is here."
PAUSING = "Pausing: the frames in hand are finished first."
STOPPING = "Stopping: the frames in hand are finished first."


def projection_out(row: Projection) -> dict[str, Any]:
    return projections_out([row])[0]


def projections_out(rows: Sequence[Projection]) -> list[dict[str, Any]]:
    ids = [one for row in rows for one in (row.job_id, row.before_job_id, row.review_job_id) if one]
    jobs = Job.objects.in_bulk(ids)
    pictured = ProjectionFrames.objects.filter(projection__in=[row.pk for row in rows]).exclude(picture=None)
    newest = dict(pictured.order_by("projection_id", "first").values_list("projection_id", "id"))
    used: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    using = Projection.objects.filter(pk__in=[row.pk for row in rows], scenes__binned_at=None, scenes__isnull=False)
    for pk, scene_id, name in using.order_by("scenes__name").values_list("pk", "scenes__id", "scenes__name"):
        used[pk].append({"id": str(scene_id), "name": name})
    return [{**_out(row, jobs, newest.get(row.pk)), "used_in": used[row.pk]} for row in rows]


def targets_out(rows: Iterable[ProjectionTarget]) -> list[dict[str, Any]]:
    return [target_out(row) for row in rows]


def target_out(row: ProjectionTarget) -> dict[str, Any]:
    facts = row.facts
    return {
        "id": str(row.pk),
        "project_id": str(row.project_id),
        "name": row.name,
        "state": str(row.state),
        "sentence": row.sentence,
        "kind": facts.get("kind"),
        "width": facts.get("width"),
        "height": facts.get("height"),
        "fps": facts.get("fps"),
        "frames": facts.get("frames"),
        "seconds": facts.get("seconds"),
        "notes": facts.get("notes", []),
        "size_bytes": row.blob.size if row.blob else None,
        "thumbnail_url": f"/api/v1/projection-targets/{row.pk}/thumbnail" if row.thumbnail_id else None,
        "file_url": f"/api/v1/projection-targets/{row.pk}/file" if row.blob_id else None,
        "job_id": str(row.job_id) if row.job_id else None,
        "created_by_name": str(row.created_by) if row.created_by else "",
        "created_at": row.created_at,
        "is_binned": row.binned_at is not None,
    }


def frames_out(rows: Iterable[ProjectionFrames]) -> list[dict[str, Any]]:
    return [
        {
            "id": str(row.pk),
            "first": row.first,
            "end": row.end,
            "losses": row.losses,
            "steps": row.steps,
            "picture_url": f"/api/v1/projection-frames/{row.pk}/picture" if row.picture_id else None,
        }
        for row in rows
    ]


def is_deserted(row: Projection, job: Job | None) -> bool:
    """Whether whoever holds the job has gone, or has not been heard of for the length of a lease."""
    if row.state in ENDED or row.before_job_id is not None or job is None or job.state != JobState.RUNNING:
        return False
    return row.is_deserted or (job.lease_until is not None and job.lease_until < timezone.now())


def _out(row: Projection, jobs: dict[UUID, Job], newest: UUID | None) -> dict[str, Any]:
    job = jobs.get(row.before_job_id or row.job_id)  # type: ignore[arg-type]
    review = jobs.get(row.review_job_id) if row.review_job_id else None
    tick = ProjectionTick.model_validate(row.latest) if row.latest else None
    waits = is_deserted(row, job)
    state = State.WAITING if waits else row.state
    is_moving = tick is not None and state == State.PROJECTING
    return {
        "id": str(row.pk),
        "project_id": str(row.project_id),
        **{name: getattr(row, name) for name in PLAIN},
        "snapshot_id": str(row.snapshot_id) if row.snapshot_id else None,
        "network_id": row.about.get("network_id"),
        "snapshot_name": row.about.get("snapshot_name", ""),
        "resolution": row.about.get("resolution"),
        "source": row.about.get("source"),
        "facts": row.facts,
        "config": settings_begun(row.config).model_dump(mode="json") if row.config else None,
        "state": str(state),
        "sentence": _sentence(row, job, waits=waits),
        "tick": tick.model_dump(mode="json") if tick else None,
        "left_seconds": tick.left_seconds if tick and is_moving else None,
        "picture_url": f"/api/v1/projection-frames/{newest}/picture" if newest else None,
        "file_url": f"/api/v1/projections/{row.pk}/file" if row.file_id else None,
        "file_bytes": row.file.size if row.file else None,
        "review_url": f"/api/v1/projections/{row.pk}/review" if row.review_id else None,
        "review_state": _review(row, review),
        "review_sentence": (review.error or review.message) if review and row.review_id is None else "",
        "job_id": str(job.pk) if job else None,
        "job_state": str(job.state) if job else "",
        "queue_place": queue_place(job) if job else None,
        "created_by": str(row.created_by_id) if row.created_by_id else None,
        "created_by_name": str(row.created_by) if row.created_by else "",
        "is_binned": row.binned_at is not None,
    }


def _review(row: Projection, job: Job | None) -> str:
    """none, waiting, working, ready or failed."""
    if row.review_id:
        return "ready"
    if job is None or job.state == JobState.DONE:
        return "none"
    words = {JobState.QUEUED: "waiting", JobState.RUNNING: "working"}
    return words.get(JobState(job.state), "failed")


def _sentence(row: Projection, job: Job | None, *, waits: bool) -> str:
    if waits:
        return DESERTED.format(service=f"“{row.service_name}”" if row.service_name else "The render service")
    if row.state in ENDED:
        return row.sentence
    if row.state == State.CHECKING:
        return CHECKING
    if row.state != State.WAITING:
        return {Wanted.PAUSE: PAUSING, Wanted.STOP: STOPPING}.get(Wanted(row.wanted), row.sentence)
    if row.before_job_id is not None:
        return CUTTING
    if job is not None and job.error:
        return AGAIN.format(error=job.error)
    return QUEUED if services_here() or (job is not None and job.state in JOB_ENDED) else NOBODY
