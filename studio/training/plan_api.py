"""Before a run: presets, the plan, tries, uploaded zips; and which runs were made from a version. Under /api/v1."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Status

from gpu_service.protocol.training_presets import TITLES
from gpu_service.protocol.training_words import WORDS
from studio.accounts.auth import person_of
from studio.datasets.models import DatasetVersion
from studio.projects.access import EDIT, project_or_404, thing_or_404
from studio.training.form import choices_of, title_of
from studio.training.models import TrainingRun, TrainingUpload
from studio.training.plan import plan_out
from studio.training.plan_schemas import (
    TrainingPlanIn,
    TrainingPlanOut,
    TrainingPresetList,
    TrainingTryIn,
    TrainingTryOut,
    TrainingUploadedList,
    TrainingUploadedOut,
)
from studio.training.present import mention, uploads_out
from studio.training.schemas import TrainingRunMentions
from studio.training.source import source_of
from studio.training.start import start_of
from studio.training.tries import estimate_of, estimate_out, order_gauge, order_try

router = Router(tags=["training"])


@router.get("/training/presets", response=TrainingPresetList)
def list_presets(request: HttpRequest) -> dict[str, Any]:
    """In the order in which they are shown."""
    return {
        "items": [{"name": name, "title": title, "text": text} for name, (title, text) in TITLES.items()],
        "settings": [
            {"name": name, "title": title_of(name), "description": text, "group": group, "choices": choices_of(name)}
            for name, (group, text) in WORDS.items()
        ],
    }


@router.post("/projects/{uuid:project_id}/training/plan", response=TrainingPlanOut)
def plan(request: HttpRequest, project_id: UUID, order: TrainingPlanIn) -> dict[str, Any]:
    """Every setting of such a run, what stands in its way and what it costs. Nothing is stored."""
    project = project_or_404(request.user, project_id, may=EDIT)
    source = source_of(project, version_id=order.version_id, upload_id=order.upload_id)
    return plan_out(project, source, start_of(project, order.start_snapshot_id), order)


@router.post("/projects/{uuid:project_id}/training/tries", response={202: TrainingTryOut})
def try_settings(request: HttpRequest, project_id: UUID, order: TrainingTryIn) -> Status[dict[str, Any]]:
    """Let a render service take a few steps, to say how long a run is. What was measured before is told at once."""
    project = project_or_404(request.user, project_id, may=EDIT)
    if order.gauge:
        row = order_gauge(project, by=person_of(request))
        return Status(202, {"job_id": row.job_id, "estimate": estimate_of(project, order.config)})
    row = order_try(project, order.config, again=order.again, by=person_of(request))
    is_own = row.project_id == project.pk
    return Status(202, {"job_id": row.job_id if is_own else None, "estimate": estimate_out(row, order.config)})


@router.get("/projects/{uuid:project_id}/training/uploads", response=TrainingUploadedList)
def list_uploads(request: HttpRequest, project_id: UUID, binned: bool = False) -> dict[str, Any]:
    """The zips that were sent for training, the newest first."""
    project_or_404(request.user, project_id)
    rows = TrainingUpload.objects.select_related("blob", "created_by").filter(project_id=project_id)
    return {"items": uploads_out(rows.filter(binned_at__isnull=not binned).order_by("-created_at", "id")[:200])}


@router.delete("/training/uploads/{uuid:zip_id}", response=TrainingUploadedOut)
def bin_upload(request: HttpRequest, zip_id: UUID) -> dict[str, Any]:
    """Put a zip into the bin. Runs that are made from it keep it."""
    return _bin(request, zip_id, is_binned=True)


@router.post("/training/uploads/{uuid:zip_id}/restore", response=TrainingUploadedOut)
def restore_upload(request: HttpRequest, zip_id: UUID) -> dict[str, Any]:
    return _bin(request, zip_id, is_binned=False)


@router.get("/versions/{uuid:version_id}/training", response=TrainingRunMentions)
def get_trained(request: HttpRequest, version_id: UUID) -> dict[str, Any]:
    """The runs that were made from a version."""
    version = thing_or_404(request.user, DatasetVersion, version_id, path="dataset__project")
    return {"items": [mention(run) for run in TrainingRun.objects.filter(version=version, binned_at=None)]}


def _bin(request: HttpRequest, zip_id: UUID, *, is_binned: bool) -> dict[str, Any]:
    rows = TrainingUpload.objects.select_related("blob", "created_by")
    upload = thing_or_404(request.user, rows, zip_id, may=EDIT)
    with transaction.atomic():
        upload.binned_at = timezone.now() if is_binned else None
        upload.save(update_fields=["binned_at"])
    return uploads_out([upload])[0]
