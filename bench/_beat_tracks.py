"""Twenty tracks whose beats are known to the sample: steady, ramps, pauses, swing, half-time, rests, loose hands.

Every one is played by the same three drums of our own: a kick, a snare and a hat.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

RATE = 22_050
SECONDS = 40.0
FIRST = 0.6


@dataclass
class BeatTrack:
    """`beats` [n] are its true beats, seconds; `struck` are the drums that are heard: (second, drum, loudness)."""

    name: str
    beats: np.ndarray
    struck: list[tuple[float, str, float]] = field(default_factory=list)

    def samples(self) -> np.ndarray:
        """float32 [n] at RATE, peak below 1, with a soft hiss under it as of a room."""
        drums = {"kick": _kick(), "snare": _snare(), "hat": _hat()}
        length = round((max(float(self.beats[-1]), self.struck[-1][0]) + 1.5) * RATE)
        sound = np.random.default_rng(7).standard_normal(length) * 3e-4
        for seconds, drum, loud in self.struck:
            start = round(seconds * RATE)
            hit = drums[drum][: length - start]
            sound[start : start + len(hit)] += loud * hit
        return (0.8 * sound / np.abs(sound).max()).astype(np.float32)


def beat_tracks() -> list[BeatTrack]:
    """The twenty, always the same."""
    tracks = [_rock(f"steady {bpm:g}", _steady(bpm)) for bpm in (60, 90, 123.4, 174)]
    tracks += [
        _rock("ramp 90 to 120", _ramp(90, 120)),
        _rock("ramp 140 to 100", _ramp(140, 100)),
        _rock("ramp 80 to 160", _ramp(80, 160)),
        _rock("breathing 100 to 130", _curve(lambda t: 115 + 15 * np.sin(2 * np.pi * t / 20))),
        _rock("step 100 to 140", np.concatenate([_steady(100, until=20), _steady(140, start=20.3)])),
        _rock("pause of 4 s, in time", _without(_steady(120), 16, 20)),
        _rock("pause of 6 s, out of time", np.concatenate([_steady(110, until=15), _steady(110, start=21.23)])),
        _rock(
            "two pauses, three tempi",
            np.concatenate([_steady(96, until=12), _steady(128, start=15.1, until=25), _steady(84, start=28.4)]),
        ),
        _swung("swing 58 % at 100", _steady(100), 0.58),
        _swung("swing 62 % at 120", _steady(120), 0.62),
        _swung("shuffle at 150", _steady(150), 2 / 3),
        _half_time("half-time in the middle, 140", _steady(140)),
        _half_time("half-time in the middle, 87", _steady(87)),
        _waltz("waltz at 132", _steady(132)),
        _loose("loose hands, ± 8 ms, 110", _steady(110)),
        _with_rests("every third beat rests at random, 128", _steady(128)),
    ]
    return tracks


def _steady(bpm: float, *, start: float = FIRST, until: float = SECONDS) -> np.ndarray:
    return np.arange(start, until, 60 / bpm)


def _curve(bpm: Callable[[float], float]) -> np.ndarray:
    beats = [FIRST]
    while beats[-1] < SECONDS:
        beats.append(beats[-1] + 60 / float(bpm(beats[-1])))
    return np.array(beats[:-1])


def _ramp(first: float, last: float) -> np.ndarray:
    return _curve(lambda t: first + (last - first) * t / SECONDS)


def _without(beats: np.ndarray, start: float, end: float) -> np.ndarray:
    return beats[(beats < start) | (beats >= end)]


def _rock(name: str, beats: np.ndarray) -> BeatTrack:
    """Kick and snare in turn, hats in eighths that lie halfway to the next beat."""
    return _swung(name, beats, 0.5)


def _swung(name: str, beats: np.ndarray, share: float) -> BeatTrack:
    struck = []
    for number, beat in enumerate(beats):
        struck += [(float(beat), "kick" if number % 2 == 0 else "snare", 1.0), (float(beat), "hat", 0.4)]
        gap = beats[number + 1] - beat if number + 1 < len(beats) else np.inf
        if gap < 1.5:
            struck.append((float(beat + share * gap), "hat", 0.3))
    return BeatTrack(name, beats, struck)


def _half_time(name: str, beats: np.ndarray) -> BeatTrack:
    """The same pulse all the way; in the middle third the drummer plays half as fast over hats on the beats."""
    third = len(beats) // 3 // 4 * 4
    track = _rock(name, beats)
    middle = range(third, 2 * third)
    low, high = beats[third], beats[2 * third]
    track.struck = [hit for hit in track.struck if not low <= hit[0] < high]
    for number in middle:
        track.struck.append((float(beats[number]), "hat", 0.4))
        if number % 4 == 0:
            track.struck.append((float(beats[number]), "kick", 1.0))
        if number % 4 == 2:
            track.struck.append((float(beats[number]), "snare", 1.0))
    track.struck.sort()
    return track


def _waltz(name: str, beats: np.ndarray) -> BeatTrack:
    struck = [(float(beat), "kick" if number % 3 == 0 else "hat", 1.0) for number, beat in enumerate(beats)]
    return BeatTrack(name, beats, struck)


def _loose(name: str, beats: np.ndarray) -> BeatTrack:
    """Every stroke misses its beat by up to 8 ms; the beat is where the hand meant it."""
    chance = np.random.default_rng(11)
    track = _rock(name, beats)
    track.struck = [(at + chance.uniform(-0.008, 0.008), drum, loud) for at, drum, loud in track.struck]
    track.struck.sort()
    return track


def _with_rests(name: str, beats: np.ndarray) -> BeatTrack:
    chance = np.random.default_rng(12)
    rests = {float(beat) for beat in beats if chance.random() < 1 / 3}
    track = _rock(name, beats)
    track.struck = [hit for hit in track.struck if hit[0] not in rests]
    return track


def _kick() -> np.ndarray:
    t = np.arange(round(0.25 * RATE)) / RATE
    return np.sin(2 * np.pi * (50 * t + 8 * (1 - np.exp(-t / 0.02)) / 8)) * np.exp(-t / 0.07)


def _snare() -> np.ndarray:
    t = np.arange(round(0.18 * RATE)) / RATE
    noise = np.random.default_rng(1).standard_normal(len(t))
    return 0.5 * noise * np.exp(-t / 0.04) + 0.4 * np.sin(2 * np.pi * 190 * t) * np.exp(-t / 0.05)


def _hat() -> np.ndarray:
    t = np.arange(round(0.06 * RATE)) / RATE
    return 0.5 * np.diff(np.random.default_rng(2).standard_normal(len(t) + 1)) * np.exp(-t / 0.015)
