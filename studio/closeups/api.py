"""Close-ups under /api/v1: ordered once, then tiles of the spectrogram and stretches of samples, each at an address
that never changes its content."""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from ninja import Router, Schema
from pydantic import ConfigDict

from gpu_service.music.tile_index import tile_span
from studio.accounts.auth import person_of
from studio.blobs.serve import IMMUTABLE, parts_response
from studio.blobs.store import open_blob
from studio.closeups.models import CloseUp
from studio.closeups.order import close_up_out, order
from studio.errors import Refused
from studio.projects.access import thing_or_404
from studio.tracks.models import Track

router = Router(tags=["tracks"])
MOST_FRAMES = 65_536
TOO_MANY = f"At most {MOST_FRAMES:,} samples are given at once. Ask for fewer."


class CloseUpIn(Schema):
    """`again`: make it once more where it failed."""

    model_config = ConfigDict(extra="forbid")
    again: bool = False


class CloseUpOut(Schema):
    """`url` begins the addresses of its parts: URL/LEVEL/TILE of a spectrogram, URL?first=&count= of samples."""

    track_id: UUID
    kind: Literal["spectrogram", "samples"]
    state: Literal["waiting", "working", "ready", "failed"]
    sentence: str
    job_id: UUID | None
    url: str | None
    facts: dict[str, Any]


@router.post("/tracks/{uuid:track_id}/close-ups/{kind}", response=CloseUpOut)
def order_close_up(
    request: HttpRequest, track_id: UUID, kind: Literal["spectrogram", "samples"], body: CloseUpIn
) -> dict[str, Any]:
    """Have it made, or hear how far it is: the same order twice is one. Whoever may look may order."""
    track = thing_or_404(request.user, Track, track_id)
    return close_up_out(order(track, kind, again=body.again, by=person_of(request)))


@router.get("/tracks/{uuid:track_id}/spectrogram/{key}/{int:level}/{int:tile}", response={200: bytes})
def get_tile(request: HttpRequest, track_id: UUID, key: str, level: int, tile: int) -> HttpResponseBase:
    """One tile, grey WebP: time to the right, pitch upwards."""
    row = _close_up_or_404(request, track_id, "spectrogram", key)
    levels = row.facts["levels"]
    if level >= len(levels) or tile >= levels[level]["tiles"]:
        raise Http404
    with open_blob(row.blob) as file:
        span = tile_span(file, row.facts["index_at"], levels[level]["first"] + tile)
    name, etag = f"{level}-{tile}.webp", f"{row.blob_id}-{level}-{tile}"
    return parts_response(request, row.blob, [span], etag=etag, name=name, content_type="image/webp", cache=IMMUTABLE)


@router.get("/tracks/{uuid:track_id}/samples/{key}", response={200: bytes})
def get_samples(request: HttpRequest, track_id: UUID, key: str, first: int = 0, count: int = 4096) -> HttpResponse:
    """Frames from `first` on: int16, little endian, channels one after the other within a frame."""
    from gpu_service.music.sample_store import read_samples

    row = _close_up_or_404(request, track_id, "samples", key)
    if count > MOST_FRAMES:
        raise Refused(TOO_MANY, field="count")
    if first < 0 or count < 1:
        raise Http404
    with open_blob(row.blob) as file:
        found = read_samples(file, first, count)
    answer = HttpResponse(found.astype("<i2").tobytes(), content_type="application/octet-stream")
    answer["Cache-Control"] = IMMUTABLE
    return answer


def _close_up_or_404(request: HttpRequest, track_id: UUID, kind: str, key: str) -> Any:
    track = thing_or_404(request.user, Track, track_id)
    row = CloseUp.objects.select_related("blob").filter(track=track, kind=kind).first()
    if row is None or row.blob_id is None or row.blob_id[:16] != key:
        raise Http404
    return row
