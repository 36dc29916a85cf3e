"""What a render service says of a run while it trains, and what it hands in. Each answers with what people wish."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from pydantic import ValidationError

from gpu_service.protocol import Made, Phase, Report, ReportRequest, Said, SnapshotRequest, SnapshotsResult, Tick
from gpu_service.protocol import TrainResult as Result
from gpu_service.protocol import Wish as WishTold
from studio.blobs.models import Blob
from studio.blobs.store import forget
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.changes import note_progress
from studio.jobs.models import Job, State
from studio.networks.rules import add_snapshots
from studio.training import ticks
from studio.training.models import TrainingRun, TrainingSample
from studio.training.orders import order_next, refresh
from studio.training.present import samples_out
from studio.training.runs import network_for
from studio.training.tell import tell, tell_snapshot, tell_tick

RunState, Wanted = TrainingRun.State, TrainingRun.Wanted
TELL_EVERY = timedelta(seconds=2)
MOST_WARNINGS, LONGEST = 50, 1000
STATES = {"starting": RunState.STARTING, "yielding": RunState.YIELDING}
AT_WORK = {"training", "measuring", "saving"}
NO_FILE = "The snapshot of {kimg:g} kimg came without its file “{name}”."


@transaction.atomic
def take_reports(job_id: UUID, said: ReportRequest, *, service: str) -> WishTold:
    """Keep what was said. Raises LeaseLost for a late writer."""
    job, run = _held(job_id, said.fence)
    before = _seen(run)
    ticked = [report for report in said.reports if isinstance(report, Tick)]
    ticks.store(run, ticked)
    for report in said.reports:
        _take(run, report)
    run.is_deserted, run.service_name = False, service[:100]
    run.save()
    if ticked:
        _progress(run, job, said.fence, ticked[-1])
    if _seen(run) != before:
        tell(run)
    return wish_of(run)


def has_snapshot(job_id: UUID, fence: int, kimg: float) -> WishTold | None:
    """The wish, when that snapshot came before: the answer got lost on its way. Raises LeaseLost."""
    with transaction.atomic():
        _, run = _held(job_id, fence)
        there = TrainingSample.objects.filter(run=run, kimg=kimg).exists()
        return wish_of(run) if there else None


@transaction.atomic
def take_snapshot(job_id: UUID, said: SnapshotRequest, files: Mapping[str, Blob], *, service: str) -> WishTold:
    """A snapshot joins the run's network, with all that was made of it. Raises LeaseLost or Refused."""
    _, run = _held(job_id, said.fence)
    for name in (said.snapshot.file, "grid"):
        if name not in files:
            raise Refused(NO_FILE.format(kimg=said.made.kimg, name=name), field="artifacts")
    if run.network is None or run.network.binned_at is not None:
        run.network = network_for(run)
    snapshot = said.snapshot.model_copy(update={"kimg": said.made.kimg, "facts": _facts(run, said.snapshot.facts)})
    result = SnapshotsResult(snapshots=[snapshot])
    kept = add_snapshots(run.network, result, files, by=run.created_by, training=files.get("training"))[0]
    _keep_checkpoint(run, files.get("checkpoint"), said.made.kimg)
    run.service_name, run.is_deserted = service[:100], False
    run.save()
    width, height = _size(files["grid"])
    sample = TrainingSample.objects.create(
        run=run,
        kimg=said.made.kimg,
        seconds=run.seconds,
        snapshot=kept,
        grid=files["grid"],
        width_px=width,
        height_px=height,
        metrics=said.made.metrics,
        notes=[note[:LONGEST] for note in said.made.notes],
    )
    refresh(run)
    tell_snapshot(run, samples_out([sample])[0])
    tell(run)
    return wish_of(run)


