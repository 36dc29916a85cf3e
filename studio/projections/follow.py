"""A projection follows its jobs: the zip that comes first, then the search. Called in the transaction of a change."""

from django.db import transaction
from django.utils import timezone

from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.projections.joined import order_file
from studio.projections.models import Projection
from studio.projections.orders import order_next
from studio.projections.tell import tell

ProjectionState, Wanted = Projection.State, Projection.Wanted
NO_ZIP = "The portraits could not be made ready: {reason}"


def exported(job: Job) -> None:
    """The zip of a version is there, or could not be made."""
    for row in Projection.objects.select_for_update(of=("self",)).filter(before_job_id=job.pk):
        if job.state == State.DONE and row.wanted == Wanted.RUN:
            row.state, row.sentence, row.finished_at = ProjectionState.WAITING, "", None
            _go_on(row)
        elif job.state in (State.FAILED, State.CANCELLED):
            row.state, row.finished_at = ProjectionState.FAILED, timezone.now()
            row.sentence = NO_ZIP.format(reason=job.error or job.message)
            row.save(update_fields=["state", "sentence", "finished_at"])
        elif row.state == ProjectionState.FAILED:  # somebody tries the zip again
            row.state, row.sentence, row.finished_at = ProjectionState.WAITING, "", None
            row.save(update_fields=["state", "sentence", "finished_at"])
        tell(row)


def catch_up(row: Projection) -> None:
    """Once it is committed: the zip may have been finished in the moment before, when nobody saw who waits."""
    with transaction.atomic():
        job = Job.objects.filter(pk=row.before_job_id, state__in=ENDED).first() if row.before_job_id else None
        if job is not None:
            exported(job)


def project(job: Job) -> None:
    """The search's own job has changed its state. Its end with a result is told by `reports.keep`."""
    row = Projection.objects.select_for_update(of=("self",)).filter(job_id=job.pk).first()
    if row is None or job.state == State.DONE:
        return
    if job.state == State.QUEUED and job.error and row.wanted != Wanted.RUN:
        queue.end_unheld(job, by=row.created_by)  # it was to end anyway; this is told by another call
        return
    STATES[State(job.state)](row, job)
    row.save()
    order_file(row, by=row.created_by)
    tell(row)


def review(job: Job) -> None:
    """The film that reviews it waits, is being made, or could not be."""
    for row in Projection.objects.select_for_update(of=("self",)).filter(review_job_id=job.pk):
        tell(row)


def _queued(row: Projection, job: Job) -> None:
    """New, given back by a service that ended, or tried again by a person."""
    row.state, row.is_deserted, row.finished_at = ProjectionState.WAITING, False, None
    if not job.error:
        row.wanted, row.sentence = Wanted.RUN, ""


def _running(row: Projection, job: Job) -> None:
    row.state, row.sentence, row.is_deserted = ProjectionState.STARTING, "", False


def _failed(row: Projection, job: Job) -> None:
    row.state, row.finished_at = ProjectionState.FAILED, timezone.now()
    row.sentence = job.error or row.sentence


def _cancelled(row: Projection, job: Job) -> None:
    """Somebody stopped the job itself, or nobody held it when it was to pause or to stop."""
    is_stopped = row.wanted == Wanted.STOP
    row.wanted = Wanted.STOP if is_stopped else Wanted.PAUSE
    row.state, row.is_deserted = ProjectionState.STOPPED if is_stopped else ProjectionState.PAUSED, False
    row.sentence = job.message if is_stopped else job.message.replace("Stopped", "Paused")


def _go_on(row: Projection) -> None:
    try:
        order_next(row, by=row.created_by)
    except Refused as error:
        row.state, row.sentence, row.finished_at = ProjectionState.FAILED, str(error), timezone.now()
        row.save(update_fields=["state", "sentence", "finished_at"])


STATES = {State.QUEUED: _queued, State.RUNNING: _running, State.FAILED: _failed, State.CANCELLED: _cancelled}
