"""What a render service says while it projects, and what it hands in. Each answers with what people wish."""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from pydantic import ValidationError

from gpu_service.protocol.projection import (
    FramesDone,
    ProjectionNote,
    ProjectionReport,
    ProjectionResult,
    ProjectionTick,
    ProjectionWish,
)
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.changes import note_progress
from studio.jobs.models import Job, State
from studio.projections.joined import order_file
from studio.projections.models import Projection, ProjectionFrames
from studio.projections.orders import KIND, order_next, refresh
from studio.projections.present import frames_out
from studio.projections.tell import tell, tell_frames, tell_tick

ProjectionState, Wanted = Projection.State, Projection.Wanted
TELL_EVERY = timedelta(seconds=1)
MOST_WARNINGS, LONGEST = 50, 1000
NO_FILE = "Frames {first} to {last} came without their file."
ODD = "Frames {first} to {last} came with {count} losses or steps."
BAD_RESULT = "The result of this job is not what a projection ends with."


@transaction.atomic
def take_reports(job_id: UUID, said: ProjectionReport, *, service: str) -> ProjectionWish:
    """Keep what was said. Raises LeaseLost for a late writer."""
    job, row = _held(job_id, said.fence)
    before = _seen(row)
    ticks = [report for report in said.reports if isinstance(report, ProjectionTick)]
    for note in (report for report in said.reports if isinstance(report, ProjectionNote)):
        _note(row, note.text)
    if ticks:
        _tick(row, ticks[-1])
    row.is_deserted, row.service_name = False, service[:100]
    row.save()
    if ticks:
        note_progress(job, queue.Progress(done=row.frames_done, total=max(row.frames_total, 1)))
        _tell_tick(row)
    if _seen(row) != before:
        tell(row)
    return wish_of(row)


def has_frames(job_id: UUID, said: FramesDone) -> ProjectionWish | None:
    """The wish, when these frames came before: the answer got lost on its way. Raises LeaseLost."""
    with transaction.atomic():
        _, row = _held(job_id, said.fence)
        there = row.frames.filter(first=said.first, end=said.end).exists()
        return wish_of(row) if there else None


@transaction.atomic
def take_frames(job_id: UUID, said: FramesDone, files: Mapping[str, Blob], *, service: str) -> ProjectionWish:
    """Frames are found. A job that goes on behind an older part replaces what lay there. Raises LeaseLost, Refused."""
    job, row = _held(job_id, said.fence)
    place, count = {"first": said.first, "last": said.end - 1}, said.end - said.first
    if count < 1 or "latents" not in files:
        raise Refused(NO_FILE.format(**place), field="artifacts")
    if len(said.loss) != count or len(said.steps) != count:
        raise Refused(ODD.format(**place, count=f"{len(said.loss)}, {len(said.steps)}"), field="loss")
    row.frames.filter(first__lt=said.end, end__gt=said.first).delete()
    part = ProjectionFrames.objects.create(
        projection=row,
        first=said.first,
        end=said.end,
        losses=[loss if math.isfinite(loss) else None for loss in said.loss],
        steps=said.steps,
        latents=files["latents"],
        picture=files.get("picture"),
    )
    row.frames_done = sum(end - first for first, end in row.frames.values_list("first", "end"))
    row.frames_total = max(row.frames_total, said.end)
    row.service_name, row.is_deserted = service[:100], False
    if row.state == ProjectionState.STARTING:
        row.state = ProjectionState.PROJECTING
    row.save()
    refresh(row)
    queue.forgive(queue.Lease(kind="job", id=job.pk, fence=said.fence))
    note_progress(job, queue.Progress(done=row.frames_done, total=max(row.frames_total, 1)))
    tell_frames(row, frames_out([part])[0])
    return wish_of(row)


