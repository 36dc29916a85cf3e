"""What has lain in the bin for 30 days goes. Networks and snapshots that a run made stay. The sweep takes the files."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from studio.events.record import record
from studio.training.follow import catch_up
from studio.training.models import TrainingRun, TrainingTry, TrainingUpload

KEPT = timedelta(days=30)
KEPT_TRIES = timedelta(days=90)


def purge(*, now: datetime | None = None) -> int:
    """-> how many runs went. A zip goes when no run is made from it any more."""
    now = now or timezone.now()
    for run in TrainingRun.objects.filter(state=TrainingRun.State.WAITING).exclude(export_job_id=None):
        catch_up(run)  # where a crash came between its zip and its job
    with transaction.atomic():
        gone = TrainingRun.objects.filter(binned_at__lt=now - KEPT)
        count = 0
        for run in gone:
            record(run.project_id, "training.run.purged", subject=run.subject, payload={"id": str(run.pk)})
            run.delete()
            count += 1
        TrainingUpload.objects.filter(binned_at__lt=now - KEPT, runs=None).delete()
        TrainingTry.objects.filter(created_at__lt=now - KEPT_TRIES).delete()
    return count
