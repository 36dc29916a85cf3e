"""Projections under /api/v1. 404 for strangers, 403 for a role too small."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Query, Router, Status

from studio.accounts.auth import person_of
from studio.blobs.models import Blob
from studio.blobs.serve import IMMUTABLE, blob_response
from studio.paging import page_of
from studio.projections import steer, targets
from studio.projections.curves import MOST_POINTS, curves_of
from studio.projections.models import Projection, ProjectionFrames, ProjectionTarget
from studio.projections.plan import estimate, plan_for, snapshot_of
from studio.projections.present import frames_out, projection_out, projections_out, target_out, targets_out
from studio.projections.schemas import (
    ProjectionCurvesOut,
    ProjectionFramesList,
    ProjectionIn,
    ProjectionList,
    ProjectionOut,
    ProjectionPatch,
    ProjectionPlanIn,
    ProjectionPlanOut,
    ProjectionTargetList,
    ProjectionTargetOut,
)
from studio.projections.source import source_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404

router = Router(tags=["projections"])
JOINS = ("file", "created_by")
PAGE = 50


@router.get("/projects/{uuid:project_id}/projection-targets", response=ProjectionTargetList)
def list_targets(request: HttpRequest, project_id: UUID, binned: bool = False) -> dict[str, Any]:
    """The videos and pictures that were sent to be projected (uploads of kind projection_target), newest first."""
    project_or_404(request.user, project_id)
    rows = ProjectionTarget.objects.select_related("blob", "created_by").filter(project_id=project_id)
    return {"items": targets_out(rows.filter(binned_at__isnull=not binned).order_by("-created_at", "id")[:200])}


@router.get("/projection-targets/{uuid:target_id}", response=ProjectionTargetOut)
def get_target(request: HttpRequest, target_id: UUID) -> dict[str, Any]:
    return target_out(_target_or_404(request, target_id))


@router.delete("/projection-targets/{uuid:target_id}", response=ProjectionTargetOut)
def bin_target(request: HttpRequest, target_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Projections that look for it keep it."""
    target = _target_or_404(request, target_id, may=EDIT)
    return target_out(targets.put_into_bin(target, is_binned=True, by=person_of(request)))


@router.post("/projection-targets/{uuid:target_id}/restore", response=ProjectionTargetOut)
def restore_target(request: HttpRequest, target_id: UUID) -> dict[str, Any]:
    target = _target_or_404(request, target_id, may=EDIT)
    return target_out(targets.put_into_bin(target, is_binned=False, by=person_of(request)))


@router.get("/projection-targets/{uuid:target_id}/thumbnail", response={200: bytes})
def get_target_thumbnail(request: HttpRequest, target_id: UUID) -> HttpResponseBase:
    """Its first frame, small, on a square."""
    target = _target_or_404(request, target_id)
    return _file(request, target.thumbnail, f"{target.name}.jpg", "image/jpeg", cache=IMMUTABLE)


@router.get("/projection-targets/{uuid:target_id}/file", response={200: bytes})
def get_target_file(request: HttpRequest, target_id: UUID) -> HttpResponseBase:
    """What was sent, as a download."""
    target = _target_or_404(request, target_id)
    return _file(request, target.blob, target.name, "application/octet-stream", attachment=True)


@router.post("/projects/{uuid:project_id}/projections/plan", response=ProjectionPlanOut)
def make_plan(request: HttpRequest, project_id: UUID, order: ProjectionPlanIn) -> dict[str, Any]:
    """What such a projection would be and may cost, before anything is started."""
    project = project_or_404(request.user, project_id, may=EDIT)
    source = source_of(project, target_id=order.target_id, version_id=order.version_id)
    snapshot = snapshot_of(project, order.snapshot_id)
    plan = plan_for(source, snapshot, order.config)
    return {
        "frames": plan.frames,
        "fps": plan.fps,
        "problems": [{"field": field, "sentence": sentence} for field, sentence in plan.problems],
        "warnings": plan.warnings,
        "estimate": estimate(plan, snapshot, order.config),
    }


@router.post("/projects/{uuid:project_id}/projections", response={201: ProjectionOut})
def start_projection(request: HttpRequest, project_id: UUID, order: ProjectionIn) -> Status[dict[str, Any]]:
    """Start one. 422 names what does not fit together. A finished file comes as an upload of kind projection."""
    project = project_or_404(request.user, project_id, may=EDIT)
    row = steer.start(
        project,
        name=order.name,
        source=source_of(project, target_id=order.target_id, version_id=order.version_id),
        snapshot=snapshot_of(project, order.snapshot_id),
        config=order.config,
        by=person_of(request),
    )
    return Status(201, projection_out(row))


@router.get("/projects/{uuid:project_id}/projections", response=ProjectionList)
def list_projections(
    request: HttpRequest,
    project_id: UUID,
    binned: bool = False,
    snapshot_id: UUID | None = None,
    after: UUID | None = None,
) -> dict[str, Any]:
    """The projections of a project, the newest first; of one snapshot alone, or those in the bin."""
    project_or_404(request.user, project_id)
    rows = Projection.objects.select_related(*JOINS).filter(project_id=project_id, binned_at__isnull=not binned)
    rows = rows.filter(snapshot_id=snapshot_id) if snapshot_id else rows
    page, go_on = page_of(rows, after=after, newest_first=True, size=PAGE)
    return {"items": projections_out(page), "next": go_on}


