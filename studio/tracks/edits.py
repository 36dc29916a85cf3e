"""Edits: all that a person changes in a track's grid and cues at one stroke, in one transaction, with its undo.

The track's row is locked meanwhile, so edits of a track come one after the other, whoever makes them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.http import Http404
from django.utils import timezone

from studio.accounts.models import User
from studio.errors import Refused
from studio.events.record import record
from studio.tracks.beat_time import BeatTime, beat_time
from studio.tracks.edit_cues import CueSheet
from studio.tracks.edit_cues_back import take_back
from studio.tracks.edit_markers import MarkerSheet
from studio.tracks.edit_ops import CHANGE, CUE, THERE, Conflict, Op, Since, inverse, who
from studio.tracks.models import BeatGrid, Cue, Track, TrackEdit
from studio.tracks.present import cue_out

KEPT_EDITS = 500
# An event of more cues than these says only that there are many: pages fetch them.
MOST_IN_EVENT = 200
NOT_READY = "“{name}” is still being unpacked. Edit it when that is done."
NOTHING_LEFT = "Nothing of this could be taken back: {first}"
NOTHING_AGAIN = "Nothing of this could be done again: {first}"


@dataclass
class Applied:
    """What became of an edit. `grid` is None where it is as before; `event` is the number of the event."""

    track: Track
    edit: TrackEdit
    cues: list[Cue] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    grid: BeatGrid | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    event: int = 0


def apply_edit(
    track_id: UUID,
    *,
    key: UUID,
    title: str,
    ops: Sequence[Op],
    by: User | None,
    cues_stay: bool = False,
    is_undoable: bool = True,
    may_lie_beyond: bool = False,
) -> Applied:
    """Do all of it, or nothing: raises Refused, which names the wrong op. The same `key` again does nothing more.

    `cues_stay`: cues kept in beats keep their seconds on the new grid, for a grid that was only counted wrongly.
    `is_undoable` = False for what the studio itself sets up in somebody's name. `may_lie_beyond`: times behind the end
    are taken, for what was there before the track became shorter.
    """
    with transaction.atomic():
        track = locked(track_id)
        if known := TrackEdit.objects.filter(pk=key).first():
            return _again(track, known, by=by)
        stroke = Stroke(track, ops, key=key, by=by, since=None)
        if may_lie_beyond:
            stroke.cues.end = None
        stroke.run(cues_stay=cues_stay)
        last = TrackEdit.objects.filter(track=track).aggregate(last=Max("number"))["last"] or 0
        edit = TrackEdit(pk=key, track=track, number=last + 1, person=by if is_undoable else None, title=title)
        edit.created_at = timezone.now()
        edit.ops, edit.conflicts = [op.as_json() for op in stroke.done], [asdict(one) for one in stroke.conflicts]
        edit.save(force_insert=True)
        TrackEdit.objects.filter(track=track, number__lte=edit.number - KEPT_EDITS).delete()
        return stroke.tell(edit, title=title)


def undo_edit(track_id: UUID, edit_id: UUID, *, by: User) -> Applied:
    """Take one's own edit back. What others changed since stays and is told; raises Refused when that is all of it."""
    return _step(track_id, edit_id, by=by, is_undo=True)


def redo_edit(track_id: UUID, edit_id: UUID, *, by: User) -> Applied:
    """Do an edit again that was taken back, in the same way."""
    return _step(track_id, edit_id, by=by, is_undo=False)


def locked(track_id: UUID) -> Track:
    """The track, nobody else editing it. Raises Refused while its length is not known."""
    track = Track.objects.select_for_update(of=("self",)).get(pk=track_id)
    if track.duration_seconds is None:
        raise Refused(NOT_READY.format(name=track.name), status=409)
    return track


class Stroke:
    """One run over the grid and the cues. `since`: what others have changed since, which an undo leaves as it is."""

    def __init__(self, track: Track, ops: Sequence[Op], *, key: UUID, by: User | None, since: Since | None) -> None:
        self.track, self.by, self.since = track, by, since
        self.grid_ops = [op for op in ops if op.thing != CUE]
        self.cue_ops = [op for op in ops if op.thing == CUE]
        self.cues = CueSheet(track, (op.id for op in self.cue_ops), key=key, by=by, time_now=self._time)
        self.done: list[Op] = []
        self.conflicts: list[Conflict] = []

    def run(self, *, cues_stay: bool = False) -> None:
        """The grid first: cues in beats lie along it."""
        if self.grid_ops:
            self._run_grid(cues_stay=cues_stay)
        self.is_grid_new = bool(self.done)
        for op in self.cue_ops:
            if self.since is None:
                self.cues.apply(op)
            else:
                take_back(self.cues, op, self.since)
        self.there, self.gone = self.cues.store()
        self.done += self.cues.done
        self.conflicts += self.cues.conflicts

    def tell(self, edit: TrackEdit, *, title: str) -> Applied:
        """Tell all pages, in the same transaction."""
        grid = self.grid if self.is_grid_new else None
        number = tell_edited(
            self.track,
            edit_id=edit.pk,
            title=title,
            cues=self.there,
            removed=self.gone,
            revision=grid.revision if grid else None,
            by=self.by,
        )
        return Applied(self.track, edit, self.there, self.gone, grid, self.conflicts, number)

    @cached_property
    def grid(self) -> BeatGrid:
        return grid_of(self.track)

    def _run_grid(self, *, cues_stay: bool) -> None:
        before, first = self._time(), dict(self.grid.markers[0]) if self.grid.markers else None
        was = {marker["id"]: marker for marker in self.grid.markers}
        sheet = MarkerSheet(self.track, self.grid, by=self.by, since=self.since)
        for op in self.grid_ops:
            sheet.apply(op)
        sheet.finish()
        self.done, self.conflicts = sheet.done, sheet.conflicts
        if not self.done:
            return
        if before and self.grid.markers and first:
            now = self.grid.markers[0]
            # Counted as before: the beat that is the first marker's now keeps the number it had.
            self.grid.first_beat = round(float(before.beats_at([was.get(now["id"], now)["seconds"]])[0]))
        self.grid.revision += 1
        self.grid.save()
        self.cues.follow_grid(self._time(), cues_stay=cues_stay)

    def _time(self) -> BeatTime | None:
        return beat_time(self.grid, duration_seconds=self.track.duration_seconds or 0.0)


