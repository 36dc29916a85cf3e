"""What follows a change of a job, in its transaction: an event, its watcher, waking up whoever could work on it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from studio.events.record import record
from studio.jobs.leases import Progress, from_now
from studio.jobs.models import ENDED, Job, State
from studio.jobs.out import job_payload
from studio.jobs.watchers import tell_watcher

# A page cannot use more than two steps of progress a second, and SQLite has one writer.
PROGRESS_SECONDS = 0.5
WORK_CHANNEL = "phosphene_work"

_listeners: set[Callable[[str], None]] = set()


def on_work(listener: Callable[[str], None]) -> Callable[[], None]:
    """Call `listener(runs_on)` when this process has queued something. Returns the function that ends it."""
    _listeners.add(listener)
    return lambda: _listeners.discard(listener)


def announce(job: Job, *, actor: Any = None) -> Job:
    """Tell everybody that this job's state changed. Returns the row as it stands now."""
    job.refresh_from_db()
    if job.project_id is not None:
        record(job.project_id, "job.changed", subject=f"job:{job.id}", payload=job_payload(job), actor=actor)
    tell_watcher(job)
    if job.state == State.QUEUED:
        wake(job.runs_on)
    return job


def wake(runs_on: str) -> None:
    """Let waiting workers look at once, after the commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [WORK_CHANNEL, runs_on])
    transaction.on_commit(lambda: [listener(runs_on) for listener in list(_listeners)])


def note_progress(job: Job, progress: Progress) -> None:
    """Write progress at most twice a second, and its event with it."""
    said = {name: value for name, value in vars(progress).items() if value is not None}
    if not said:
        return
    if "message" in said:
        said["message"] = said["message"][:300]
    due = Q(progress_at=None) | Q(progress_at__lt=Now() - timedelta(seconds=PROGRESS_SECONDS))
    with transaction.atomic():
        rows = Job.objects.filter(due, pk=job.pk).exclude(state__in=ENDED)
        if rows.update(**said, progress_at=from_now(0)) and job.project_id is not None:
            job.refresh_from_db()
            record(job.project_id, "job.changed", subject=f"job:{job.id}", payload=job_payload(job))
