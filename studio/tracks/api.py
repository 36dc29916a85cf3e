"""Tracks, their files, grids and cues under /api/v1.

404 for strangers, 403 for a role too small, 409 for a lost race.
"""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Status

from studio.accounts.auth import person_of
from studio.accounts.models import User
from studio.blobs.serve import blob_response
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404
from studio.tracks import cues, edit_grid, rules
from studio.tracks.edit_rate import brake
from studio.tracks.grid import Marker
from studio.tracks.join import join_tracks as join
from studio.tracks.models import BeatGrid, Cue, Track
from studio.tracks.present import cue_out, grid_out, track_out
from studio.tracks.schemas import (
    CueIn,
    CueList,
    CueOut,
    CuePatch,
    GridIn,
    GridOut,
    JoinIn,
    TrackList,
    TrackOut,
    TrackPatch,
)

router = Router(tags=["tracks"])
FileName = Literal["proxy", "peaks", "lanes", "analysis", "original"]
# The original is whatever somebody sent: it is handed back as a download, never shown.
TYPES = {"proxy": ("audio/mp4", ".m4a"), "peaks": ("application/octet-stream", ".peaks")}
TYPES |= {"lanes": ("application/octet-stream", ".lanes"), "analysis": ("application/octet-stream", ".npz")}


@router.get("/projects/{uuid:project_id}/tracks", response=TrackList)
def list_tracks(
    request: HttpRequest, project_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The tracks of a project, oldest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = Track.objects.select_related("original").filter(project_id=project_id, binned_at__isnull=not binned)
    page, go_on = page_of(rows, after=after)
    return {"items": [track_out(track) for track in page], "next": go_on}


@router.get("/tracks/{uuid:track_id}", response=TrackOut)
def get_track(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    return track_out(_track_or_404(request, track_id))


@router.patch("/tracks/{uuid:track_id}", response=TrackOut)
def change_track(request: HttpRequest, track_id: UUID, patch: TrackPatch) -> dict[str, Any]:
    """Rename it."""
    track = _track_or_404(request, track_id, may=EDIT)
    return track_out(rules.rename_track(track, name=patch.name, revision=patch.revision, by=person_of(request)))


@router.delete("/tracks/{uuid:track_id}", response=TrackOut)
def bin_track(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Scenes and renders that use it keep working."""
    return track_out(rules.bin_track(_track_or_404(request, track_id, may=EDIT), is_binned=True, by=person_of(request)))


@router.post("/tracks/{uuid:track_id}/restore", response=TrackOut)
def restore_track(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    return track_out(
        rules.bin_track(_track_or_404(request, track_id, may=EDIT), is_binned=False, by=person_of(request))
    )


@router.post("/tracks/{uuid:track_id}/analyse", response={202: TrackOut})
def analyse_track(request: HttpRequest, track_id: UUID) -> Status[dict[str, Any]]:
    """Analyse it again. 409 while an analysis is under way."""
    track = rules.analyse_again(_track_or_404(request, track_id, may=EDIT), by=person_of(request))
    return Status(202, track_out(_track_or_404(request, track.id)))


@router.post("/projects/{uuid:project_id}/tracks/join", response={202: TrackOut})
def join_tracks(request: HttpRequest, project_id: UUID, order: JoinIn) -> Status[dict[str, Any]]:
    """Make one track of several, in this order. It is joined and analysed by the worker."""
    project_or_404(request.user, project_id, may=EDIT)
    return Status(202, track_out(join(project_id, order.track_ids, name=order.name, by=person_of(request))))


@router.get("/tracks/{uuid:track_id}/files/{name}", response={200: bytes}, url_name="track_file")
def get_track_file(request: HttpRequest, track_id: UUID, name: FileName, download: bool = False) -> HttpResponseBase:
    """A file of the track, by Range. 404 while it is not made yet."""
    track = _track_or_404(request, track_id)
    blob = getattr(track, name)
    if blob is None:
        raise Http404
    if name == "original":
        kind = "application/octet-stream"
        return blob_response(request, blob, name=track.original_name, content_type=kind, attachment=True)
    kind, ending = TYPES[name]
    return blob_response(request, blob, name=f"{track.name}{ending}", content_type=kind, attachment=download)


@router.get("/tracks/{uuid:track_id}/grid", response=GridOut)
def get_grid(request: HttpRequest, track_id: UUID) -> dict[str, Any]:
    """Tempo markers and the beats that follow from them. Revision 0 while there is no grid."""
    track = _track_or_404(request, track_id)
    return grid_out(track, BeatGrid.objects.filter(track=track).first())


@router.put("/tracks/{uuid:track_id}/grid", response=GridOut)
def put_grid(request: HttpRequest, track_id: UUID, order: GridIn) -> dict[str, Any]:
    """Replace the tempo markers. 409 with the present grid when somebody else did so since."""
    track = _track_or_404(request, track_id, may=EDIT)
    markers = [Marker(**marker.dict()) for marker in order.markers]
    return grid_out(track, edit_grid.save_grid(track.id, markers, revision=order.revision, by=person_of(request)))


@router.get("/tracks/{uuid:track_id}/cues", response=CueList)
def list_cues(request: HttpRequest, track_id: UUID, binned: bool = False) -> dict[str, Any]:
    track = _track_or_404(request, track_id)
    rows = Cue.objects.filter(track=track, binned_at__isnull=not binned)
    return {"items": [cue_out(cue, end=track.duration_seconds) for cue in rows]}


@router.post("/tracks/{uuid:track_id}/cues", response={201: CueOut})
def add_cue(request: HttpRequest, track_id: UUID, order: CueIn) -> Status[dict[str, Any]]:
    track = _track_or_404(request, track_id, may=EDIT)
    return Status(201, _shown(cues.add_cue(track, order.dict(), by=_editor(request, track_id))))


@router.patch("/cues/{uuid:cue_id}", response=CueOut)
def change_cue(request: HttpRequest, cue_id: UUID, patch: CuePatch) -> dict[str, Any]:
    """Change what the patch names. 409 with the present cue when somebody else changed it since `revision`."""
    cue = thing_or_404(request.user, Cue, cue_id, may=EDIT, path="track__project")
    values = patch.dict(exclude_unset=True)
    return _shown(cues.change_cue(cue.id, values, revision=values.pop("revision"), by=_editor(request, cue.track_id)))


@router.delete("/cues/{uuid:cue_id}", response=CueOut)
def bin_cue(request: HttpRequest, cue_id: UUID) -> dict[str, Any]:
    cue = thing_or_404(request.user, Cue, cue_id, may=EDIT, path="track__project")
    return _shown(cues.bin_cue(cue, is_binned=True, by=_editor(request, cue.track_id)))


@router.post("/cues/{uuid:cue_id}/restore", response=CueOut)
def restore_cue(request: HttpRequest, cue_id: UUID) -> dict[str, Any]:
    cue = thing_or_404(request.user, Cue, cue_id, may=EDIT, path="track__project")
    return _shown(cues.bin_cue(cue, is_binned=False, by=_editor(request, cue.track_id)))


def _shown(cue: Cue) -> dict[str, Any]:
    return cue_out(cue, end=cue.track.duration_seconds)


def _editor(request: HttpRequest, track_id: UUID) -> User:
    """The person, who edits this track no faster than a hand does."""
    person = person_of(request)
    brake.take(person.pk, track_id)
    return person


def _track_or_404(request: HttpRequest, track_id: UUID, *, may: str = VIEW) -> Track:
    return thing_or_404(request.user, Track.objects.select_related("original"), track_id, may=may)
