"""Write an event in the transaction of the change that it tells of: both are there, or neither."""

import json
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.db.models import F

from studio.events.models import Event, EventCounter
from studio.events.tail import CHANNEL, ring_here


def record(project_id: UUID, kind: str, *, subject: str, payload: dict[str, Any], actor: Any = None) -> int:
    """Note that something happened; returns its number. `actor` is a user, a user's id or None."""
    if not connection.in_atomic_block:
        raise RuntimeError("An event belongs into the transaction of its change: call record() inside atomic().")
    number = _next_number(project_id)
    Event.objects.create(
        project_id=project_id,
        number=number,
        kind=kind,
        subject=subject,
        payload=json.loads(json.dumps(payload, cls=DjangoJSONEncoder)),
        actor_id=getattr(actor, "pk", actor),
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # delivered by PostgreSQL when the transaction commits
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(project_id)])
    transaction.on_commit(lambda: ring_here(project_id, number))
    return number


def _next_number(project_id: UUID) -> int:
    """One number further. The counter's row stays locked until the commit, so numbers appear in their order."""
    if not EventCounter.objects.filter(pk=project_id).update(last=F("last") + 1):
        try:
            with transaction.atomic():
                EventCounter.objects.create(project_id=project_id, last=1)
        except IntegrityError:  # another first event of this project was quicker
            EventCounter.objects.filter(pk=project_id).update(last=F("last") + 1)
    return EventCounter.objects.values_list("last", flat=True).get(pk=project_id)
