"""Projections as people handle them: started, named, paused, resumed, stopped, put into the bin."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol.projection import ProjectionConfig
from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.jobs import queue
from studio.jobs.models import ENDED as JOB_ENDED
from studio.jobs.models import Job
from studio.networks.models import Snapshot
from studio.networks.words import clean_name
from studio.projections.follow import catch_up
from studio.projections.joined import order_file
from studio.projections.models import ENDED, Projection
from studio.projections.orders import order_next, order_review
from studio.projections.plan import Plan, plan_for
from studio.projections.present import projection_out
from studio.projections.source import Source
from studio.projections.tell import tell
from studio.projects.models import Project

State, Wanted = Projection.State, Projection.Wanted
OVER = "This projection is {state} already."
FOUND = "All frames of this projection are found."
SENT = "“{name}” was sent as a file: there is nothing to {what}."
BINNED = "This projection lies in the bin. Bring it back first."
BEING_MADE = "The film of “{name}” is being made already."


def start(
    project: Project, *, name: str, source: Source, snapshot: Snapshot, config: ProjectionConfig, by: User
) -> Projection:
    """A projection, and the job that comes first. Raises Refused with the first thing that does not fit."""
    plan = plan_for(source, snapshot, config)
    for field, sentence in plan.problems[:1]:
        raise Refused(sentence, field=field)
    with transaction.atomic():
        row = Projection(
            project=project,
            name=clean_name(name, of="projection"),
            snapshot=snapshot,
            network_md5=snapshot.original_md5,
            network_name=snapshot.original_name or snapshot.name,
            weights=snapshot.blob_id,
            target=source.target,
            version=source.version,
            about=_about(source, snapshot, plan),
            config=config.model_dump(mode="json"),
            warnings=plan.warnings,
            frames_total=plan.frames,
            created_by=by,
        )
        row.save()
        _order(row, by=by)
        tell(row, by=by)
    return row


def change(row: Projection, values: dict[str, Any], *, revision: int | None, by: User) -> Projection:
    """Change what `values` names. Raises Conflict when it is at another revision, Refused for the impossible."""
    with transaction.atomic():
        row = locked(row)
        if revision is not None and revision != row.revision:
            raise Conflict(f"“{row.name}” was changed a moment ago.", current=projection_out(row))
        if values.get("name") is not None:
            row.name = clean_name(values["name"], of="projection")
        if values.get("notes") is not None:
            row.notes = values["notes"]
        row.revision += 1
        row.save()
        if values.get("wanted") is not None:
            STEER[values["wanted"]](row, by)
        tell(row, by=by)
    return row


def review(row: Projection, *, by: User) -> Projection:
    """Have the film made that shows target, result and difference side by side."""
    with transaction.atomic():
        row = locked(row)
        if row.review_job_id and Job.objects.filter(pk=row.review_job_id).exclude(state__in=JOB_ENDED).exists():
            raise Refused(BEING_MADE.format(name=row.name), status=409)
        order_review(row, by=by)
        tell(row, by=by)
    return row


def put_into_bin(row: Projection, *, is_binned: bool, by: User) -> Projection:
    """Into the bin or back. One that is at work is stopped; scenes that use it keep it."""
    with transaction.atomic():
        row = locked(row)
        if is_binned and row.state not in ENDED:
            _stop(row, by)
        row.binned_at = timezone.now() if is_binned else None
        row.revision += 1
        row.save()
        tell(row, by=by, kind="projection.removed" if is_binned else "projection.restored")
    return row


def locked(row: Projection) -> Projection:
    rows = Projection.objects.select_for_update(of=("self",))
    joins = ("snapshot__blob", "snapshot__training", "snapshot__original", "target__blob", "version__dataset")
    return rows.select_related(*joins, "file", "review", "created_by").get(pk=row.pk)


def _about(source: Source, snapshot: Snapshot, plan: Plan) -> dict[str, Any]:
    return {
        "source": source.to_json(),
        "fps": plan.fps,
        "snapshot_name": snapshot.name,
        "network_id": str(snapshot.network_id),
        "resolution": snapshot.resolution,
    }


def _run(row: Projection, by: User) -> None:
    """Go on. A job that is only being paused is told so; else the next one is queued."""
    _refuse_sent(row, "go on with")
    if row.binned_at is not None:
        raise Refused(BINNED, field="wanted", status=409)
    if row.state == State.DONE:
        raise Refused(FOUND, field="wanted", status=409)
    row.wanted = Wanted.RUN
    if row.state not in ENDED:
        row.save(update_fields=["wanted"])
        return
    row.state, row.sentence, row.finished_at, row.is_deserted = State.WAITING, "", None, False
    _order(row, by=by)


def _pause(row: Projection, by: User) -> None:
    _end(row, wanted=Wanted.PAUSE, state=State.PAUSED, by=by)


def _stop(row: Projection, by: User) -> None:
    _end(row, wanted=Wanted.STOP, state=State.STOPPED, by=by)


def _end(row: Projection, *, wanted: str, state: str, by: User) -> None:
    """Whoever searches is asked to end by what its next report is answered; a job that nobody holds ends here."""
    _refuse_sent(row, "stop")
    is_over = row.state == State.DONE or (row.state in ENDED and (wanted == Wanted.PAUSE or row.state == state))
    if is_over:
        raise Refused(OVER.format(state=row.get_state_display().lower()), field="wanted", status=409)
    row.wanted = wanted
    row.save(update_fields=["wanted"])
    job = Job.objects.filter(pk=row.job_id).exclude(state__in=JOB_ENDED).first() if row.job_id else None
    if row.before_job_id is None and job is not None:
        queue.end_unheld(job, by=by, is_gone=row.is_deserted)
        row.refresh_from_db()
        return
    row.state, row.before_job_id = state, None
    row.sentence = f"{'Stopped' if wanted == Wanted.STOP else 'Paused'} by {by}."
    row.save(update_fields=["state", "before_job_id", "sentence"])
    order_file(row, by=by)


def _refuse_sent(row: Projection, what: str) -> None:
    if row.is_imported and row.state != State.CHECKING:
        raise Refused(SENT.format(name=row.name, what=what), field="wanted", status=409)


def _order(row: Projection, *, by: User) -> None:
    order_next(row, by=by)
    transaction.on_commit(lambda: catch_up(row))


STEER = {"run": _run, "pause": _pause, "stop": _stop}
