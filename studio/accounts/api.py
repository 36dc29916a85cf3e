"""The signed-in person: name, preferences, API tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from studio.accounts.auth import person_of
from studio.accounts.models import ApiToken, new_token, token_sha256
from studio.accounts.passwords import check_password
from studio.errors import Refused

router = Router(tags=["me"])


class MeOut(Schema):
    id: UUID
    name: str
    email: str
    initials: str
    colour: str
    preferences: dict[str, Any]


class MeIn(Schema):
    """What is left out stays as it is."""

    name: str | None = Field(None, min_length=1, max_length=100)
    preferences: dict[str, Any] | None = None


class PasswordIn(Schema):
    """`current` is needed by whoever has a password already."""

    current: str = Field("", max_length=200)
    password: str = Field(max_length=200)


class ApiTokenIn(Schema):
    name: str = Field(min_length=1, max_length=100)


class ApiTokenOut(Schema):
    id: UUID
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class ApiTokenMade(ApiTokenOut):
    """The token itself is shown this once."""

    token: str


class ApiTokenList(Schema):
    items: list[ApiTokenOut]


@router.get("/me", response=MeOut)
def get_me(request: HttpRequest) -> Any:
    """The person who asks."""
    return request.user


@router.patch("/me", response=MeOut)
def change_me(request: HttpRequest, change: MeIn) -> Any:
    """Change the name, or some preferences: each top-level key replaces its old value."""
    user = person_of(request)
    if change.name is not None:
        user.name = change.name.strip() or user.name
    if change.preferences is not None:
        user.preferences = {**user.preferences, **change.preferences}
    user.save(update_fields=["name", "preferences"])
    return user


@router.post("/me/password", response={204: None})
def set_password(request: HttpRequest, change: PasswordIn) -> tuple[int, None]:
    """Set or change the password. Other sessions of this person end, this one stays. 422 names the field."""
    user = person_of(request)
    if user.has_usable_password() and not user.check_password(change.current):
        raise Refused("That is not your password so far.", field="current")
    check_password(change.password, user=user)
    user.set_password(change.password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)
    return 204, None


@router.get("/me/tokens", response=ApiTokenList)
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    """The person's living tokens."""
    return {"items": list(person_of(request).api_tokens.filter(revoked_at=None))}


@router.post("/me/tokens", response={201: ApiTokenMade})
def make_token(request: HttpRequest, order: ApiTokenIn) -> tuple[int, dict[str, Any]]:
    """A new token; only its hash is kept."""
    token = new_token("phk")
    row = ApiToken.objects.create(
        name=order.name, user=person_of(request), token_sha256=token_sha256(token), prefix=token[:10]
    )
    return 201, {**ApiTokenOut.from_orm(row).dict(), "token": token}


@router.delete("/me/tokens/{uuid:token_id}", response={204: None})
def revoke_token(request: HttpRequest, token_id: UUID) -> tuple[int, None]:
    """The token opens nothing from now on."""
    rows = ApiToken.objects.filter(pk=token_id, user=person_of(request), revoked_at=None)
    if not rows.update(revoked_at=timezone.now()):
        raise Http404
    return 204, None
