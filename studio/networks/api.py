"""Networks and snapshots under /api/v1. 404 for strangers, 403 for a role too small."""

import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.blobs.serve import blob_response
from studio.jobs.out import JobOut, job_out
from studio.networks import rules
from studio.networks.models import Network, Snapshot
from studio.networks.present import network_out
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404

router = Router(tags=["networks"])


class UsedIn(Schema):
    id: UUID
    name: str


class SnapshotOut(Schema):
    id: UUID
    network_id: UUID
    name: str
    order: int
    kind: str
    resolution: int
    z_dim: int
    w_dim: int
    num_ws: int
    num_classes: int
    kimg: float | None
    size_bytes: int
    sha256: str
    original_name: str
    original_md5: str
    original_sha256: str
    facts: dict[str, Any]
    thumbnail_url: str | None
    created_at: datetime


class NetworkOut(Schema):
    """`importing` counts the files on their way to become snapshots."""

    id: UUID
    project_id: UUID
    name: str
    kind: str
    species: str
    seed: int | None
    notes: str
    revision: int
    used_in: list[UsedIn]
    snapshots: list[SnapshotOut]
    job_id: UUID | None
    importing: int
    created_by: UUID | None
    created_at: datetime
    is_binned: bool


class NetworkList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[NetworkOut]
    next: str | None


class NetworkPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(default=None, max_length=255)
    notes: str | None = Field(default=None, max_length=10_000)
    revision: int | None = None


class PatternIn(Schema):
    """Without a seed, one is drawn."""

    model_config = ConfigDict(extra="forbid")
    species: str = Field(max_length=20)
    seed: int | None = None
    name: str = Field(default="", max_length=255)


class PatternOut(Schema):
    network: NetworkOut
    job: JobOut


@router.get("/projects/{uuid:project_id}/networks", response=NetworkList)
def list_networks(
    request: HttpRequest, project_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The networks of a project, oldest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = Network.objects.filter(project_id=project_id, binned_at__isnull=not binned)
    page, go_on = page_of(rows, after=after)
    return {"items": [network_out(network) for network in page], "next": go_on}


@router.post("/projects/{uuid:project_id}/networks/pattern", response={202: PatternOut})
def make_pattern(request: HttpRequest, project_id: UUID, order: PatternIn) -> Status[dict[str, Any]]:
    """Make a pattern network from a species and a seed. Its six snapshots come from a render service."""
    project = project_or_404(request.user, project_id, may=EDIT)
    seed = secrets.randbelow(10_000) if order.seed is None else order.seed
    network, job = rules.make_pattern(project, species=order.species, seed=seed, name=order.name, by=person_of(request))
    return Status(202, {"network": network_out(network), "job": job_out(job)})


@router.get("/networks/{uuid:network_id}", response=NetworkOut)
def get_network(request: HttpRequest, network_id: UUID) -> dict[str, Any]:
    return network_out(_network_or_404(request, network_id))


@router.patch("/networks/{uuid:network_id}", response=NetworkOut)
def change_network(request: HttpRequest, network_id: UUID, patch: NetworkPatch) -> dict[str, Any]:
    """Change its name or notes. 409 with the present network when somebody else did so since `revision`."""
    network = _network_or_404(request, network_id, may=EDIT)
    changed = rules.change_network(
        network, name=patch.name, notes=patch.notes, revision=patch.revision, by=person_of(request)
    )
    return network_out(changed)


@router.delete("/networks/{uuid:network_id}", response=NetworkOut)
def bin_network(request: HttpRequest, network_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Scenes that use its snapshots keep working."""
    network = _network_or_404(request, network_id, may=EDIT)
    return network_out(rules.bin_network(network, is_binned=True, by=person_of(request)))


@router.post("/networks/{uuid:network_id}/restore", response=NetworkOut)
def restore_network(request: HttpRequest, network_id: UUID) -> dict[str, Any]:
    network = _network_or_404(request, network_id, may=EDIT)
    return network_out(rules.bin_network(network, is_binned=False, by=person_of(request)))


@router.get("/snapshots/{uuid:snapshot_id}/thumbnail", response={200: bytes})
def get_thumbnail(request: HttpRequest, snapshot_id: UUID) -> HttpResponseBase:
    """A small picture of what the snapshot draws."""
    snapshot = _snapshot_or_404(request, snapshot_id)
    if snapshot.thumbnail is None:
        raise Http404
    return blob_response(request, snapshot.thumbnail, name=f"{snapshot.name}.jpg", content_type="image/jpeg")


@router.get("/snapshots/{uuid:snapshot_id}/file", response={200: bytes})
def get_snapshot_file(request: HttpRequest, snapshot_id: UUID) -> HttpResponseBase:
    """The weights as safetensors."""
    snapshot = _snapshot_or_404(request, snapshot_id)
    kind = "application/octet-stream"
    name = f"{snapshot.name}.safetensors"
    return blob_response(request, snapshot.blob, name=name, content_type=kind, attachment=True)


def _network_or_404(request: HttpRequest, network_id: UUID, *, may: str = VIEW) -> Network:
    return thing_or_404(request.user, Network, network_id, may=may)


def _snapshot_or_404(request: HttpRequest, snapshot_id: UUID) -> Snapshot:
    rows = Snapshot.objects.select_related("blob", "thumbnail")
    return thing_or_404(request.user, rows, snapshot_id, path="network__project")
