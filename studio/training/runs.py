"""Runs as people handle them: started, named, paused, made longer, stopped, put into the bin."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pydantic import ValidationError

from gpu_service.protocol import TrainingConfig
from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.jobs import queue
from studio.jobs.models import ENDED as JOB_ENDED
from studio.jobs.models import Job
from studio.networks.models import Network, Snapshot
from studio.networks.tell import tell as tell_network
from studio.networks.words import clean_name
from studio.projects.models import Project
from studio.training.advice import SETTABLE
from studio.training.follow import catch_up
from studio.training.form import title_of
from studio.training.models import ENDED, TrainingRun
from studio.training.orders import job_of, order_next, refresh
from studio.training.plan import Plan, check, told
from studio.training.present import run_out
from studio.training.source import Source
from studio.training.start import fixed_by, start_out
from studio.training.tell import tell

State, Wanted = TrainingRun.State, TrainingRun.Wanted
AT_ITS_END = "This run has reached its length of {kimg:g} kimg. Make it longer, then let it go on."
TOO_SHORT = "This run is at {kimg:.1f} kimg already. Choose a greater length, or stop it."
OVER = "This run is {state} already."
NOT_AT_WORK = "This run is {state}: it makes a snapshot when it trains. Let it go on first."
AT_WORK = "This run trains with other settings now. Pause it, change them, then let it go on."
NOT_SETTABLE = "{title}: with another value it would be another run. What may change is {names}."
PROBLEM_FIELDS = {"version": "version_id", "start": "start_snapshot_id", "fit": "fit", "": ""}


def start_run(
    project: Project,
    *,
    name: str,
    source: Source,
    start: Snapshot | None,
    fit: str,
    config: TrainingConfig,
    by: User,
) -> TrainingRun:
    """A run, its network, and the job that comes first. Raises Refused with the first thing that does not fit."""
    name = clean_name(name, of="run")
    plan = Plan(config=config, fixed=fixed_by(start) if start else {})
    check(plan, source, start, fit=fit)
    for problem in plan.problems[:1]:
        field = problem["field"]
        raise Refused(problem["sentence"], field=PROBLEM_FIELDS.get(field, f"config.{field}"))
    with transaction.atomic():
        run = TrainingRun(
            project=project,
            name=name,
            version=source.version,
            upload=source.upload,
            start=start,
            about={"pictures": source.to_json(), "start": start_out(start) if start else None},
            config=config.model_dump(mode="json"),
            fit=fit,
            aspect=source.aspect if fit == "pad" else None,  # what was cropped cannot come back
            total_kimg=config.kimg,
            snapshot_kimg=config.snapshot_kimg,
            created_by=by,
        )
        run.network = network_for(run)
        _order(run, by=by)
        tell(run, by=by)
    return run


def network_for(run: TrainingRun) -> Network:
    """Where its snapshots go: a new network, named after it. `stem` keeps files that are sent out of it."""
    kind = "stylegan2" if run.config["family"] == "stylegan2" else "stylegan3"
    network = Network.objects.create(
        project=run.project, name=run.name, kind=kind, stem=run.subject, created_by=run.created_by
    )
    tell_network(network, "network.added", by=run.created_by)
    return network


def change_run(run: TrainingRun, values: dict[str, Any], *, revision: int | None, by: User) -> TrainingRun:
    """Change what `values` names. Raises Conflict when it is at another revision, Refused for the impossible."""
    with transaction.atomic():
        run = locked(run)
        if revision is not None and revision != run.revision:
            raise Conflict(f"“{run.name}” was changed a moment ago.", current=run_out(run))
        if values.get("name") is not None:
            run.name = clean_name(values["name"], of="run")
        if values.get("notes") is not None:
            run.notes = values["notes"]
        if values.get("snapshot_kimg") is not None:
            run.snapshot_kimg = values["snapshot_kimg"]
        if values.get("kimg") is not None:
            _lengthen(run, values["kimg"])
        if values.get("changes"):
            _set(run, values["changes"])
        run.revision += 1
        run.save()
        if values.get("wanted") is not None:
            STEER[values["wanted"]](run, by)
        refresh(run)
        tell(run, by=by)
    return run


def ask_for_snapshot(run: TrainingRun, *, by: User) -> TrainingRun:
    """One more, as soon as the step that is at work has ended."""
    with transaction.atomic():
        run = locked(run)
        if run.state in ENDED:
            raise Refused(NOT_AT_WORK.format(state=run.get_state_display().lower()), status=409)
        TrainingRun.objects.filter(pk=run.pk).update(snapshot_now=F("snapshot_now") + 1)
        run.refresh_from_db()
        tell(run, by=by)
    return run


def bin_run(run: TrainingRun, *, is_binned: bool, by: User) -> TrainingRun:
    """Into the bin or back. One that is at work is stopped; its network and snapshots stay."""
    with transaction.atomic():
        run = locked(run)
        if is_binned and run.state not in ENDED:
            _stop(run, by)
        run.binned_at = timezone.now() if is_binned else None
        run.revision += 1
        run.save()
        tell(run, by=by, kind="training.run.removed" if is_binned else "training.run.restored")
    return run


def locked(run: TrainingRun) -> TrainingRun:
    rows = TrainingRun.objects.select_for_update(of=("self",))
    return rows.select_related("network", "version__dataset", "upload__blob", "checkpoint", "created_by").get(pk=run.pk)


def _set(run: TrainingRun, changes: dict[str, Any]) -> None:
    """Other settings to go on with, such as are tried after a loss that was no number."""
    if run.state not in ENDED:
        raise Refused(AT_WORK, field="changes", status=409)
    for name in changes:
        if name not in SETTABLE:
            said = {"title": title_of(name), "names": ", ".join(title_of(one) for one in SETTABLE)}
            raise Refused(NOT_SETTABLE.format(**said), field=f"changes.{name}")
    try:
        config = TrainingConfig.model_validate({**run.config, **changes})
    except ValidationError as error:
        name, sentence = told(error.errors()[0])
        raise Refused(sentence, field=f"changes.{name}") from error
    run.config = config.model_dump(mode="json")


def _lengthen(run: TrainingRun, kimg: float) -> None:
    if kimg <= run.kimg:
        raise Refused(TOO_SHORT.format(kimg=run.kimg), field="kimg")
    run.total_kimg = kimg
    left = max(round((kimg - run.job_kimg) * 1000), 1)
    if run.job_id is not None:
        Job.objects.filter(pk=run.job_id).exclude(state__in=JOB_ENDED).update(total=left)


def _run(run: TrainingRun, by: User) -> None:
    """Go on. A job that is only being paused is told so; else the next one is queued."""
    if run.binned_at is not None:
        raise Refused("This run lies in the bin. Bring it back first.", field="wanted", status=409)
    run.wanted = Wanted.RUN
    if run.state not in ENDED:
        run.save(update_fields=["wanted"])
        return
    if run.kimg >= run.total_kimg:
        raise Refused(AT_ITS_END.format(kimg=run.total_kimg), field="kimg", status=409)
    run.state, run.phase, run.sentence, run.finished_at, run.is_deserted = State.WAITING, "", "", None, False
    run.has_diverged = False
    _order(run, by=by)


def _order(run: TrainingRun, *, by: User) -> None:
    order_next(run, by=by)
    transaction.on_commit(lambda: catch_up(run))


def _pause(run: TrainingRun, by: User) -> None:
    if run.state in (State.DONE, State.STOPPED, State.FAILED):
        raise Refused(OVER.format(state=run.get_state_display().lower()), field="wanted", status=409)
    _end(run, wanted=Wanted.PAUSE, state=State.PAUSED, by=by)


def _stop(run: TrainingRun, by: User) -> None:
    if run.state == State.DONE:
        raise Refused(OVER.format(state="done"), field="wanted", status=409)
    _end(run, wanted=Wanted.STOP, state=State.STOPPED, by=by)


def _end(run: TrainingRun, *, wanted: str, state: str, by: User) -> None:
    """Whoever trains is asked to end by what its next report is answered; a job that nobody holds ends here."""
    run.wanted = wanted
    run.save(update_fields=["wanted"])
    job = job_of(run)
    is_going = run.export_job_id is None and job is not None and job.state not in JOB_ENDED
    if not is_going:
        run.state, run.export_job_id = state, None
        run.sentence = f"{'Stopped' if wanted == Wanted.STOP else 'Paused'} by {by}."
        run.save(update_fields=["state", "export_job_id", "sentence"])
        return
    assert job is not None
    queue.end_unheld(job, by=by, is_gone=run.is_deserted)
    run.refresh_from_db()


STEER = {"run": _run, "pause": _pause, "stop": _stop}
