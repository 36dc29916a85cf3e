"""A run follows its jobs: the zip that comes first, then the training. Called in the transaction of each change."""

from django.db import transaction
from django.utils import timezone

from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.training.models import TrainingRun
from studio.training.orders import order_next
from studio.training.tell import tell

RunState, Wanted = TrainingRun.State, TrainingRun.Wanted
NO_ZIP = "The pictures could not be made ready: {reason}"


def exported(job: Job) -> None:
    """The zip of a version is there, or could not be made."""
    for run in TrainingRun.objects.select_for_update(of=("self",)).filter(export_job_id=job.pk):
        if job.state == State.DONE and run.wanted == Wanted.RUN:
            run.state, run.sentence, run.finished_at = RunState.WAITING, "", None
            _go_on(run)
        elif job.state in (State.FAILED, State.CANCELLED):
            run.state, run.finished_at = RunState.FAILED, timezone.now()
            run.sentence = NO_ZIP.format(reason=job.error or job.message)
            run.save(update_fields=["state", "sentence", "finished_at"])
        elif run.state == RunState.FAILED:  # somebody tries the zip again
            run.state, run.sentence, run.finished_at = RunState.WAITING, "", None
            run.save(update_fields=["state", "sentence", "finished_at"])
        tell(run)


def catch_up(run: TrainingRun) -> None:
    """Once the run is committed: the zip may have been finished in the moment before, when nobody saw who waits."""
    with transaction.atomic():
        job = Job.objects.filter(pk=run.export_job_id, state__in=ENDED).first() if run.export_job_id else None
        if job is not None:
            exported(job)


def train(job: Job) -> None:
    """The training's own job has changed its state. Its end with a result is told by `reports.keep`."""
    run = TrainingRun.objects.select_for_update(of=("self",)).filter(job_id=job.pk).first()
    if run is None or job.state == State.DONE:
        return
    if job.state == State.QUEUED and job.error and run.wanted != Wanted.RUN:
        queue.end_unheld(job, by=run.created_by)  # it was to end anyway; this is told by another call
        return
    STATES[State(job.state)](run, job)
    run.save()
    tell(run)


def _queued(run: TrainingRun, job: Job) -> None:
    """New, given back by a service that ended, or tried again by a person."""
    run.state, run.phase, run.is_deserted, run.finished_at = RunState.WAITING, "", False, None
    if not job.error:
        run.wanted, run.sentence = Wanted.RUN, ""


def _running(run: TrainingRun, job: Job) -> None:
    run.state, run.phase, run.is_deserted = RunState.STARTING, "starting", False
    run.sentence = ""


def _failed(run: TrainingRun, job: Job) -> None:
    run.state, run.phase, run.finished_at = RunState.FAILED, "", timezone.now()
    run.sentence, run.has_diverged = job.error or run.sentence, False


def _cancelled(run: TrainingRun, job: Job) -> None:
    """Somebody stopped the job itself, or nobody held it when the run was to pause or to stop."""
    is_stopped = run.wanted == Wanted.STOP
    run.wanted = Wanted.STOP if is_stopped else Wanted.PAUSE
    run.state, run.phase, run.is_deserted = RunState.STOPPED if is_stopped else RunState.PAUSED, "", False
    run.sentence = job.message if is_stopped else job.message.replace("Stopped", "Paused")


def _go_on(run: TrainingRun) -> None:
    try:
        order_next(run, by=run.created_by)
    except Refused as error:
        run.state, run.sentence, run.finished_at = RunState.FAILED, str(error), timezone.now()
        run.save(update_fields=["state", "sentence", "finished_at"])


STATES = {State.QUEUED: _queued, State.RUNNING: _running, State.FAILED: _failed, State.CANCELLED: _cancelled}
