"""The tempo markers as one edit changes them.

Where two people change the same marker the later one's values are in force; the earlier one's are told, and undo brings
them back."""

import itertools
from collections.abc import Mapping
from typing import Any

from studio.accounts.models import User
from studio.errors import Refused
from studio.tracks.edit_ops import (
    ADD,
    CHANGE,
    GRID,
    MARKER,
    REMOVE,
    RESTORE,
    THERE,
    Conflict,
    Op,
    Since,
    clock,
    is_same,
    who,
)
from studio.tracks.grid import MAX_MARKERS, SAME_SECONDS, Marker, wrongs_in
from studio.tracks.models import BeatGrid, Track

FIELDS = ("seconds", "bpm", "beats_per_bar", "downbeat")
USUAL = {"beats_per_bar": 4, "downbeat": 1}
LOCKED = "The beat grid of “{track}” is locked. Unlock it first."
Values = dict[str, Any]


class MarkerSheet:
    """`done` are the ops as they were really applied. `since`: what others changed, which an undo leaves as it is."""

    def __init__(self, track: Track, grid: BeatGrid, *, by: User | None, since: Since | None) -> None:
        self.track, self.grid, self.by, self.since = track, grid, by, since or {}
        self.is_polite = since is not None
        self.markers: dict[str, Values] = {marker["id"]: dict(marker) for marker in grid.markers}
        self.done: list[Op] = []
        self.conflicts: list[Conflict] = []
        self.touched: dict[str, Op] = {}

    def apply(self, op: Op) -> None:
        """Raises Refused for what is wrong in itself, and where the grid is locked."""
        if op.thing == GRID:
            return self._change_grid(op)
        if self.grid.is_locked:
            raise Refused(LOCKED.format(track=self.track.name), status=409)
        self.touched[op.id] = op
        {ADD: self._put, RESTORE: self._put, CHANGE: self._change, REMOVE: self._remove}[op.op](op)

    def finish(self) -> None:
        """Settle who stands where two came too near, and put the markers into the grid."""
        for one, other in itertools.pairwise(sorted(self.markers.values(), key=lambda marker: marker["seconds"])):
            if other["seconds"] - one["seconds"] < SAME_SECONDS:
                self._settle(one, other)
        if len(self.markers) > MAX_MARKERS:
            sentence = f"{len(self.markers):,} tempo markers are too many. Use up to {MAX_MARKERS:,}."
            raise Refused(sentence, field="ops")
        self.grid.markers = sorted(self.markers.values(), key=lambda marker: marker["seconds"])
        if not self.touched:
            return
        self.grid.edited_by = self.by
        is_as_found = self.grid.markers == self.grid.found.get("markers", [])
        wanted = not (self.is_polite and is_as_found)
        if wanted != self.grid.is_edited:
            self._put_in_force(wanted)

    def _change_grid(self, op: Op) -> None:
        if "is_locked" in op.after and self.grid.is_locked != op.after["is_locked"]:
            self._note_grid("is_locked", bool(op.after["is_locked"]))
        wanted = op.after.get("is_in_force")
        if wanted is None or wanted == self.grid.is_edited or self.is_polite:
            return  # an undo gives the found beats back once the markers stand as they were found
        if self.grid.is_locked:
            raise Refused(LOCKED.format(track=self.track.name), status=409)
        if not wanted:
            self._back_to_found(op)
        self._put_in_force(bool(wanted))

    def _back_to_found(self, op: Op) -> None:
        found = self.grid.found.get("markers", [])
        if not self.grid.found.get("beats"):
            raise op.refused("The analysis has found no beats in this track. Analyse it again.", name="is_in_force")
        for marker in self.markers.values():
            self.done.append(Op(MARKER, REMOVE, marker["id"], before=_values(marker)))
        self.done += [Op(MARKER, ADD, marker["id"], after=_values(marker)) for marker in found]
        self.markers = {marker["id"]: dict(marker) for marker in found}
        self.grid.markers = found

    def _put_in_force(self, is_edited: bool) -> None:
        self._note_grid("is_edited", is_edited, name="is_in_force")
        if not is_edited:
            self.grid.beats, self.grid.downbeats = (self.grid.found.get(name, []) for name in ("beats", "downbeats"))
            self.grid.edited_by = None

    def _note_grid(self, column: str, value: bool, *, name: str | None = None) -> None:
        was = getattr(self.grid, column)
        setattr(self.grid, column, value)
        field = name or column
        self.done.append(Op(GRID, CHANGE, str(self.track.pk), before={field: was}, after={field: value}))

    def _put(self, op: Op) -> None:
        """A new one, or one that comes back."""
        if op.id in self.markers and self.is_polite:
            return
        since = self.since.get((MARKER, op.id), {})
        if THERE in since:
            return self._tell(op.id, f"{since[THERE]} removed a tempo marker of this change since. It stays removed.")
        if op.id in self.markers:
            raise op.refused("There is a tempo marker of that id already.", name="id", side="")
        self.markers[op.id] = self._checked({**USUAL, **op.after, "id": op.id}, op, names=FIELDS)
        self.done.append(Op(MARKER, ADD, op.id, after=_values(self.markers[op.id])))

    def _change(self, op: Op) -> None:
        marker = self.markers.get(op.id)
        if marker is None:
            return self._change_removed(op)
        since = self.since.get((MARKER, op.id), {})
        theirs = {n for n in op.after if n in since or (n in op.before and not is_same(marker[n], op.before[n]))}
        lost = {n for n in theirs if not is_same(marker[n], op.after[n])}
        if lost:
            name = next((since[n] for n in sorted(lost & since.keys())), self._who)
            self._tell(op.id, f"{name} changed {_words(marker)} since. " + self._settled)
        names = [n for n in op.after if not is_same(marker[n], op.after[n]) and not (self.is_polite and n in lost)]
        if not names:
            return
        now = self._checked({**marker, **{n: op.after[n] for n in names}}, op, names=names)
        self.markers[op.id] = now
        self.done.append(
            Op(MARKER, CHANGE, op.id, before={n: marker[n] for n in names}, after={n: now[n] for n in names})
        )

    def _change_removed(self, op: Op) -> None:
        if self.is_polite:
            name = self.since.get((MARKER, op.id), {}).get(THERE, self._who)
            return self._tell(op.id, f"{name} removed a tempo marker of this change since. It stays removed.")
        values = {**USUAL, **op.before, **op.after}
        if "seconds" not in values or "bpm" not in values:
            raise op.refused("There is no such tempo marker on this track.", name="id", side="")
        self._put(Op(MARKER, ADD, op.id, after={name: values[name] for name in FIELDS}, at=op.at))
        there = _words(self.markers[op.id])
        self._tell(op.id, f"{self._who} removed {there} a moment ago. It is back with your change.")

    def _remove(self, op: Op) -> None:
        marker = self.markers.get(op.id)
        if marker is None:
            return
        since = self.since.get((MARKER, op.id), {})
        if since or any(not is_same(marker[name], op.before[name]) for name in FIELDS if name in op.before):
            name = next(iter(since.values()), self._who)
            return self._tell(op.id, f"{name} changed {_words(marker)} since, so it was not removed.")
        self._drop(marker)

    def _drop(self, marker: Values) -> None:
        self.done.append(Op(MARKER, REMOVE, marker["id"], before=_values(marker)))
        del self.markers[marker["id"]]

    def _settle(self, one: Values, other: Values) -> None:
        """Of two at the same time the one that this edit has moved stands; in an undo the one that it has not."""
        mine = [marker for marker in (one, other) if marker["id"] in self.touched]
        if len(mine) == 2 and not self.is_polite:
            op = self.touched[other["id"]]
            raise op.refused("Two tempo markers stand at the same time. Remove one.", name="seconds")
        if len(mine) != 1 or not {one["id"], other["id"]} <= self.markers.keys():
            return
        theirs = other if mine[0] is one else one
        goes = mine[0] if self.is_polite else theirs
        self._drop(goes)
        if all(is_same(one[name], other[name]) for name in FIELDS[1:]):
            return
        took = "It stays." if self.is_polite else "Yours took its place; undo brings it back."
        self._tell(
            goes["id"], f"At {clock(theirs['seconds'])} stood another marker with {theirs['bpm']:.2f} bpm. {took}"
        )

    def _checked(self, marker: Values, op: Op, *, names: Any) -> Values:
        """Of what is not changed nothing is said: a track may have become shorter than its markers."""
        lacking = [name for name in FIELDS if name not in marker]
        if lacking:
            raise op.refused("Say when the marker begins and how many bpm it has.", name=lacking[0])
        names = [name for name in names if not (self.is_polite and name == "seconds")]
        wrongs = wrongs_in(Marker(**marker), duration_seconds=self.track.duration_seconds or 0.0)
        if wrong := next((wrong for wrong in wrongs if wrong.field in names), None):
            raise op.refused(f"The marker at {clock(marker['seconds'])} {wrong.words}", name=wrong.field)
        return {"id": marker["id"], **_values(marker)}

    @property
    def _who(self) -> str:
        return who(self.grid.edited_by, by=self.by) if self.grid.edited_by else "The analysis"

    @property
    def _settled(self) -> str:
        return "That stays." if self.is_polite else "Yours is in force; undo brings theirs back."

    def _tell(self, pk: str, sentence: str) -> None:
        self.conflicts.append(Conflict(MARKER, pk, sentence))


def _values(marker: Mapping[str, Any]) -> Values:
    return {name: marker[name] for name in FIELDS}


def _words(marker: Mapping[str, Any]) -> str:
    return f"the marker at {clock(marker['seconds'])} ({marker['bpm']:.2f} bpm)"
