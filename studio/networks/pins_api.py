"""Pins and paths under /api/v1. 404 for strangers, 403 for a role too small, 409 for a lost race."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from studio.accounts.auth import person_of
from studio.networks import paths, pins
from studio.networks.api import network_or_404
from studio.networks.models import Pin, PinPath
from studio.networks.present_made import path_out, pin_out
from studio.networks.vector_schemas import (
    MOST_SNAPSHOTS,
    OfferedPins,
    PathIn,
    PathList,
    PathOut,
    PathPatch,
    PinIn,
    PinList,
    PinOut,
    PinPatch,
)
from studio.paging import page_of
from studio.projects.access import EDIT, project_or_404, thing_or_404

router = Router(tags=["pins"])
PINS = Pin.objects.select_related("network", "created_by", "sheet")
PATHS = PinPath.objects.select_related("network", "created_by")


@router.get("/networks/{uuid:network_id}/pins", response=PinList)
def list_pins(
    request: HttpRequest, network_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The pins of a network, oldest first; with `binned`, those in its bin."""
    network = network_or_404(request, network_id)
    page, go_on = page_of(PINS.filter(network=network, binned_at__isnull=not binned), after=after)
    return {"items": [pin_out(pin) for pin in page], "next": go_on}


@router.get("/projects/{uuid:project_id}/pins", response=PinList)
def list_project_pins(request: HttpRequest, project_id: UUID, after: UUID | None = None) -> dict[str, Any]:
    """The pins of all networks, oldest first."""
    project_or_404(request.user, project_id)
    rows = PINS.filter(network__project_id=project_id, network__binned_at=None, binned_at=None)
    page, go_on = page_of(rows, after=after)
    return {"items": [pin_out(pin) for pin in page], "next": go_on}


@router.get("/projects/{uuid:project_id}/pins/offered", response=OfferedPins)
def list_offered_pins(
    request: HttpRequest, project_id: UUID, snapshot_ids: list[UUID] = Query([], max_length=MOST_SNAPSHOTS)
) -> dict[str, Any]:
    """Up to 500 pins for a scene of those snapshots: its own networks' first, and which of the others fit."""
    project_or_404(request.user, project_id)
    return {"items": pins.offered_pins(project_id, snapshot_ids)}


@router.post("/networks/{uuid:network_id}/pins", response={201: PinOut})
def add_pin(request: HttpRequest, network_id: UUID, order: PinIn) -> Status[dict[str, Any]]:
    """Pin a vector. Its picture comes from a render service."""
    network = network_or_404(request, network_id, may=EDIT)
    return Status(201, pin_out(pins.add_pin(network, _given(order), by=person_of(request))))


@router.get("/pins/{uuid:pin_id}", response=PinOut)
def get_pin(request: HttpRequest, pin_id: UUID) -> dict[str, Any]:
    return pin_out(thing_or_404(request.user, PINS.all(), pin_id, path="network__project"))


@router.patch("/pins/{uuid:pin_id}", response=PinOut)
def change_pin(request: HttpRequest, pin_id: UUID, patch: PinPatch) -> dict[str, Any]:
    """Change it. 409 with the present pin when somebody else did so since `revision`."""
    pin = _pin_to_edit(request, pin_id)
    return pin_out(pins.change_pin(pin, _given(patch), revision=patch.revision, by=person_of(request)))


@router.delete("/pins/{uuid:pin_id}", response=PinOut)
def bin_pin(request: HttpRequest, pin_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Paths and scenes keep its vector."""
    return pin_out(pins.bin_pin(_pin_to_edit(request, pin_id), is_binned=True, by=person_of(request)))


@router.post("/pins/{uuid:pin_id}/restore", response=PinOut)
def restore_pin(request: HttpRequest, pin_id: UUID) -> dict[str, Any]:
    return pin_out(pins.bin_pin(_pin_to_edit(request, pin_id), is_binned=False, by=person_of(request)))


@router.get("/networks/{uuid:network_id}/paths", response=PathList)
def list_paths(
    request: HttpRequest, network_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The paths of a network, oldest first; with `binned`, those in its bin."""
    network = network_or_404(request, network_id)
    page, go_on = page_of(PATHS.filter(network=network, binned_at__isnull=not binned), after=after)
    return {"items": [path_out(path) for path in page], "next": go_on}


@router.post("/networks/{uuid:network_id}/paths", response={201: PathOut})
def add_path(request: HttpRequest, network_id: UUID, order: PathIn) -> Status[dict[str, Any]]:
    network = network_or_404(request, network_id, may=EDIT)
    return Status(201, path_out(paths.add_path(network, _given(order), by=person_of(request))))


@router.get("/paths/{uuid:path_id}", response=PathOut)
def get_path(request: HttpRequest, path_id: UUID) -> dict[str, Any]:
    return path_out(thing_or_404(request.user, PATHS.all(), path_id, path="network__project"))


@router.patch("/paths/{uuid:path_id}", response=PathOut)
def change_path(request: HttpRequest, path_id: UUID, patch: PathPatch) -> dict[str, Any]:
    """Change it. 409 with the present path when somebody else did so since `revision`."""
    path = _path_to_edit(request, path_id)
    return path_out(paths.change_path(path, _given(patch), revision=patch.revision, by=person_of(request)))


@router.delete("/paths/{uuid:path_id}", response=PathOut)
def bin_path(request: HttpRequest, path_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Scenes that were made of it stay as they are."""
    return path_out(paths.bin_path(_path_to_edit(request, path_id), is_binned=True, by=person_of(request)))


@router.post("/paths/{uuid:path_id}/restore", response=PathOut)
def restore_path(request: HttpRequest, path_id: UUID) -> dict[str, Any]:
    return path_out(paths.bin_path(_path_to_edit(request, path_id), is_binned=False, by=person_of(request)))


def _pin_to_edit(request: HttpRequest, pin_id: UUID) -> Pin:
    return thing_or_404(request.user, PINS.all(), pin_id, may=EDIT, path="network__project")


def _path_to_edit(request: HttpRequest, path_id: UUID) -> PinPath:
    return thing_or_404(request.user, PATHS.all(), path_id, may=EDIT, path="network__project")


def _given(body: Schema) -> dict[str, Any]:
    """The fields of a body as they are, those left out of a patch missing; vectors stay models."""
    names = body.model_fields_set if isinstance(body, (PinPatch, PathPatch)) else type(body).model_fields
    return {name: getattr(body, name) for name in names}
