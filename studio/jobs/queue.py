"""The queue is a table: put work in, claim it, renew, finish, fail, cancel, retry. Segments do the same singly."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce, Now

from studio.jobs.changes import announce, note_progress
from studio.jobs.leases import LOST, Lease, LeaseLost, Progress, RenewAnswer, hold_on, is_expired, take
from studio.jobs.models import MAX_ATTEMPTS, Job, Segment, State
from studio.jobs.segments import (
    SegmentConflict,
    claim_segment,
    commit_segment,
    fail_segment,
    redraw_segments,
    renew_segment,
)

__all__ = [
    "Lease",
    "LeaseLost",
    "Progress",
    "RenewAnswer",
    "SegmentConflict",
    "cancel",
    "claim",
    "claim_segment",
    "commit_segment",
    "end_unheld",
    "enqueue",
    "fail",
    "fail_segment",
    "finish",
    "forgive",
    "has_work",
    "redraw_segments",
    "renew",
    "renew_segment",
    "retry",
]


NO_USE = "Trying this again cannot help: the same would happen. If it was a file, send another one."


class JobRefused(Exception):
    """What was asked of a job does not fit its state. Shown as 409."""


@transaction.atomic
def enqueue(
    kind: str,
    *,
    project_id: UUID | None,
    title: str,
    payload: dict[str, Any],
    runs_on: str,
    subject: str = "",
    created_by: Any = None,
    total: int = 0,
    unit: str = "",
    max_attempts: int = MAX_ATTEMPTS,
    segments: Iterable[tuple[int, int]] = (),
) -> Job:
    """Put a job into the queue, with its segments (first_frame, end_frame) if it is cut into such."""
    job = Job.objects.create(
        kind=kind,
        project_id=project_id,
        title=title[:300],
        payload=payload,
        runs_on=runs_on,
        subject=subject,
        created_by=created_by,
        total=total,
        unit=unit,
        max_attempts=max_attempts,
    )
    Segment.objects.bulk_create(
        [Segment(job=job, index=index, first_frame=first, end_frame=end) for index, (first, end) in enumerate(segments)]
    )
    return announce(job, actor=created_by)


@transaction.atomic
def claim(*, runs_on: str, kinds: Iterable[str], holder: str) -> Lease | None:
    """Take the oldest job of these kinds that waits or whose lease ran out. None when there is nothing to do."""
    kinds = list(kinds)
    _end_the_lost(kinds, runs_on=runs_on)
    free = Q(state=State.QUEUED) | is_expired()
    rows = Job.objects.filter(
        free, runs_on=runs_on, kind__in=kinds, attempts__lt=F("max_attempts"), cancel_requested=False
    )
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    candidate = rows.order_by("queued_at", "id").first()
    if candidate is None or not take(Job.objects.filter(free), candidate, holder=holder):
        return None
    Job.objects.filter(pk=candidate.pk).update(started_at=Coalesce(F("started_at"), Now()), error="")
    job = announce(candidate)
    return Lease(kind="job", id=job.id, fence=job.fence, job=job)


def renew(lease: Lease, *, progress: Progress | None = None) -> RenewAnswer:
    """Hold the lease for longer and say how far it is. Raises LeaseLost."""
    with transaction.atomic():
        hold_on(Job.objects.all(), lease)
        job = Job.objects.get(pk=lease.id)
        if progress is not None:
            note_progress(job, progress)
    return RenewAnswer(seconds=lease.seconds, cancel=job.cancel_requested)


@transaction.atomic
def finish(lease: Lease, *, result: dict[str, Any] | None = None) -> Job:
    """The work is done. The same lease may say so twice. Raises LeaseLost."""
    held = Job.objects.filter(pk=lease.id, fence=lease.fence, state=State.RUNNING)
    ended = held.update(state=State.DONE, result=result, finished_at=Now(), lease_until=None, error="", message="")
    job = Job.objects.filter(pk=lease.id, fence=lease.fence, state=State.DONE).first()
    if job is None:
        raise LeaseLost
    if ended:
        Job.objects.filter(pk=lease.id, total__gt=0).update(done=F("total"))
        return announce(job)
    return job


@transaction.atomic
def fail(lease: Lease, *, message: str, retry: bool = False, may_retry: bool = True) -> Job:
    """The work did not succeed. With `retry` it waits for another attempt while there are any. Raises LeaseLost.

    Without `may_retry` no person is offered to try it again: the same input would fail again.
    """
    again = Q(cancel_requested=False, attempts__lt=F("max_attempts")) if retry else Q(pk__in=[])
    held = Job.objects.filter(pk=lease.id, fence=lease.fence, state=State.RUNNING)
    failed = held.update(
        state=Case(
            When(again, then=_text(State.QUEUED)),
            When(cancel_requested=True, then=_text(State.CANCELLED)),
            default=_text(State.FAILED),
        ),
        error=Case(When(cancel_requested=True, then=_text("")), default=_text(message)),
        finished_at=Case(When(again, then=None), default=Now()),
        lease_until=None,
        leased_by="",
        may_retry=may_retry,
    )
    if not failed:
        raise LeaseLost
    return announce(Job.objects.get(pk=lease.id))


@transaction.atomic
def cancel(job: Job, *, by: Any = None) -> Job:
    """Stop a job. One that waits, or is cut into segments, ends at once; another when its holder has heard of it."""
    who = f"Stopped by {by}." if by is not None else "Stopped."
    at_once = Q(state=State.QUEUED) | Q(state=State.RUNNING, pk__in=Segment.objects.filter(job=job).values("job_id"))
    rows = Job.objects.filter(pk=job.pk)
    if not rows.filter(at_once).update(
        state=State.CANCELLED, cancel_requested=True, message=who, finished_at=Now(), error=""
    ):
        rows.filter(state=State.RUNNING).update(cancel_requested=True, message=who)
    return announce(job, actor=by)


@transaction.atomic
def end_unheld(job: Job, *, by: Any, is_gone: bool = False) -> Job:
    """Stop a job that waits, or whose holder's lease ran out, or `is_gone` for certain. Held ones stay as they are.

    Should the holder come back, it is told that the lease is lost.
    """
    unheld = Q(state=State.QUEUED) | is_expired() | (Q(state=State.RUNNING) if is_gone else Q(pk__in=[]))
    ended = Job.objects.filter(unheld, pk=job.pk).update(
        state=State.CANCELLED,
        cancel_requested=True,
        message=f"Stopped by {by}.",
        finished_at=Now(),
        error="",
        fence=F("fence") + 1,
        lease_until=None,
        leased_by="",
    )
    return announce(job, actor=by) if ended else job


def forgive(lease: Lease) -> None:
    """The work got further than ever before: attempts that were cut off do not count any more."""
    Job.objects.filter(pk=lease.id, fence=lease.fence, state=State.RUNNING, attempts__gt=1).update(attempts=1)


@transaction.atomic
def retry(job: Job, *, by: Any = None) -> Job:
    """Put a failed or stopped job back into the queue. What its segments have finished is kept. Raises JobRefused."""
    rows = Job.objects.filter(pk=job.pk, state__in=[State.FAILED, State.CANCELLED])
    if rows.filter(may_retry=False).exists():
        raise JobRefused(NO_USE)
    if not rows.update(
        state=State.QUEUED,
        attempts=0,
        fence=F("fence") + 1,
        cancel_requested=False,
        error="",
        message="",
        finished_at=None,
        queued_at=Now(),
        lease_until=None,
        leased_by="",
    ):
        raise JobRefused("Only a job that failed or was stopped can be tried again.")
    waiting = Segment.objects.filter(job=job).exclude(state=State.DONE)
    if not waiting.update(
        state=State.QUEUED, attempts=0, fence=F("fence") + 1, done=0, error="", leased_by="", lease_until=None
    ):
        Job.objects.filter(pk=job.pk).exclude(pk__in=Segment.objects.filter(job=job).values("job_id")).update(done=0)
    return announce(job, actor=by)


def has_work(*, runs_on: str, kinds: Iterable[str]) -> bool:
    """Whether a claim would find something now: cheap enough to ask a few times a second."""
    free = Q(state=State.QUEUED) | is_expired()
    return Job.objects.filter(free, runs_on=runs_on, kind__in=list(kinds)).exists()


def _end_the_lost(kinds: list[str], *, runs_on: str) -> None:
    """Jobs whose holder went away for the last time, or went away after a cancel, have ended."""
    lost = Job.objects.filter(is_expired(), runs_on=runs_on, kind__in=kinds)
    lost = lost.filter(Q(attempts__gte=F("max_attempts")) | Q(cancel_requested=True))
    for job in lost:
        ended = Job.objects.filter(is_expired(), pk=job.pk, fence=job.fence)
        if job.cancel_requested:
            changed = ended.update(state=State.CANCELLED, finished_at=Now(), lease_until=None)
        else:
            sentence = LOST.format(attempts=job.attempts)
            changed = ended.update(state=State.FAILED, finished_at=Now(), lease_until=None, error=sentence)
        if changed:
            announce(job)


def _text(value: str) -> Any:

    return Value(str(value), output_field=CharField())
