"""Tokens of render services: made, shown once, revoked. A service's leases are held in the name of its token."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from ninja.security import HttpBearer

from studio.accounts.models import User, new_token, token_sha256
from studio.errors import Refused
from studio.jobs.leases import from_now
from studio.jobs.models import Job, Segment, State
from studio.services.models import ServiceToken

PREFIX = "phs"
SHOWN = 10
EMBEDDED = "This studio's own"
UPLOAD_KINDS = ("segment", "artifact")


class ServiceRequest(HttpRequest):
    """A request that a render service made."""

    service_token: ServiceToken


class ServiceAuth(HttpBearer):
    """`Authorization: Bearer phs_…`. Sets request.service_token. No person, no session."""

    def authenticate(self, request: HttpRequest, token: str) -> ServiceToken | None:
        found = living_token(token)
        if found is not None:
            request.service_token = found  # type: ignore[attr-defined]
        return found


def make_token(name: str, *, by: User | None, is_embedded: bool = False) -> tuple[ServiceToken, str]:
    """A new token and its text, which nobody can see again."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise Refused("Give the render service a name of 1 to 100 characters.", field="name")
    text = new_token(PREFIX)
    row = ServiceToken.objects.create(
        name=name, token_sha256=token_sha256(text), prefix=text[:SHOWN], created_by=by, is_embedded=is_embedded
    )
    return row, text


def issue_embedded() -> str:
    """The token of the render service that starts with the studio: a new one each start, the old ones end."""
    for old in ServiceToken.objects.filter(is_embedded=True, revoked_at=None):
        ServiceToken.objects.filter(pk=old.pk).update(revoked_at=Now())
        release_leases(old)
    return make_token(EMBEDDED, by=None, is_embedded=True)[1]


def revoke(token: ServiceToken) -> ServiceToken:
    """From now on it opens nothing; sockets that it opened are closed within a second."""
    ServiceToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=Now())
    token.refresh_from_db()
    return token


def living_token(text: str) -> ServiceToken | None:
    """The token of that text unless it was revoked. Notes its use, at most once a minute."""
    found = ServiceToken.objects.filter(token_sha256=token_sha256(text), revoked_at=None).first()
    if found is not None:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - timedelta(minutes=1))
        ServiceToken.objects.filter(stale, pk=found.pk).update(last_used_at=Now())
    return found


def holder_of(token: ServiceToken) -> str:
    """The name in which leases are held."""
    return f"token:{token.pk}"


def release_leases(token: ServiceToken) -> None:
    """What it held may be claimed by others at once. For a service that is known to have ended, not just to be away."""
    for rows in (Segment.objects.all(), Job.objects.all()):
        rows.filter(state=State.RUNNING, leased_by=holder_of(token)).update(lease_until=from_now(-1.0))


def projects_leased_by(token: ServiceToken) -> set[UUID]:
    """The projects in which this token works on something now."""
    holder = holder_of(token)
    jobs = Job.objects.filter(state=State.RUNNING, leased_by=holder)
    drawn = Job.objects.filter(pk__in=Segment.objects.filter(state=State.RUNNING, leased_by=holder).values("job_id"))
    ids = {*jobs.values_list("project_id", flat=True), *drawn.values_list("project_id", flat=True)}
    return {project_id for project_id in ids if project_id is not None}


def upload_sender(token: str, *, project_id: UUID | None, kind: str) -> UUID | None:
    """The id of the token that may send such an upload: results, where services have work. None for any other.

    Whose work it is, is judged when the upload is handed in: a late writer is told 409 there, with the reason.
    """
    found = living_token(token)
    if found is None:
        return None
    if project_id is not None and (kind not in UPLOAD_KINDS or not _is_worked_on(project_id)):
        return None
    return found.pk


def _is_worked_on(project_id: UUID) -> bool:
    active = (State.QUEUED, State.RUNNING)
    return Job.objects.filter(project_id=project_id, runs_on=Job.RunsOn.SERVICE, state__in=active).exists()
