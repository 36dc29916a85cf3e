"""A library filter as a queryset of portraits. The one meaning of every condition, for grid, facets and bulk actions.

Conditions have the names of LibraryFilter's fields and combine in their order. Portraits come with `verdict_now` and
`stars_now`, 0 while nobody has decided.
"""

from typing import Any
from uuid import UUID

from django.db.models import Func, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from pydantic import ValidationError

from studio.datasets.filters import LibraryFilter, Selection
from studio.datasets.models import CaptureSession, Portrait
from studio.errors import Refused

VERDICTS = {"unreviewed": 0, "picked": 1, "rejected": -1}
# Conditions on these do not choose an index: most of a library passes them, and in the grid's order it is found faster.
SCORES = ("faces", "face_px", "sharpness", "clipped", "brightness", "roll", "yaw", "off_centre")
DUPLICATES = {"tops": Q(is_stack_top=True), "stacked": Q(stack__isnull=False)}


class Plain(Func):
    """The value of a column, not to be looked up in an index."""

    template = "+%(expressions)s"
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """PostgreSQL knows how many rows pass, as long as it sees the column itself; without that it guesses 50."""
        return self.as_sql(compiler, connection, template="%(expressions)s")


def filter_of(text: str) -> LibraryFilter:
    """The filter that an address carries as JSON; the usual one when it carries none. Raises Refused (422)."""
    try:
        return LibraryFilter.model_validate_json(text or "{}")
    except ValidationError as error:
        fault = error.errors()[0]
        place = ".".join(["filter", *(str(step) for step in fault["loc"])])
        said = str(fault["msg"]).rstrip(".")
        raise Refused(f"{place}: {said[:1].lower()}{said[1:]}.", field=place) from error


def portraits_of(dataset_id: UUID, *, binned: bool | None = False) -> "QuerySet[Portrait]":
    """All portraits of a dataset; `binned` None means those in the bin too."""
    rows = Portrait.objects.filter(dataset_id=dataset_id).order_by()
    if binned is not None:
        rows = rows.filter(binned_at__isnull=not binned)
    rows = rows.alias(**{f"{name}_plain": Plain(name) for name in SCORES})
    return rows.annotate(
        verdict_now=Coalesce("decision__verdict", Value(0)), stars_now=Coalesce("decision__stars", Value(0))
    )


def matching(dataset_id: UUID, wanted: LibraryFilter, *, any_verdict: bool = False) -> "QuerySet[Portrait]":
    """The portraits that pass every condition, in no order; with `any_verdict`, whatever was decided."""
    rows = portraits_of(dataset_id, binned=wanted.binned)
    for condition in conditions(dataset_id, wanted).values():
        rows = rows.filter(condition)
    return rows if any_verdict or wanted.verdict == "any" else rows.filter(verdict_is(wanted.verdict))


def selected(dataset_id: UUID, selection: Selection) -> "QuerySet[Portrait]":
    """The portraits of a selection. Ids of other datasets are not in it."""
    if selection.filter is not None:
        rows = matching(dataset_id, selection.filter)
    else:
        rows = portraits_of(dataset_id, binned=None).filter(pk__in=selection.ids or [])
    return rows.exclude(pk__in=selection.except_ids) if selection.except_ids else rows


def verdict_is(verdict: str) -> Q:
    return Q(verdict_now=VERDICTS[verdict])


def conditions(dataset_id: UUID, wanted: LibraryFilter) -> dict[str, Q]:
    """Every condition that the filter sets, but for the verdict, by name, in the order of its fields."""
    found: dict[str, Q] = {}
    _add(found, "stars", _between("stars_now", wanted.stars))
    if wanted.sessions is not None:
        found["sessions"] = Q(session_id__in=wanted.sessions)
    if wanted.devices is not None:
        sessions = CaptureSession.objects.filter(dataset_id=dataset_id, device_id__in=wanted.devices)
        found["devices"] = Q(session_id__in=list(sessions.values_list("pk", flat=True)))
    _add(found, "taken", _between("taken_at", wanted.taken))
    for name in SCORES:
        is_order = wanted.sort == name
        _add(found, name, _between(name if is_order else f"{name}_plain", getattr(wanted, name)))
    if wanted.duplicates != "all":
        found["duplicates"] = DUPLICATES[wanted.duplicates]
    if wanted.stack is not None:
        found["stack"] = Q(stack=wanted.stack)
    if wanted.state != "any":
        found["state"] = Q(state=wanted.state)
    if text := wanted.text.strip():
        found["text"] = _says(dataset_id, text)
    return {name: found[name] for name in LibraryFilter.model_fields if name in found}


def _add(found: dict[str, Q], name: str, condition: Q | None) -> None:
    if condition is not None:
        found[name] = condition


def _between(column: str, span: tuple[Any, Any] | None) -> Q | None:
    """Both ends included. A span without ends still leaves out what has no such score."""
    if span is None:
        return None
    low, high = span
    condition = Q(**{f"{column}__isnull": False}) if low is None and high is None else Q()
    if low is not None:
        condition &= Q(**{f"{column}__gte": low})
    if high is not None:
        condition &= Q(**{f"{column}__lte": high})
    return condition


def _says(dataset_id: UUID, text: str) -> Q:
    """The text in the picture's own name, or in its session's name, prompt or place."""
    sessions = CaptureSession.objects.filter(
        Q(name__icontains=text) | Q(prompt__icontains=text) | Q(place__icontains=text), dataset_id=dataset_id
    )
    return Q(name__icontains=text) | Q(session_id__in=list(sessions.values_list("pk", flat=True)))
