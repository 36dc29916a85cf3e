"""Undo and redo: one's own batches, newest first, in every browser and after every reload.

What somebody else changed since is left as it is, and counted.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone

from studio.accounts.models import User
from studio.datasets import bin_sql, decision_sql
from studio.datasets.batches import CHUNK, Work, chunks, locked, restack_many, settle
from studio.datasets.decision_log import KEPT
from studio.datasets.models import Dataset, DecisionBatch, DecisionChange
from studio.errors import Refused

BACK: dict[str, Work] = {
    "decide": decision_sql.undo_chunk,
    "bin": bin_sql.undo_bin_chunk,
    "restore": bin_sql.undo_restore_chunk,
}
AGAIN: dict[str, Work] = {
    "decide": decision_sql.redo_chunk,
    "bin": bin_sql.redo_bin_chunk,
    "restore": bin_sql.redo_restore_chunk,
}


@dataclass(frozen=True)
class Undone:
    """What undo or redo did: `count` portraits changed, `kept_others` did not, because somebody else changed them."""

    batch: DecisionBatch
    count: int
    kept_others: int


def undo(dataset: Dataset, *, by: User) -> Undone:
    """Take back this person's newest batch. Raises Refused (409) when there is none."""
    return _step(dataset, by=by, is_undo=True)


def redo(dataset: Dataset, *, by: User) -> Undone:
    """Do again what this person undid last, unless they did something else since. Raises Refused (409)."""
    return _step(dataset, by=by, is_undo=False)


def next_undo(dataset: Dataset, by: User) -> DecisionBatch | None:
    """The newest batch that stands; one of half a year ago is forgotten."""
    return _own(dataset, by).filter(undone_at=None).order_by("-pk").first()


def next_redo(dataset: Dataset, by: User) -> DecisionBatch | None:
    """The first undone batch behind all that stand: a new batch ends what could be redone."""
    newest = _own(dataset, by).filter(undone_at=None).aggregate(newest=Max("pk"))["newest"] or 0
    return _own(dataset, by).filter(undone_at__isnull=False, pk__gt=newest).order_by("pk").first()


def history(dataset: Dataset, *, by: User, limit: int) -> dict[str, Any]:
    """The newest batches of everybody, and what this person's next undo and redo would be."""
    rows = DecisionBatch.objects.filter(dataset=dataset).select_related("by").order_by("-pk")[:limit]
    back, again = next_undo(dataset, by), next_redo(dataset, by)
    return {
        "items": [
            {
                "id": batch.pk,
                "kind": batch.kind,
                "label": batch.label,
                "count": batch.count,
                "at": batch.at,
                "by": {"id": batch.by.pk, "name": str(batch.by)} if batch.by else None,
                "undone": batch.undone_at is not None,
            }
            for batch in rows
        ],
        "undo": back.label if back else None,
        "redo": again.label if again else None,
    }


def _own(dataset: Dataset, by: User) -> "QuerySet[DecisionBatch]":
    return DecisionBatch.objects.filter(dataset=dataset, by=by, at__gt=timezone.now() - KEPT)


def _step(dataset: Dataset, *, by: User, is_undo: bool) -> Undone:
    """A batch of one chunk is chosen and taken back in one transaction: two presses of the key take back two batches.

    A larger one is marked at the end, so that a crash on the way leaves it to be undone again.
    """
    with locked(dataset):
        batch = next_undo(dataset, by) if is_undo else next_redo(dataset, by)
        if batch is None:
            raise Refused(f"There is nothing of yours to {'undo' if is_undo else 'redo'} here.", status=409)
        changes = DecisionChange.objects.filter(batch=batch).order_by("portrait_id")
        ids = list(changes.values_list("portrait_id", flat=True))
        if len(ids) <= CHUNK:
            return _work(dataset, batch, ids, by=by, is_undo=is_undo)
    return _work(dataset, batch, ids, by=by, is_undo=is_undo)


def _work(dataset: Dataset, batch: DecisionBatch, ids: list[int], *, by: User, is_undo: bool) -> Undone:
    work = (BACK if is_undo else AGAIN)[batch.kind]
    changed: list[int] = []
    for chunk, is_last in chunks(ids):
        with locked(dataset):
            changed += work(batch, chunk)
            if is_last:
                _mark(dataset, batch, changed, by=by, is_undo=is_undo)
    restack_many(batch, changed)
    if not ids:  # all its portraits were purged since
        with locked(dataset):
            _mark(dataset, batch, changed, by=by, is_undo=is_undo)
    return Undone(batch, len(changed), len(ids) - len(changed))


def _mark(dataset: Dataset, batch: DecisionBatch, changed: list[int], *, by: User, is_undo: bool) -> None:
    batch.dataset = dataset
    batch.undone_at = timezone.now() if is_undo else None
    batch.save(update_fields=["undone_at"])
    settle(batch, changed, actor=by, undone=is_undo)
