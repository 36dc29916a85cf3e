"""Tokens of capture devices: made at pairing, shown once, revoked. They open one project's capture and nothing else."""

from datetime import timedelta
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest
from ninja.security import HttpBearer

from studio.accounts.models import User, new_token, token_sha256
from studio.datasets.models import CaptureDevice
from studio.errors import Refused
from studio.projects.models import Project

PREFIX = "phd"
SHOWN = 10
UPLOAD_KINDS = ("portrait",)
SEEN_AGAIN = timedelta(minutes=1)


class DeviceAuth(HttpBearer):
    """`Authorization: Bearer phd_…`. Sets request.capture_device. No person, no session."""

    def authenticate(self, request: HttpRequest, token: str) -> CaptureDevice | None:
        found = living_device(token)
        if found is not None:
            request.capture_device = found  # type: ignore[attr-defined]
        return found


def pair(project: Project, *, name: str, by: User | None) -> tuple[CaptureDevice, str]:
    """A new device of that project and the text of its token, which nobody can see again."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise Refused("Give the device a name of 1 to 100 characters.", field="name")
    text = new_token(PREFIX)
    device = CaptureDevice.objects.create(
        project=project, name=name, token_sha256=token_sha256(text), prefix=text[:SHOWN], paired_by=by
    )
    return device, text


def revoke(device: CaptureDevice) -> CaptureDevice:
    """From now on its token opens nothing. What it has sent stays."""
    CaptureDevice.objects.filter(pk=device.pk, revoked_at=None).update(revoked_at=Now())
    device.refresh_from_db()
    return device


def living_device(text: str) -> CaptureDevice | None:
    """The device with that token, unless it was revoked or its project lies in the bin. Notes that it was seen."""
    if not text.startswith(f"{PREFIX}_"):
        return None
    rows = CaptureDevice.objects.filter(token_sha256=token_sha256(text), revoked_at=None, project__binned_at=None)
    found = rows.select_related("project").first()
    if found is not None:
        stale = Q(last_seen_at=None) | Q(last_seen_at__lt=Now() - SEEN_AGAIN)
        CaptureDevice.objects.filter(stale, pk=found.pk).update(last_seen_at=Now())
    return found


def upload_sender(token: str, *, project_id: UUID | None, kind: str) -> UUID | None:
    """The id of the device that may send such an upload: portraits into its own project. None for any other."""
    found = living_device(token)
    if found is None:
        return None
    if project_id is not None and (kind not in UPLOAD_KINDS or project_id != found.project_id):
        return None
    return found.pk
