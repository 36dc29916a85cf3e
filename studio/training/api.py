"""Runs of training under /api/v1. 404 for strangers, 403 for a role too small."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Query, Router, Status

from studio.accounts.auth import person_of
from studio.blobs.serve import IMMUTABLE, blob_response
from studio.networks.models import Network, Snapshot
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404
from studio.training import runs, ticks
from studio.training.advice import settings_of
from studio.training.models import TrainingRun, TrainingSample
from studio.training.present import mention, run_out, runs_out, samples_out
from studio.training.schemas import (
    NetworkTrainingOut,
    TrainingRunIn,
    TrainingRunList,
    TrainingRunOut,
    TrainingRunPatch,
    TrainingSampleList,
    TrainingSettingsOut,
    TrainingTicksOut,
)
from studio.training.source import source_of
from studio.training.start import start_of

router = Router(tags=["training"])
JOINS = ("checkpoint", "created_by")


@router.post("/projects/{uuid:project_id}/training/runs", response={201: TrainingRunOut})
def start_run(request: HttpRequest, project_id: UUID, order: TrainingRunIn) -> Status[dict[str, Any]]:
    """Start a run: a new network gets its snapshots. 422 names what does not fit together."""
    project = project_or_404(request.user, project_id, may=EDIT)
    run = runs.start_run(
        project,
        name=order.name,
        source=source_of(project, version_id=order.version_id, upload_id=order.upload_id),
        start=start_of(project, order.start_snapshot_id),
        fit=order.fit,
        config=order.config,
        by=person_of(request),
    )
    return Status(201, run_out(run))


@router.get("/projects/{uuid:project_id}/training/runs", response=TrainingRunList)
def list_runs(
    request: HttpRequest, project_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The runs of a project, the newest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = TrainingRun.objects.filter(project_id=project_id, binned_at__isnull=not binned)
    page, go_on = page_of(rows.select_related(*JOINS), after=after, newest_first=True, size=50)
    return {"items": runs_out(page), "next": go_on}


@router.get("/training/runs/{uuid:run_id}", response=TrainingRunOut)
def get_run(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    return run_out(run_or_404(request, run_id))


@router.patch("/training/runs/{uuid:run_id}", response=TrainingRunOut)
def change_run(request: HttpRequest, run_id: UUID, patch: TrainingRunPatch) -> dict[str, Any]:
    """Name and notes; pause, resume, stop; another distance of snapshots, another length. 409 after a lost race."""
    run = run_or_404(request, run_id, may=EDIT)
    values = patch.dict(exclude_unset=True)
    return run_out(runs.change_run(run, values, revision=patch.revision, by=person_of(request)))


@router.get("/training/runs/{uuid:run_id}/settings", response=TrainingSettingsOut)
def get_settings(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """The settings that it may go on with, as a form shows them."""
    return {"items": settings_of(run_or_404(request, run_id))}


@router.post("/training/runs/{uuid:run_id}/snapshot", response={202: TrainingRunOut})
def make_snapshot(request: HttpRequest, run_id: UUID) -> Status[dict[str, Any]]:
    """A snapshot now, beside those that come by themselves. 409 while it does not train."""
    run = run_or_404(request, run_id, may=EDIT)
    return Status(202, run_out(runs.ask_for_snapshot(run, by=person_of(request))))


@router.delete("/training/runs/{uuid:run_id}", response=TrainingRunOut)
def bin_run(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """Put it into the bin; one that trains is stopped. Its network and snapshots stay."""
    run = run_or_404(request, run_id, may=EDIT)
    return run_out(runs.bin_run(run, is_binned=True, by=person_of(request)))


@router.post("/training/runs/{uuid:run_id}/restore", response=TrainingRunOut)
def restore_run(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    run = run_or_404(request, run_id, may=EDIT)
    return run_out(runs.bin_run(run, is_binned=False, by=person_of(request)))


@router.get("/training/runs/{uuid:run_id}/ticks", response=TrainingTicksOut)
def get_ticks(
    request: HttpRequest,
    run_id: UUID,
    after_kimg: float | None = None,
    most: int = Query(ticks.SHOWN, ge=2, le=ticks.MOST_SHOWN),
) -> dict[str, Any]:
    """The curves as columns, at most so many points, each a mean."""
    return ticks.columns(run_or_404(request, run_id), after_kimg=after_kimg, most=most)


@router.get("/training/runs/{uuid:run_id}/samples", response=TrainingSampleList)
def list_samples(request: HttpRequest, run_id: UUID) -> dict[str, Any]:
    """What was made at each snapshot, in the order of training."""
    run = run_or_404(request, run_id)
    return {"items": samples_out(run.samples.select_related("snapshot"))}


@router.get("/training/samples/{uuid:sample_id}/grid", response={200: bytes})
def get_grid(request: HttpRequest, sample_id: UUID) -> HttpResponseBase:
    """The fixed vectors of its run at that moment, as a PNG."""
    rows = TrainingSample.objects.select_related("run", "grid")
    sample = thing_or_404(request.user, rows, sample_id, path="run__project")
    if sample.grid is None:
        raise Http404
    name = f"{sample.run.name}-{sample.kimg:g}.png"
    return blob_response(request, sample.grid, name=name, content_type="image/png", cache=IMMUTABLE)


@router.get("/networks/{uuid:network_id}/training", response=NetworkTrainingOut)
def get_training(request: HttpRequest, network_id: UUID) -> dict[str, Any]:
    """The runs that made its snapshots, and those that began with one of them."""
    network = thing_or_404(request.user, Network, network_id)
    rows = TrainingRun.objects.select_related(*JOINS).filter(binned_at=None)
    made = rows.filter(network=network) | rows.filter(samples__snapshot__network=network)
    begun = rows.filter(start__in=Snapshot.objects.filter(network=network))
    return {"runs": runs_out(list(made.distinct())), "started": [mention(run) for run in begun]}


def run_or_404(request: HttpRequest, run_id: UUID, *, may: str = VIEW) -> TrainingRun:
    return thing_or_404(request.user, TrainingRun.objects.select_related(*JOINS), run_id, may=may)
