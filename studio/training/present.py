"""Runs, samples and uploads as the API and the events show them. Whatever their number, the questions are as many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Count

from gpu_service.protocol import Tick
from gpu_service.protocol.training_presets import resolve
from studio.jobs.models import Job
from studio.jobs.out import queue_place
from studio.networks.models import OrderState, Sheet
from studio.networks.sheet_orders import GROWTH_KEYS
from studio.training.advice import advice_for
from studio.training.form import differences
from studio.training.models import TrainingRun, TrainingSample, TrainingUpload
from studio.training.orders import config_of
from studio.training.sentences import sentence_of, state_of

PLAIN: tuple[str, ...] = ("name", "notes", "phase", "wanted", "kimg", "total_kimg", "snapshot_kimg", "seconds")
PLAIN += ("fit", "aspect", "device", "service_name", "checkpoint_kimg", "revision", "created_at", "finished_at")


def run_out(run: TrainingRun) -> dict[str, Any]:
    return runs_out([run])[0]


def runs_out(runs: Sequence[TrainingRun]) -> list[dict[str, Any]]:
    jobs = Job.objects.in_bulk([one for run in runs for one in (run.job_id, run.export_job_id) if one])
    ids = [run.pk for run in runs]
    counts = dict(TrainingSample.objects.filter(run__in=ids).order_by().values_list("run").annotate(n=Count("pk")))
    rows = TrainingSample.objects.filter(run__in=ids).order_by("run_id", "kimg").only("run_id", "kimg")
    newest = {row.run_id: row.pk for row in rows}
    shown = {found["id"]: found for found in samples_out(TrainingSample.objects.filter(pk__in=newest.values()))}
    return [_run(run, jobs, snapshots=counts.get(run.pk, 0), newest=shown.get(str(newest.get(run.pk)))) for run in runs]


def samples_out(samples: Iterable[TrainingSample]) -> list[dict[str, Any]]:
    found = list(samples)
    ids = [sample.snapshot_id for sample in found if sample.snapshot_id]
    drawn = Sheet.objects.filter(snapshot__in=ids, key__in=GROWTH_KEYS.values(), state=OrderState.READY)
    sheets: dict[UUID | None, UUID] = dict(drawn.values_list("snapshot", "pk"))
    return [_sample(sample, sheet=sheets.get(sample.snapshot_id)) for sample in found]


def uploads_out(uploads: Iterable[TrainingUpload]) -> list[dict[str, Any]]:
    found = list(uploads)
    counts: dict[UUID, int] = defaultdict(int)
    for upload_id in TrainingRun.objects.filter(upload__in=found).values_list("upload", flat=True):
        counts[upload_id] += 1
    return [
        {
            "id": str(upload.pk),
            "project_id": str(upload.project_id),
            "name": upload.name,
            "size_bytes": upload.blob.size,
            "count": upload.count,
            "width": upload.width_px,
            "height": upload.height_px,
            "num_classes": upload.num_classes,
            "is_mixed": bool(upload.facts.get("mixed")),
            "runs": counts[upload.pk],
            "created_by_name": str(upload.created_by) if upload.created_by else "",
            "created_at": upload.created_at,
            "is_binned": upload.binned_at is not None,
        }
        for upload in found
    ]


def mention(run: TrainingRun) -> dict[str, Any]:
    return {"id": str(run.pk), "name": run.name, "state": str(run.state)}


def _run(run: TrainingRun, jobs: dict[UUID, Job], *, snapshots: int, newest: dict[str, Any] | None) -> dict[str, Any]:
    config = config_of(run)
    tick = Tick.model_validate(run.latest) if run.latest else None
    job_id = run.export_job_id or run.job_id
    job = jobs.get(job_id) if job_id else None
    state = state_of(run, job)
    is_moving = tick is not None and state == TrainingRun.State.TRAINING
    return {
        "id": str(run.pk),
        "project_id": str(run.project_id),
        "network_id": str(run.network_id) if run.network_id else None,
        **{name: getattr(run, name) for name in PLAIN},
        "state": str(state),
        "sentence": sentence_of(run, job),
        "warnings": run.warnings,
        "advice": advice_for(run, config),
        "left_seconds": _left(run, tick) if is_moving else None,
        "pictures_per_second": tick.pictures_per_second if tick and is_moving else None,
        "p": tick.p if tick else None,
        "tick": tick.model_dump(mode="json") if tick else None,
        "config": config.model_dump(mode="json"),
        "differences": differences(config, resolve(config.preset, size=config.size)),
        "version": run.about["pictures"],
        "start": run.about.get("start"),
        "snapshots": snapshots,
        "newest_snapshot_id": newest["snapshot_id"] if newest else None,
        "grid_url": newest["grid_url"] if newest else None,
        "thumbnail_url": newest["thumbnail_url"] if newest else None,
        "metrics": newest["metrics"] if newest else {},
        "job_id": str(job.pk) if job else None,
        "job_state": str(job.state) if job else "",
        "queue_place": queue_place(job) if job else None,
        "checkpoint_bytes": run.checkpoint.size if run.checkpoint else None,
        "created_by": str(run.created_by_id) if run.created_by_id else None,
        "created_by_name": str(run.created_by) if run.created_by else "",
        "is_binned": run.binned_at is not None,
    }


def _left(run: TrainingRun, tick: Tick | None) -> float | None:
    """By what the trainer said, else by the pictures that are left and how fast they went."""
    if tick is None or not tick.pictures_per_second:
        return None
    return max(run.total_kimg - tick.kimg, 0.0) * 1000 / tick.pictures_per_second


def _sample(sample: TrainingSample, *, sheet: Any) -> dict[str, Any]:
    snapshot = sample.snapshot
    has_thumbnail = snapshot is not None and snapshot.thumbnail_id
    return {
        "id": str(sample.pk),
        "kimg": sample.kimg,
        "seconds": sample.seconds,
        "snapshot_id": str(sample.snapshot_id) if sample.snapshot_id else None,
        "grid_url": f"/api/v1/training/samples/{sample.pk}/grid" if sample.grid_id else None,
        "width": sample.width_px,
        "height": sample.height_px,
        "sheet_url": f"/api/v1/sheets/{sheet}" if sheet else None,
        "thumbnail_url": f"/api/v1/snapshots/{sample.snapshot_id}/thumbnail" if has_thumbnail else None,
        "metrics": sample.metrics,
        "notes": sample.notes,
        "created_at": sample.created_at,
    }
