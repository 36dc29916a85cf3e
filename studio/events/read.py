"""Events back out of the table, as JSON."""

from typing import Any
from uuid import UUID

from studio.events.models import Event, EventCounter


def events_since(project_id: UUID | str, since: int, *, limit: int = 200) -> tuple[list[dict[str, Any]], int]:
    """Events after `since`, oldest first, and the number to go on from."""
    rows = list(Event.objects.filter(project_id=project_id, number__gt=since).order_by("number")[:limit])
    if len(rows) == limit:
        return [as_json(row) for row in rows], rows[-1].number
    return [as_json(row) for row in rows], max(since, rows[-1].number if rows else last_number(project_id))


def last_number(project_id: UUID | str) -> int:
    return EventCounter.objects.filter(pk=project_id).values_list("last", flat=True).first() or 0


def as_json(event: Event) -> dict[str, Any]:
    return {
        "number": event.number,
        "kind": event.kind,
        "subject": event.subject,
        "payload": event.payload,
        "actor": str(event.actor_id) if event.actor_id else None,
        "at": event.created_at.isoformat(),
    }
