"""Beats: when a listener's foot would tap.

Times are seconds from the start of the track, ascending, 1-D float64, each on the attack that it belongs to.
"""

from dataclasses import dataclass, replace

import librosa
import numpy as np
from scipy.ndimage import uniform_filter1d

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
# A beat may be struck this long before the sound counts as loud. The foot taps on through a rest of up to two seconds.
EDGE_FRAMES, LONGEST_REST_SECONDS = 3, 2.0
# Of a beat's trust: how many beats it is the mean of; an attack of this share of the strong ones is a whole one.
TRUST_BEATS, FULL_ATTACK, NEAR_SECONDS = 9, 0.5, 0.015


@dataclass(frozen=True)
class Pulse:
    """Beats in seconds [n], and `steadiness`, 0…1: the share of their attacks that lie on straight lines.

    `trust` [n], 0…1: how many of the beats around each have a strong attack just where they lie.
    """

    beats: np.ndarray
    steadiness: float
    trust: np.ndarray


def find_beats(features: Features, tempo: TempoCurve) -> Pulse:
    """Beats that follow the tempo and fall on onsets, then moved onto their attacks."""
    frames = np.arange(len(features.onset))
    tracked = _tracked(features.onset, tempo.at(frames / FRAME_RATE))
    pulse = _on_the_grid(tracked / FRAME_RATE, features)
    # Only now: a chain with gaps would bend the lines that beats are read off.
    heard = np.flatnonzero(_sounding(features, tracked))
    heard = heard[_cut(pulse.beats[heard]) :]
    return replace(pulse, beats=pulse.beats[heard], trust=pulse.trust[heard])


def _cut(beats: np.ndarray) -> int:
    """1 when a track cut out of the middle of music starts with a hit between two beats: that is none. 0 or 1"""
    return int(len(beats) > 2 and beats[1] - beats[0] < SHORTEST_FIRST_STEP * (beats[2] - beats[1]))


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
    inside = (frames >= loud[0] - EDGE_FRAMES) & (frames <= loud[-1] + EDGE_FRAMES)
    return inside & ((right - left < LONGEST_REST_SECONDS * FRAME_RATE) | (away <= EDGE_FRAMES))


def _on_the_grid(times: np.ndarray, features: Features) -> Pulse:
    """Move beats onto attacks: the tracker is late by a constant, single beats err; strong attacks decide.

    Each beat is read off a robust straight line through the attacks of its neighbours, so that one without an attack of
    its own (a break, a rest) lies where the others put it.
    """
    if len(times) < 3:
        return Pulse(times, 0.0, np.zeros(len(times)))
    reach = np.arange(-round(SNAP_SECONDS * FINE_RATE), round(SNAP_SECONDS * FINE_RATE) + 1)
    near = np.clip(np.round(times * FINE_RATE).astype(int)[:, None] + reach, 0, len(features.attack) - 1)
    steep = np.maximum(features.attack[near], 0)
    best = steep.argmax(axis=1)
    rows = np.arange(len(times))
    attacks, weight = near[rows, best] / FINE_RATE, steep[rows, best] + 1e-3
    placed, agreed = np.array([_beat_among(i, attacks, weight) for i in range(len(times))]).T
    trust = _trust(np.abs(attacks - placed), weight)
    return Pulse(np.maximum.accumulate(np.maximum(placed, 0)), float(np.median(agreed)), trust)


def _trust(away: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """How far the attack of each beat lies from it, seconds, and how steep it is. [n], [n] -> [n] 0…1"""
    strong = FULL_ATTACK * float(np.percentile(weight, 90))
    struck = np.minimum(weight / strong, 1) * np.exp(-((away / NEAR_SECONDS) ** 2))
    share = uniform_filter1d(np.ones(len(struck)), TRUST_BEATS, mode="constant")
    return uniform_filter1d(struck, TRUST_BEATS, mode="constant") / share


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
