"""What an import makes of a track: which rows come in, which stay out and why, as the ops of one edit.

A look and the import itself are the same plan; the look only tells it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from studio.tracks.edit_cues import MAX_CUES
from studio.tracks.edit_ops import ADD, CUE, MARKER, REMOVE, Op
from studio.tracks.exchange.rows import CueRow, LeftOut, Look, counted
from studio.tracks.grid import MAX_MARKERS, SAME_SECONDS, Marker, wrongs_in

# Two programs round the last instant of a track each in their own way.
SLACK = 0.01
CARRIED = ("seconds", "end_seconds", "kind", "label", "colour", "hotkey", "anchor")
OUTSIDE, THERE, FULL = "outside the track", "that are there already", f"beyond the {MAX_CUES:,} that a track holds"
WRONG_TEMPO, SAME_TIME = "of tempo that a grid cannot have", "of tempo at the time of another"
LOCKED = "The beat grid is locked. Unlock it to take this one in."


@dataclass(frozen=True)
class Wish:
    """What a person wants of a file. `is_replacing`: the cues that are there go; a grid always replaces the grid."""

    cues: bool = True
    grid: bool = True
    is_replacing: bool = False
    offset_seconds: float = 0.0


@dataclass(frozen=True)
class Ground:
    """The track as it is now. Markers are rows of a grid, with their ids."""

    duration_seconds: float
    cues: Sequence[CueRow]
    markers: Sequence[Marker]
    is_locked: bool = False


@dataclass
class Plan:
    """`rows` are the file's cues where they would come to stand, each with the reason why it stays out, or ""."""

    rows: list[tuple[CueRow, str]] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    ops: list[Op] = field(default_factory=list)
    removed: int = 0

    @property
    def cues(self) -> list[CueRow]:
        return [cue for cue, reason in self.rows if not reason]

    @property
    def title(self) -> str:
        """Such as "Import 12 cues and a beat grid"."""
        parts = [counted(len(self.cues), "cue")] if self.cues else []
        parts += ["a beat grid"] if self.markers else []
        return f"Import {' and '.join(parts)}"


def plan(look: Look, ground: Ground, wish: Wish) -> Plan:
    made, out = Plan(), LeftOut()
    if wish.grid and look.markers:
        made.markers = _markers(look.markers, ground, wish, out)
    if wish.grid and look.markers and ground.is_locked:
        made.markers = []
        made.told.append(LOCKED)
    if wish.cues:
        _sift(made, look.cues, ground, wish, out)
    made.told = out.sentences() + made.told
    made.ops = list(_ops(made, ground, wish))
    return made


def _markers(markers: Sequence[Marker], ground: Ground, wish: Wish, out: LeftOut) -> list[Marker]:
    kept: list[Marker] = []
    moved = [replace(one, id=str(uuid4()), seconds=_moved(one.seconds, wish)) for one in markers]
    for marker in sorted(moved, key=lambda one: one.seconds):
        wrongs = {wrong.field for wrong in wrongs_in(marker, duration_seconds=ground.duration_seconds)}
        if "seconds" in wrongs:
            out.add(f"of tempo {OUTSIDE}")
        elif wrongs:
            out.add(WRONG_TEMPO)
        elif kept and marker.seconds - kept[-1].seconds < SAME_SECONDS:
            out.add(SAME_TIME)
        else:
            kept.append(marker)
    out.add(f"of tempo beyond the {MAX_MARKERS:,} that a track holds", count=len(kept) - MAX_MARKERS)
    return kept[:MAX_MARKERS]


def _sift(made: Plan, cues: Iterable[CueRow], ground: Ground, wish: Wish, out: LeftOut) -> None:
    there = [] if wish.is_replacing else ground.cues
    known = {_likeness(cue, shift) for cue in there for shift in (-1, 0, 1)}
    keys = {cue.hotkey for cue in there if cue.hotkey is not None}
    room, cut, without_key, loose = MAX_CUES - len(there), 0, 0, 0
    has_grid = bool(made.markers or ground.markers)
    for row in cues:
        cue, was_cut = _fitted(row, ground.duration_seconds, wish)
        reason = OUTSIDE if cue is None else THERE if _likeness(cue, 0) in known else FULL if room <= 0 else ""
        if reason or cue is None:
            out.add(reason)
            made.rows.append((cue or replace(row, seconds=_moved(row.seconds, wish)), reason))
            continue
        if cue.hotkey in keys:
            cue, without_key = replace(cue, hotkey=None), without_key + 1
        if cue.anchor == "beats" and not has_grid:
            cue, loose = replace(cue, anchor="seconds"), loose + 1
        if cue.hotkey is not None:
            keys.add(cue.hotkey)
        cut, room = cut + was_cut, room - 1
        made.rows.append((cue, ""))
    if cut:
        made.told.append(f"{counted(cut, 'span')} reached beyond the end of the track: cut off there.")
    if without_key:
        made.told.append(f"{counted(without_key, 'cue')} without its hot cue number: another has it already.")
    if loose:
        made.told.append(f"{counted(loose, 'cue')} kept in seconds: without a beat grid there are no beats to keep.")


def _fitted(row: CueRow, duration_seconds: float, wish: Wish) -> tuple[CueRow | None, bool]:
    """The cue where it would stand, and whether it was cut off there; None outside the track."""
    seconds = _moved(row.seconds, wish)
    if not -SLACK <= seconds <= duration_seconds + SLACK:
        return None, False
    seconds = min(max(0.0, seconds), duration_seconds)
    end = None if row.end_seconds is None else _moved(row.end_seconds, wish)
    was_cut = end is not None and end > duration_seconds + SLACK
    end = None if end is None else min(end, duration_seconds)
    if end is not None and end <= seconds:
        end = None
    return replace(row, seconds=seconds, end_seconds=end), was_cut


def _moved(seconds: float, wish: Wish) -> float:
    return seconds if wish.offset_seconds == 0 else round(seconds + wish.offset_seconds, 6)


def _likeness(cue: CueRow, shift: int) -> tuple[str, str, int]:
    """Cues are alike that have a name and a kind in common, and their time to a millisecond or so."""
    return cue.kind, cue.label, round(cue.seconds / SAME_SECONDS) + shift


def _ops(made: Plan, ground: Ground, wish: Wish) -> Iterable[Op]:
    if made.markers:
        for marker in ground.markers:
            yield Op(MARKER, REMOVE, marker.id)
        for marker in made.markers:
            values = marker.as_json()
            yield Op(MARKER, ADD, values.pop("id"), after=values)
    # Cues are never taken away for nothing.
    if wish.is_replacing and made.cues:
        made.removed = len(ground.cues)
        for cue in ground.cues:
            yield Op(CUE, REMOVE, str(cue.id))
    for cue in made.cues:
        # Where a cue in beats stands on this track's grid follows from its seconds.
        yield Op(CUE, ADD, str(uuid4()), after={name: getattr(cue, name) for name in CARRIED})
