"""Stacks of near duplicates: neighbours in time that look alike lie in one stack, the sharpest on top.

Two portraits are near duplicates when they were taken at most 10 s apart and both hashes differ in few bits. A stack is
whatever hangs together by such pairs. Each is compared with its next neighbours in time only, so that 80,000 take
seconds. What is in the bin is in no stack.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import numpy as np
from django.db import connection, transaction
from django.db.models import Max, Min, Q, QuerySet

from studio.datasets.models import Portrait

GAP_SECONDS = 10.0
DHASH_BITS, PHASH_BITS = 8, 10
# How many later neighbours each is compared with: a burst of a hundred within ten seconds is still one chain.
NEIGHBOURS = 16
ROWS_PER_WRITE = 5000
COLUMNS = ("id", "taken_at", "dhash", "phash", "sharpness", "stack", "stack_size", "is_stack_top")


@dataclass(frozen=True)
class Row:
    """What a portrait's place in a stack follows from. Hashes are None while it is not scored."""

    id: int
    seconds: float
    dhash: int | None
    phash: int | None
    sharpness: float


def stacks_of(rows: list[Row]) -> dict[int, tuple[int | None, int, bool]]:
    """id -> (id of the one on top or None, how many, whether it is on top), for every row."""
    hashed = sorted((row for row in rows if row.dhash is not None and row.phash is not None), key=_in_time)
    labels = _components(hashed)
    members: dict[int, list[Row]] = {}
    for row, label in zip(hashed, labels, strict=True):
        members.setdefault(int(label), []).append(row)
    places: dict[int, tuple[int | None, int, bool]] = {row.id: (None, 1, True) for row in rows}
    for group in members.values():
        if len(group) > 1:
            top = max(group, key=lambda row: (row.sharpness, -row.id)).id
            places.update({row.id: (top, len(group), row.id == top) for row in group})
    return places


def restack_all(dataset_id: UUID) -> int:
    """Every stack of the dataset anew. Returns how many portraits changed their place."""
    changed = _place(Portrait.objects.filter(dataset_id=dataset_id, binned_at=None))
    return changed + _unstack_binned(dataset_id)


def restack_around(dataset_id: UUID, ids: Iterable[int]) -> int:
    """The stacks that these portraits are in, or may come into; the rest cannot have changed. Same result as of all."""
    living = Portrait.objects.filter(dataset_id=dataset_id, binned_at=None)
    touched = Portrait.objects.filter(dataset_id=dataset_id, pk__in=list(ids))
    span = touched.aggregate(first=Min("taken_at"), last=Max("taken_at"))
    if span["first"] is None:
        return 0
    reach = timedelta(seconds=GAP_SECONDS)
    near = Q(taken_at__gte=span["first"] - reach, taken_at__lte=span["last"] + reach)
    tops = set(living.filter(near).exclude(stack=None).values_list("stack", flat=True))
    tops |= set(touched.exclude(stack=None).values_list("stack", flat=True))
    changed = _place(living.filter(near | Q(stack__in=tops)))
    return changed + _unstack_binned(dataset_id, tops)


def _components(rows: list[Row]) -> np.ndarray:
    """Which of `rows`, in the order of time, hang together: one label each. Compares neighbour k after neighbour k."""
    from scipy.sparse import coo_array  # slow to load, and only stacking needs it
    from scipy.sparse.csgraph import connected_components

    count = len(rows)
    seconds = np.array([row.seconds for row in rows], np.float64)
    dhash = np.array([row.dhash for row in rows], np.int64).view(np.uint64)
    phash = np.array([row.phash for row in rows], np.int64).view(np.uint64)
    pairs: list[np.ndarray] = [np.zeros((2, 0), np.int64)]
    for step in range(1, min(NEIGHBOURS, count - 1) + 1):
        close = np.flatnonzero(seconds[step:] - seconds[:-step] <= GAP_SECONDS)
        if not close.size:
            break
        alike = np.bitwise_count(dhash[close] ^ dhash[close + step]) <= DHASH_BITS
        alike &= np.bitwise_count(phash[close] ^ phash[close + step]) <= PHASH_BITS
        pairs.append(np.stack([close[alike], close[alike] + step]))
    first, second = np.concatenate(pairs, axis=1)
    graph = coo_array((np.ones(len(first), np.bool_), (first, second)), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1])


def _place(portraits: "QuerySet[Portrait]") -> int:
    """Compute the stacks of these portraits and write the places that changed."""
    found = list(portraits.values_list(*COLUMNS))
    rows = [Row(pk, at.timestamp(), dhash, phash, sharp or 0.0) for pk, at, dhash, phash, sharp, *_ in found]
    was = {row[0]: tuple(row[5:]) for row in found}
    changes = [(*place, pk) for pk, place in stacks_of(rows).items() if was[pk] != place]
    for start in range(0, len(changes), ROWS_PER_WRITE):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE datasets_portrait SET stack = %s, stack_size = %s, is_stack_top = %s WHERE id = %s",
                changes[start : start + ROWS_PER_WRITE],
            )
    return len(changes)


def _unstack_binned(dataset_id: UUID, tops: "Iterable[int | None] | None" = None) -> int:
    """What lies in the bin stands alone."""
    rows = Portrait.objects.filter(dataset_id=dataset_id, binned_at__isnull=False).exclude(stack=None)
    if tops is not None:
        rows = rows.filter(stack__in=list(tops))
    return rows.update(stack=None, stack_size=1, is_stack_top=True)


def _in_time(row: Row) -> tuple[float, int]:
    return row.seconds, row.id
