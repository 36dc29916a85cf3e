"""Named versions of a track's grid and cues under /api/v1."""

from collections import Counter
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict

from studio.accounts.auth import person_of
from studio.projects.access import EDIT, VIEW, thing_or_404
from studio.tracks import versions
from studio.tracks.edit_schemas import EditAnswer
from studio.tracks.edits_api import answer, editor
from studio.tracks.models import Track, TrackVersion
from studio.tracks.present import version_out
from studio.tracks.schemas import EditorOut

router = Router(tags=["tracks"])
MOST_TOLD = 500


class TrackVersionIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str


class TrackVersionOut(Schema):
    id: UUID
    track_id: UUID
    name: str
    cues: int
    markers: int
    created_at: datetime
    created_by: EditorOut | None
    is_binned: bool


class TrackVersionList(Schema):
    """Newest first."""

    items: list[TrackVersionOut]


class TrackDifferenceOut(Schema):
    """What has become of one thing since. `fields` of a changed one: name -> [then, now]."""

    thing: Literal["cue", "marker"]
    id: str
    what: Literal["added", "removed", "changed"]
    seconds: float
    label: str
    fields: dict[str, list[Any]]


class TrackDiffCounts(Schema):
    added: int = 0
    removed: int = 0
    changed: int = 0


class TrackDiffOut(Schema):
    """How many cues and markers differ from the version, and the first 500 of them by time."""

    cues: TrackDiffCounts
    markers: TrackDiffCounts
    items: list[TrackDifferenceOut]


@router.get("/tracks/{uuid:track_id}/versions", response=TrackVersionList)
def list_versions(request: HttpRequest, track_id: UUID, binned: bool = False) -> dict[str, Any]:
    """Those of a track; with `binned`, those in its bin."""
    track = thing_or_404(request.user, Track, track_id)
    rows = TrackVersion.objects.filter(track=track, binned_at__isnull=not binned).select_related("created_by")
    return {"items": [version_out(version) for version in rows]}


@router.post("/tracks/{uuid:track_id}/versions", response={201: TrackVersionOut})
def keep_version(request: HttpRequest, track_id: UUID, order: TrackVersionIn) -> Status[dict[str, Any]]:
    """Keep the grid and the cues as they are now, under a name."""
    thing_or_404(request.user, Track, track_id, may=EDIT)
    return Status(201, version_out(versions.keep_version(track_id, order.name, by=person_of(request))))


@router.delete("/tracks/{uuid:track_id}/versions/{uuid:track_version_id}", response=TrackVersionOut)
def bin_version(request: HttpRequest, track_id: UUID, track_version_id: UUID) -> dict[str, Any]:
    """Put a version into the bin. What is there now stays as it is."""
    version = _version_or_404(request, track_id, track_version_id, may=EDIT)
    return version_out(versions.bin_version(version, is_binned=True, by=person_of(request)))


@router.post("/tracks/{uuid:track_id}/versions/{uuid:track_version_id}/unbin", response=TrackVersionOut)
def unbin_version(request: HttpRequest, track_id: UUID, track_version_id: UUID) -> dict[str, Any]:
    """Have a version back from the bin. 409 where there are as many as a track may have."""
    version = _version_or_404(request, track_id, track_version_id, may=EDIT, with_bin=True)
    return version_out(versions.bin_version(version, is_binned=False, by=person_of(request)))


@router.get("/tracks/{uuid:track_id}/versions/{uuid:track_version_id}/diff", response=TrackDiffOut)
def compare_version(request: HttpRequest, track_id: UUID, track_version_id: UUID) -> dict[str, Any]:
    """What was added, removed and changed since."""
    found = versions.differences(_version_or_404(request, track_id, track_version_id))
    count = {thing: Counter(one.what for one in found if one.thing == thing) for thing in ("cue", "marker")}
    return {"cues": count["cue"], "markers": count["marker"], "items": [asdict(one) for one in found[:MOST_TOLD]]}


@router.post("/tracks/{uuid:track_id}/versions/{uuid:track_version_id}/restore", response=EditAnswer)
def restore_version(request: HttpRequest, track_id: UUID, track_version_id: UUID) -> dict[str, Any]:
    """Grid and cues as they were then, as one edit, which can be undone. 409 while the grid is locked."""
    version = _version_or_404(request, track_id, track_version_id, may=EDIT)
    person = editor(request, track_id)
    return answer(versions.restore_version(version, by=person), by=person)


def _version_or_404(
    request: HttpRequest, track_id: UUID, pk: UUID, *, may: str = VIEW, with_bin: bool = False
) -> TrackVersion:
    rows = TrackVersion.objects.select_related("track", "created_by").filter(track_id=track_id)
    if not with_bin:
        rows = rows.filter(binned_at=None)
    return thing_or_404(request.user, rows, pk, may=may, path="track__project")
