"""Stems of a track under /api/v1. They come as uploads of kind `stem` with the metadata `track` and `stem`."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router

from studio.accounts.auth import person_of
from studio.blobs.serve import blob_response
from studio.projects.access import EDIT, VIEW, thing_or_404
from studio.tracks import stems
from studio.tracks.models import Stem, Track
from studio.tracks.present import stem_out
from studio.tracks.schemas import StemList, StemOut

router = Router(tags=["tracks"])


@router.get("/tracks/{uuid:track_id}/stems", response=StemList)
def list_stems(request: HttpRequest, track_id: UUID, binned: bool = False) -> dict[str, Any]:
    """The stems of a track by their names, those that were refused too."""
    track = thing_or_404(request.user, Track, track_id)
    rows = Stem.objects.select_related("blob").filter(track=track, binned_at__isnull=not binned)
    return {"items": [stem_out(stem) for stem in rows[:200]]}


@router.get("/stems/{uuid:stem_id}/file", response={200: bytes})
def get_stem_file(request: HttpRequest, stem_id: UUID) -> HttpResponseBase:
    """What was sent, as a download. 404 once it was refused."""
    stem = _stem_or_404(request, stem_id)
    if stem.blob is None:
        raise Http404
    kind = "application/octet-stream"
    return blob_response(request, stem.blob, name=stem.original_name, content_type=kind, attachment=True)


@router.delete("/stems/{uuid:stem_id}", response=StemOut)
def bin_stem(request: HttpRequest, stem_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Routes that follow it stay, and are warned of."""
    stem = _stem_or_404(request, stem_id, may=EDIT)
    return stem_out(stems.put_into_bin(stem, is_binned=True, by=person_of(request)))


@router.post("/stems/{uuid:stem_id}/restore", response=StemOut)
def restore_stem(request: HttpRequest, stem_id: UUID) -> dict[str, Any]:
    """409 when another of the same name has taken its place."""
    stem = _stem_or_404(request, stem_id, may=EDIT)
    return stem_out(stems.put_into_bin(stem, is_binned=False, by=person_of(request)))


def _stem_or_404(request: HttpRequest, stem_id: UUID, *, may: str = VIEW) -> Stem:
    rows = Stem.objects.select_related("blob", "track")
    return thing_or_404(request.user, rows, stem_id, may=may, path="track__project")
