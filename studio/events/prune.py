"""Old steps of progress go; what people did stays."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from studio.events.models import Event

KEPT = timedelta(days=7)
PROGRESS_KINDS = ("job.changed", "render.progress", "render.segment", "training.tick")


def prune() -> int:
    """Delete progress older than a week. A page that was away for longer asks for the things themselves anyway."""
    old = Event.objects.filter(created_at__lt=timezone.now() - KEPT)
    by_itself = Q(kind="training.run.changed", actor_id=None)
    return old.filter(Q(kind__in=PROGRESS_KINDS) | by_itself).delete()[0]
