"""Storing a beat grid: from the analysis, until a person edits it; from then on only from persons."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.tracks.beat_time import beat_time
from studio.tracks.edit_cues import CueSheet
from studio.tracks.edit_markers import FIELDS
from studio.tracks.edit_ops import ADD, CHANGE, GRID, MARKER, REMOVE, Op
from studio.tracks.edits import apply_edit, grid_of, locked, tell_edited
from studio.tracks.grid import GridError, Marker, check_markers
from studio.tracks.models import BeatGrid, Track
from studio.tracks.present import grid_out


def save_grid(track_id: UUID, markers: Sequence[Marker], *, revision: int, by: User) -> BeatGrid:
    """Replace the markers. Raises Conflict when somebody else did so since `revision`, Refused for a wrong marker."""
    with transaction.atomic():
        track = locked(track_id)
        grid = grid_of(track)
        if grid.revision != revision:
            who = str(grid.edited_by) if grid.edited_by else "The analysis"
            raise Conflict(f"{who} changed this grid a moment ago.", current=grid_out(track, grid))
        try:
            checked = check_markers(markers, duration_seconds=track.duration_seconds or 0.0)
        except GridError as error:
            raise Refused(str(error), field=error.field) from error
        ops = marker_ops(grid.markers, [marker.as_json() for marker in checked])
        in_force = Op(GRID, CHANGE, str(track.pk), after={"is_in_force": True})
        apply_edit(track.pk, key=uuid4(), title="Change the beat grid", ops=[in_force, *ops], by=by)
        return grid_of(track)


def marker_ops(before: Sequence[dict[str, Any]], after: Sequence[dict[str, Any]]) -> list[Op]:
    """What makes the one list of markers the other, by their ids."""
    old, new = {marker["id"]: marker for marker in before}, {marker["id"]: marker for marker in after}
    ops = [Op(MARKER, REMOVE, pk, before=_values(old[pk])) for pk in old if pk not in new]
    ops += [Op(MARKER, ADD, pk, after=_values(new[pk])) for pk in new if pk not in old]
    for pk in new.keys() & old.keys():
        if _values(old[pk]) != _values(new[pk]):
            ops.append(Op(MARKER, CHANGE, pk, before=_values(old[pk]), after=_values(new[pk])))
    return ops


def store_found_grid(
    track: Track,
    *,
    markers: Sequence[Marker],
    beats: Sequence[float],
    downbeats: Sequence[float],
    onsets: Sequence[float],
) -> None:
    """What the analysis found; a grid that a person edited or locked stays. Call it inside a transaction."""
    track = Track.objects.select_for_update(of=("self",)).get(pk=track.pk)
    grid = grid_of(track)
    before = beat_time(grid, duration_seconds=track.duration_seconds or 0.0)
    found = {"markers": [marker.as_json() for marker in markers], "beats": _rounded(beats)}
    grid.found = {**found, "downbeats": _rounded(downbeats)}
    grid.onsets = _rounded(onsets)
    if not grid.is_edited and not grid.is_locked:
        for name, value in grid.found.items():
            setattr(grid, name, value)
        if before and grid.markers:
            grid.first_beat = round(float(before.beats_at([grid.markers[0]["seconds"]])[0]))
    grid.revision += 1
    grid.save()
    _tell(track, grid)
    _let_cues_follow(track, grid)


def _let_cues_follow(track: Track, grid: BeatGrid) -> None:
    time = beat_time(grid, duration_seconds=track.duration_seconds or 0.0)
    sheet = CueSheet(track, [], key=uuid4(), by=None, time_now=lambda: time)
    sheet.follow_grid(time, cues_stay=False)
    cues, _ = sheet.store()
    if cues:
        title = "Beats found again"
        tell_edited(track, edit_id=None, title=title, cues=cues, removed=[], revision=grid.revision, by=None)


def _values(marker: dict[str, Any]) -> dict[str, Any]:
    return {name: marker[name] for name in FIELDS}


def _rounded(seconds: Sequence[float]) -> list[float]:
    return [round(float(value), 5) for value in seconds]


def _tell(track: Track, grid: BeatGrid) -> None:
    # The beats themselves are fetched: a long track has more of them than an event should carry.
    payload = {"track_id": str(track.id), "revision": grid.revision, "markers": grid.markers}
    payload["is_edited"] = grid.is_edited
    record(track.project_id, "grid.changed", subject=track.subject, payload=payload)
