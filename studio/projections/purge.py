"""What has lain in the bin for 30 days goes, unless a scene uses it. The sweep takes the files."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from studio.events.record import record
from studio.projections.follow import catch_up
from studio.projections.models import Projection, ProjectionTarget

KEPT = timedelta(days=30)


def purge(*, now: datetime | None = None) -> int:
    """-> how many projections went."""
    now = now or timezone.now()
    for row in Projection.objects.filter(state=Projection.State.WAITING).exclude(before_job_id=None):
        catch_up(row)  # where a crash came between its zip and its job
    with transaction.atomic():
        gone = list(Projection.objects.filter(binned_at__lt=now - KEPT, scenes=None))
        for row in gone:
            record(row.project_id, "projection.purged", subject=row.subject, payload={"id": str(row.pk)})
            row.delete()
        ProjectionTarget.objects.filter(binned_at__lt=now - KEPT, projections=None).delete()
    return len(gone)
