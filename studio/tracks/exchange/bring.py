"""Bringing a file into a track, and handing the track out as one: between the rows of the tables and those of files."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from studio.accounts.models import User
from studio.errors import Refused
from studio.tracks.edits import Applied, apply_edit, grid_of, locked
from studio.tracks.exchange.formats import read
from studio.tracks.exchange.found import markers_for
from studio.tracks.exchange.plan import Ground, Plan, Wish, plan
from studio.tracks.exchange.rows import About, CueRow, Look, Sheet
from studio.tracks.grid import Marker
from studio.tracks.models import BeatGrid, Cue, Track, TrackEdit
from studio.tracks.present import grid_out

NOTHING = "Nothing of this file would come in."


@dataclass(frozen=True)
class Seen:
    """A file beside the track that it is for."""

    look: Look
    ground: Ground
    plan: Plan


def about(track: Track, choices: dict[str, str]) -> About:
    """Raises Refused while the track's length is not known."""
    if track.duration_seconds is None:
        raise Refused(f"“{track.name}” is still being unpacked. Try again when that is done.", status=409)
    return About(track.name, track.original_name, track.duration_seconds, choices)


def look_at(track: Track, data: bytes, *, wish: Wish, choices: dict[str, str]) -> Seen:
    """What an import would do; nothing is changed. Raises Refused for what cannot be read."""
    look = read(data, about(track, choices))
    ground = ground_of(track, grid_of(track))
    return Seen(look, ground, plan(look, ground, wish))


def bring_in(track: Track, data: bytes, *, wish: Wish, choices: dict[str, str], key: UUID, by: User) -> Applied:
    """One edit, which one undo takes back; the same `key` again is the same edit. Refused where nothing comes in."""
    look = read(data, about(track, choices))
    with transaction.atomic():
        track = locked(track.pk)
        if TrackEdit.objects.filter(pk=key).exists():
            return apply_edit(track.pk, key=key, title="", ops=[], by=by)
        made = plan(look, ground_of(track, grid_of(track)), wish)
        if not made.ops:
            raise Refused(" ".join([NOTHING, *look.left_out, *made.told]), field="file")
        return apply_edit(track.pk, key=key, title=made.title, ops=made.ops, by=by)


def ground_of(track: Track, grid: BeatGrid) -> Ground:
    markers = [Marker(**marker) for marker in grid.markers]
    return Ground(track.duration_seconds or 0.0, cue_rows(track), markers, grid.is_locked)


def cue_rows(track: Track) -> list[CueRow]:
    rows = Cue.objects.filter(track=track, binned_at=None)
    return [
        CueRow(
            seconds=cue.seconds,
            end_seconds=cue.end_seconds,
            label=cue.label,
            colour=cue.colour,
            hotkey=cue.hotkey,
            anchor=cue.anchor,
            beat=cue.beat,
            end_beat=cue.end_beat,
            id=str(cue.pk),
        )
        for cue in rows
    ]


def sheet_of(track: Track) -> Sheet:
    """The track as it goes out, its grid as it is in force."""
    known = about(track, {})
    grid = grid_of(track)
    shown = grid_out(track, grid)
    markers, said = [Marker(**marker) for marker in grid.markers], ""
    if not grid.is_edited:
        length = known.duration_seconds
        markers, said = markers_for(markers, shown["beats"], shown["downbeats"], duration_seconds=length)
    return Sheet(
        name=track.name,
        original_name=track.original_name,
        duration_seconds=known.duration_seconds,
        cues=cue_rows(track),
        markers=markers,
        beats=shown["beats"],
        downbeats=shown["downbeats"],
        said_of_markers=said,
    )
