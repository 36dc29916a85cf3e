"""Render services and their tokens under /api/v1.

The tokens are the site's: only people who own a project, or staff, see them.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.projects.access import PermissionRefused
from studio.projects.models import Membership, Role
from studio.services import tokens
from studio.services.models import ServiceToken
from studio.services.present import services_out, token_out

router = Router(tags=["services"])
NOT_YOURS = "Only owners of a project may see and make tokens of render services. Ask one of them."


class DeviceOut(Schema):
    name: str
    kind: str
    memory_bytes: int


class ServiceOut(Schema):
    id: UUID
    name: str
    state: str
    since: datetime | None
    version: str
    devices: list[DeviceOut]
    preview_slots: int
    previews: int
    segments: int
    is_embedded: bool
    last_seen_at: datetime | None


class ServicesOut(Schema):
    """`state`: none, starting, attached or away."""

    state: str
    since: datetime | None
    items: list[ServiceOut]


class ServiceTokenOut(Schema):
    id: UUID
    name: str
    prefix: str
    is_embedded: bool
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class ServiceTokenList(Schema):
    items: list[ServiceTokenOut]


class NewServiceToken(ServiceTokenOut):
    """`token` is shown this once."""

    token: str


class ServiceTokenIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=100)


@router.get("/services", response=ServicesOut)
def list_services(request: HttpRequest) -> dict[str, Any]:
    """The render services of this studio, and whether any is attached."""
    return services_out()


@router.get("/service-tokens", response=ServiceTokenList)
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    _owners_only(request)
    return {"items": [token_out(token) for token in ServiceToken.objects.filter(revoked_at=None)]}


@router.post("/service-tokens", response={201: NewServiceToken})
def make_token(request: HttpRequest, order: ServiceTokenIn) -> Status[dict[str, Any]]:
    """A token with which a render service may dial in. It is shown this once."""
    _owners_only(request)
    row, text = tokens.make_token(order.name, by=person_of(request))
    return Status(201, {**token_out(row), "token": text})


@router.delete("/service-tokens/{uuid:token_id}", response=ServiceTokenOut)
def revoke_token(request: HttpRequest, token_id: UUID) -> dict[str, Any]:
    """Revoke it: its sockets close within a second, its leases run out."""
    _owners_only(request)
    token = ServiceToken.objects.filter(pk=token_id).first()
    if token is None:
        raise Http404
    return token_out(tokens.revoke(token))


def _owners_only(request: HttpRequest) -> None:
    owns = Membership.objects.filter(user=person_of(request), role=Role.OWNER, project__binned_at=None)
    if not request.user.is_staff and not owns.exists():
        raise PermissionRefused(NOT_YOURS)
