"""Named versions of a track's grid and cues: kept whole, compared with what is there now, brought back by one edit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.errors import Refused
from studio.events.record import record
from studio.tracks.edit_cues import values_of
from studio.tracks.edit_grid import marker_ops
from studio.tracks.edit_markers import FIELDS as MARKER_FIELDS
from studio.tracks.edit_ops import ADD, CHANGE, CUE, GRID, MARKER, REMOVE, RESTORE, Op, is_same
from studio.tracks.edits import Applied, apply_edit, grid_of, locked
from studio.tracks.models import BeatGrid, Cue, Track, TrackVersion
from studio.tracks.present import version_out

LONGEST_NAME, MOST_VERSIONS = 120, 200
Values = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """What has become of one cue or marker since. `fields`: name -> [then, now]."""

    thing: str
    id: str
    what: str
    seconds: float
    label: str = ""
    fields: dict[str, list[Any]] = field(default_factory=dict)


def keep_version(track_id: UUID, name: str, *, by: User) -> TrackVersion:
    """Keep the grid and the cues as they are now. Raises Refused."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(f"Give the version a name of 1 to {LONGEST_NAME} characters.", field="name")
    with transaction.atomic():
        track = locked(track_id)
        _make_room(track)
        version = TrackVersion(track=track, name=name, created_by=by)
        version.grid, version.cues = _grid_values(grid_of(track)), _cue_values(track)
        version.save()
        _tell(version, "track_version.added", by=by)
    return version


def bin_version(version: TrackVersion, *, is_binned: bool, by: User) -> TrackVersion:
    """Into the bin or out of it; what is there now stays as it is. Raises Refused where there is no room any more."""
    with transaction.atomic():
        if not is_binned and version.binned_at is not None:
            _make_room(locked(version.track_id))
        version.binned_at = timezone.now() if is_binned else None
        version.save(update_fields=["binned_at"])
        _tell(version, "track_version.removed" if is_binned else "track_version.restored", by=by)
    return version


def differences(version: TrackVersion) -> list[Difference]:
    """What was added, removed and changed since that version, by time."""
    track = version.track
    markers = _by_id(version.grid["markers"]), _by_id(grid_of(track).markers)
    cues = version.cues, _cue_values(track)
    found = [*_differences(CUE, *cues), *_differences(MARKER, *markers)]
    return sorted(found, key=lambda one: (one.seconds, one.thing, one.id))


def restore_version(version: TrackVersion, *, by: User) -> Applied:
    """Grid and cues as they were then, as one edit of that person. Raises Refused where the grid is locked."""
    with transaction.atomic():
        track = locked(version.track_id)
        ops = [*_grid_ops(track, grid_of(track), version.grid), *_cue_ops(track, version.cues)]
        title = f"Bring back “{version.name}”"
        return apply_edit(track.pk, key=uuid4(), title=title, ops=ops, by=by, may_lie_beyond=True)


def _make_room(track: Track) -> None:
    """Raises Refused where there are too many; of those in the bin the oldest go."""
    rows = TrackVersion.objects.filter(track=track)
    if rows.filter(binned_at=None).count() >= MOST_VERSIONS:
        raise Refused(f"“{track.name}” has {MOST_VERSIONS} versions already. Delete some first.", status=409)
    binned = rows.exclude(binned_at=None).order_by("-binned_at", "id")
    rows.filter(pk__in=list(binned.values_list("pk", flat=True)[MOST_VERSIONS:])).delete()


def _grid_values(grid: BeatGrid) -> Values:
    return {"markers": grid.markers, "beats": [] if grid.is_edited else grid.beats, "is_edited": grid.is_edited}


def _cue_values(track: Track) -> dict[str, Values]:
    return {str(cue.pk): values_of(cue) for cue in Cue.objects.filter(track=track, binned_at=None)}


def _by_id(markers: Iterable[Values]) -> dict[str, Values]:
    return {marker["id"]: {name: marker[name] for name in MARKER_FIELDS} for marker in markers}


def _differences(thing: str, then: dict[str, Values], now: dict[str, Values]) -> Iterator[Difference]:
    for pk in {**then, **now}:
        values = now.get(pk) or then[pk]
        about = (values["seconds"], values.get("label", ""))
        if pk not in then or pk not in now:
            yield Difference(thing, pk, "removed" if pk in then else "added", *about)
        elif changed := _changed(then[pk], now[pk]):
            yield Difference(thing, pk, "changed", *about, {name: [then[pk][name], now[pk][name]] for name in changed})


def _changed(then: Values, now: Values) -> list[str]:
    """Of a cue in beats its seconds follow, and say nothing new beside its beat."""
    names = [name for name in then if not is_same(then[name], now.get(name))]
    return [name for name in names if name not in ("beat", "end_beat")] or names


def _grid_ops(track: Track, grid: BeatGrid, then: Values) -> list[Op]:
    """Beats that were found then come back as such where they are what was found last; else as their markers."""
    if not then["is_edited"] and then["beats"] == grid.found.get("beats"):
        if not grid.is_edited:
            return []
        return [Op(GRID, CHANGE, str(track.pk), after={"is_in_force": False})]
    return marker_ops(grid.markers, then["markers"])


def _cue_ops(track: Track, then: dict[str, Values]) -> list[Op]:
    """First those that go, so that there is room for those that come."""
    rows = {str(cue.pk): cue for cue in Cue.objects.filter(track=track)}
    now = {pk: values_of(cue) for pk, cue in rows.items() if cue.binned_at is None}
    ops = [Op(CUE, REMOVE, pk, before=values) for pk, values in now.items() if pk not in then]
    for pk, values in then.items():
        if pk not in rows:
            ops.append(Op(CUE, ADD, pk, after=values))
            continue
        if pk not in now:
            ops.append(Op(CUE, RESTORE, pk))
        was = values_of(rows[pk])
        if changed := {name: value for name, value in values.items() if not is_same(value, was[name])}:
            ops.append(Op(CUE, CHANGE, pk, before=was, after=changed))
    return ops


def _tell(version: TrackVersion, kind: str, *, by: User) -> None:
    record(version.track.project_id, kind, subject=version.subject, payload=version_out(version), actor=by)
