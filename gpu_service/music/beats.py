"""Beats: when a listener's foot would tap.

Times are seconds from the start of the track, ascending, 1-D float64, each on the attack that it belongs to.
"""

from dataclasses import dataclass, replace

import librosa
import numpy as np

from gpu_service.music.features import FINE_RATE, FRAME_RATE, HOP, Features
from gpu_service.music.onset_strength import RATE
from gpu_service.music.tempo import TempoCurve

# How strictly beats keep the pace. With librosa's usual 100, rubato and rests double the number of tempo markers.
TIGHTNESS = 400.0
SHORTEST_FIRST_STEP = 0.75
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
    tracked = _tracked(features.onset, tempo.at(frames / FRAME_RATE))
    pulse = _on_the_grid(tracked / FRAME_RATE, features)
    # Only now: a chain with gaps would bend the lines that beats are read off.
    return replace(pulse, beats=_without_cut(pulse.beats[_sounding(features, tracked)]))


def _without_cut(beats: np.ndarray) -> np.ndarray:
    """Without the hit that a track cut out of the middle of music starts with, when it lies between two beats."""
    is_between = len(beats) > 2 and beats[1] - beats[0] < SHORTEST_FIRST_STEP * (beats[2] - beats[1])
    return beats[1:] if is_between else beats


def _tracked(onset: np.ndarray, bpm: np.ndarray) -> np.ndarray:
    """The chain of frames that best trades strong onsets against even steps at that pace. [T], [T] -> int [n]"""
    if len(onset) < 4:
        return np.zeros(0, int)
    tracked = librosa.beat.beat_track(
        onset_envelope=onset, bpm=bpm, sr=RATE, hop_length=HOP, tightness=TIGHTNESS, trim=False
    )[1]
    # It likes to end on the very last frame, where nobody hears a beat.
    return tracked[tracked < len(onset) - SNAP_SECONDS * FRAME_RATE]


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
