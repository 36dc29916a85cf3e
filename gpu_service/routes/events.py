"""Events: what cues do beside driving parameters: hold the picture, cut to a snapshot or a vector, change the seed.

A moment acts for the action's seconds, or until the next cue that does the same kind of thing; a span as long as it
lasts. Where two overlap, the one that began later acts.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, Literal, TypeVar

import numpy as np

from gpu_service.protocol import CueSpec
from gpu_service.protocol.routes import CueAction
from gpu_service.protocol.vectors import VectorSpec

T = TypeVar("T")
Kind = Literal["snapshot", "vector", "hold", "seed"]
SEEDS = 2**31
# A cue that lies where a frame begins acts in it, although its seconds were rounded.
HAIR = Fraction(1, 100_000)


@dataclass(frozen=True)
class Event(Generic[T]):
    """From `first` on, before `end` (frames); `glide` is how many frames it takes to arrive, and to go back."""

    first: int
    end: int
    what: T
    glide: float = 0.0


def events_of(
    kind: Kind, actions: Sequence[CueAction], cues: Sequence[CueSpec], *, fps: Fraction, frames: int
) -> list[Event[tuple[CueAction, int]]]:
    """All events of a kind, by their beginning. `what` is the action and the number of its cue, counted from 0."""
    found: list[tuple[float, float | None, CueAction, int]] = []
    for action in actions:
        if action.kind == kind:
            own = sorted((cue for cue in cues if cue.label == action.label), key=lambda cue: cue.seconds)
            found += [(cue.seconds, _end(cue, action), action, number) for number, cue in enumerate(own)]
    found.sort(key=lambda item: (item[0], item[2].label))
    events = []
    for place, (start, end, action, number) in enumerate(found):
        if end is None:
            end = found[place + 1][0] if place + 1 < len(found) else math.inf
        first = _frame_at(start, fps)
        last = frames if math.isinf(end) else min(_frame_at(end, fps), frames)
        if first < last:
            events.append(Event(first, last, (action, number), float(action.glide_seconds * fps)))
    return events


def _end(cue: CueSpec, action: CueAction) -> float | None:
    if cue.kind == "span" and cue.end_seconds is not None and cue.end_seconds > cue.seconds:
        return cue.end_seconds
    return cue.seconds + action.seconds if action.seconds > 0 else None


def _frame_at(seconds: float, fps: Fraction) -> int:
    """The first frame that begins at or after that second."""
    return max(math.ceil((Fraction(seconds) - HAIR) * fps), 0)


def acting(events: Sequence[Event[T]], frames: np.ndarray) -> np.ndarray:
    """The place in `events` of the one that acts in each frame, −1 for none. int [N] -> int64 [N]"""
    chosen = np.full(len(frames), -1)
    for place, event in enumerate(events):  # later ones over earlier ones
        chosen[(frames >= event.first) & (frames < event.end)] = place
    return chosen


def held(events: Sequence[Event[T]], frames: np.ndarray) -> np.ndarray:
    """Which frame is shown in each: the first of what holds it, or itself. int [N] -> int64 [N]"""
    chosen = acting(events, frames)
    firsts = np.array([event.first for event in events], dtype=np.int64)
    return np.where(chosen >= 0, firsts[chosen], frames) if len(events) else frames.astype(np.int64)


@dataclass(frozen=True)
class Cut:
    """Where pictures are taken to: places in a list of targets, −1 is where they are without a cue. All [N]."""

    before: np.ndarray  # int
    after: np.ndarray  # int
    share: np.ndarray  # of the way from `before` to `after`, 0…1

    @property
    def acts(self) -> bool:
        return bool(((self.after >= 0) | ((self.before >= 0) & (self.share < 1))).any())


def cut(events: Sequence[Event[T]], frames: np.ndarray) -> Cut:
    """Which event has the picture, or had it and glides back. int [N] -> Cut of places in `events`"""
    after = acting(events, frames)
    before, share = np.full(len(frames), -1), np.ones(len(frames))
    for n, frame in enumerate(frames):
        begun = int(after[n])
        former = _former(events, int(frame), begun)
        since = frame - (events[begun].first if begun >= 0 else events[former].end if former >= 0 else 0)
        glide = events[begun if begun >= 0 else former].glide if max(begun, former) >= 0 else 0.0
        if since < glide and former != begun:
            before[n], share[n] = former, (since + 1) / (glide + 1)
    return Cut(before, after, share)


def _former(events: Sequence[Event[T]], frame: int, begun: int) -> int:
    """Which event had the picture before the one that has it now; −1 for none."""
    if begun >= 0:
        return int(acting(events, np.array([events[begun].first - 1]))[0])
    over = [place for place, event in enumerate(events) if event.end <= frame]
    return max(over, key=lambda place: events[place].end, default=-1)


def seed_of(action: CueAction, number: int, *, base: int) -> int:
    """The action's seed, or one that cue `number` of its label rolls from the scene's own."""
    if action.seed is not None:
        return int(action.seed) % SEEDS
    digest = hashlib.sha256(f"{base}/{action.label}/{number}".encode()).digest()
    return int.from_bytes(digest[:8], "little") % SEEDS


def vectors_of(events: Sequence[Event[tuple[CueAction, int]]]) -> list[VectorSpec]:
    """The vector of each event."""
    return [action.vector or VectorSpec() for action, _ in (event.what for event in events)]