@router.get("/projections/{uuid:projection_id}", response=ProjectionOut)
def get_projection(request: HttpRequest, projection_id: UUID) -> dict[str, Any]:
    return projection_out(_projection_or_404(request, projection_id))


@router.patch("/projections/{uuid:projection_id}", response=ProjectionOut)
def change_projection(request: HttpRequest, projection_id: UUID, patch: ProjectionPatch) -> dict[str, Any]:
    """Name and notes; pause, resume, stop. 409 after a lost race."""
    row = _projection_or_404(request, projection_id, may=EDIT)
    values = patch.dict(exclude_unset=True)
    return projection_out(steer.change(row, values, revision=patch.revision, by=person_of(request)))


@router.delete("/projections/{uuid:projection_id}", response=ProjectionOut)
def bin_projection(request: HttpRequest, projection_id: UUID) -> dict[str, Any]:
    """Put it into the bin; one that is at work is stopped. Scenes that use it keep it."""
    row = _projection_or_404(request, projection_id, may=EDIT)
    return projection_out(steer.put_into_bin(row, is_binned=True, by=person_of(request)))


@router.post("/projections/{uuid:projection_id}/restore", response=ProjectionOut)
def restore_projection(request: HttpRequest, projection_id: UUID) -> dict[str, Any]:
    row = _projection_or_404(request, projection_id, may=EDIT)
    return projection_out(steer.put_into_bin(row, is_binned=False, by=person_of(request)))


@router.get("/projections/{uuid:projection_id}/frames", response=ProjectionFramesList)
def list_frames(
    request: HttpRequest, projection_id: UUID, after: int | None = None, most: int = Query(200, ge=1, le=1000)
) -> dict[str, Any]:
    """What was found, batch by batch, each with a picture of target and result."""
    rows = _projection_or_404(request, projection_id).frames.order_by("first")
    rows = rows.filter(first__gt=min(after, 2**31 - 1)) if after is not None else rows
    found = list(rows[: most + 1])
    return {"items": frames_out(found[:most]), "next": found[most - 1].first if len(found) > most else None}


@router.get("/projections/{uuid:projection_id}/curves", response=ProjectionCurvesOut)
def get_curves(
    request: HttpRequest, projection_id: UUID, most: int = Query(MOST_POINTS, ge=2, le=MOST_POINTS)
) -> dict[str, Any]:
    """Loss and steps of the frames that are found."""
    return curves_of(_projection_or_404(request, projection_id), most=most)


@router.get("/projection-frames/{uuid:frames_id}/picture", response={200: bytes})
def get_picture(request: HttpRequest, frames_id: UUID) -> HttpResponseBase:
    """Target beside result, a JPEG."""
    rows = ProjectionFrames.objects.select_related("picture", "projection")
    frames = thing_or_404(request.user, rows, frames_id, path="projection__project")
    name = f"{frames.projection.name}-{frames.end - 1}.jpg"
    return _file(request, frames.picture, name, "image/jpeg", cache=IMMUTABLE)


@router.get("/projections/{uuid:projection_id}/file", response={200: bytes})
def get_file(request: HttpRequest, projection_id: UUID) -> HttpResponseBase:
    """The projection as an HDF5 file, by Range. 404 until there is one."""
    row = _projection_or_404(request, projection_id)
    return _file(request, row.file, f"{row.name}.hdf5", "application/x-hdf5", attachment=True)


@router.get("/projections/{uuid:projection_id}/review", response={200: bytes})
def get_review(request: HttpRequest, projection_id: UUID, download: bool = False) -> HttpResponseBase:
    """The film that shows target, result and difference, by Range. 404 until it is made."""
    row = _projection_or_404(request, projection_id)
    return _file(request, row.review, f"{row.name} review.mp4", "video/mp4", attachment=download)


@router.post("/projections/{uuid:projection_id}/review", response={202: ProjectionOut})
def make_review(request: HttpRequest, projection_id: UUID) -> Status[dict[str, Any]]:
    """Have that film made, or made again. 409 while it is being made, or without a file."""
    row = _projection_or_404(request, projection_id, may=EDIT)
    return Status(202, projection_out(steer.review(row, by=person_of(request))))


def _file(request: HttpRequest, blob: Blob | None, name: str, content_type: str, **how: Any) -> HttpResponseBase:
    if blob is None:
        raise Http404
    return blob_response(request, blob, name=name, content_type=content_type, **how)


def _target_or_404(request: HttpRequest, target_id: UUID, *, may: str = VIEW) -> ProjectionTarget:
    rows = ProjectionTarget.objects.select_related("blob", "thumbnail", "created_by")
    return thing_or_404(request.user, rows, target_id, may=may)


def _projection_or_404(request: HttpRequest, projection_id: UUID, *, may: str = VIEW) -> Projection:
    return thing_or_404(request.user, Projection.objects.select_related(*JOINS, "review"), projection_id, may=may)
