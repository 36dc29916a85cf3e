"""Capture devices under /api/v1: pairing, the list, names, revocation, and commands to the one that is there."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.datasets.models import CaptureDevice, Pairing
from studio.errors import Refused
from studio.projects.access import EDIT, project_or_404, thing_or_404
from studio.services import capture_commands, capture_devices, capture_pairing
from studio.services.capture_devices import device_out

router = Router(tags=["capture"])
LIVING = CaptureDevice.objects.filter(revoked_at=None)


class PairingIn(Schema):
    model_config = ConfigDict(extra="forbid")
    device_name: str = Field(max_length=200)


class PairingMade(Schema):
    """`code` is for people's eyes, `secret` for the device alone."""

    id: UUID
    code: str
    secret: str
    expires_at: datetime


class CollectIn(Schema):
    model_config = ConfigDict(extra="forbid")
    secret: str = Field(max_length=200)


class Collected(Schema):
    """The token is given this once."""

    token: str
    device_id: UUID
    device_name: str
    project_id: UUID
    project_name: str
    studio: str


class StillWaiting(Schema):
    detail: str


class DeviceState(Schema):
    """`state`: new (never dialled in), online, away. `hello` and `status` are what it said of itself last."""

    id: UUID
    project_id: UUID
    name: str
    prefix: str
    state: Literal["new", "online", "away"]
    last_seen_at: datetime | None
    hello: dict[str, Any]
    status: dict[str, Any]
    paired_at: datetime
    paired_by: str


class DeviceList(Schema):
    items: list[DeviceState]


class DeviceIn(Schema):
    model_config = ConfigDict(extra="forbid")
    code: str = Field(max_length=40)
    name: str = Field("", max_length=200)


class DeviceChange(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)


class CommandIn(Schema):
    """`args` as capture_agent.protocol has them, such as {"settings": {"iso": 200}} for `configure`."""

    model_config = ConfigDict(extra="forbid")
    name: Literal["configure", "live", "test_shot", "accept", "retake", "start", "pause", "resume", "stop", "cancel"]
    args: dict[str, Any] = {}


class CommandOut(Schema):
    """The device said that it does it."""

    name: str
    device: DeviceState


@router.post("/capture/pairings", response={201: PairingMade}, auth=None)
def begin_pairing(request: HttpRequest, order: PairingIn) -> Status[dict[str, Any]]:
    """A device without a token asks for a code that a person can type. Nothing is opened by that."""
    begun = capture_pairing.begin(device_name=order.device_name, address=str(request.META.get("REMOTE_ADDR", "")))
    pairing = begun.pairing
    said = {"id": pairing.id, "code": begun.code, "secret": begun.secret, "expires_at": pairing.expires_at}
    return Status(201, said)


@router.post("/capture/pairings/{uuid:pairing_id}/collect", response={200: Collected, 202: StillWaiting}, auth=None)
def collect_token(request: HttpRequest, pairing_id: UUID, order: CollectIn) -> Status[dict[str, Any]]:
    """The device's token, once. 202 while nobody has typed the code; 404 and 410 afterwards."""
    try:
        collected = capture_pairing.collect(pairing_id, secret=order.secret)
    except Pairing.DoesNotExist as error:
        raise Http404 from error
    except capture_pairing.PairingOver as error:
        raise Refused(str(error), status=410) from error
    if collected is None:
        return Status(202, {"detail": "Nobody has typed the code yet."})
    device = collected.device
    said = {
        "token": collected.token,
        "device_id": device.id,
        "device_name": device.name,
        "project_id": device.project_id,
        "project_name": device.project.name,
        "studio": settings.STUDIO_URL,
    }
    return Status(200, said)


@router.get("/projects/{uuid:project_id}/devices", response=DeviceList)
def list_devices(request: HttpRequest, project_id: UUID) -> dict[str, Any]:
    """The project's capture devices, with what each said last."""
    project = project_or_404(request.user, project_id)
    return {"items": [device_out(device) for device in capture_devices.devices_of(project)]}


@router.post("/projects/{uuid:project_id}/devices", response={201: DeviceState})
def pair_device(request: HttpRequest, project_id: UUID, order: DeviceIn) -> Status[dict[str, Any]]:
    """Type the code that a device shows. 404 when none shows it; 429 after too many wrong ones."""
    project = project_or_404(request.user, project_id, may=EDIT)
    device = capture_pairing.pair(project, code=order.code, name=order.name, by=person_of(request))
    return Status(201, device_out(device))


@router.get("/devices/{uuid:device_id}", response=DeviceState)
def get_device(request: HttpRequest, device_id: UUID) -> dict[str, Any]:
    return device_out(thing_or_404(request.user, LIVING, device_id))


@router.patch("/devices/{uuid:device_id}", response=DeviceState)
def rename_device(request: HttpRequest, device_id: UUID, change: DeviceChange) -> dict[str, Any]:
    """Give the device another name on the pages."""
    device = thing_or_404(request.user, LIVING, device_id, may=EDIT)
    return device_out(capture_devices.rename(device, change.name, by=person_of(request)))


@router.delete("/devices/{uuid:device_id}", response={204: None})
def revoke_device(request: HttpRequest, device_id: UUID) -> Status[None]:
    """Its token opens nothing any more and its socket closes within a second. Its pictures stay."""
    device = thing_or_404(request.user, LIVING, device_id, may=EDIT)
    capture_devices.revoke(device, by=person_of(request))
    return Status(204, None)


@router.post("/devices/{uuid:device_id}/commands", response=CommandOut)
def command_device(request: HttpRequest, device_id: UUID, order: CommandIn) -> dict[str, Any]:
    """Ask the device to do something and wait for its answer. 409 when it is away or cannot; 504 when it is silent."""
    device = thing_or_404(request.user, LIVING, device_id, may=EDIT)
    capture_commands.send(device, order.name, order.args, by=person_of(request))
    device.refresh_from_db()
    return {"name": order.name, "device": device_out(device)}
