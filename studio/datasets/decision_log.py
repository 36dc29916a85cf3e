"""The log of decisions does not grow for ever: what each portrait was before is forgotten after half a year.

What holds now stays, and so does who did what and when; a batch that is older can no longer be undone.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from studio.datasets.batches import locked
from studio.datasets.models import DecisionBatch, DecisionChange

KEPT = timedelta(days=180)
AT_ONCE = 20_000


def prune(*, now: datetime | None = None) -> int:
    """Forget old changes, thousands at a time, so that others can decide meanwhile. -> how many went"""
    before = (now or timezone.now()) - KEPT
    held = DecisionChange.objects.filter(batch=OuterRef("pk"))
    old = DecisionBatch.objects.filter(Exists(held), at__lt=before).select_related("dataset").order_by("pk")
    return sum(_forget(batch) for batch in list(old))


def _forget(batch: DecisionBatch) -> int:
    changes, gone = DecisionChange.objects.filter(batch=batch), 0
    while True:
        with locked(batch.dataset):
            ids = list(changes.order_by("portrait_id").values_list("portrait_id", flat=True)[:AT_ONCE])
            if not ids:
                return gone
            gone += changes.filter(portrait_id__lte=ids[-1])._raw_delete("default")
