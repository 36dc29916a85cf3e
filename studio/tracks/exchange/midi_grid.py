"""The tempo map of a MIDI file: ticks as seconds, tempo and time signatures as markers of a grid."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from studio.tracks.exchange.bars import markers_of, numbered
from studio.tracks.exchange.midi_read import METER, TEMPO, TEXT, Event
from studio.tracks.exchange.midi_words import MARKER
from studio.tracks.exchange.rows import LeftOut, counted
from studio.tracks.grid import MAX_BEATS_PER_BAR, MAX_BPM, MAX_MARKERS, Marker

USUAL_TEMPO = 500_000  # microseconds per beat where a file says none: 120 bpm
MOST_BEATS = 100_000
FITTED = "Its tempo changes within bars, so the grid was made anew of {beats}: it keeps them to within {worst:.1f} ms."
DROP_FRAME = {29: 30_000 / 1001}


@dataclass(frozen=True)
class TempoMap:
    """From each tick of `ticks` on, a tick lasts so many seconds."""

    ticks_per_beat: int
    ticks: np.ndarray
    starts: np.ndarray
    tick_seconds: np.ndarray

    @classmethod
    def of(cls, division: int, events: Iterable[Event]) -> "TempoMap":
        """`division` below 0 is SMPTE: frames a second, and ticks a frame in its lower byte."""
        if division < 0:
            frames = -(division >> 8)
            tick = 1 / (DROP_FRAME.get(frames, frames) * max(1, division & 0xFF))
            return cls(division, np.zeros(1), np.zeros(1), np.array([tick]))
        tempos = {0: USUAL_TEMPO} | {event.tick: event.value for event in events if event.kind == TEMPO}
        ticks = np.array(sorted(tempos), np.float64)
        lengths = np.array([tempos[int(tick)] for tick in ticks]) / (1e6 * division)
        starts = np.concatenate([[0.0], np.cumsum(np.diff(ticks) * lengths[:-1])])
        return cls(division, ticks, starts, lengths)

    def seconds(self, ticks: Sequence[float] | np.ndarray) -> np.ndarray:
        wanted = np.asarray(ticks, np.float64)
        at = np.searchsorted(self.ticks, wanted, side="right") - 1
        return self.starts[at] + (wanted - self.ticks[at]) * self.tick_seconds[at]

    def tick_at(self, seconds: float) -> float:
        at = int(np.searchsorted(self.starts, seconds, side="right")) - 1
        return float(self.ticks[at] + (seconds - self.starts[at]) / self.tick_seconds[at])


@dataclass(frozen=True)
class Meter:
    tick: int
    numerator: int
    denominator: int


def grid_of(
    tempo: TempoMap, events: Sequence[Event], duration_seconds: float, *, ours: bool, out: LeftOut
) -> tuple[list[Marker], list[str]]:
    """Markers, and sentences on how they were made."""
    if ours:
        return _own_markers(tempo, events, out), []
    if not any(event.kind == TEMPO for event in events):
        return [], []
    meters = _meters(events)
    markers = _plain(tempo, meters)
    if markers is not None:
        return numbered(markers), []
    beats, places = _beats(tempo, meters, duration_seconds)
    found, worst, _ = markers_of(beats, places)
    return found, [FITTED.format(beats=counted(len(beats), "beat"), worst=worst * 1000)] if found else []


def _own_markers(tempo: TempoMap, events: Sequence[Event], out: LeftOut) -> list[Marker]:
    """Our files say at each marker: "marker BPM BEATS_PER_BAR BAR"."""
    markers: list[Marker] = []
    for event in events:
        words = event.words.split() if event.kind == TEXT else []
        if not words or words[0] != MARKER:
            continue
        try:
            bpm, per_bar, bar = float(words[1]), int(words[2]), int(words[3])
        except (ValueError, IndexError):
            out.add("of tempo that were changed by hand")
            continue
        if not math.isfinite(bpm) or len(markers) >= MAX_MARKERS:
            out.add("of tempo beyond what a track holds")
            continue
        markers.append(Marker(round(float(tempo.seconds([event.tick])[0]), 6), bpm, per_bar, bar))
    return markers


def _meters(events: Sequence[Event]) -> list[Meter]:
    found = {event.tick: Meter(event.tick, event.value, 2**event.more) for event in events if event.kind == METER}
    first = [] if 0 in found else [Meter(0, 4, 4)]
    return first + [found[tick] for tick in sorted(found)]


def _beat_ticks(meter: Meter, ticks_per_beat: int) -> tuple[float, int]:
    """Ticks of a beat and beats of a bar. A beat is a quarter where bars hold whole quarters, else the lower number."""
    quarters = meter.numerator * 4 / meter.denominator
    if quarters == int(quarters):
        return ticks_per_beat, min(MAX_BEATS_PER_BAR, int(quarters))
    return ticks_per_beat * 4 / meter.denominator, min(MAX_BEATS_PER_BAR, meter.numerator)


def _plain(tempo: TempoMap, meters: Sequence[Meter]) -> list[Marker] | None:
    """A marker for each change of tempo or meter; None where one of them stands within a bar."""
    changes = sorted({int(tick) for tick in tempo.ticks} | {meter.tick for meter in meters})
    if len(changes) > MAX_MARKERS:
        return None
    markers = []
    for tick in changes:
        meter = [one for one in meters if one.tick <= tick][-1]
        beat, per_bar = _beat_ticks(meter, tempo.ticks_per_beat)
        if (tick - meter.tick) % round(beat * per_bar):
            return None
        seconds = float(tempo.seconds([tick])[0])
        at = int(np.searchsorted(tempo.ticks, tick, side="right")) - 1
        bpm = 60 / (tempo.tick_seconds[at] * beat)
        if bpm > MAX_BPM:
            return None
        markers.append(Marker(round(seconds, 6), round(float(bpm), 4), per_bar))
    return markers


def _beats(tempo: TempoMap, meters: Sequence[Meter], duration_seconds: float) -> tuple[list[float], list[int | None]]:
    end = tempo.tick_at(duration_seconds)
    ticks: list[float] = []
    places: list[int | None] = []
    for at, meter in enumerate(meters):
        beat, per_bar = _beat_ticks(meter, tempo.ticks_per_beat)
        till = min(end, meters[at + 1].tick if at + 1 < len(meters) else end)
        count = min(MOST_BEATS - len(ticks), max(0, math.ceil((till - meter.tick) / beat)))
        ticks += [meter.tick + number * beat for number in range(count)]
        places += [number % per_bar + 1 for number in range(count)]
    return [float(one) for one in tempo.seconds(ticks)], places
