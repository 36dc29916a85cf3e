"""The jobs of a run: first the zip of its version where it is missing, then the training, as many times as it takes."""

from typing import Any

from django.conf import settings

from gpu_service.protocol import InputRef, TrainingConfig, TrainOrder
from gpu_service.protocol.training_figures import ON_FEATURES
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.blobs.store import put_path
from studio.datasets.exports import zip_for_training
from studio.datasets.models import VersionExport
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import ENDED, Job
from studio.training.models import TrainingRun

KIND = "train"
GONE = "The pictures of “{name}” are gone: {what} is not in the studio any more. Begin a new run with others."
START_GONE = "The snapshot that “{name}” begins with is not in the studio any more. Begin a new run."


def order_next(run: TrainingRun, *, by: User | None) -> None:
    """Queue what the run needs next and note its job. Call it in a transaction; saves the run. Raises Refused."""
    run.export_job_id, run.features = None, _features(run)
    if run.version is not None:
        export = VersionExport.objects.filter(version=run.version, kind="zip").first()
        if export is None or export.blob_id is None:
            run.export_job_id = zip_for_training(run.version, by=by).job_id
    if run.export_job_id is None:
        run.job_id = _queue(run, by=by).id
        run.job_kimg = run.kimg
    run.save()


def config_of(run: TrainingRun) -> TrainingConfig:
    """The settings as they are wanted now."""
    wanted = {"kimg": run.total_kimg, "snapshot_kimg": run.snapshot_kimg}
    return TrainingConfig.model_validate({**run.config, **wanted})


def payload_of(run: TrainingRun) -> dict[str, Any]:
    """What the job holds: the order, and the files as they are now. Raises Refused when one is gone."""
    said = {"run_id": str(run.pk), "name": run.name, "config": config_of(run), "aspect": run.aspect, "fit": run.fit}
    order = TrainOrder.model_validate(said)
    return {**order.model_dump(mode="json"), "inputs": [item.model_dump(mode="json") for item in _inputs(run)]}


def refresh(run: TrainingRun) -> None:
    """The job's order follows the run: a newer checkpoint, another length. Whoever claims it next reads that."""
    if run.job_id is not None:
        Job.objects.filter(pk=run.job_id).exclude(state__in=ENDED).update(payload=payload_of(run))


def job_of(run: TrainingRun) -> Job | None:
    """The job of the training itself, at work or ended."""
    return Job.objects.filter(pk=run.job_id).first() if run.job_id else None


def _queue(run: TrainingRun, *, by: User | None) -> Job:
    if run.job_id is not None:  # the former one is history: this run goes on in another
        Job.objects.filter(pk=run.job_id).update(may_retry=False)
    return queue.enqueue(
        KIND,
        project_id=run.project_id,
        title=f"Training of “{run.name}”",
        payload=payload_of(run),
        runs_on=Job.RunsOn.SERVICE,
        subject=run.subject,
        created_by=by,
        total=max(round((run.total_kimg - run.kimg) * 1000), 1),
        unit="pictures",
    )


def _inputs(run: TrainingRun) -> list[InputRef]:
    files = [_ref(_pictures(run), f"{run.pk}.zip", "pictures")]
    if run.checkpoint is not None:
        files.append(_ref(run.checkpoint, f"checkpoint {run.checkpoint_kimg:g}", "checkpoint"))
    if run.features is not None:
        files.append(_ref(run.features, f"features-{run.features_id}.safetensors", "features"))
    if run.start is not None:
        files.append(_ref(run.start.blob, run.start.name, "start"))
        if run.start.training is not None:
            files.append(_ref(run.start.training, run.start.name, "start_training"))
        elif run.start.original is not None:
            files.append(_ref(run.start.original, run.start.original_name or run.start.name, "start_original"))
    elif run.about.get("start") and run.checkpoint is None:
        raise Refused(START_GONE.format(name=run.name), status=409)
    return files


def _features(run: TrainingRun) -> Blob | None:
    """The operator's network for figures, where the run wants such a figure: the same as before, if there was one."""
    if run.features is not None or settings.TRAINING_FEATURES is None or not ON_FEATURES & set(run.config["metrics"]):
        return run.features
    return put_path(settings.TRAINING_FEATURES)


def _pictures(run: TrainingRun) -> Blob:
    if run.upload is not None:
        return run.upload.blob
    export = VersionExport.objects.select_related("blob").filter(version=run.version, kind="zip").first()
    if run.version is None or export is None or export.blob is None:
        what = run.about.get("pictures", {}).get("name", "")
        raise Refused(GONE.format(name=run.name, what=f"“{what}”"), status=409)
    return export.blob


def _ref(blob: Blob, name: str, role: str) -> InputRef:
    return InputRef(sha256=blob.sha256, size=blob.size, name=name, role=role)
