"""The index of a grid: how many rows there are, and where each page, sitting and month begins.

The page lays out a scroll bar of any length from it and asks for pages by key. One pass over the matching rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import F

from studio.datasets.columns import Codes, MonthNumber, columns_of
from studio.datasets.filters import LibraryFilter
from studio.datasets.models import Portrait
from studio.datasets.order import COLUMNS, PAGE, TIMES, bands_of, in_order
from studio.datasets.query import VERDICTS, matching

# Cameras that alternate would make a section of every picture: runs shorter than this are put together.
SECTION_LEAST = 24
TOLD = tuple(sorted(set(COLUMNS.values())))


@dataclass
class Rows:
    """What matches, in order. Sessions and months only where the order is a time."""

    ids: np.ndarray
    verdicts: np.ndarray
    bands: np.ndarray
    sessions: Codes | None = None
    months: np.ndarray | None = None

    def only(self, kept: np.ndarray) -> "Rows":
        sessions = Codes(self.sessions.numbers[kept], self.sessions.ids) if self.sessions else None
        months = None if self.months is None else self.months[kept]
        return Rows(self.ids[kept], self.verdicts[kept], self.bands[kept], sessions, months)


def index_of(dataset_id: UUID, wanted: LibraryFilter, *, at: int | None = None) -> dict[str, Any]:
    """Counts by verdict, a key for every page, sections and months (by time only), the rank of the portrait `at`."""
    rows = _rows(dataset_id, wanted)
    verdicts = {"any": len(rows.ids)}
    verdicts |= {name: int((rows.verdicts == number).sum()) for name, number in VERDICTS.items()}
    if wanted.verdict != "any":
        rows = rows.only(rows.verdicts == VERDICTS[wanted.verdict])
    spans = _sections(rows.sessions.numbers) if rows.sessions else []
    begins = range(0, len(rows.ids), PAGE)
    edges = {rank for first in begins for rank in (first, first - 1)} | {rank for span in spans for rank in span}
    portraits = _portraits_at(rows, edges | {end - 1 for _, end in spans})
    time = _column(wanted) if rows.sessions else "taken_at"
    when = {rank: getattr(portrait, time) for rank, portrait in portraits.items()}
    return {
        "count": len(rows.ids),
        "total": Portrait.objects.filter(dataset_id=dataset_id, binned_at__isnull=not wanted.binned).count(),
        "stops": [
            {"rank": rank, "key": _key_behind(rank - 1, rows, portraits, wanted), "taken_at": when[rank]}
            for rank in begins
            if rank in when
        ],
        "sections": _all_sections(rows.sessions, spans, when.get) if rows.sessions else [],
        "months": [] if rows.months is None else _months(rows.months),
        "verdicts": verdicts,
        "at_rank": _rank_of(rows.ids, at),
    }


def _column(wanted: LibraryFilter) -> str:
    return COLUMNS.get(wanted.sort, "taken_at")


def _rows(dataset_id: UUID, wanted: LibraryFilter) -> Rows:
    """Every row that passes all but the verdict, in order."""
    rows = matching(dataset_id, wanted, any_verdict=True)
    column = _column(wanted)
    if column in TIMES and wanted.sort != "stars":
        [(_, _, ordered)] = in_order(rows.annotate(month=MonthNumber(F(column))), wanted)
        ids, verdicts, sessions, months = columns_of(
            ordered, [("id", "int"), ("verdict_now", "int"), ("session_id", "uuid"), ("month", "int")]
        )
        return Rows(ids, verdicts, np.zeros(len(ids), int), sessions, months)
    parts = [
        (*columns_of(ordered, [("id", "int"), ("verdict_now", "int")]), number)
        for number, _, ordered in in_order(rows, wanted)
    ]
    return Rows(
        np.concatenate([ids for ids, _, _ in parts]),
        np.concatenate([verdicts for _, verdicts, _ in parts]),
        np.concatenate([np.full(len(ids), number) for ids, _, number in parts]),
    )


def _portraits_at(rows: Rows, ranks: set[int]) -> dict[int, Any]:
    """Id and columns of order of the portraits at these ranks, where there are any; one may have gone since."""
    wanted = {rank: int(rows.ids[rank]) for rank in ranks if 0 <= rank < len(rows.ids)}
    # No objects: there may be a thousand.
    named = Portrait.objects.filter(pk__in=set(wanted.values())).order_by().values_list("pk", *TOLD, named=True)
    found: dict[int, Any] = {one.pk: one for one in named}
    return {rank: found[portrait_id] for rank, portrait_id in wanted.items() if portrait_id in found}


def _key_behind(rank: int, rows: Rows, portraits: dict[int, Any], wanted: LibraryFilter) -> str | None:
    """What `after` takes for a page that begins after that rank; None for the first page."""
    if rank not in portraits:
        return None
    number = int(rows.bands[rank])
    return bands_of(wanted)[number].key_of(number, portraits[rank])


def _sections(sessions: np.ndarray) -> list[tuple[int, int]]:
    """[first, end) of each run of one session; where sessions alternate, short runs in a row are one."""
    if not len(sessions):
        return []
    spans = list(pairwise([0, *(np.flatnonzero(np.diff(sessions)) + 1).tolist(), len(sessions)]))
    if len(spans) == len(np.unique(sessions)):
        return spans
    joined: list[tuple[int, int]] = []
    is_mixed = False  # whether the last section is made of short runs only
    for first, end in spans:
        is_short = end - first < SECTION_LEAST
        if is_mixed and is_short:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((first, end))
        is_mixed = is_short
    return joined


def _all_sections(
    sessions: Codes, spans: list[tuple[int, int]], when: Callable[[int], datetime | None]
) -> list[dict[str, Any]]:
    in_all = np.bincount(sessions.numbers, minlength=len(sessions.ids))
    return [_section(sessions, span, when, in_all) for span in spans]


def _section(
    sessions: Codes, span: tuple[int, int], when: Callable[[int], datetime | None], in_all: np.ndarray
) -> dict[str, Any]:
    """`matched` counts its sittings in all sections: what choosing them would choose."""
    first, end = span
    numbers, counts = np.unique(sessions.numbers[first:end], return_counts=True)
    largest_first = [sessions.ids[number] for number in numbers[np.argsort(-counts, kind="stable")]]
    earlier, later = sorted([when(first), when(end - 1)], key=lambda at: (at is None, at))
    return {
        "session_id": largest_first[0],
        "session_ids": largest_first,
        "rank": first,
        "count": end - first,
        "matched": int(in_all[numbers].sum()),
        "first_at": earlier,
        "last_at": later,
    }


def _months(months: np.ndarray) -> list[dict[str, Any]]:
    if not len(months):
        return []
    return [
        {"month": f"{months[first] // 100:04d}-{months[first] % 100:02d}", "rank": first, "count": end - first}
        for first, end in pairwise([0, *(np.flatnonzero(np.diff(months)) + 1).tolist(), len(months)])
    ]


def _rank_of(ids: np.ndarray, portrait_id: int | None) -> int | None:
    found = [] if portrait_id is None else np.flatnonzero(ids == portrait_id).tolist()
    return found[0] if found else None
