"""Signed links: a file for a player or a download tool that has no session. Short-lived, for one path.

The link carries no right of its own: whoever opens it is treated as the person who made it, by the same endpoint with
the same check, so that it dies with their membership.
"""

import re
from datetime import datetime, timedelta

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import resolve
from django.utils import timezone

from studio.accounts.models import User

SALT = "studio.blobs.links"
SECONDS = 15 * 60
FILES = re.compile(
    r"^/api/v1/(tracks/[0-9a-f-]{36}/files/[a-z]+|renders/[0-9a-f-]{36}/film"
    r"|snapshots/[0-9a-f-]{36}/(file|original)|exports/[0-9a-f-]{36}/weights|harvests/[0-9a-f-]{36}/zip)$"
)


def make_link(path: str, *, user: User) -> tuple[str, datetime]:
    """The address that gives that file for a quarter of an hour, and when it ends. Http404 when the path is no file."""
    if not FILES.match(path):
        raise Http404
    token = signing.dumps({"path": path, "user": str(user.pk)}, salt=SALT, compress=True)
    return f"/signed/{token}/", timezone.now() + timedelta(seconds=SECONDS)


def open_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer as the file's own endpoint would answer the person who made the link."""
    try:
        said = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature as error:
        raise Http404 from error
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or request.method not in ("GET", "HEAD"):
        raise Http404
    request.user = user
    request.path = request.path_info = said["path"]
    match = resolve(said["path"])
    answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return answer
