"""Parts of a track to listen to, under /api/v1: ordered once, then played by Range."""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Schema
from pydantic import ConfigDict

from studio.accounts.auth import person_of
from studio.blobs.serve import IMMUTABLE, blob_response
from studio.listening.models import Part
from studio.listening.order import order, part_out, parts_of
from studio.projects.access import EDIT, thing_or_404
from studio.tracks.models import Track

router = Router(tags=["tracks"])


class PartsIn(Schema):
    """`split`: also what sounds on and what strikes, split off the track."""

    model_config = ConfigDict(extra="forbid")
    split: bool = False


class PartOut(Schema):
    """`stem_id` is null for what was split off the track. `url` plays it once it is ready."""

    id: UUID
    track_id: UUID
    name: str
    stem_id: UUID | None
    state: Literal["waiting", "working", "ready", "failed"]
    share: float
    sentence: str
    job_id: UUID | None
    url: str | None


class PartList(Schema):
    items: list[PartOut]


@router.get("/tracks/{uuid:track_id}/parts", response=PartList)
def list_parts(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    """The parts that are there or on their way."""
    track = thing_or_404(request.user, Track, track_id)
    return {"items": [part_out(part) for part in parts_of(track)]}


@router.post("/tracks/{uuid:track_id}/parts", response=PartList)
def order_parts(request: HttpRequest, track_id: UUID, body: PartsIn) -> dict[str, Any]:
    """Have every stem made playable, and the track split if asked: the same order twice is one."""
    track = thing_or_404(request.user, Track, track_id, may=EDIT)
    return {"items": [part_out(part) for part in order(track, split=body.split, by=person_of(request))]}


@router.get("/parts/{uuid:part_id}/sound", response={200: bytes})
def get_part(request: HttpRequest, part_id: UUID, of: str = "") -> HttpResponseBase:
    """The sound of a part, by Range. 404 while it is not made yet, and for content that was made anew since."""
    rows = Part.objects.select_related("blob", "track")
    part = thing_or_404(request.user, rows, part_id, path="track__project")
    if part.blob is None or not part.blob.sha256.startswith(of):
        raise Http404
    return blob_response(request, part.blob, name=f"{part.name}.m4a", content_type="audio/mp4", cache=IMMUTABLE)
