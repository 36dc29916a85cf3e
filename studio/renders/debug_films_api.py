"""Debug films under /api/v1: a part of a scene beside plots of all its signals."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from studio.accounts.auth import person_of
from studio.blobs.serve import blob_response
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404
from studio.renders import debug_films
from studio.renders.api import RangeIn
from studio.renders.models import DebugFilm
from studio.renders.order import Range
from studio.scenes.models import Scene

router = Router(tags=["renders"])
JOINS = ("job", "film")


class DebugFilmIn(Schema):
    model_config = ConfigDict(extra="forbid")
    range: RangeIn = RangeIn()


class DebugFilmOut(Schema):
    """`sentence` says why it failed, or what is going on."""

    id: UUID
    project_id: UUID
    scene_id: UUID | None
    scene_name: str
    name: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    sentence: str
    first_frame: int
    end_frame: int
    fps: str
    frames_done: int
    queue_place: int | None
    film_url: str | None
    film_size: int | None
    job_id: UUID
    created_by: UUID | None
    created_at: datetime
    is_binned: bool


class DebugFilmList(Schema):
    """The newest first; `next` goes into `after` for the next page, null at the end."""

    items: list[DebugFilmOut]
    next: str | None


@router.post("/scenes/{uuid:scene_id}/debug-films", response={201: DebugFilmOut})
def order_debug_film(request: HttpRequest, scene_id: UUID, order: DebugFilmIn) -> Status[dict[str, Any]]:
    """Have the scene as it is now filmed beside its signals. Stop it and try it again by its job."""
    rows = Scene.objects.select_related("track__original", "projection__file")
    scene = thing_or_404(request.user, rows, scene_id, may=EDIT)
    row = debug_films.order_debug_film(scene, Range(**order.range.dict()), by=person_of(request))
    return Status(201, debug_films.debug_film_out(row))


@router.get("/projects/{uuid:project_id}/debug-films", response=DebugFilmList)
def list_debug_films(
    request: HttpRequest,
    project_id: UUID,
    scene_id: UUID | None = None,
    binned: bool = False,
    after: UUID | None = None,
) -> dict[str, Any]:
    """The debug films of a project, or of one of its scenes."""
    project_or_404(request.user, project_id)
    rows = DebugFilm.objects.select_related(*JOINS).filter(project_id=project_id, binned_at__isnull=not binned)
    rows = rows.filter(scene_id=scene_id) if scene_id else rows
    page, go_on = page_of(rows, after=after, newest_first=True)
    return {"items": [debug_films.debug_film_out(row) for row in page], "next": go_on}


@router.get("/debug-films/{uuid:debug_film_id}", response=DebugFilmOut)
def get_debug_film(request: HttpRequest, debug_film_id: UUID) -> dict[str, Any]:
    return debug_films.debug_film_out(_row_or_404(request, debug_film_id))


@router.get("/debug-films/{uuid:debug_film_id}/film", response={200: bytes})
def get_debug_film_file(request: HttpRequest, debug_film_id: UUID, download: bool = False) -> HttpResponseBase:
    """The mp4, by Range. 404 until it is made."""
    row = _row_or_404(request, debug_film_id)
    if row.film is None:
        raise Http404
    return blob_response(request, row.film, name=f"{row.name}.mp4", content_type="video/mp4", attachment=download)


@router.delete("/debug-films/{uuid:debug_film_id}", response=DebugFilmOut)
def bin_debug_film(request: HttpRequest, debug_film_id: UUID) -> dict[str, Any]:
    """Put it into the bin; one that is still being made is stopped."""
    row = _row_or_404(request, debug_film_id, may=EDIT)
    return debug_films.debug_film_out(debug_films.put_into_bin(row, is_binned=True, by=person_of(request)))


@router.post("/debug-films/{uuid:debug_film_id}/restore", response=DebugFilmOut)
def restore_debug_film(request: HttpRequest, debug_film_id: UUID) -> dict[str, Any]:
    row = _row_or_404(request, debug_film_id, may=EDIT)
    return debug_films.debug_film_out(debug_films.put_into_bin(row, is_binned=False, by=person_of(request)))


def _row_or_404(request: HttpRequest, debug_film_id: UUID, *, may: str = VIEW) -> DebugFilm:
    return thing_or_404(request.user, DebugFilm.objects.select_related(*JOINS), debug_film_id, may=may)
