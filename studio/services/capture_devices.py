"""Capture devices as rows: who is there, what each said last, and what the pages hear of it.

A status comes several times a second; the row keeps the newest, written at most twice a second by the socket. Events
tell only of what people ask for later: paired, renamed, revoked, there and away.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from studio.accounts.models import User, new_token, token_sha256
from studio.datasets.models import CaptureDevice
from studio.errors import Refused
from studio.events.record import record
from studio.projects.models import Project

LONGEST_NAME = 100
# A studio that was killed told nobody; what no socket has heard of for so long is away all the same.
UNSEEN = timedelta(seconds=60)


def name_of(text: str, *, field: str) -> str:
    """A name without odd blanks. Raises Refused."""
    name = " ".join(text.split())
    if not 1 <= len(name) <= LONGEST_NAME or "\x00" in name:
        raise Refused(f"Give the device a name of 1 to {LONGEST_NAME} characters.", field=field)
    return name


def devices_of(project: Project) -> "QuerySet[CaptureDevice]":
    """Those that may still come, in the order of their pairing."""
    return CaptureDevice.objects.filter(project=project, revoked_at=None).select_related("paired_by")


def add(project: Project, *, name: str, by: User) -> CaptureDevice:
    """A device of this project. Nobody holds its token until the device has collected one."""
    with transaction.atomic():
        device = CaptureDevice.objects.create(
            project=project, name=name, token_sha256=token_sha256(new_token("nobody")), prefix="", paired_by=by
        )
        tell(device, "device.added", by=by)
    return device


def rename(device: CaptureDevice, name: str, *, by: User) -> CaptureDevice:
    with transaction.atomic():
        device.name = name_of(name, field="name")
        device.save(update_fields=["name"])
        tell(device, "device.changed", by=by)
    return device


def revoke(device: CaptureDevice, *, by: User) -> None:
    """Its token opens nothing from now on; its socket closes within a second. What it sent stays."""
    with transaction.atomic():
        rows = CaptureDevice.objects.filter(pk=device.pk, revoked_at=None)
        if rows.update(revoked_at=timezone.now(), attach_id=None):
            device.refresh_from_db()
            tell(device, "device.revoked", by=by)


def is_living(device_id: UUID) -> bool:
    return CaptureDevice.objects.filter(pk=device_id, revoked_at=None, project__binned_at=None).exists()


def attach(device_id: UUID, hello: dict[str, Any]) -> UUID:
    """It has dialled in: from now on this connection is the living one, whatever a former one still does."""
    attach_id = uuid4()
    with transaction.atomic():
        rows = CaptureDevice.objects.filter(pk=device_id, revoked_at=None)
        rows.update(attach_id=attach_id, hello=hello, last_seen_at=timezone.now())
        tell(CaptureDevice.objects.get(pk=device_id), "device.changed")
    return attach_id


def go_away(device_id: UUID, attach_id: UUID, status: dict[str, Any] | None) -> None:
    """Its socket is gone; unless it has dialled anew meanwhile, it is away. The last status stays known."""
    with transaction.atomic():
        rows = CaptureDevice.objects.filter(pk=device_id, attach_id=attach_id)
        kept = {} if status is None else {"status": status}
        if rows.update(attach_id=None, last_seen_at=timezone.now(), **kept):
            tell(CaptureDevice.objects.get(pk=device_id), "device.changed")


def note_status(device_id: UUID, attach_id: UUID, status: dict[str, Any] | None) -> None:
    """Keep what it said last; None only says that it is still there. A replaced connection writes nothing."""
    kept = {} if status is None else {"status": status}
    CaptureDevice.objects.filter(pk=device_id, attach_id=attach_id).update(last_seen_at=timezone.now(), **kept)


def all_away() -> None:
    """The studio starts: no device is attached to this process yet."""
    CaptureDevice.objects.exclude(attach_id=None).update(attach_id=None)


def tell(device: CaptureDevice, kind: str, *, by: User | None = None) -> None:
    record(device.project_id, kind, subject=device.subject, payload=device_out(device), actor=by)


def device_out(device: CaptureDevice) -> dict[str, Any]:
    """As pages show it. `status` is the newest that was stored, from `last_seen_at` when the device is away."""
    seen = device.last_seen_at
    is_online = device.attach_id is not None and seen is not None and seen > timezone.now() - UNSEEN
    return {
        "id": device.id,
        "project_id": device.project_id,
        "name": device.name,
        "prefix": device.prefix,
        "state": "online" if is_online else "away" if seen else "new",
        "last_seen_at": seen,
        "hello": device.hello,
        "status": device.status,
        "paired_at": device.paired_at,
        "paired_by": str(device.paired_by) if device.paired_by else "",
    }
