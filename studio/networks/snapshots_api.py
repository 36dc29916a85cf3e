"""Snapshots and the imports that they come from, under /api/v1. 404 for strangers, 403 for a role too small."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Status

from studio.accounts.auth import person_of
from studio.blobs.serve import blob_response
from studio.networks import imports, snapshots
from studio.networks.api import network_or_404
from studio.networks.models import Snapshot, SnapshotImport
from studio.networks.present import import_out, snapshot_out, snapshots_out
from studio.networks.schemas import SnapshotImportList, SnapshotList, SnapshotOut, SnapshotPatch
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404

router = Router(tags=["networks"])
BYTES = "application/octet-stream"


@router.get("/projects/{uuid:project_id}/snapshot-imports", response=SnapshotImportList)
def list_imports(request: HttpRequest, project_id: UUID, after: UUID | None = None) -> dict[str, Any]:
    """What became of each file that was sent, the newest first."""
    project_or_404(request.user, project_id)
    rows = SnapshotImport.objects.select_related("snapshot__network", "wanted", "created_by")
    page, go_on = page_of(rows.filter(project_id=project_id), after=after, newest_first=True)
    return {"items": [import_out(coming) for coming in page], "next": go_on}


@router.delete("/snapshot-imports/{uuid:import_id}", response={204: None})
def remove_import(request: HttpRequest, import_id: UUID) -> Status[None]:
    """Take a row off the table. A file that was not read yet is not kept; a snapshot stays."""
    rows = SnapshotImport.objects.select_related("original")
    imports.remove_import(thing_or_404(request.user, rows, import_id, may=EDIT), by=person_of(request))
    return Status(204, None)


@router.get("/networks/{uuid:network_id}/snapshots", response=SnapshotList)
def list_snapshots(
    request: HttpRequest, network_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The snapshots of a network, in the order of their arrival; with `binned`, those in its bin."""
    network = network_or_404(request, network_id)
    rows = network.snapshots.filter(binned_at__isnull=not binned).select_related("blob")
    page, go_on = page_of(rows, after=after)
    return {"items": snapshots_out(page), "next": go_on}


@router.get("/snapshots/{uuid:snapshot_id}", response=SnapshotOut)
def get_snapshot(request: HttpRequest, snapshot_id: UUID) -> dict[str, Any]:
    return snapshot_out(snapshot_or_404(request, snapshot_id))


@router.patch("/snapshots/{uuid:snapshot_id}", response=SnapshotOut)
def change_snapshot(request: HttpRequest, snapshot_id: UUID, patch: SnapshotPatch) -> dict[str, Any]:
    """Change it or move it to another network. 409 with the present one when it was changed since `revision`."""
    snapshot = snapshot_or_404(request, snapshot_id, may=EDIT)
    values = patch.dict(exclude_unset=True)
    changed = snapshots.change_snapshot(snapshot, values, revision=patch.revision, by=person_of(request))
    return snapshot_out(changed)


@router.delete("/snapshots/{uuid:snapshot_id}", response=SnapshotOut)
def bin_snapshot(request: HttpRequest, snapshot_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Scenes that use it keep working."""
    snapshot = snapshot_or_404(request, snapshot_id, may=EDIT)
    return snapshot_out(snapshots.bin_snapshot(snapshot, is_binned=True, by=person_of(request)))


@router.post("/snapshots/{uuid:snapshot_id}/restore", response=SnapshotOut)
def restore_snapshot(request: HttpRequest, snapshot_id: UUID) -> dict[str, Any]:
    snapshot = snapshot_or_404(request, snapshot_id, may=EDIT)
    return snapshot_out(snapshots.bin_snapshot(snapshot, is_binned=False, by=person_of(request)))


@router.get("/snapshots/{uuid:snapshot_id}/thumbnail", response={200: bytes})
def get_thumbnail(request: HttpRequest, snapshot_id: UUID) -> HttpResponseBase:
    """A small picture of what the snapshot draws."""
    snapshot = snapshot_or_404(request, snapshot_id)
    if snapshot.thumbnail is None:
        raise Http404
    return blob_response(request, snapshot.thumbnail, name=f"{snapshot.name}.jpg", content_type="image/jpeg")


@router.get("/snapshots/{uuid:snapshot_id}/file", response={200: bytes})
def get_snapshot_file(request: HttpRequest, snapshot_id: UUID) -> HttpResponseBase:
    """The weights as safetensors."""
    snapshot = snapshot_or_404(request, snapshot_id)
    name = f"{snapshot.name}.safetensors"
    return blob_response(request, snapshot.blob, name=name, content_type=BYTES, attachment=True)


@router.get("/snapshots/{uuid:snapshot_id}/original", response={200: bytes})
def get_original(request: HttpRequest, snapshot_id: UUID) -> HttpResponseBase:
    """The file that it was read from, untouched. 404 for a pattern."""
    snapshot = snapshot_or_404(request, snapshot_id)
    if snapshot.original is None:
        raise Http404
    name = snapshot.original_name or snapshot.name
    return blob_response(request, snapshot.original, name=name, content_type=BYTES, attachment=True)


@router.get("/snapshots/{uuid:snapshot_id}/training", response={200: bytes})
def get_training_file(request: HttpRequest, snapshot_id: UUID) -> HttpResponseBase:
    """What another training goes on from: generator, its average, discriminator. 404 where it was not trained here."""
    snapshot = snapshot_or_404(request, snapshot_id)
    if snapshot.training is None:
        raise Http404
    name = f"{snapshot.name}.training.safetensors"
    return blob_response(request, snapshot.training, name=name, content_type=BYTES, attachment=True)


def snapshot_or_404(request: HttpRequest, snapshot_id: UUID, *, may: str = VIEW) -> Snapshot:
    rows = Snapshot.objects.select_related("network", "blob", "thumbnail", "original", "training")
    return thing_or_404(request.user, rows, snapshot_id, may=may, path="network__project")
