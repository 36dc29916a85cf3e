"""The signed-in person: name, preferences, API tokens."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Field, Router, Schema

from studio.accounts.models import ApiToken, User, new_token, token_sha256

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


class TokenIn(Schema):
    name: str = Field(min_length=1, max_length=100)


class TokenOut(Schema):
    id: UUID
    name: str
    prefix: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class TokenMade(TokenOut):
    """The token itself is shown this once."""

    token: str


class TokenList(Schema):
    items: list[TokenOut]


@router.get("/me", response=MeOut)
def get_me(request: HttpRequest) -> Any:
    """The person who asks."""
    return request.user


@router.patch("/me", response=MeOut)
def change_me(request: HttpRequest, change: MeIn) -> Any:
    """Change the name, or some preferences: each top-level key replaces its old value."""
    user = _person(request)
    if change.name is not None:
        user.name = change.name.strip() or user.name
    if change.preferences is not None:
        user.preferences = {**user.preferences, **change.preferences}
    user.save(update_fields=["name", "preferences"])
    return user


@router.get("/me/tokens", response=TokenList)
def list_tokens(request: HttpRequest) -> dict[str, Any]:
    """The person's living tokens."""
    return {"items": list(_person(request).api_tokens.filter(revoked_at=None))}


@router.post("/me/tokens", response={201: TokenMade})
def make_token(request: HttpRequest, order: TokenIn) -> tuple[int, dict[str, Any]]:
    """A new token; only its hash is kept."""
    token = new_token("phk")
    row = ApiToken.objects.create(
        name=order.name, user=_person(request), token_sha256=token_sha256(token), prefix=token[:10]
    )
    return 201, {**TokenOut.from_orm(row).dict(), "token": token}


@router.delete("/me/tokens/{uuid:token_id}", response={204: None})
def revoke_token(request: HttpRequest, token_id: UUID) -> tuple[int, None]:
    """The token opens nothing from now on."""
    rows = ApiToken.objects.filter(pk=token_id, user=_person(request), revoked_at=None)
    if not rows.update(revoked_at=timezone.now()):
        raise Http404
    return 204, None


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
