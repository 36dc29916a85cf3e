"""Events of renders. A change carries the render without segments and thumbnails; a segment's event carries its own."""

from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from studio.events.record import record
from studio.jobs.models import Segment
from studio.renders.models import Render, RenderThumb
from studio.renders.present import segment_out, short_out, thumbs_out

PROGRESS_SECONDS = 0.5
RELATED = ("job", "join_job", "film", "scene__track")


def tell(render: Render, kind: str, *, by: Any = None) -> None:
    """Record what happened to a render. Call it inside the transaction of the change."""
    fresh = Render.objects.select_related("job", "join_job", "film").get(pk=render.pk)
    record(fresh.project_id, kind, subject=fresh.subject, payload=short_out(fresh), actor=by)


def tell_progress(render: Render) -> None:
    """The same as `render.progress`, at most twice a second. Call it inside a transaction."""
    due = Q(told_at=None) | Q(told_at__lt=Now() - timedelta(seconds=PROGRESS_SECONDS))
    if Render.objects.filter(due, pk=render.pk).update(told_at=Now()):
        tell(render, "render.progress")


def tell_segment(render: Render, segment: Segment, thumbs: list[RenderThumb]) -> None:
    """A segment was claimed, committed or given back."""
    payload = {
        "render_id": str(render.id),
        "segment": segment_out(segment),
        "thumbs": thumbs_out(render, thumbs),
    }
    record(render.project_id, "render.segment", subject=render.subject, payload=payload)
