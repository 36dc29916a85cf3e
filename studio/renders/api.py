"""Renders under /api/v1: order, watch, stop, go on, play and download films.

404 for strangers, 403 for viewers who want to change something.
"""

import json
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.blobs.serve import blob_response
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404
from studio.renders import rules
from studio.renders.models import Render, RenderThumb
from studio.renders.order import Order, Range, render_again, start_render
from studio.renders.present import render_out
from studio.scenes.models import Scene
from studio.scenes.preview import hub

router = Router(tags=["renders"])
PAGE = 50
RELATED = ("job", "join_job", "film", "scene__track__original")
Seconds = Annotated[float, Field(ge=0, le=6 * 3600.0, allow_inf_nan=False)]


class RangeIn(Schema):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["whole", "selection", "first"] = "whole"
    start_seconds: Seconds | None = None
    end_seconds: Seconds | None = None


class RenderIn(Schema):
    """Without a size: the scene's for a film, half of it for a draft."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", max_length=255)
    range: RangeIn = RangeIn()
    quality: Literal["draft", "final"] = "final"
    width: int | None = None
    height: int | None = None


class RenderPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=255)


class SegmentOut(Schema):
    index: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    first_frame: int
    end_frame: int
    attempts: int
    done: int


class ThumbOut(Schema):
    frame: int
    seconds: float
    url: str


class RenderOut(Schema):
    """`seconds_left` is null while the speed is still being measured; `stale` says that the scene has changed since."""

    id: UUID
    project_id: UUID
    scene_id: UUID | None
    scene_name: str
    track_name: str
    name: str
    state: Literal["queued", "running", "joining", "done", "failed", "cancelled"]
    quality: Literal["draft", "final"]
    width: int
    height: int
    fps: str
    first_frame: int
    end_frame: int
    frames_total: int
    frames_done: int
    frames_per_second: float | None
    seconds_left: float | None
    queue_place: int | None
    attached: bool
    stale: bool
    segments: list[SegmentOut]
    thumbs: list[ThumbOut]
    film_url: str | None
    film_size: int | None
    recipe_url: str
    recipe_revision: int
    recipe_sha256: str
    job_id: UUID
    created_by: UUID | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds_taken: float | None
    error: str
    message: str
    is_binned: bool


class RenderList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[RenderOut]
    next: str | None


@router.post("/scenes/{uuid:scene_id}/renders", response={201: RenderOut})
def start(request: HttpRequest, scene_id: UUID, order: RenderIn) -> Status[dict[str, Any]]:
    """Freeze the scene as a recipe and queue its film. 422 names the wrong field."""
    rows = Scene.objects.select_related("track__original")
    scene = thing_or_404(request.user, rows, scene_id, may=EDIT)
    wanted = Order(Range(**order.range.dict()), order.quality, order.name, order.width, order.height)
    render = start_render(scene, wanted, by=person_of(request))
    return Status(201, _out(_render_or_404(request, render.id)))


@router.get("/projects/{uuid:project_id}/renders", response=RenderList)
def list_renders(
    request: HttpRequest, project_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The renders of a project, newest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = Render.objects.select_related(*RELATED).filter(project_id=project_id, binned_at__isnull=not binned)
    page, go_on = page_of(rows, after=after, newest_first=True, size=PAGE)
    return {"items": [_out(render) for render in page], "next": go_on}


@router.get("/renders/{uuid:render_id}", response=RenderOut)
def get_render(request: HttpRequest, render_id: UUID) -> dict[str, Any]:
    return _out(_render_or_404(request, render_id))


@router.patch("/renders/{uuid:render_id}", response=RenderOut)
def change_render(request: HttpRequest, render_id: UUID, patch: RenderPatch) -> dict[str, Any]:
    """Rename it."""
    return _out(rules.rename(_render_or_404(request, render_id, may=EDIT), name=patch.name, by=person_of(request)))


@router.delete("/renders/{uuid:render_id}", response=RenderOut)
def bin_render(request: HttpRequest, render_id: UUID) -> dict[str, Any]:
    """Put it into the bin; one that still runs is stopped."""
    return _out(rules.bin_render(_render_or_404(request, render_id, may=EDIT), is_binned=True, by=person_of(request)))


@router.post("/renders/{uuid:render_id}/restore", response=RenderOut)
def restore_render(request: HttpRequest, render_id: UUID) -> dict[str, Any]:
    return _out(rules.bin_render(_render_or_404(request, render_id, may=EDIT), is_binned=False, by=person_of(request)))


@router.post("/renders/{uuid:render_id}/cancel", response=RenderOut)
def cancel(request: HttpRequest, render_id: UUID) -> dict[str, Any]:
    """Stop it. Finished segments are kept."""
    return _out(rules.cancel(_render_or_404(request, render_id, may=EDIT), by=person_of(request)))


@router.post("/renders/{uuid:render_id}/retry", response=RenderOut)
def retry(request: HttpRequest, render_id: UUID) -> dict[str, Any]:
    """Go on where it failed or was stopped."""
    return _out(rules.retry(_render_or_404(request, render_id, may=EDIT), by=person_of(request)))


@router.post("/renders/{uuid:render_id}/again", response={201: RenderOut})
def again(request: HttpRequest, render_id: UUID) -> Status[dict[str, Any]]:
    """Render the same recipe once more: the same frames."""
    render = render_again(_render_or_404(request, render_id, may=EDIT), by=person_of(request))
    return Status(201, _out(_render_or_404(request, render.id)))


@router.get("/renders/{uuid:render_id}/recipe", response={200: dict[str, Any]})
def get_recipe(request: HttpRequest, render_id: UUID) -> HttpResponse:
    """The recipe as a file: everything that it takes to make the same frames again."""
    render = _render_or_404(request, render_id)
    files = {item.blob_id: item.name for item in render.inputs.all()}
    record = {**render.recipe, "sha256": render.recipe_sha256, "files": files}
    text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, f"{render.name}.recipe.json") or "attachment"
    return response


@router.get("/renders/{uuid:render_id}/film", response={200: bytes})
def get_film(request: HttpRequest, render_id: UUID, download: bool = False) -> HttpResponseBase:
    """The mp4, by Range. 404 until it is done."""
    render = _render_or_404(request, render_id)
    if render.film is None:
        raise Http404
    name = f"{render.name}.mp4"
    return blob_response(request, render.film, name=name, content_type="video/mp4", attachment=download)


@router.get("/renders/{uuid:render_id}/thumbs/{int:frame}", response={200: bytes})
def get_thumb(request: HttpRequest, render_id: UUID, frame: int) -> HttpResponseBase:
    """A small picture of a frame that is drawn."""
    render = _render_or_404(request, render_id)
    # SQLite's integers end at 64 bits; no film has so many frames.
    thumb = RenderThumb.objects.select_related("blob").filter(render=render, frame=min(frame, 2**31)).first()
    if thumb is None:
        raise Http404
    return blob_response(request, thumb.blob, name=f"{frame}.jpg", content_type="image/jpeg")


def _out(render: Render) -> dict[str, Any]:
    return render_out(render, attached=bool(hub.senders))


def _render_or_404(request: HttpRequest, render_id: UUID, *, may: str = VIEW) -> Render:
    return thing_or_404(request.user, Render.objects.select_related(*RELATED), render_id, may=may)
