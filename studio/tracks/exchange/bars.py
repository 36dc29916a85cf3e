"""Bars of a grid: where in them a moment lies, how they count on from marker to marker, and markers from beats alone.

Markers are those of `studio.tracks.grid`; times are seconds.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from studio.tracks.grid import LAST_GAP, MAX_BEATS_PER_BAR, MAX_BPM, MAX_MARKERS, MIN_BPM, Marker

TOLERANCES = (5e-4, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1)
CLOSE = 1e-6
PERIODS = (60 / MAX_BPM, 60 / MIN_BPM)
# Digits of a tempo that are tried before its exact value.
DIGITS = (0, 1, 2, 3)


def place_in_bar(markers: Sequence[Marker], seconds: float) -> tuple[int, float] | None:
    """Bar and beat (from 1) of a moment; None without a grid."""
    if not markers:
        return None
    marker = next((one for one in reversed(markers) if one.seconds <= seconds + CLOSE), markers[0])
    beats = round((seconds - marker.seconds) * marker.bpm / 60, 4)
    bar = math.floor(beats / marker.beats_per_bar)
    return marker.downbeat + bar, 1 + beats - bar * marker.beats_per_bar


def beats_between(marker: Marker, following: Marker) -> int:
    """Beats of the grid from a marker to the one after it, as `beats_of` sets them."""
    away = (following.seconds - marker.seconds) * marker.bpm / 60
    return max(1, math.floor(away - LAST_GAP + CLOSE) + 1)


def numbered(markers: Sequence[Marker], first: int = 1) -> list[Marker]:
    """The markers with their bars counted through from `first`."""
    counted: list[Marker] = []
    for marker in markers:
        if counted:
            last = counted[-1]
            first = last.downbeat + max(1, math.ceil(beats_between(last, marker) / last.beats_per_bar))
        counted.append(replace(marker, downbeat=first))
    return counted


def markers_of(
    beats: Sequence[float], positions: Sequence[int | None], *, tolerances: Sequence[float] = TOLERANCES
) -> tuple[list[Marker], float, int]:
    """Few markers that give these beats: -> markers, the worst error in seconds, and pauses that a grid fills.

    `beats` ascend; `positions` are places in the bar from 1, or None. Fewer markers than a track holds, at the price
    of exactness where the beats wander.
    """
    times = np.asarray(beats, np.float64)
    if len(times) < 2:
        return [], 0.0, 0
    starts = [index for index, place in enumerate(positions) if place == 1]
    if not starts:
        starts, per_bar = list(range(len(times))), [4] * len(times)
    else:
        per_bar = _lengths(starts, len(times))
        if not _leads_in(times, starts, per_bar):
            starts, per_bar = [0, *starts], [starts[0], *per_bar]
    found: tuple[list[Marker], float, int] = ([], 0.0, 0)
    for tolerance in tolerances:
        found = _markers(times, starts, per_bar, tolerance)
        if len(found[0]) <= MAX_MARKERS:
            break
    markers, worst, pauses = found
    return numbered(markers[:MAX_MARKERS]), worst, pauses


def _leads_in(times: np.ndarray, starts: list[int], per_bar: list[int]) -> bool:
    """Whether the beats before the first bar go at its tempo, so that its marker gives them too."""
    first, end = starts[0], starts[1] if len(starts) > 1 else len(times)
    if first == 0:
        return True
    seconds, period, _ = _line(times, first, end)
    wanted = seconds - period * np.arange(first, 0, -1)
    return bool(np.abs(times[:first] - wanted).max() <= TOLERANCES[0])


def _lengths(starts: list[int], total: int) -> list[int]:
    """Beats of each bar; the last one may be cut short by the end, so it counts as the one before."""
    lengths = [min(MAX_BEATS_PER_BAR, after - before) for before, after in itertools.pairwise(starts)]
    last = max(total - starts[-1], lengths[-1] if lengths else 4)
    return [*lengths, min(MAX_BEATS_PER_BAR, last)]


def _markers(
    times: np.ndarray, starts: list[int], per_bar: list[int], tolerance: float
) -> tuple[list[Marker], float, int]:
    """Greedy: each marker holds for as many bars as one steady tempo keeps within `tolerance`."""
    markers: list[Marker] = []
    worst, pauses, at = 0.0, 0, 0
    ends = [*starts[1:], len(times)]
    while at < len(starts):
        till = _furthest(times, starts, ends, per_bar, at, tolerance)
        first, end = starts[at], ends[till]
        seconds, period, error = _line(times, first, end)
        gap = times[end] - times[end - 1] if end < len(times) else period
        pauses += not LAST_GAP * period < gap <= (1 + LAST_GAP) * period + CLOSE
        markers.append(Marker(round(seconds, 6), min(MAX_BPM, max(MIN_BPM, 60 / period)), per_bar[at]))
        worst, at = max(worst, error), till + 1
    return markers, worst, pauses


def _furthest(
    times: np.ndarray, starts: list[int], ends: list[int], per_bar: list[int], at: int, tolerance: float
) -> int:
    """The last bar that the marker at bar `at` may hold for: doubled steps out, then halved steps back."""

    def fits(till: int) -> bool:
        if any(length != per_bar[at] for length in per_bar[at:till]) or per_bar[till] > per_bar[at]:
            return False
        end = ends[till]
        _, period, error = _line(times, starts[at], end)
        # A beat closer to the next marker than that is none of the grid's.
        return error <= tolerance and (end == len(times) or times[end] - times[end - 1] > LAST_GAP * period + CLOSE)

    good, step = at, 1
    while good + step < len(starts) and fits(good + step):
        good, step = good + step, step * 2
    while step >= 1:
        if good + step < len(starts) and fits(good + step):
            good += step
        step //= 2
    return good


def _line(times: np.ndarray, first: int, end: int) -> tuple[float, float, float]:
    """A steady tempo through beats first…end-1: start, period and its worst error, in seconds."""
    part = times[first:end]
    if len(part) == 1:
        around = times[first : first + 2] if end < len(times) else times[first - 1 : first + 1]
        return float(part[0]), float(np.clip(np.diff(around)[0], *PERIODS)), 0.0
    steps = np.arange(len(part))
    exact = float(((steps - steps.mean()) * (part - part.mean())).sum() / ((steps - steps.mean()) ** 2).sum())
    exact = float(np.clip(exact, *PERIODS))
    best = _error(part, steps, exact)
    for digits in DIGITS:
        bpm = round(60 / exact, digits)
        if bpm > 0 and (rounded := _error(part, steps, 60 / bpm))[2] <= best[2] * 1.05 + 2 * CLOSE:
            return rounded
    return best


def _error(part: np.ndarray, steps: np.ndarray, period: float) -> tuple[float, float, float]:
    rest = part - steps * period
    start = max(0.0, float((rest.max() + rest.min()) / 2))
    return start, period, float(np.abs(rest - start).max())
