"""What the library's addresses take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from studio.datasets.filters import LibraryFilter, Selection
from studio.datasets.portrait_out import DeciderOut


class StopOut(Schema):
    """`key` goes into `after` for a page that begins with this rank; null for the first."""

    rank: int
    key: str | None
    taken_at: datetime


class GridSectionOut(Schema):
    """A stretch of one sitting, or of several that alternate; the one with the most portraits first.

    `matched` is how many of these sittings match the filter anywhere.
    """

    session_id: UUID
    session_ids: list[UUID]
    rank: int
    count: int
    matched: int
    first_at: datetime | None
    last_at: datetime | None


class MonthOut(Schema):
    month: str
    rank: int
    count: int


class VerdictsOut(Schema):
    """How many pass all other conditions, by decision."""

    any: int
    unreviewed: int
    picked: int
    rejected: int


class IndexOut(Schema):
    """`count` match, out of `total`. Sections and months are there when the order is a time."""

    count: int
    total: int
    stops: list[StopOut]
    sections: list[GridSectionOut]
    months: list[MonthOut]
    verdicts: VerdictsOut
    at_rank: int | None


class HistogramOut(Schema):
    """60 bins. `bins` pass all conditions but this score's own, `kept` pass all."""

    model_config = ConfigDict(populate_by_name=True)
    begin: float = Field(alias="from")
    end: float = Field(alias="to")
    bins: list[int]
    kept: list[int]


class FacetsOut(Schema):
    count: int
    chips: dict[str, int]
    without: dict[str, int]
    histograms: dict[str, HistogramOut]
    faces: dict[str, int]
    stars: list[int]
    duplicates: dict[str, int]


class DecideIn(Schema):
    model_config = ConfigDict(extra="forbid")
    selection: Selection
    verdict: Literal[-1, 0, 1] | None = None
    stars: Annotated[int, Field(ge=0, le=5)] | None = None


class SelectionIn(Schema):
    model_config = ConfigDict(extra="forbid")
    selection: Selection


class DoneOut(Schema):
    """What changed: `ids` while they are few, else null. `batch_id` is null when nothing did.

    `kept_others` were changed by somebody else since and left alone.
    """

    batch_id: int | None
    count: int
    ids: list[int] | None
    label: str
    kept_others: int = 0


class HistoryItemOut(Schema):
    id: int
    kind: Literal["decide", "bin", "restore"]
    label: str
    count: int
    at: datetime
    by: DeciderOut | None
    undone: bool


class HistoryOut(Schema):
    """`undo` and `redo` name what one's own next undo and redo would take; null when there is nothing."""

    items: list[HistoryItemOut]
    undo: str | None
    redo: str | None


class ViewIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=100)
    query: LibraryFilter


class ViewPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, min_length=1, max_length=100)
    query: LibraryFilter | None = None


class ViewOut(Schema):
    id: UUID
    dataset_id: UUID
    name: str
    query: dict[str, Any]
    by: DeciderOut | None
    created_at: datetime


class ViewList(Schema):
    items: list[ViewOut]


class ViewCounts(Schema):
    """By the id of the view, of the first two dozen."""

    counts: dict[str, int]


class DownloadIn(Schema):
    model_config = ConfigDict(extra="forbid")
    selection: Selection
    which: Literal["original", "view"] = "original"


class DownloadOut(Schema):
    url: str