def keep(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    """The search has ended, for good or for now. Call it in the transaction that ends the job."""
    row = Projection.objects.select_for_update(of=("self",)).filter(job_id=job.pk).first()
    if row is None:
        return
    found = _result(result)
    _take(row, found, artifacts)
    ends = {Wanted.PAUSE: ProjectionState.PAUSED, Wanted.STOP: ProjectionState.STOPPED}
    if found.is_complete:
        row.state, row.frames_total = ProjectionState.DONE, found.frames
    else:
        row.state = ends.get(Wanted(row.wanted), ProjectionState.PAUSED)
    row.frames_done = max(found.frames, row.frames_done if not found.is_complete else 0)
    row.sentence, row.is_deserted = "", False
    row.finished_at = timezone.now() if row.state != ProjectionState.PAUSED else None
    row.save()
    order_file(row, by=row.created_by)
    if row.wanted == Wanted.RUN and row.state == ProjectionState.PAUSED:  # resumed while it was being paused
        row.state = ProjectionState.WAITING
        order_next(row, by=row.created_by)
    tell(row)


def keep_review(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    """The film is made. Call it in the transaction that ends the job."""
    row = Projection.objects.select_for_update(of=("self",)).filter(review_job_id=job.pk).first()
    if row is None:
        return
    found = _result(result)
    if found.review is None or found.review not in artifacts:
        raise Refused(BAD_RESULT, field="result")
    row.review = artifacts[found.review]
    row.convergence = found.convergence or row.convergence
    row.save(update_fields=["review", "convergence"])
    tell(row)


def begun(job: Job, *, service: str) -> None:
    """A service has taken the job."""
    with transaction.atomic():
        row = Projection.objects.select_for_update(of=("self",)).filter(job_id=job.pk).first()
        if row is not None and row.service_name != service[:100]:
            row.service_name = service[:100]
            row.save(update_fields=["service_name"])
            tell(row)


def deserted(holder: str) -> None:
    """A service is gone: the projections whose jobs it holds wait, for it or for another."""
    jobs = Job.objects.filter(kind=KIND, state=State.RUNNING, leased_by=holder)
    with transaction.atomic():
        rows = Projection.objects.select_for_update(of=("self",)).filter(
            job_id__in=jobs.values("pk"), is_deserted=False
        )
        for row in rows:
            row.is_deserted = True
            row.save(update_fields=["is_deserted"])
            tell(row)


def wish_of(row: Projection) -> ProjectionWish:
    return ProjectionWish.model_validate({"wanted": row.wanted})


def _held(job_id: UUID, fence: int) -> tuple[Job, Projection]:
    """The job and its row, both locked. Raises LeaseLost when it is not held with that fence, or the row is gone."""
    jobs = Job.objects.filter(pk=job_id, fence=fence, state=State.RUNNING)
    if connection.features.has_select_for_update:
        jobs = jobs.select_for_update()
    job = jobs.first()
    rows = Projection.objects.select_for_update(of=("self",)).select_related("snapshot__blob", "target__blob")
    row = rows.filter(job_id=job_id).first() if job else None
    if job is None or row is None:
        raise queue.LeaseLost
    return job, row


def _seen(row: Projection) -> tuple[Any, ...]:
    """What pages are told at once. Ticks and frames have events of their own."""
    return row.state, row.sentence, tuple(row.warnings), row.is_deserted, row.service_name, row.device


def _note(row: Projection, text: str) -> None:
    text = text[:LONGEST]
    if text not in row.warnings:
        row.warnings = [*row.warnings, text][-MOST_WARNINGS:]


def _tick(row: Projection, tick: ProjectionTick) -> None:
    row.latest, row.seconds = tick.model_dump(mode="json"), tick.seconds
    row.evaluations = tick.evaluations or row.evaluations
    row.frames_total = tick.frames or row.frames_total
    if row.state == ProjectionState.STARTING:
        row.state = ProjectionState.PROJECTING


def _tell_tick(row: Projection) -> None:
    now = timezone.now()
    if row.told_at is None or now - row.told_at >= TELL_EVERY:
        Projection.objects.filter(pk=row.pk).update(told_at=now)
        tell_tick(row, row.latest)


def _result(result: dict[str, Any]) -> ProjectionResult:
    try:
        return ProjectionResult.model_validate(result)
    except ValidationError as error:
        raise Refused(BAD_RESULT, field="result") from error


def _take(row: Projection, found: ProjectionResult, artifacts: Mapping[str, Blob]) -> None:
    for name in (found.artifact, found.review):
        if name is not None and name not in artifacts:
            raise Refused(BAD_RESULT, field="result")
    if found.is_complete and found.artifact is None:
        raise Refused(BAD_RESULT, field="result.artifact")
    if found.artifact is not None:
        row.file, row.is_complete = artifacts[found.artifact], found.is_complete
        row.facts = {**row.facts, "frames": found.frames, "fps": found.fps}
    if found.review is not None:
        row.review = artifacts[found.review]
    row.convergence = found.convergence or row.convergence
