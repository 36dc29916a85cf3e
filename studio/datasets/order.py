"""The orders of the grid, and keys to go on from: a page costs the same wherever it begins.

An order is a row of bands, one after the other; inside a band an index has the rows in order already, so that nothing
is sorted. By sharpness: those that have one, then those that have none. By stars: 0 to 5, each by time taken.
"""

import base64
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from studio.datasets.filters import LibraryFilter
from studio.datasets.models import Decision, Portrait
from studio.errors import Refused

COLUMNS = {"taken": "taken_at", "received": "received_at", "sharpness": "sharpness", "face_px": "face_px"}
TIMES = ("taken_at", "received_at")
PAGE = 240


@dataclass(frozen=True)
class Band:
    """A stretch of the order: what belongs to it, and the column it is ordered by, then by id."""

    belongs: Q
    column: str

    def key_of(self, number: int, portrait: Portrait) -> str:
        """What `after` takes to go on behind that portrait. People need not read it."""
        value = getattr(portrait, self.column)
        said = [number, value.isoformat() if isinstance(value, datetime) else value, portrait.pk]
        return base64.urlsafe_b64encode(json.dumps(said, separators=(",", ":")).encode()).decode().rstrip("=")


def bands_of(wanted: LibraryFilter) -> list[Band]:
    if wanted.sort == "stars":
        stars = range(5, -1, -1) if wanted.descending else range(6)
        return [Band(Q(stars_now=count), "taken_at") for count in stars]
    column = COLUMNS[wanted.sort]
    if column in TIMES:
        return [Band(Q(), column)]
    # What has no score comes last in both directions, as it arrived: there the same index has it.
    return [Band(Q(**{f"{column}__isnull": is_null}), column) for is_null in (False, True)]


def in_order(rows: "QuerySet[Portrait]", wanted: LibraryFilter) -> "Iterator[tuple[int, Band, QuerySet[Portrait]]]":
    """The bands with their rows, each ordered by an index."""
    sign = "-" if wanted.descending else ""
    for number, band in enumerate(bands_of(wanted)):
        yield number, band, rows.filter(band.belongs).order_by(f"{sign}{band.column}", f"{sign}id")


def page_after(
    dataset_id: UUID, rows: "QuerySet[Portrait]", wanted: LibraryFilter, *, after: str, size: int
) -> tuple[list[Portrait], str | None]:
    """The next `size` rows behind the key (from the start without one), and the key to go on from, None at the end."""
    start, beyond = _place(after, wanted)
    empty = _empty_bands(dataset_id, wanted)
    found: list[tuple[int, Band, Portrait]] = []
    for number, band, ordered in in_order(rows, wanted):
        if number < start or len(found) > size or number in empty:
            continue
        if number == start and beyond is not None:
            ordered = ordered.filter(beyond)
        found += [(number, band, portrait) for portrait in ordered[: size + 1 - len(found)]]
    page = [portrait for _, _, portrait in found[:size]]
    if len(found) <= size:
        return page, None
    number, band, last = found[size - 1]
    return page, band.key_of(number, last)


def _empty_bands(dataset_id: UUID, wanted: LibraryFilter) -> set[int]:
    """Numbers of stars that nobody gave: to look for them would be a pass over all rows."""
    if wanted.sort != "stars":
        return set()
    given = {0, *Decision.objects.filter(dataset_id=dataset_id).values_list("stars", flat=True).distinct()}
    return {5 - stars if wanted.descending else stars for stars in range(6) if stars not in given}


def _place(after: str, wanted: LibraryFilter) -> tuple[int, Q | None]:
    """The band that a key lies in, and what comes behind it there. Raises Refused (422) for a key of another order."""
    if not after:
        return 0, None
    bands = bands_of(wanted)
    try:
        number, value, pk = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        column = bands[number].column
        if value is not None:
            value = datetime.fromisoformat(value).astimezone(UTC) if column in TIMES else float(value)
        if not 0 <= int(pk) < 2**63 or number < 0 or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError) as error:
        raise Refused("That page key belongs to another order. Begin at the first page.", field="after") from error
    return number, _beyond(column, value, int(pk), is_descending=wanted.descending)


def _beyond(column: str, value: Any, pk: int, *, is_descending: bool) -> Q:
    """Said as a range and an exception, because both databases find the start of a range in an index."""
    step = "lt" if is_descending else "gt"
    if value is None:
        return Q(**{f"pk__{step}": pk})
    reached = Q(**{f"{column}__{step}e": value})
    return reached & (Q(**{f"{column}__{step}": value}) | Q(**{f"pk__{step}": pk}))
