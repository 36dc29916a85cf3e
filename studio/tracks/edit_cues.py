"""The cues that one edit touches: loaded at once, changed in memory, stored at once.

A change applies when its fields stand as the page showed them. Where somebody else has changed the same field since,
theirs stays and mine becomes a cue beside it; where somebody removed the cue, it comes back with my values.
"""

import itertools
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from studio.accounts.models import User
from studio.errors import Refused
from studio.tracks.beat_time import BeatTime
from studio.tracks.edit_ops import ADD, CHANGE, CUE, REMOVE, RESTORE, Conflict, Op, clock, is_same, who
from studio.tracks.models import Cue, Track

MAX_CUES = 10_000
FIELDS = ("seconds", "end_seconds", "kind", "label", "colour", "hotkey", "anchor", "beat", "end_beat")
BEAT_OF = {"seconds": "beat", "end_seconds": "end_beat"}
TIMES = {*BEAT_OF, *BEAT_OF.values(), "kind", "anchor"}
CHUNK = 500
STORED = (*FIELDS, "revision", "changed_by", "updated_at", "binned_at")


def values_of(cue: Cue) -> dict[str, Any]:
    return {name: getattr(cue, name) for name in FIELDS}


def name_of(cue: Cue) -> str:
    return f"“{cue.label}”" if cue.label else f"the cue at {clock(cue.seconds)}"


