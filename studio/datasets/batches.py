"""Batches: what one person did at once, to one portrait or to all of a filter, in chunks that let others write between.

A chunk is one transaction. A crash between two leaves a batch that did less, logged exactly: it can be undone.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from studio.accounts.models import User
from studio.datasets.models import Dataset, DecisionBatch, Portrait
from studio.datasets.stacks import restack_all, restack_around
from studio.events.record import record

CHUNK = 5000
# SQLite has one writer, and those who wait look in only now and then.
TURN_SECONDS = 0.03
TOLD_IDS = 200
MOVES = (DecisionBatch.Kind.BIN, DecisionBatch.Kind.RESTORE)
RESTACKED_INSIDE = 1000
Work = Callable[[DecisionBatch, list[int]], list[int]]


def new_batch(
    dataset: Dataset,
    portraits: "QuerySet[Portrait]",
    *,
    kind: str,
    by: User | None,
    label: Callable[[int], str],
    work: Work,
    told: dict[str, Any],
) -> DecisionBatch | None:
    """Do `work` to the portraits, chunk by chunk. -> the batch, None when nothing changed"""
    ids = sorted(portraits.values_list("pk", flat=True))
    batch: DecisionBatch | None = None
    changed: list[int] = []
    for chunk, is_last in chunks(ids):
        with locked(dataset):
            if batch is None:
                batch = DecisionBatch.objects.create(dataset=dataset, kind=kind, by=by, label="")
            changed += work(batch, chunk)
            batch.count, batch.label = len(changed), label(len(changed))
            batch.save(update_fields=["count", "label"])
            if is_last and not changed:
                batch.delete()
                return None
            if is_last:
                settle(batch, changed, actor=by, **told)
    restack_many(batch, changed)
    return batch


def chunks(ids: list[int]) -> Iterator[tuple[list[int], bool]]:
    """The ids by the thousand, and whether these are the last; between two, others get their turn."""
    for begin in range(0, len(ids), CHUNK):
        if begin and not connection.in_atomic_block and connection.vendor == "sqlite":
            time.sleep(TURN_SECONDS)
        yield ids[begin : begin + CHUNK], begin + CHUNK >= len(ids)


@contextmanager
def locked(dataset: Dataset) -> Iterator[None]:
    """A transaction in which nobody else decides in this dataset. Portraits may arrive meanwhile."""
    with transaction.atomic():
        Dataset.objects.select_for_update(no_key=True).filter(pk=dataset.pk).values_list("pk").first()
        yield


def settle(batch: DecisionBatch, ids: list[int], *, actor: User | None, **told: Any) -> None:
    """The end of a batch, in the transaction of its last chunk: stacks that lost or found a picture, and one event."""
    batch.told_ids = ids if len(ids) <= TOLD_IDS else None
    if batch.kind in MOVES and len(ids) <= RESTACKED_INSIDE:
        restack_around(batch.dataset_id, ids)
    payload = {
        "dataset_id": batch.dataset_id,
        "batch_id": batch.pk,
        "count": len(ids),
        "ids": batch.told_ids,
        "session_id": _one_session(batch.told_ids),
        "by": actor.pk if actor else None,
        **told,
    }
    record(batch.dataset.project_id, "portraits.decided", subject=batch.dataset.subject, payload=payload, actor=actor)


def _one_session(ids: list[int] | None) -> UUID | None:
    """The sitting of a few portraits, if it is one."""
    rows = Portrait.objects.filter(pk__in=ids or []).order_by().values_list("session_id", flat=True).distinct()[:2]
    found = list(rows) if ids else []
    return found[0] if len(found) == 1 else None


def restack_many(batch: DecisionBatch | None, ids: list[int]) -> None:
    """All stacks anew, in transactions of its own, because tens of thousands take seconds."""
    if batch is not None and batch.kind in MOVES and len(ids) > RESTACKED_INSIDE:
        restack_all(batch.dataset_id)