def tell_edited(
    track: Track,
    *,
    edit_id: UUID | None,
    title: str,
    cues: Sequence[Cue],
    removed: Sequence[str],
    revision: int | None,
    by: User | None,
) -> int:
    """The event of an edit; returns its number. Call it inside the transaction."""
    is_whole = len(cues) + len(removed) > MOST_IN_EVENT
    end = track.duration_seconds
    payload = {
        "track_id": str(track.pk),
        "track_name": track.name,
        "edit_id": str(edit_id) if edit_id else None,
        "title": title,
        "cues": [] if is_whole else [cue_out(cue, end=end) for cue in cues],
        "removed_cues": [] if is_whole else list(removed),
        "grid_revision": revision,
        "is_whole": is_whole,
    }
    return record(track.project_id, "track.edited", subject=track.subject, payload=payload, actor=by)


def ops_from(rows: Iterable[dict[str, Any]]) -> list[Op]:
    return [Op(**row) for row in rows]


def _step(track_id: UUID, edit_id: UUID, *, by: User, is_undo: bool) -> Applied:
    with transaction.atomic():
        track = locked(track_id)
        edit = TrackEdit.objects.select_related("person").filter(track=track, pk=edit_id, person=by).first()
        if edit is None:
            raise Http404
        if (edit.undone_at is not None) == is_undo:
            return _again(track, edit, by=by)
        ops = ops_from(edit.ops)
        stroke = Stroke(track, inverse(ops) if is_undo else ops, key=edit.pk, by=by, since=_since(edit, ops))
        stroke.run()
        edit.undone_at = timezone.now() if is_undo else None
        edit.save(update_fields=["undone_at"])
        applied = stroke.tell(edit, title=f"{'Undo' if is_undo else 'Redo'}: {edit.title}"[:200])
    if stroke.conflicts and not stroke.done:
        words = NOTHING_LEFT if is_undo else NOTHING_AGAIN
        raise Refused(words.format(first=stroke.conflicts[0].sentence), status=409)
    return applied


def _since(edit: TrackEdit, ops: Sequence[Op]) -> Since:
    """What others have changed of the same things after that edit, as far as they have not taken it back themselves."""
    touched = {(op.thing, op.id) for op in ops}
    rows = TrackEdit.objects.filter(track=edit.track_id, number__gt=edit.number, undone_at=None)
    changes: Since = {}
    for row in rows.exclude(person=edit.person_id).select_related("person").order_by("number").iterator():
        for op in ops_from(row.ops):
            if (op.thing, op.id) in touched:
                names = op.after if op.op == CHANGE else [THERE]
                changes.setdefault((op.thing, op.id), {}).update(dict.fromkeys(names, who(row.person, by=None)))
    return changes


def _again(track: Track, edit: TrackEdit, *, by: User | None) -> Applied:
    """The answer to an edit that came before: what it touched, as it stands now."""
    if edit.track_id != track.pk or edit.person_id != (by.pk if by else None):
        raise Refused("There is another edit of this key already. Make a new one.", field="key", status=409)
    ids = {op["id"] for op in edit.ops if op["thing"] == CUE}
    rows = [cue for cue in Cue.objects.filter(track=track) if str(cue.pk) in ids]
    there, gone = [cue for cue in rows if not cue.binned_at], [str(cue.pk) for cue in rows if cue.binned_at]
    has_grid = any(op["thing"] != CUE for op in edit.ops)
    conflicts = [Conflict(**one) for one in edit.conflicts]
    return Applied(track, edit, there, gone, grid_of(track) if has_grid else None, conflicts)


def grid_of(track: Track) -> BeatGrid:
    rows = BeatGrid.objects.select_related("edited_by").filter(track=track)
    return rows.first() or BeatGrid(track=track, revision=0)
