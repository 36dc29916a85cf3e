"""How many portraits, of which kind: one pass over a dataset, and not again until an event says that something changed.

Every change of a portrait or a decision records an event of its project in the same transaction, so that a project
whose event number is the same has the same counts, but for what has just arrived.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Avg, Count, Q

from studio.datasets.models import CaptureSession, Dataset, Portrait
from studio.events.models import EventCounter

KEPT = 256
NEWEST = 20
ENOUGH = 5
# Blurred portraits have less sharpness than this (of 100); brightness of 100; percent of the pixels.
SOFTEST, DARKEST, BRIGHTEST, MOST_CLIPPED = 25.0, 12.0, 85.0, 25.0
NO_FACE = "No face in {none} of {of} pictures."
SOFT = "The pictures are soft: look at the focus."
LIGHT = "The pictures are too dark, too bright or burnt out: look at the light."
HERE = Q(binned_at=None)
Value = TypeVar("Value")

_kept: OrderedDict[tuple[str, UUID], tuple[tuple[int, int], Any]] = OrderedDict()


def of_dataset(dataset: Dataset) -> dict[str, int]:
    """{all, ready, broken, scored, picked, rejected, unreviewed, binned}; all but the last leave out the bin."""
    return _unless_changed("dataset", dataset, lambda: _count(dataset))


def of_sessions(dataset: Dataset) -> dict[UUID, dict[str, Any]]:
    """{session id: {count, warning}} for the sessions that hold anything."""
    return _unless_changed("sessions", dataset, lambda: _count_sessions(dataset))


def of_session(session: CaptureSession) -> dict[str, Any]:
    rows = _summed(Portrait.objects.filter(session=session))
    return _told(rows[0]) if rows else {"count": 0, "warning": ""}


def _count(dataset: Dataset) -> dict[str, int]:
    rows = Portrait.objects.filter(dataset=dataset)
    found = rows.aggregate(
        all=Count("id", filter=HERE),
        ready=Count("id", filter=HERE & Q(state=Portrait.State.READY)),
        broken=Count("id", filter=HERE & Q(state=Portrait.State.BROKEN)),
        scored=Count("id", filter=HERE & ~Q(scored_by="")),
        picked=Count("id", filter=HERE & Q(decision__verdict=1)),
        rejected=Count("id", filter=HERE & Q(decision__verdict=-1)),
        binned=Count("id", filter=~HERE),
    )
    return {**found, "unreviewed": found["all"] - found["picked"] - found["rejected"]}


def _count_sessions(dataset: Dataset) -> dict[UUID, dict[str, Any]]:
    return {row["session"]: _told(row) for row in _summed(Portrait.objects.filter(dataset=dataset))}


def _summed(rows: Any) -> list[dict[str, Any]]:
    scored = HERE & Q(faces__isnull=False)
    return list(
        rows.filter(HERE)
        .values("session")
        .order_by("session")
        .annotate(
            count=Count("id"),
            scored=Count("id", filter=scored),
            none=Count("id", filter=scored & Q(faces=0)),
            sharp=Avg("sharpness", filter=scored),
            burnt=Avg("clipped", filter=scored),
            light=Avg("brightness", filter=scored),
        )
    )


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """The warning is the first thing that a person at the camera would want to hear."""
    return {"count": row["count"], "warning": _warning(row) if row["scored"] >= ENOUGH else ""}


def _warning(row: dict[str, Any]) -> str:
    if row["none"] * 2 > row["scored"]:
        return NO_FACE.format(none=row["none"], of=row["scored"])
    if row["sharp"] is not None and row["sharp"] < SOFTEST:
        return SOFT
    if row["light"] is not None and not DARKEST <= row["light"] <= BRIGHTEST:
        return LIGHT
    return LIGHT if row["burnt"] is not None and row["burnt"] > MOST_CLIPPED else ""


def _unless_changed(what: str, dataset: Dataset, make: Callable[[], Value]) -> Value:
    if connection.in_atomic_block:  # what this transaction has changed may not come to be
        return make()
    number = EventCounter.objects.filter(pk=dataset.project_id).values_list("last", flat=True).first()
    # Arrivals are told of a few at a time, so that they count for themselves. An index answers this.
    seen = (number or 0, Portrait.objects.filter(dataset=dataset).count())
    kept = _kept.get((what, dataset.pk))
    if kept is not None and kept[0] == seen:
        return kept[1]
    made = make()
    _kept[(what, dataset.pk)] = (seen, made)
    while len(_kept) > KEPT:
        _kept.popitem(last=False)
    return made
