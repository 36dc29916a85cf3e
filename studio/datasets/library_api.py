"""The library under /api/v1/datasets/{id}: the grid's index and pages, facets, decisions, bin, views, downloads.

404 for strangers, 403 for viewers who want to change something, 422 names the wrong field.
"""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from studio.accounts.auth import person_of
from studio.datasets import bin as bins
from studio.datasets import undo as undoing
from studio.datasets.decisions import decide
from studio.datasets.facets import facets_of
from studio.datasets.filters import PortraitId
from studio.datasets.index import index_of
from studio.datasets.library_schemas import (
    DecideIn,
    DoneOut,
    FacetsOut,
    HistoryOut,
    IndexOut,
    SelectionIn,
)
from studio.datasets.models import Dataset, DecisionBatch
from studio.datasets.order import PAGE, page_after
from studio.datasets.portrait_out import JOINS, PortraitPage, portrait_out
from studio.datasets.query import filter_of, matching, selected
from studio.projects.access import EDIT, VIEW, thing_or_404

router = Router(tags=["library"])
FilterText = Annotated[str, Field(max_length=20_000, description="A LibraryFilter as JSON; empty for all portraits")]


@router.get("/datasets/{uuid:dataset_id}/index", response=IndexOut)
def get_index(
    request: HttpRequest, dataset_id: UUID, filter: FilterText = "", at: PortraitId | None = None
) -> dict[str, Any]:
    """How many match, and where pages, sittings and months begin; `at_rank` is where the portrait `at` stands."""
    dataset = dataset_or_404(request, dataset_id)
    return index_of(dataset.id, filter_of(filter), at=at)


@router.get("/datasets/{uuid:dataset_id}/portraits", response=PortraitPage)
def list_portraits(
    request: HttpRequest,
    dataset_id: UUID,
    filter: FilterText = "",
    after: Annotated[str, Field(max_length=200)] = "",
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE,
) -> dict[str, Any]:
    """A page of the grid, behind the key `after`."""
    dataset = dataset_or_404(request, dataset_id)
    wanted = filter_of(filter)
    rows = matching(dataset.id, wanted).select_related(*JOINS)
    page, go_on = page_after(dataset.id, rows, wanted, after=after, size=limit)
    return {"items": [portrait_out(portrait) for portrait in page], "next": go_on}


@router.get("/datasets/{uuid:dataset_id}/facets", response=FacetsOut, by_alias=True)
def get_facets(request: HttpRequest, dataset_id: UUID, filter: FilterText = "") -> dict[str, Any]:
    """Counts for chips and choices, and the histograms."""
    return facets_of(dataset_or_404(request, dataset_id).id, filter_of(filter))


@router.post("/datasets/{uuid:dataset_id}/decide", response=DoneOut)
def post_decision(request: HttpRequest, dataset_id: UUID, order: DecideIn) -> dict[str, Any]:
    """Give a selection a verdict, stars or both: one batch, which undo takes back as a whole."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    rows = selected(dataset.id, order.selection)
    return done(decide(dataset, rows, verdict=order.verdict, stars=order.stars, by=person_of(request)))


@router.post("/datasets/{uuid:dataset_id}/undo", response=DoneOut)
def post_undo(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """Take back one's own newest batch. 409 when there is none."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    return undone(undoing.undo(dataset, by=person_of(request)))


@router.post("/datasets/{uuid:dataset_id}/redo", response=DoneOut)
def post_redo(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """Do again what one undid last. 409 when there is nothing."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    return undone(undoing.redo(dataset, by=person_of(request)))


@router.get("/datasets/{uuid:dataset_id}/history", response=HistoryOut)
def get_history(
    request: HttpRequest, dataset_id: UUID, limit: Annotated[int, Field(ge=1, le=200)] = 50
) -> dict[str, Any]:
    """The newest batches of everybody, newest first."""
    return undoing.history(dataset_or_404(request, dataset_id), by=person_of(request), limit=limit)


@router.post("/datasets/{uuid:dataset_id}/bin", response=DoneOut)
def post_bin(request: HttpRequest, dataset_id: UUID, order: SelectionIn) -> dict[str, Any]:
    """Put a selection into the bin, for 30 days. A batch like any other."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    return done(bins.bin_portraits(dataset, selected(dataset.id, order.selection), by=person_of(request)))


@router.post("/datasets/{uuid:dataset_id}/bin/restore", response=DoneOut)
def post_restore(request: HttpRequest, dataset_id: UUID, order: SelectionIn) -> dict[str, Any]:
    """Bring a selection back from the bin. A filter finds what lies there with `binned`."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    return done(bins.restore_portraits(dataset, selected(dataset.id, order.selection), by=person_of(request)))


def dataset_or_404(request: HttpRequest, dataset_id: UUID, *, may: str = VIEW) -> Dataset:
    return thing_or_404(request.user, Dataset, dataset_id, may=may)


def done(batch: DecisionBatch | None) -> dict[str, Any]:
    if batch is None:
        return {"batch_id": None, "count": 0, "ids": [], "label": "Nothing changed"}
    return {"batch_id": batch.pk, "count": batch.count, "ids": batch.told_ids, "label": batch.label}


def undone(found: undoing.Undone) -> dict[str, Any]:
    return {
        "batch_id": found.batch.pk,
        "count": found.count,
        "ids": found.batch.told_ids,
        "label": found.batch.label,
        "kept_others": found.kept_others,
    }
