"""Saved views and downloads of the library under /api/v1. 404 for strangers, 403 for a role too small."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from ninja import Router, Status

from studio.accounts.auth import person_of
from studio.datasets import download as downloads
from studio.datasets import saved_views
from studio.datasets.library_api import dataset_or_404
from studio.datasets.library_schemas import DownloadIn, DownloadOut, ViewCounts, ViewIn, ViewList, ViewOut, ViewPatch
from studio.datasets.models import SavedView, SelectionDownload
from studio.projects.access import EDIT, VIEW, thing_or_404

router = Router(tags=["library"])


@router.get("/datasets/{uuid:dataset_id}/views", response=ViewList)
def list_views(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """Everybody's, by name."""
    rows = SavedView.objects.filter(dataset=dataset_or_404(request, dataset_id)).select_related("by")
    return {"items": [saved_views.view_out(view) for view in rows]}


@router.get("/datasets/{uuid:dataset_id}/views/counts", response=ViewCounts)
def count_views(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """How many portraits match each view now. Asked for by itself, because the list need not wait for it."""
    return {"counts": saved_views.counts_of(dataset_or_404(request, dataset_id))}


@router.post("/datasets/{uuid:dataset_id}/views", response={201: ViewOut})
def add_view(request: HttpRequest, dataset_id: UUID, order: ViewIn) -> Status[dict[str, Any]]:
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    view = saved_views.add_view(dataset, name=order.name, query=order.query, by=person_of(request))
    return Status(201, saved_views.view_out(view))


@router.patch("/views/{uuid:view_id}", response=ViewOut)
def change_view(request: HttpRequest, view_id: UUID, patch: ViewPatch) -> dict[str, Any]:
    view = _view_or_404(request, view_id)
    return saved_views.view_out(
        saved_views.change_view(view, name=patch.name, query=patch.query, by=person_of(request))
    )


@router.delete("/views/{uuid:view_id}", response={204: None})
def remove_view(request: HttpRequest, view_id: UUID) -> Status[None]:
    saved_views.remove_view(_view_or_404(request, view_id), by=person_of(request))
    return Status(204, None)


@router.post("/datasets/{uuid:dataset_id}/downloads", response={201: DownloadOut})
def order_download(request: HttpRequest, dataset_id: UUID, order: DownloadIn) -> Status[dict[str, Any]]:
    """An address that gives the selection as a zip, for a day. Looking is enough for that."""
    dataset = dataset_or_404(request, dataset_id)
    download = downloads.order_download(dataset, order.selection, which=order.which, by=person_of(request))
    return Status(201, {"url": f"/api/v1/downloads/{download.pk}"})


@router.get("/downloads/{uuid:download_id}", response={200: bytes})
def get_download(request: HttpRequest, download_id: UUID) -> HttpResponseBase:
    """The zip, packed while it is sent."""
    rows = SelectionDownload.objects.select_related("dataset")
    download = thing_or_404(request.user, rows, download_id, may=VIEW, path="dataset__project")
    pieces = downloads.pieces_of(downloads.portraits_in(download), which=download.which)
    headers = {
        "Content-Disposition": content_disposition_header(True, f"{download.dataset.name}.zip") or "attachment",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=headers)


def _view_or_404(request: HttpRequest, view_id: UUID) -> SavedView:
    rows = SavedView.objects.select_related("by", "dataset")
    return thing_or_404(request.user, rows, view_id, may=EDIT, path="dataset__project")
