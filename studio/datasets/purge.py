"""What has lain in the bin for 30 days goes: single portraits, and datasets of which no version was made."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from studio.datasets import bin
from studio.datasets.models import Dataset, DatasetVersion, Portrait


def purge(*, now: datetime | None = None) -> int:
    """Empty the bins of portraits, and the one of datasets. -> how many portraits went"""
    now = now or timezone.now()
    for dataset in _doomed(now):
        # With their dataset they lay in the bin as long as it did.
        Portrait.objects.filter(dataset=dataset, binned_at=None).update(binned_at=dataset.binned_at)
    gone = bin.purge(now=now)
    _doomed(now).filter(~Exists(Portrait.objects.filter(dataset=OuterRef("pk")))).delete()
    return gone


def _doomed(now: datetime) -> "QuerySet[Dataset]":
    """A dataset with a version stays: what was trained from it can be told."""
    versions = DatasetVersion.objects.filter(dataset=OuterRef("pk"))
    return Dataset.objects.filter(~Exists(versions), binned_at__lt=now - bin.KEPT)
