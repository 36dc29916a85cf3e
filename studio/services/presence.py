"""Which services are there: attaching, going away, and telling every open page at once."""

import contextlib
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, transaction
from django.utils import timezone

from gpu_service.protocol import Busy, Hello
from studio.events.live import broadcast
from studio.projections import reports as projected
from studio.scenes.catalogue import store_catalogue
from studio.services import capture_devices
from studio.services.models import RenderService, ServiceToken
from studio.services.present import UNSEEN, services_out
from studio.services.tokens import holder_of, release_leases
from studio.training.here import Here
from studio.training.reports import deserted


def attach(token: ServiceToken, hello: Hello) -> RenderService:
    """A service said hello: keep what it said of itself, its catalogue too."""
    now = timezone.now()
    with transaction.atomic():
        former = RenderService.objects.filter(token=token, instance_id=hello.instance_id).first()
        has_restarted = former is None or former.hello.get("run_id") != str(hello.run_id)
        service, _ = RenderService.objects.update_or_create(
            token=token,
            instance_id=hello.instance_id,
            defaults={
                "name": hello.name[:100],
                "state": RenderService.State.ATTACHED,
                "attach_id": uuid4(),
                "attached_at": now,
                "away_since": None,
                "last_seen_at": now,
                "hello": hello.model_dump(mode="json", exclude={"catalogue"}),
                "busy": {},
            },
        )
        if has_restarted and token.is_embedded:
            # The supervisor runs one at a time, so a new run means that the last one has ended.
            release_leases(token)
        _forget_former(service)
        store_catalogue(hello.catalogue)
    tell_pages()
    return service


def go_away(service_id: UUID, attach_id: UUID) -> None:
    """Its control socket is gone; unless it has attached anew meanwhile, it is away."""
    now = timezone.now()
    gone = RenderService.objects.filter(pk=service_id, attach_id=attach_id, state=RenderService.State.ATTACHED)
    if gone.update(state=RenderService.State.AWAY, away_since=now, last_seen_at=now, busy={}):
        _desert(service_id)
        tell_pages()


def note_busy(service_id: UUID, busy: Busy) -> None:
    said: dict[str, Any] = busy.model_dump(mode="json", exclude={"type"})
    rows = RenderService.objects.filter(pk=service_id)
    if rows.exclude(busy=said).update(busy=said, last_seen_at=timezone.now()):
        tell_pages()


def all_away() -> None:
    """The studio starts: whoever was attached to the process before is not attached to this one."""
    now = timezone.now()
    with contextlib.suppress(DatabaseError):  # its tables may be younger than the studio
        RenderService.objects.filter(state=RenderService.State.ATTACHED).update(
            state=RenderService.State.AWAY, away_since=now, attach_id=None, busy={}
        )
        capture_devices.all_away()


def tell_pages() -> None:
    broadcast({"type": "services", **services_out()})


def here() -> list[Here]:
    """The attached services as training asks for them."""
    seen = timezone.now() - UNSEEN
    rows = RenderService.objects.filter(state=RenderService.State.ATTACHED, last_seen_at__gt=seen)
    return [_as_here(row.name, row.hello.get("devices", [])) for row in rows]


def _as_here(name: str, devices: list[dict[str, Any]]) -> Here:
    cards = [device for device in devices if device.get("kind") == "cuda"]
    return Here(name, tuple(str(device.get("name", "")) for device in devices), count=max(len(cards), 1))


def _desert(service_id: UUID) -> None:
    """What it trains waits from now on, unless another of the same token is here."""
    gone = RenderService.objects.filter(pk=service_id).first()
    same = RenderService.objects.filter(token=gone.token_id, state=RenderService.State.ATTACHED) if gone else None
    if gone is not None and same is not None and not same.exists():
        deserted(holder_of(gone.token))
        projected.deserted(holder_of(gone.token))


def _forget_former(service: RenderService) -> None:
    """The same program started again under the same name: its former lives need not stand in the list."""
    former = RenderService.objects.filter(token=service.token, name=service.name, state=RenderService.State.AWAY)
    former.exclude(pk=service.pk).delete()
