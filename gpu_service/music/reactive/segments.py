"""Segments: the film cut at quiet valleys, and which seed each frame shows (`specs/seeds/aiart.md` §2.1–2.2).

The original calls this tempo; it measures none. A boundary is a valley of the energy that lasts 1 to 15 s.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.signal import find_peaks_cwt, resample

from gpu_service.music.reactive.turning import segment_spans

Top = Literal["highest", "one"]
# Valleys are looked for at 24 values a second whatever the film's rate, so that they stay where they are.
VALLEY_RATE = 24.0
# More values than this, 17 minutes, are thinned out: a valley of a second is still found to a tenth.
MOST_VALUES = 25_000


@dataclass(frozen=True)
class Schedule:
    """For each frame the seeds (places in a list) that it lies between, and how far it is over. [frames] each"""

    come_from: np.ndarray
    go_to: np.ndarray
    share: np.ndarray


def valleys(
    energy: np.ndarray,
    *,
    fps: float,
    narrowest_seconds: float,
    widest_seconds: float,
    measured_from: Top = "highest",
) -> np.ndarray:
    """Boundaries in frames: ascending, the first 0, the last frames − 1. [frames] -> int64 [S + 1]

    Wavelets see zeros before and after the film. `one`, the original's 1 − energy, makes a cliff of each end, which
    hides valleys near it; `highest` measures from the highest energy, so that a loud end joins the zeros evenly.
    """
    frames = len(energy)
    spread = float(np.ptp(energy)) if frames else 0.0
    if spread <= 1e-9 * max(float(np.abs(energy).max(initial=0.0)), 1e-30):
        return repaired([], frames)
    rate = min(VALLEY_RATE, MOST_VALUES / frames * fps)
    count = max(round(frames / fps * rate), 1)
    curve = energy if count == frames else resample(energy, count)
    widths = np.arange(max(round(narrowest_seconds * rate), 1), round(widest_seconds * rate) + 1)
    top = 1.0 if measured_from == "one" else float(curve.max())
    found = find_peaks_cwt(top - curve, widths)
    boundaries = [round(int(peak) * frames / count) for peak in found]
    return repaired(_apart(boundaries, least=narrowest_seconds / 2 * fps), frames)


def _apart(found: list[int], *, least: float) -> list[int]:
    """Without those that follow another one at once: one valley may be found twice."""
    kept: list[int] = []
    for frame in sorted(found):
        if not kept or frame - kept[-1] >= least:
            kept.append(frame)
    return kept


def repaired(found: list[int], frames: int) -> np.ndarray:
    """A first one within 1 % of the film is 0, else 0 comes before it; the last likewise with frames − 1."""
    last = max(frames - 1, 0)
    kept = sorted({min(max(frame, 0), last) for frame in found})
    if kept and kept[0] <= 0.01 * frames:
        kept = kept[1:]
    if kept and kept[-1] >= 0.99 * frames:
        kept = kept[:-1]
    return np.array([0, *(frame for frame in kept if 0 < frame < last), last], np.int64)


def seeds_of(count: int, *, seed: int, chosen: list[int]) -> np.ndarray:
    """So many seeds: those that were chosen, over and over, or integers 0 … 499 drawn with `seed`. -> int64 [count]"""
    if chosen:
        return np.resize(np.array(chosen, np.int64), count)
    return np.random.default_rng(seed).integers(0, 500, count)


def schedule(boundaries: np.ndarray, frames: int, *, length: int, lead: int, is_fitted: bool) -> Schedule:
    """From the second segment on, a change of `length` frames that begins `lead` frames before the boundary.

    It is cut at the segment's end, as in the original; `is_fitted` shortens it instead, so that it always arrives.
    """
    come_from, go_to, share = np.zeros(frames, np.int64), np.zeros(frames, np.int64), np.ones(frames)
    for place, (first, end) in enumerate(segment_spans(boundaries, frames)):
        come_from[first:end] = go_to[first:end] = place
        share[first:end] = 1.0
        if place == 0:
            continue
        begin = max(first - lead, 0)
        room = end - begin
        steps = max(min(length, room - lead), 1) if is_fitted else length
        ramp = np.linspace(0, 1, steps) if steps > 1 else np.ones(1)
        ramp = ramp[:room]
        come_from[begin : begin + len(ramp)] = place - 1
        go_to[begin : begin + len(ramp)] = place
        share[begin : begin + len(ramp)] = ramp
    return Schedule(come_from, go_to, share)
