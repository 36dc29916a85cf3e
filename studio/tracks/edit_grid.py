"""Storing a beat grid: from the analysis, until a person edits it; from then on only from persons."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.tracks.grid import GridError, Marker, check_markers
from studio.tracks.models import BeatGrid, Track
from studio.tracks.present import grid_out


def save_grid(track_id: UUID, markers: Sequence[Marker], *, revision: int, by: User) -> BeatGrid:
    """Replace the markers. Raises Conflict when somebody else did so since `revision`, Refused for a wrong marker."""
    with transaction.atomic():
        track = Track.objects.select_for_update().get(pk=track_id)
        if track.duration_seconds is None:
            raise Refused(f"“{track.name}” is still being unpacked. Edit its grid when that is done.", status=409)
        rows = BeatGrid.objects.select_related("edited_by").filter(track=track)
        grid = rows.first() or BeatGrid(track=track, revision=0)
        if grid.revision != revision:
            who = str(grid.edited_by) if grid.edited_by else "The analysis"
            raise Conflict(f"{who} changed this grid a moment ago.", current=grid_out(track, grid))
        try:
            checked = check_markers(markers, duration_seconds=track.duration_seconds)
        except GridError as error:
            raise Refused(str(error), field=error.field) from error
        grid.markers = [marker.as_json() for marker in checked]
        grid.beats, grid.downbeats = [], []
        grid.is_edited, grid.edited_by = True, by
        grid.revision += 1
        grid.save()
        _tell(track, grid, by=by)
    return grid


def store_found_grid(
    track: Track,
    *,
    markers: Sequence[Marker],
    beats: Sequence[float],
    downbeats: Sequence[float],
    onsets: Sequence[float],
) -> None:
    """What the analysis found; markers that a person edited stay. Call it inside a transaction."""
    grid = BeatGrid.objects.filter(track=track).first() or BeatGrid(track=track, revision=0)
    grid.onsets = _rounded(onsets)
    if not grid.is_edited:
        grid.markers = [marker.as_json() for marker in markers]
        grid.beats, grid.downbeats = _rounded(beats), _rounded(downbeats)
    grid.revision += 1
    grid.save()
    _tell(track, grid, by=None)


def _rounded(seconds: Sequence[float]) -> list[float]:
    return [round(float(value), 5) for value in seconds]


def _tell(track: Track, grid: BeatGrid, *, by: User | None) -> None:
    # The beats themselves are fetched: a long track has more of them than an event should carry.
    payload = {"track_id": str(track.id), "revision": grid.revision, "markers": grid.markers}
    payload["is_edited"] = grid.is_edited
    record(track.project_id, "grid.changed", subject=track.subject, payload=payload, actor=by)
