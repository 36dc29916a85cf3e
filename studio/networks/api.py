"""Networks under /api/v1. 404 for strangers, 403 for a role too small."""

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Status

from studio.accounts.auth import person_of
from studio.jobs.out import job_out
from studio.networks import rules
from studio.networks.models import Network
from studio.networks.present import network_out, networks_out
from studio.networks.schemas import NetworkList, NetworkOut, NetworkPatch, PatternIn, PatternOut
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404

router = Router(tags=["networks"])


@router.get("/projects/{uuid:project_id}/networks", response=NetworkList)
def list_networks(
    request: HttpRequest, project_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The networks of a project, oldest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = Network.objects.filter(project_id=project_id, binned_at__isnull=not binned)
    page, go_on = page_of(rows, after=after)
    return {"items": networks_out(page), "next": go_on}


@router.post("/projects/{uuid:project_id}/networks/pattern", response={202: PatternOut})
def make_pattern(request: HttpRequest, project_id: UUID, order: PatternIn) -> Status[dict[str, Any]]:
    """Make a pattern network from a species and a seed. Its six snapshots come from a render service."""
    project = project_or_404(request.user, project_id, may=EDIT)
    seed = secrets.randbelow(10_000) if order.seed is None else order.seed
    network, job = rules.make_pattern(project, species=order.species, seed=seed, name=order.name, by=person_of(request))
    return Status(202, {"network": network_out(network), "job": job_out(job)})


@router.get("/networks/{uuid:network_id}", response=NetworkOut)
def get_network(request: HttpRequest, network_id: UUID) -> dict[str, Any]:
    return network_out(network_or_404(request, network_id))


@router.patch("/networks/{uuid:network_id}", response=NetworkOut)
def change_network(request: HttpRequest, network_id: UUID, patch: NetworkPatch) -> dict[str, Any]:
    """Change its name, notes or tags. 409 with the present network when somebody else did so since `revision`."""
    network = network_or_404(request, network_id, may=EDIT)
    values = patch.dict(exclude_unset=True)
    return network_out(rules.change_network(network, values, revision=patch.revision, by=person_of(request)))


@router.delete("/networks/{uuid:network_id}", response=NetworkOut)
def bin_network(request: HttpRequest, network_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Scenes that use its snapshots keep working."""
    network = network_or_404(request, network_id, may=EDIT)
    return network_out(rules.bin_network(network, is_binned=True, by=person_of(request)))


@router.post("/networks/{uuid:network_id}/restore", response=NetworkOut)
def restore_network(request: HttpRequest, network_id: UUID) -> dict[str, Any]:
    network = network_or_404(request, network_id, may=EDIT)
    return network_out(rules.bin_network(network, is_binned=False, by=person_of(request)))


def network_or_404(request: HttpRequest, network_id: UUID, *, may: str = VIEW) -> Network:
    return thing_or_404(request.user, Network, network_id, may=may)
