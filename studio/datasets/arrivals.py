"""Arrivals are told to the pages a few times a second, however fast they come, and given to the worker.

The lock on the dataset's row makes arrivals of one dataset follow each other.
"""

from datetime import timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from studio.datasets.models import Dataset, Portrait
from studio.datasets.score_job import queue_scoring
from studio.events.record import record

TELL_EVERY = timedelta(milliseconds=350)
TOLD_IDS = 50


def note(dataset: Dataset, *, by: Any) -> None:
    """Something has arrived. The dataset's row is held by the caller."""
    queue_scoring(dataset, by=by)
    if dataset.announced_at is None or timezone.now() - dataset.announced_at >= TELL_EVERY:
        announce(dataset, by=by)


def announce(dataset: Dataset, *, by: Any = None) -> int:
    """Tell of everything that arrived since the last time; -> how many. Inside a transaction."""
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    fresh = Portrait.objects.filter(dataset=dataset, pk__gt=dataset.announced_id).order_by("pk")
    rows = list(fresh.values_list("session_id", "pk"))
    if not rows:
        return 0
    for session_id, group in groupby(sorted(rows, key=lambda row: str(row[0])), key=lambda row: row[0]):
        ids = [pk for _, pk in group]
        payload = {
            "dataset_id": str(dataset.pk),
            "session_id": str(session_id),
            "ids": ids[-TOLD_IDS:],
            "count": len(ids),
        }
        record(dataset.project_id, "portraits.arrived", subject=dataset.subject, payload=payload, actor=by)
    dataset.announced_id, dataset.announced_at = rows[-1][1], timezone.now()
    dataset.save(update_fields=["announced_id", "announced_at"])
    return len(rows)
