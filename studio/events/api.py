"""Events over HTTP: what happened in a project since a number."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router, Schema

from studio.events.read import events_since
from studio.projects.access import project_or_404

router = Router(tags=["events"])


class EventOut(Schema):
    number: int
    kind: str
    subject: str
    payload: dict[str, Any]
    actor: UUID | None
    at: datetime


class EventPage(Schema):
    """`last` is the number to go on from."""

    events: list[EventOut]
    last: int


@router.get("/projects/{uuid:project_id}/events", response=EventPage)
def list_events(
    request: HttpRequest, project_id: UUID, since: int = 0, limit: int = Query(200, ge=1, le=1000)
) -> dict[str, Any]:
    """Everything that happened after `since`, oldest first. 404 for strangers."""
    project_or_404(request.user, project_id)
    events, last = events_since(project_id, since, limit=limit)
    return {"events": events, "last": last}
