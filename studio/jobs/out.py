"""A job as the pages see it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from ninja import Schema

from studio.jobs.models import Job, State


class JobOut(Schema):
    """`rate` is in units per second, `queue_place` counts from 1. `can_retry`: it ended, and trying again may help."""

    id: UUID
    project_id: UUID | None
    kind: str
    title: str
    state: str
    done: int
    total: int
    unit: str
    message: str
    error: str
    subject: str
    attempts: int
    can_retry: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds_left: float | None
    rate: float | None
    queue_place: int | None
    created_by: UUID | None


def job_out(job: Job) -> JobOut:
    rate = rate_of(job)
    return JobOut(
        id=job.id,
        project_id=job.project_id,
        kind=job.kind,
        title=job.title,
        state=job.state,
        done=job.done,
        total=job.total,
        unit=job.unit,
        message=job.message,
        error=job.error,
        subject=job.subject,
        attempts=job.attempts,
        can_retry=job.may_retry and job.state in (State.FAILED, State.CANCELLED),
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        seconds_left=(job.total - job.done) / rate if rate and job.total else None,
        rate=rate,
        queue_place=queue_place(job),
        created_by=job.created_by_id,
    )


def job_payload(job: Job) -> dict[str, Any]:
    """The same as JSON, for an event."""
    return job_out(job).model_dump(mode="json")


def rate_of(job: Job) -> float | None:
    """Units per second since the job began, while it runs."""
    if job.state != State.RUNNING or not job.done or job.started_at is None:
        return None
    seconds = ((job.progress_at or timezone.now()) - job.started_at).total_seconds()
    return job.done / seconds if seconds > 0.2 else None


def queue_place(job: Job) -> int | None:
    """1 for the next one; None for a job that does not wait."""
    if job.state != State.QUEUED:
        return None
    ahead = Job.objects.filter(runs_on=job.runs_on, state=State.QUEUED, queued_at__lt=job.queued_at)
    return ahead.count() + 1
