"""Beat grid: from tempo markers to beats. Times are seconds, ascending.

A marker says: from here on the tempo is so many beats per minute, and bar `downbeat` begins here. The first marker also
holds for what comes before it.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

MIN_BPM, MAX_BPM = 20.0, 400.0
MAX_BEATS_PER_BAR = 16
MAX_MARKERS = 2_000
SAME_SECONDS = 1e-3
# Where two markers meet, the last beat of the first keeps this share of its period from the second.
LAST_GAP = 0.4


@dataclass(frozen=True)
class Marker:
    """From `seconds` on, `bpm`; bar number `downbeat` begins here."""

    seconds: float
    bpm: float
    beats_per_bar: int = 4
    downbeat: int = 1
    id: str = ""

    def as_json(self) -> dict[str, Any]:
        """With an id of its own, by which edits name it."""
        return {
            "id": self.id or str(uuid4()),
            "seconds": self.seconds,
            "bpm": self.bpm,
            "beats_per_bar": self.beats_per_bar,
            "downbeat": self.downbeat,
        }


class GridError(Exception):
    """Shown to the person as it stands; `field` names the wrong value."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Wrong:
    """Goes on from "Marker 3 ..."."""

    field: str
    words: str


def wrongs_in(marker: Marker, *, duration_seconds: float) -> Iterator[Wrong]:
    """The values of a marker that cannot be."""
    if not (math.isfinite(marker.seconds) and 0 <= marker.seconds <= duration_seconds):
        yield Wrong("seconds", "lies outside the track.")
    if not (math.isfinite(marker.bpm) and MIN_BPM <= marker.bpm <= MAX_BPM):
        yield Wrong("bpm", f"cannot have {marker.bpm:g} bpm: use {MIN_BPM:g} to {MAX_BPM:g}.")
    if not 1 <= marker.beats_per_bar <= MAX_BEATS_PER_BAR:
        yield Wrong(
            "beats_per_bar", f"cannot have {marker.beats_per_bar} beats in a bar: use 1 to {MAX_BEATS_PER_BAR}."
        )


def check_markers(markers: Sequence[Marker], *, duration_seconds: float) -> list[Marker]:
    """The markers in time order. Raises GridError, which names the first wrong one."""
    if len(markers) > MAX_MARKERS:
        raise GridError(f"{len(markers):,} tempo markers are too many. Use up to {MAX_MARKERS:,}.", field="markers")
    for index, marker in enumerate(markers):
        if wrong := next(wrongs_in(marker, duration_seconds=duration_seconds), None):
            raise GridError(f"Marker {index + 1} {wrong.words}", field=f"markers.{index}.{wrong.field}")
    ordered = sorted(markers, key=lambda marker: marker.seconds)
    for index, (before, after) in enumerate(itertools.pairwise(ordered)):
        if after.seconds - before.seconds < SAME_SECONDS:
            where = f"markers.{index + 1}.seconds"
            raise GridError("Two tempo markers stand at the same time. Remove one.", field=where)
    return ordered


def beats_of(markers: Sequence[Marker], *, duration_seconds: float) -> tuple[list[float], list[float]]:
    """Beats and downbeats of a whole track, both in seconds, rounded to the microsecond."""
    beats: list[float] = []
    downbeats: list[float] = []
    # A track may have become shorter than its markers; the first also holds for what comes before it.
    markers = [marker for at, marker in enumerate(markers) if at == 0 or marker.seconds < duration_seconds]
    for index, marker in enumerate(markers):
        period = 60.0 / marker.bpm
        is_last = index + 1 == len(markers)
        # A beat at the very end of the track would be heard by nobody.
        end = duration_seconds - SAME_SECONDS if is_last else markers[index + 1].seconds - LAST_GAP * period
        first = -math.floor((marker.seconds + SAME_SECONDS) / period) if index == 0 else 0
        for number in range(first, math.floor((end - marker.seconds + SAME_SECONDS / 10) / period) + 1):
            seconds = round(min(max(0.0, marker.seconds + number * period), duration_seconds), 6)
            beats.append(seconds)
            if number % marker.beats_per_bar == 0:
                downbeats.append(seconds)
    return beats, downbeats
