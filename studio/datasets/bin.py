"""The bin: what lies in it can be brought back for 30 days. Then it goes, unless a version holds it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CASCADE, Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone

from studio.accounts.models import User
from studio.datasets.batches import new_batch
from studio.datasets.bin_sql import bin_chunk, restore_chunk
from studio.datasets.decisions import counted
from studio.datasets.models import (
    Dataset,
    DecisionBatch,
    Portrait,
    SelectionDownload,
    VersionItem,
)
from studio.events.record import record

KEPT = timedelta(days=30)
PURGED_AT_ONCE = 1000


def bin_portraits(dataset: Dataset, portraits: "QuerySet[Portrait]", *, by: User) -> DecisionBatch | None:
    """-> the batch, None when all of them lay there already"""
    return new_batch(
        dataset,
        portraits.filter(dataset=dataset),
        kind=DecisionBatch.Kind.BIN,
        by=by,
        label=lambda count: f"Put {counted(count)} into the bin",
        work=bin_chunk,
        told={"binned": True},
    )


def restore_portraits(dataset: Dataset, portraits: "QuerySet[Portrait]", *, by: User) -> DecisionBatch | None:
    """-> the batch, None when none of them lay in the bin"""
    return new_batch(
        dataset,
        portraits.filter(dataset=dataset),
        kind=DecisionBatch.Kind.RESTORE,
        by=by,
        label=lambda count: f"Brought {counted(count)} back from the bin",
        work=restore_chunk,
        told={"binned": False},
    )


def purge(*, now: datetime | None = None) -> int:
    """Forget what has lain in the bin for 30 days. Its files go with the next sweep. -> how many portraits went"""
    before = (now or timezone.now()) - KEPT
    SelectionDownload.objects.filter(created_at__lt=(now or timezone.now()) - timedelta(days=1)).delete()
    held = VersionItem.objects.filter(portrait=OuterRef("pk"))
    gone = 0
    while True:
        with transaction.atomic():
            ids = list(
                Portrait.objects.filter(~Exists(held), binned_at__lt=before)
                .select_for_update(of=("self",))
                .order_by("pk")
                .values_list("pk", flat=True)[:PURGED_AT_ONCE]
            )
            _forget(ids)
        gone += len(ids)
        if len(ids) < PURGED_AT_ONCE:
            return gone


def _forget(ids: list[int]) -> None:
    """The rows and all that hangs on them, without loading any."""
    datasets = list(Dataset.objects.filter(portraits__in=ids).distinct())
    for relation in Portrait._meta.get_fields(include_hidden=True):  # most have no name to go back by
        if isinstance(relation, ForeignObjectRel) and relation.on_delete is CASCADE:
            hanging = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
            hanging._raw_delete(hanging.db)
    Portrait.objects.filter(pk__in=ids)._raw_delete("default")
    for dataset in datasets:
        record(dataset.project_id, "portraits.purged", subject=dataset.subject, payload={"dataset_id": dataset.pk})
