"""Who asks: a session with a CSRF token, or a bearer token of the person's own."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from studio.accounts.models import ApiToken, User, token_sha256


class TokenAuth(HttpBearer):
    """`Authorization: Bearer phk_…`. Sets request.user, so that the endpoints need not know."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        user = user_of_token(token)
        if user is not None:
            request.user = user
        return user


class PersonAuth(SessionAuth):
    """The session's person; anything but a safe method needs the CSRF token."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any | None:
        return request.user if request.user.is_authenticated and request.user.is_active else None


class AnyoneAuth(SessionAuth):
    """Signed in or not; a change needs the CSRF token all the same, because a session may come of it."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user


bearer = TokenAuth()
session = PersonAuth()
anyone = AnyoneAuth()


def person_of(request: HttpRequest) -> User:
    """The signed-in person; the API's authentication has made sure that there is one."""
    assert isinstance(request.user, User)
    return request.user


def user_of_token(token: str) -> User | None:
    """The person whose living API token this is. Notes its use, at most once a minute."""
    row = (
        ApiToken.objects.filter(token_sha256=token_sha256(token), revoked_at=None, user__is_active=True)
        .select_related("user")
        .first()
    )
    if row is None:
        return None
    stale = Q(last_used_at=None) | Q(last_used_at__lt=_a_minute_ago())
    ApiToken.objects.filter(stale, pk=row.pk).update(last_used_at=Now())
    return row.user


def _a_minute_ago() -> Any:
    return Now() - timedelta(minutes=1)
