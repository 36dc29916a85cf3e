"""The segments of a job: claimed singly by whoever is free, committed once, and the job ends with the last of them."""

import logging
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce, Now

from studio.jobs.changes import announce, note_progress
from studio.jobs.leases import LOST, Lease, LeaseLost, Progress, RenewAnswer, hold_on, is_expired, take
from studio.jobs.models import Job, Segment, State

logger = logging.getLogger(__name__)
ACTIVE = (State.QUEUED, State.RUNNING)


class SegmentConflict(LeaseLost):
    """The segment was committed before with another content. The first stays."""


@transaction.atomic
def claim_segment(*, holder: str, kinds: list[str] | None = None) -> Lease | None:
    """Take the next segment of the oldest job that has one to give. None when there is nothing to draw."""
    _end_the_lost()
    free = Q(state=State.QUEUED) | is_expired()
    rows = Segment.objects.filter(free, job__state__in=ACTIVE, attempts__lt=F("job__max_attempts"))
    if kinds is not None:
        rows = rows.filter(job__kind__in=kinds)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True, of=("self",))
    candidate = rows.order_by("job__queued_at", "job_id", "index").first()
    if candidate is None or not take(Segment.objects.filter(free), candidate, holder=holder):
        return None
    Segment.objects.filter(pk=candidate.pk).update(done=0, error="")
    started = Job.objects.filter(pk=candidate.job_id, state=State.QUEUED).update(
        state=State.RUNNING, started_at=Coalesce(F("started_at"), Now()), attempts=F("attempts") + 1
    )
    segment = Segment.objects.select_related("job").get(pk=candidate.pk)
    job = announce(segment.job) if started else segment.job
    return Lease(kind="segment", id=segment.id, fence=segment.fence, job=job, segment=segment)


def renew_segment(lease: Lease, *, progress: Progress | None = None) -> RenewAnswer:
    """Hold the segment for longer; `progress.done` counts its frames. Raises LeaseLost."""
    with transaction.atomic():
        drawn = {} if progress is None or progress.done is None else {"done": progress.done}
        hold_on(Segment.objects.all(), lease, **drawn)
        job = Job.objects.get(segments=lease.id)
        if progress is not None and job.state == State.RUNNING:
            note_progress(job, Progress(done=frames_done(job), message=progress.message))
    return RenewAnswer(seconds=lease.seconds, cancel=job.state != State.RUNNING)


@transaction.atomic
def commit_segment(segment_id: UUID, fence: int, *, sha256: str, frames: int, seconds_drawing: float = 0.0) -> bool:
    """Keep a segment's result. True when new, False when the same was committed before. Raises LeaseLost."""
    held = Segment.objects.filter(pk=segment_id, fence=fence, state=State.RUNNING, job__state=State.RUNNING)
    if held.update(
        state=State.DONE,
        sha256=sha256,
        frames=frames,
        done=frames,
        seconds_drawing=seconds_drawing,
        lease_until=None,
        error="",
    ):
        _after_commit(Job.objects.get(segments=segment_id))
        return True
    segment = Segment.objects.filter(pk=segment_id, fence=fence, state=State.DONE).first()
    if segment is None:
        raise LeaseLost
    if segment.sha256 != sha256:
        logger.error("Segment %s was committed twice with different content; the first is kept.", segment_id)
        raise SegmentConflict("This segment was committed before with another content. The first one is kept.")
    return False


@transaction.atomic
def fail_segment(lease: Lease, *, message: str, retry: bool = False) -> Segment:
    """Give a segment back. Without `retry`, or after the last attempt, the whole job fails. Raises LeaseLost."""
    held = Segment.objects.filter(pk=lease.id, fence=lease.fence, state=State.RUNNING)
    if not held.update(state=State.QUEUED, lease_until=None, leased_by="", error=message, done=0):
        raise LeaseLost
    segment = Segment.objects.select_related("job").get(pk=lease.id)
    if segment.job.state not in ACTIVE:  # stopped by a person: nothing failed, and a retry draws it
        Segment.objects.filter(pk=segment.pk).update(error="")
    elif not retry or segment.attempts >= segment.job.max_attempts:
        _fail(segment, message)
    return segment


@transaction.atomic
def redraw_segments(job: Job) -> Job:
    """Forget what was drawn: every segment waits again, and whoever still draws one has lost its lease."""
    Segment.objects.filter(job=job).update(
        state=State.QUEUED,
        attempts=0,
        fence=F("fence") + 1,
        done=0,
        sha256="",
        frames=0,
        seconds_drawing=0.0,
        error="",
        leased_by="",
        lease_until=None,
    )
    Job.objects.filter(pk=job.pk).update(done=0)
    return announce(job)


def frames_done(job: Job) -> int:
    """Frames of this job that are drawn, committed or not."""
    return int(Segment.objects.filter(job=job).aggregate(total=Sum("done"))["total"] or 0)


def _after_commit(job: Job) -> None:
    if not Segment.objects.filter(job=job).exclude(state=State.DONE).exists():
        ended = Job.objects.filter(pk=job.pk, state=State.RUNNING)
        if ended.update(state=State.DONE, done=frames_done(job), finished_at=Now(), error="", message=""):
            announce(job)
    else:
        note_progress(job, Progress(done=frames_done(job)))


def _fail(segment: Segment, message: str) -> None:
    """One segment that cannot be drawn fails its job; the finished ones are kept for a retry."""
    Segment.objects.filter(pk=segment.pk).update(state=State.FAILED, error=message)
    failed = Job.objects.filter(pk=segment.job_id, state__in=ACTIVE)
    if failed.update(state=State.FAILED, error=message, finished_at=Now()):
        announce(segment.job)


def _end_the_lost() -> None:
    lost = Segment.objects.filter(is_expired(), job__state__in=ACTIVE, attempts__gte=F("job__max_attempts"))
    for segment in lost.select_related("job"):
        guarded = Segment.objects.filter(is_expired(), pk=segment.pk, fence=segment.fence)
        if guarded.update(state=State.QUEUED, lease_until=None, leased_by=""):
            _fail(segment, LOST.format(attempts=segment.attempts))
