"""Beat time: how many beats into the grid a second lies, and back.

Beats are counted from the first marker's, whose number is the grid's `first_beat` (0 unless a marker was set before it
later). Between two beats time runs evenly; beyond the ends it goes on at the tempo there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from studio.tracks.grid import Marker, beats_of
from studio.tracks.models import BeatGrid


@dataclass(frozen=True)
class BeatTime:
    """`beats`: seconds, ascending, 1-D float64, at least one; the first of them has the number `first`."""

    beats: np.ndarray
    first: int
    period_before: float
    period_after: float

    def beats_at(self, seconds: Sequence[float] | np.ndarray) -> np.ndarray:
        """[n] seconds -> [n] beats, both float64."""
        asked = np.asarray(seconds, np.float64)
        numbers = self.first + np.arange(len(self.beats), dtype=np.float64)
        found = np.interp(asked, self.beats, numbers)
        early, late = asked < self.beats[0], asked > self.beats[-1]
        found[early] = numbers[0] + (asked[early] - self.beats[0]) / self.period_before
        found[late] = numbers[-1] + (asked[late] - self.beats[-1]) / self.period_after
        return found

    def seconds_at(self, beats: Sequence[float] | np.ndarray) -> np.ndarray:
        """[n] beats -> [n] seconds, both float64; negative before the track's beginning."""
        asked = np.asarray(beats, np.float64)
        numbers = self.first + np.arange(len(self.beats), dtype=np.float64)
        found = np.interp(asked, numbers, self.beats)
        early, late = asked < numbers[0], asked > numbers[-1]
        found[early] = self.beats[0] + (asked[early] - numbers[0]) * self.period_before
        found[late] = self.beats[-1] + (asked[late] - numbers[-1]) * self.period_after
        return found


def beat_time(grid: BeatGrid | None, *, duration_seconds: float) -> BeatTime | None:
    """How time runs along that grid; None where it has no beats."""
    if grid is None:
        return None
    markers = [Marker(**marker) for marker in grid.markers]
    beats, _ = beats_of(markers, duration_seconds=duration_seconds) if grid.is_edited else (grid.beats, [])
    seconds = np.asarray(beats, np.float64)
    if len(seconds) == 0 or (len(seconds) == 1 and not markers):
        return None
    origin = int(np.abs(seconds - markers[0].seconds).argmin()) if markers else 0
    tempi = [60.0 / markers[0].bpm, 60.0 / markers[-1].bpm] if markers else list(np.diff(seconds[[0, 1, -2, -1]])[::2])
    return BeatTime(seconds, grid.first_beat - origin, float(tempi[0]), float(tempi[1]))