def keep(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    """The job has ended, for good or for now. Call it in the transaction that ends it."""
    run = TrainingRun.objects.select_for_update(of=("self",)).filter(job_id=job.pk).first()
    if run is None:
        return
    try:
        found = Result.model_validate(result)
        blob = artifacts[found.checkpoint] if found.checkpoint else None
    except (ValidationError, KeyError) as error:
        raise Refused("The result of this job is not what training ends with.", field="result") from error
    run.kimg, run.seconds = found.kimg, found.seconds or run.seconds
    run.phase, run.is_deserted = "", False
    _keep_checkpoint(run, blob, found.kimg)
    run.state = RunState(found.outcome)
    run.finished_at = timezone.now() if run.state != RunState.PAUSED else None
    run.sentence = ""
    run.save()
    if run.wanted == Wanted.RUN and _is_to_go_on(run):
        run.state, run.finished_at = RunState.WAITING, None
        order_next(run, by=run.created_by)
    tell(run)


def begun(job: Job, *, service: str) -> None:
    """A service has taken the job."""
    with transaction.atomic():
        run = TrainingRun.objects.select_for_update(of=("self",)).filter(job_id=job.pk).first()
        if run is not None and run.service_name != service[:100]:
            run.service_name = service[:100]
            run.save(update_fields=["service_name"])
            tell(run)


def diverged(job: Job) -> None:
    """The job failed because a loss was no number. Call it in the transaction that ends it."""
    run = TrainingRun.objects.select_for_update(of=("self",)).filter(job_id=job.pk).first()
    if run is not None and run.state == RunState.FAILED:
        run.has_diverged = True
        run.save(update_fields=["has_diverged"])
        tell(run)


def deserted(holder: str) -> None:
    """A service is gone: the runs whose jobs it holds wait, for it or for another."""
    jobs = Job.objects.filter(kind="train", state=State.RUNNING, leased_by=holder)
    with transaction.atomic():
        rows = TrainingRun.objects.select_for_update(of=("self",)).filter(
            job_id__in=jobs.values("pk"), is_deserted=False
        )
        for run in rows:
            run.is_deserted = True
            run.save(update_fields=["is_deserted"])
            tell(run)


def wish_of(run: TrainingRun) -> WishTold:
    return WishTold.model_validate(
        {
            "wanted": run.wanted,
            "snapshot_kimg": run.snapshot_kimg,
            "kimg": run.total_kimg,
            "snapshot_now": run.snapshot_now,
        }
    )


def _is_to_go_on(run: TrainingRun) -> bool:
    """Whether somebody resumed it, or made it longer by a step at least, when it was about to end."""
    longer = run.state == RunState.DONE and run.kimg + run.config["batch"] / 1000 <= run.total_kimg
    return longer or run.state == RunState.PAUSED


def _held(job_id: UUID, fence: int) -> tuple[Job, TrainingRun]:
    """The job and its run, both locked. Raises LeaseLost when it is not held with that fence, or the run is gone."""
    rows = Job.objects.filter(pk=job_id, fence=fence, state=State.RUNNING)
    if connection.features.has_select_for_update:
        rows = rows.select_for_update()
    job = rows.first()
    run = TrainingRun.objects.select_for_update(of=("self",)).filter(job_id=job_id).first() if job else None
    if job is None or run is None:
        raise queue.LeaseLost
    return job, run


def _seen(run: TrainingRun) -> tuple[Any, ...]:
    """What pages are told at once. Ticks have an event of their own, and each minute's saving is none of a page's."""
    phase = "training" if run.phase == "saving" else run.phase
    return run.state, phase, run.sentence, tuple(run.warnings), run.is_deserted, run.service_name, run.device


def _take(run: TrainingRun, report: Report) -> None:
    if isinstance(report, Tick):
        run.kimg, run.seconds = report.kimg, report.seconds
        values = ticks.values_of(report)
        if all(values[name] is not None for name in ("loss_g", "loss_d", "p")):
            run.latest = report.model_dump(mode="json")
        if run.state == RunState.STARTING:
            run.state, run.phase = RunState.TRAINING, "training"
    elif isinstance(report, Said):
        _say(run, report)
    elif isinstance(report, Phase):
        run.phase = report.phase
        run.state = STATES.get(report.phase, RunState.TRAINING if report.phase in AT_WORK else run.state)
    elif isinstance(report, Made):
        pass  # it is handed in by a call of its own


def _say(run: TrainingRun, said: Said) -> None:
    run.sentence = said.sentence[:LONGEST]
    if said.level != "info" and run.sentence not in run.warnings:
        run.warnings = [*run.warnings, run.sentence][-MOST_WARNINGS:]


def _progress(run: TrainingRun, job: Job, fence: int, tick: Tick) -> None:
    """The job's own progress, the event of the tick; and attempts that were cut off before do not count any more."""
    done = max(round((tick.kimg - run.job_kimg) * 1000), 0)
    note_progress(job, queue.Progress(done=done, message=run.sentence or None))
    queue.forgive(queue.Lease(kind="job", id=job.pk, fence=fence))
    now = timezone.now()
    if run.latest and (run.told_at is None or now - run.told_at >= TELL_EVERY):
        TrainingRun.objects.filter(pk=run.pk).update(told_at=now)
        tell_tick(run, run.latest)


def _facts(run: TrainingRun, facts: dict[str, Any]) -> dict[str, Any]:
    """What a later run needs to know of the snapshot beside its own shapes."""
    widths = {name: run.config[f"d_{name}"] for name in ("channel_base", "channel_max")}
    return {
        **facts,
        "discriminator": widths,
        "aspect": run.aspect,
        "training_id": str(run.pk),
        "trained_on": run.about["pictures"]["name"],
    }


def _keep_checkpoint(run: TrainingRun, blob: Blob | None, kimg: float) -> None:
    """The newest one only; the one before goes as soon as this is certain."""
    if blob is None:
        return
    former, run.checkpoint, run.checkpoint_kimg = run.checkpoint, blob, kimg
    if former is not None and former.pk != blob.pk:
        transaction.on_commit(lambda: forget(former))


def _size(blob: Blob) -> tuple[int, int]:
    """Width and height of a picture, (0, 0) for what is none."""
    from PIL import Image

    from studio.blobs.store import open_blob

    try:
        with open_blob(blob) as file, Image.open(file) as picture:
            return picture.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return 0, 0