class CueSheet:
    """`done` are the ops as they were really applied, `conflicts` what must be told."""

    def __init__(
        self,
        track: Track,
        ids: Iterable[str],
        *,
        key: UUID,
        by: User | None,
        time_now: Callable[[], BeatTime | None],
    ) -> None:
        self.track, self.key, self.by, self._time_now = track, key, by, time_now
        self.end = track.duration_seconds
        self.done: list[Op] = []
        self.conflicts: list[Conflict] = []
        self.changed: set[str] = set()
        self.live = Cue.objects.filter(track=track, binned_at=None).count()
        self.cues = {str(cue.pk): cue for cue in _load(set(ids))}
        owners = Cue.objects.filter(track=track, binned_at=None, hotkey__isnull=False).select_related("changed_by")
        self.cues = {str(cue.pk): cue for cue in owners} | self.cues

    @cached_property
    def time(self) -> BeatTime | None:
        """Read only where a cue in beats asks for it: a long track has many beats."""
        return self._time_now()

    def apply(self, op: Op) -> None:
        """As a person wished it now. Raises Refused for what is wrong in itself."""
        {ADD: self._add, CHANGE: self._change, REMOVE: self._remove, RESTORE: self._restore}[op.op](op)

    def find(self, op: Op) -> Cue:
        cue = self.cues.get(op.id)
        if cue is None or cue.track_id != self.track.pk:
            raise op.refused("There is no such cue on this track.", name="id", side="")
        return cue

    def stands(self, cue: Cue, name: str, values: Mapping[str, Any]) -> bool:
        """Whether a field has the value given there. Of cues kept in beats the beat counts, not the second; and a key
        that another cue has taken is free to be set."""
        if name == "hotkey" and cue.hotkey is None:
            return True
        beat = BEAT_OF.get(name)
        if beat and cue.anchor == Cue.Anchor.BEATS and values.get(beat) is not None:
            return is_same(getattr(cue, beat), values[beat])
        return name not in values or is_same(getattr(cue, name), values[name])

    def changed_since(self, cue: Cue, values: Mapping[str, Any]) -> bool:
        """Whether anything but its key differs: a key goes to its newest owner, which is nobody's loss."""
        return any(not self.stands(cue, name, values) for name in FIELDS if name != "hotkey")

    def put(self, cue: Cue, values: Mapping[str, Any], op: Op, *, is_checked: bool = True) -> None:
        """Set these, and all that follows from them. Raises Refused, which names the wrong field."""
        for name in FIELDS:
            if name in values:
                setattr(cue, name, values[name])
        if cue.kind == Cue.Kind.MOMENT:
            cue.end_seconds = cue.end_beat = None
        if cue.anchor == Cue.Anchor.SECONDS:
            cue.beat = cue.end_beat = None
        elif values.keys() & TIMES:
            self._along_the_grid(cue, values, op)
        if values.keys() & TIMES:
            self._check_times(cue, op, end=self.end if is_checked else None)

    def note(self, cue: Cue, op: str, *, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """It was changed: for the edit's own list, its answer and the table."""
        self.done.append(Op(CUE, op, str(cue.pk), before=before, after=after))
        if str(cue.pk) not in self.changed:
            self.changed.add(str(cue.pk))
            cue.revision += 1
        cue.changed_by = self.by

    def note_changes(self, cue: Cue, was: Mapping[str, Any]) -> None:
        """The fields that differ from what they were, as one change."""
        now = values_of(cue)
        names = [name for name in FIELDS if now[name] != was[name]]
        if names:
            self.note(cue, CHANGE, before={n: was[n] for n in names}, after={n: now[n] for n in names})

    def tell(self, cue: Cue, sentence: str, *, copy: Cue | None = None) -> None:
        self.conflicts.append(Conflict(CUE, str(cue.pk), sentence, str(copy.pk) if copy else None))

    def changer(self, cue: Cue) -> str:
        return who(cue.changed_by, by=self.by)

    def bin(self, cue: Cue, *, is_binned: bool) -> None:
        if not is_binned:
            self.room_for_one()
        else:
            self.live -= 1
        cue.binned_at = timezone.now() if is_binned else None

    def room_for_one(self) -> None:
        """One more cue. Raises Refused when the track is full."""
        if self.live >= MAX_CUES:
            sentence = f"“{self.track.name}” would hold more than {MAX_CUES:,} cues. Remove some first."
            raise Refused(sentence, field="ops")
        self.live += 1

    def free_hotkey(self, cue: Cue) -> None:
        """A key jumps to one cue: the newest owner keeps it. Call it before the new owner is noted, for the undo."""
        for other in self.holders(cue, cue.hotkey):
            was = values_of(other)
            other.hotkey = None
            self.note_changes(other, was)

    def holders(self, cue: Cue, hotkey: int | None) -> list[Cue]:
        """Other cues that have that key now."""
        if hotkey is None:
            return []
        others = (other for other in self.cues.values() if other is not cue and other.track_id == self.track.pk)
        return [other for other in others if other.hotkey == hotkey and other.binned_at is None]

    def store(self) -> tuple[list[Cue], list[str]]:
        """Write what was changed. Returns the cues that are there, and the ids of those that went."""
        rows = [self.cues[pk] for pk in self.changed]
        Cue.objects.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=list(STORED))
        there = sorted((cue for cue in rows if cue.binned_at is None), key=lambda cue: (cue.seconds, str(cue.pk)))
        return there, [str(cue.pk) for cue in rows if cue.binned_at is not None]

    def follow_grid(self, time: BeatTime | None, *, cues_stay: bool) -> None:
        """The grid is another now: cues in beats take their new seconds, or, where they stay, their new beats."""
        self.time = time
        rows = Cue.objects.filter(track=self.track, anchor=Cue.Anchor.BEATS).select_related("changed_by")
        cues = [self.cues.setdefault(str(cue.pk), cue) for cue in rows]
        if time is None or not cues:
            return
        for second, beat in BEAT_OF.items():
            source, target = (second, beat) if cues_stay else (beat, second)
            held = [cue for cue in cues if getattr(cue, source) is not None]
            asked = [getattr(cue, source) for cue in held]
            found = (time.beats_at if cues_stay else time.seconds_at)(asked)
            for cue, value in zip(held, found.tolist(), strict=True):
                self._follow(cue, target, value if cues_stay else max(0.0, round(value, 6)))

    def _follow(self, cue: Cue, target: str, value: float) -> None:
        was = values_of(cue)
        if abs((was[target] or 0.0) - value) <= 1e-6:
            return
        setattr(cue, target, value)
        if target not in BEAT_OF:
            return self.note_changes(cue, was)
        # Seconds follow from the grid, so that taking back the grid takes them back: they are no change of their own.
        if str(cue.pk) not in self.changed:
            self.changed.add(str(cue.pk))
            cue.revision += 1

    def _add(self, op: Op) -> None:
        if op.id in self.cues:
            raise op.refused("There is a cue of that id already.", name="id", side="")
        cue = self._new(op.id, op.after, op)
        self.free_hotkey(cue)
        self.note(cue, ADD, before={}, after=values_of(cue))

    def _new(self, pk: str, values: Mapping[str, Any], op: Op) -> Cue:
        self.room_for_one()
        cue = Cue(pk=UUID(pk), track=self.track, created_by=self.by, revision=0)
        self.put(cue, values, op)
        self.cues[pk] = cue
        return cue

    def _change(self, op: Op) -> None:
        cue = self.find(op)
        stale = [name for name in op.after if not self.stands(cue, name, op.before)]
        if any(not self.stands(cue, name, op.after) for name in stale):
            return self._keep_both(cue, op)
        was = values_of(cue)
        if cue.binned_at is not None:
            self.tell(cue, f"{self.changer(cue)} removed {name_of(cue)} a moment ago. It is back with your change.")
            self.bin(cue, is_binned=False)
            self.note(cue, RESTORE, before={}, after=was)
        self.put(cue, {name: value for name, value in op.after.items() if name not in stale}, op)
        if cue.hotkey != was["hotkey"]:
            self.free_hotkey(cue)
        self.note_changes(cue, was)

    def _keep_both(self, cue: Cue, op: Op) -> None:
        values = {**values_of(cue), "hotkey": None, **op.after}
        values |= {beat: None for second, beat in BEAT_OF.items() if second in op.after and beat not in op.after}
        copy = self._new(str(uuid5(self.key, op.id)), values, op)
        self.free_hotkey(copy)
        self.note(copy, ADD, before={}, after=values_of(copy))
        said = f"{self.changer(cue)} changed {name_of(cue)} a moment ago. Theirs stays, and yours stands beside it."
        self.tell(cue, said, copy=copy)

    def _remove(self, op: Op) -> None:
        cue = self.find(op)
        if cue.binned_at is not None:
            return
        if self.changed_since(cue, op.before):
            return self.tell(cue, f"{self.changer(cue)} changed {name_of(cue)} a moment ago, so it was not removed.")
        self.bin(cue, is_binned=True)
        self.note(cue, REMOVE, before=values_of(cue), after={})

    def _restore(self, op: Op) -> None:
        cue = self.find(op)
        if cue.binned_at is None:
            return
        self.bin(cue, is_binned=False)
        self.free_hotkey(cue)
        self.note(cue, RESTORE, before={}, after=values_of(cue))

    def _along_the_grid(self, cue: Cue, values: Mapping[str, Any], op: Op) -> None:
        if self.time is None:
            sentence = "This track has no beats to keep a cue in. Set a tempo marker first, or keep it in seconds."
            raise op.refused(sentence, name="anchor")
        for second, beat in BEAT_OF.items():
            if values.get(beat) is not None:
                found = max(0.0, float(self.time.seconds_at([values[beat]])[0]))
                given = values.get(second)
                setattr(cue, second, given if given is not None and abs(given - found) < 1e-6 else round(found, 6))
            elif second in values or "anchor" in values:
                seconds = getattr(cue, second)
                setattr(cue, beat, None if seconds is None else float(self.time.beats_at([seconds])[0]))

    def _check_times(self, cue: Cue, op: Op, *, end: float | None) -> None:
        name = "beat" if op.after.get("beat") is not None else "seconds"
        if not cue.seconds >= 0 or (end is not None and cue.seconds > end):
            raise op.refused("A cue lies within its track. Choose a time inside it.", name=name)
        if cue.kind != Cue.Kind.SPAN:
            return
        if cue.end_seconds is None or cue.end_seconds <= cue.seconds or (end is not None and cue.end_seconds > end):
            raise op.refused("A span ends after it begins, and within its track.", name=f"end_{name}")


def _load(ids: set[str]) -> Iterable[Cue]:
    wanted = sorted(ids)
    chunks = (wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK))
    return itertools.chain.from_iterable(
        Cue.objects.prefetch_related("changed_by").filter(pk__in=chunk) for chunk in chunks
    )
