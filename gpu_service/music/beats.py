"""Beats: when a listener's foot would tap.

Times are seconds from the start of the track, ascending, 1-D float64, each on the attack that it belongs to.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import gaussian_filter1d

from gpu_service.music.features import FINE_RATE, FRAME_RATE, Features
from gpu_service.music.tempo import TempoCurve

# How strictly beats keep the pace (Ellis 2007, "Beat tracking by dynamic programming").
TIGHTNESS = 100.0
SNAP_SECONDS = 0.045
LONG_REACH, SHORT_REACH = 16, 2
AGREED_SHARE = 0.6
ERROR_SECONDS = 0.006
ROUNDS = 8


@dataclass(frozen=True)
class Pulse:
    """Beats in seconds [n], and `steadiness`, 0…1: the share of their attacks that lie on straight lines."""

    beats: np.ndarray
    steadiness: float


def find_beats(features: Features, tempo: TempoCurve) -> Pulse:
    """Beats that follow the tempo and fall on onsets, then moved onto their attacks."""
    frames = np.arange(len(features.onset))
    periods = 60 * FRAME_RATE / tempo.at(frames / FRAME_RATE)
    tracked = _tracked(features.onset, periods)
    pulse = _on_the_grid(tracked / FRAME_RATE, features)
    # Only now: a chain with gaps would bend the lines that beats are read off.
    return replace(pulse, beats=pulse.beats[_sounding(features, tracked)])


def _tracked(onset: np.ndarray, periods: np.ndarray) -> np.ndarray:
    """The chain of frames that best trades strong onsets against even steps. -> int [n]"""
    if len(onset) < 4:
        return np.zeros(0, int)
    hits = onset / max(float(onset.std()), 1e-9)
    hits = gaussian_filter1d(hits, float(np.median(periods)) / 32)
    steps = {p: _steps(p) for p in np.unique(np.round(periods).astype(int))}
    score, before = hits.astype(np.float64), np.full(len(hits), -1)
    for frame, period in enumerate(np.round(periods).astype(int)):
        back, cost = steps[period]
        first = np.searchsorted(back, frame, side="right")
        if first == 0:
            continue
        options = score[frame - back[:first]] - cost[:first]
        best = int(options.argmax())
        if options[best] > 0:
            score[frame] += options[best]
            before[frame] = frame - back[best]
    tail = score[-round(periods[-1]) :]
    chain = [len(score) - len(tail) + int(tail.argmax())]
    while before[chain[-1]] >= 0:
        chain.append(int(before[chain[-1]]))
    return np.array(chain[::-1])


def _steps(period: int) -> tuple[np.ndarray, np.ndarray]:
    """How far back the last beat may lie, in frames ascending, and what each distance costs."""
    back = np.arange(max(1, period // 2), 2 * period + 1)
    return back, TIGHTNESS * np.log(back / period) ** 2


def _sounding(features: Features, frames: np.ndarray) -> np.ndarray:
    """Which beats lie between the first and the last sound, and not in a pause longer than two seconds. -> bool [n]"""
    loud = np.flatnonzero(features.rms > 1e-3 * features.rms.max(initial=0.0))
    if len(loud) == 0:
        return np.zeros(len(frames), bool)
    right = loud[np.minimum(np.searchsorted(loud, frames), len(loud) - 1)]
    left = loud[np.maximum(np.searchsorted(loud, frames, side="right") - 1, 0)]
    away = np.minimum(np.abs(frames - left), np.abs(right - frames))
    inside = (frames >= loud[0] - 3) & (frames <= loud[-1] + 3)
    return inside & (away < FRAME_RATE)


def _on_the_grid(times: np.ndarray, features: Features) -> Pulse:
    """Move beats onto attacks: the tracker is late by a constant, single beats err; strong attacks decide.

    Each beat is read off a robust straight line through the attacks of its neighbours, so that one without an attack of
    its own (a break, a rest) lies where the others put it.
    """
    if len(times) < 3:
        return Pulse(times, 0.0)
    reach = np.arange(-round(SNAP_SECONDS * FINE_RATE), round(SNAP_SECONDS * FINE_RATE) + 1)
    near = np.clip(np.round(times * FINE_RATE).astype(int)[:, None] + reach, 0, len(features.attack) - 1)
    steep = np.maximum(features.attack[near], 0)
    best = steep.argmax(axis=1)
    rows = np.arange(len(times))
    attacks, weight = near[rows, best] / FINE_RATE, steep[rows, best] + 1e-3
    placed, agreed = np.array([_beat_among(i, attacks, weight) for i in range(len(times))]).T
    return Pulse(np.maximum.accumulate(np.maximum(placed, 0)), float(np.median(agreed)))


def _beat_among(i: int, attacks: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Where beat `i` lies, seconds: on a long straight line if most attacks agree with one, else on a short one."""
    time, agreed = _robust_line(i, attacks, weight, reach=LONG_REACH)
    if agreed < AGREED_SHARE:
        time = _robust_line(i, attacks, weight, reach=SHORT_REACH)[0]
    return time, agreed


def _robust_line(i: int, attacks: np.ndarray, weight: np.ndarray, *, reach: int) -> tuple[float, float]:
    """The value at `i` of the line that most of its neighbours lie on, and the share (by weight) that does."""
    rows = np.arange(max(0, i - reach), min(len(attacks), i + reach + 1))
    position, y, trust = rows - i, attacks[rows], weight[rows]
    base = trust / trust.sum()
    for _ in range(ROUNDS):
        share = trust / trust.sum()
        middle, mean = share @ position, share @ y
        slope = share @ ((position - middle) * (y - mean)) / max(float(share @ (position - middle) ** 2), 1e-9)
        away = y - mean - slope * (position - middle)
        trust = base / (1 + (away / ERROR_SECONDS) ** 2)
    return float(mean - slope * middle), float(base[np.abs(away) < 2 * ERROR_SECONDS].sum())
