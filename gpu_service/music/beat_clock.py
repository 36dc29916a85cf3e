"""The beat clock: how many beats and bars of a beat grid have passed at any second, and the hands that music moves.

A grid is a list of markers: from `seconds` on (a downbeat) the tempo is `bpm`. Beat 0 is the first marker; before it
beats count down.
"""

import math
from collections.abc import Sequence
from typing import Protocol

import numpy as np

# As in the studio's grid: where two markers meet, the last beat of the first keeps this share of its period.
LAST_GAP = 0.4
USUAL_BPM, USUAL_BEATS_PER_BAR = 120.0, 4


class Marker(Protocol):
    """What is read of a marker."""

    @property
    def seconds(self) -> float: ...
    @property
    def bpm(self) -> float: ...
    @property
    def beats_per_bar(self) -> int: ...


def beat_clock(markers: Sequence[Marker], seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Beats and bars that have passed at those moments. Without a marker: 120 bpm from the start. [n] -> [n], [n]"""
    times, beats, bars = _knots(markers)
    return _read(seconds, times, beats), _read(seconds, times, bars)


def _knots(markers: Sequence[Marker]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Moments between which beats pass evenly; the first and the last two give the pace beyond. -> [k], [k], [k]"""
    times, beats, bars = list[float](), list[float](), list[float]()
    beat, bar = 0, 0
    for place, marker in enumerate(markers):
        period, per_bar = 60 / marker.bpm, marker.beats_per_bar
        if place == 0:
            times, beats, bars = [marker.seconds - period], [-1.0], [-1 / per_bar]
        count = 2
        if place + 1 < len(markers):
            away = (markers[place + 1].seconds - marker.seconds) / period
            count = max(1, math.floor(away - LAST_GAP + 1e-6) + 1)
        for step in sorted({0, count - 1}):
            times.append(marker.seconds + step * period)
            beats.append(beat + step)
            bars.append(bar + step / per_bar)
        # A marker begins a bar, also where the one before is not yet full.
        beat, bar = beat + count, bar + max(1, math.ceil(count / per_bar - 1e-9))
    if not markers:
        beat_seconds = 60 / USUAL_BPM
        return np.array([0, beat_seconds]), np.array([0.0, 1.0]), np.array([0, 1 / USUAL_BEATS_PER_BAR])
    return np.array(times), np.array(beats), np.array(bars)


def _read(seconds: np.ndarray, times: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Straight between the knots, and on beyond the ends."""
    inside = np.interp(seconds, times, values)
    before = values[0] + (seconds - times[0]) * (values[1] - values[0]) / (times[1] - times[0])
    after = values[-1] + (seconds - times[-1]) * (values[-1] - values[-2]) / (times[-1] - times[-2])
    return np.where(seconds < times[0], before, np.where(seconds > times[-1], after, inside))


def pushed(even: np.ndarray, music: np.ndarray, *, share: float, landing: np.ndarray) -> np.ndarray:
    """An even clock, moved by the music between landings, on time at each of them. All [frames], ascending.

    `music` says how far the music would have moved; `share` 0…1 mixes the two; `landing` counts landings (beats, bars):
    whenever it passes a whole number, the clock is where the even one is.
    """
    if len(even) < 2 or share == 0:
        return even
    frames = np.arange(len(even), dtype=np.float64)
    first, last = math.ceil(landing[0] + 1e-9), math.floor(landing[-1] - 1e-9)
    crossings = np.interp(np.arange(first, last + 1), landing, frames)
    edges = np.unique(np.concatenate([[0.0], crossings, [frames[-1]]]))
    span = np.clip(np.searchsorted(edges, frames, side="right") - 1, 0, len(edges) - 2)
    even_at, music_at = np.interp(edges, frames, even), np.interp(edges, frames, music)
    moved = np.diff(music_at)[span]
    done = np.where(moved > 1e-12, (music - music_at[span]) / np.where(moved > 1e-12, moved, 1.0), np.nan)
    by_music = even_at[span] + np.nan_to_num(done) * np.diff(even_at)[span]
    by_music = np.where(np.isnan(done), even, by_music)
    return (1 - share) * even + share * by_music
