"""Render services as the pages show them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from studio.services.models import RenderService, ServiceToken

VISIBLE_AWAY = 20
UNSEEN = timedelta(seconds=60)


def services_out() -> dict[str, Any]:
    """What the status pill shows: none, starting, attached or away, since when, and each service."""
    rows = RenderService.objects.select_related("token").filter(token__revoked_at=None)
    # A studio that was killed told nobody; what no process has seen for a while is away all the same.
    seen = timezone.now() - UNSEEN
    attached = list(rows.filter(state=RenderService.State.ATTACHED, last_seen_at__gt=seen))
    away = list(rows.exclude(pk__in=[row.pk for row in attached]).order_by("-away_since")[:VISIBLE_AWAY])
    state, since = "none", None
    if attached:
        state, since = "attached", min((row.attached_at for row in attached if row.attached_at), default=None)
    elif away:
        state, since = "away", away[0].away_since or away[0].last_seen_at
    elif (
        ServiceToken.objects.filter(is_embedded=True, revoked_at=None).exists() and settings.ENVIRONMENT.has_gpu_service
    ):
        state = "starting"
    return {
        "state": state,
        "since": since.isoformat() if since else None,
        "items": [service_out(row) for row in attached + away],
    }


def service_out(service: RenderService) -> dict[str, Any]:
    seen = service.last_seen_at
    is_attached = service.state == RenderService.State.ATTACHED and seen is not None and seen > timezone.now() - UNSEEN
    since = service.attached_at if is_attached else service.away_since or seen
    return {
        "id": str(service.id),
        "name": service.name,
        "state": "attached" if is_attached else "away",
        "since": since.isoformat() if since else None,
        "version": service.hello.get("version", ""),
        "devices": service.hello.get("devices", []),
        "preview_slots": service.hello.get("preview_slots", 0),
        "previews": service.busy.get("previews", 0) if is_attached else 0,
        "segments": service.busy.get("segments", 0) if is_attached else 0,
        "is_embedded": service.token.is_embedded,
        "last_seen_at": seen.isoformat() if seen else None,
    }


def token_out(token: ServiceToken) -> dict[str, Any]:
    return {
        "id": str(token.id),
        "name": token.name,
        "prefix": token.prefix,
        "is_embedded": token.is_embedded,
        "created_at": token.created_at,
        "last_used_at": token.last_used_at,
        "revoked_at": token.revoked_at,
    }
