"""The curves of a scene under /api/v1: ordered once for the same content, then served as one packed file."""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Schema
from pydantic import ConfigDict

from studio.accounts.auth import person_of
from studio.blobs.serve import IMMUTABLE, blob_response
from studio.projects.access import thing_or_404
from studio.scenes.curves import curves_out, order_curves
from studio.scenes.models import Scene, SceneCurves

router = Router(tags=["scenes"])


class SceneCurvesIn(Schema):
    """`again`: make them once more where it failed."""

    model_config = ConfigDict(extra="forbid")
    again: bool = False


class SceneCurvesOut(Schema):
    """`key` is of the scene's content: another one after every change. The event scene.curves tells of each step."""

    scene_id: UUID
    key: str
    state: Literal["waiting", "working", "ready", "failed"]
    sentence: str
    job_id: UUID | None
    url: str | None


@router.post("/scenes/{uuid:scene_id}/curves", response=SceneCurvesOut)
def ask_for_curves(request: HttpRequest, scene_id: UUID, order: SceneCurvesIn | None = None) -> dict[str, Any]:
    """Every signal and route of the scene as it is now: found, or ordered. Whoever may look may ask."""
    rows = Scene.objects.select_related("track__original", "projection__file")
    scene = thing_or_404(request.user, rows, scene_id)
    return curves_out(order_curves(scene, again=bool(order and order.again), by=person_of(request)))


@router.get("/scenes/{uuid:scene_id}/curves/{key}", response={200: bytes})
def get_curves_file(request: HttpRequest, scene_id: UUID, key: str) -> HttpResponseBase:
    """The packed file. 404 until it is made."""
    scene = thing_or_404(request.user, Scene, scene_id)
    row = SceneCurves.objects.select_related("blob").filter(scene=scene, key=key[:64]).first()
    if row is None or row.blob is None:
        raise Http404
    kind = "application/octet-stream"
    return blob_response(request, row.blob, name=f"{scene.name}.curves", content_type=kind, cache=IMMUTABLE)
