"""MIDI files, out: a tempo map whose beats fall on the grid's, and the cues as notes.

Tick 0 is the start of the sound. Up to the first marker a lead-in of whole beats, or a part of one, is stretched to
fit; a bar that the next marker cuts short, or that was rounded too often, is stretched likewise. Words at each tempo
tell which is which.
"""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import mido
import numpy as np

from studio.tracks.exchange.bars import beats_between
from studio.tracks.exchange.midi_grid import USUAL_TEMPO, TempoMap
from studio.tracks.exchange.midi_read import TEMPO, Event, letters_of
from studio.tracks.exchange.midi_words import FILL, MARKER, MOMENT, OURS, SPAN
from studio.tracks.exchange.rows import CueRow, Sheet, Written, counted, lost_in
from studio.tracks.grid import Marker

TICKS_PER_BEAT = (960, 1920, 3840)
MOST_ERROR = 0.9e-3  # seconds: finer ticks are taken beyond it
# A tempo is whole microseconds per beat; after so many beats the next one makes up for what was rounded.
BEATS_PER_TEMPO = 128
MOST_METER = 32
# A lead-in shorter than a beat is one of these parts of it.
PARTS = (1, 2, 4, 8, 16, 32, 64)
FIRST_PITCH, PITCHES = 36, 92
NEARLY_NOW = 2e-6
ROUNDED = "Times are rounded to {ticks:,} ticks per beat: the furthest is {worst:.2f} ms off."


@dataclass
class Tempo:
    """From `beat` of the file on, so many microseconds per beat. `meter` where a bar begins; `words` say what it is."""

    beat: float
    microseconds: int
    words: str = ""
    meter: int | None = None
    # What the meter counts: 4 a quarter, which is a beat; less than a beat in a lead-in alone.
    of: int = 4


@dataclass
class Conductor:
    """Lays tempo after tempo and knows what second each beat really falls on."""

    tempos: list[Tempo] = field(default_factory=list)
    beat: float = 0
    seconds: float = 0.0

    def run(self, beats: float, till: float, *, words: str, meter: int | None = None, of: int = 4) -> None:
        """`beats` beats from here to the second `till`."""
        microseconds = max(1, round(1e6 * (till - self.seconds) / beats))
        self.tempos.append(Tempo(self.beat, microseconds, words, meter, of))
        self.beat += beats
        self.seconds += beats * microseconds / 1e6


def write(sheet: Sheet) -> Written:
    """Type 1: a track of tempo and markers, a track of notes."""
    tempos = _tempos(sheet)
    for ticks in TICKS_PER_BEAT:
        tempo = _map(tempos, ticks)
        worst = _worst(sheet, tempos, tempo)
        if worst <= MOST_ERROR:
            break
    notes, crowded = _notes(sheet.cues, tempo)
    file = mido.MidiFile(type=1, ticks_per_beat=ticks, charset="latin-1")
    file.tracks = [_conductor(sheet, tempos, tempo), notes]
    out = io.BytesIO()
    file.save(file=out)
    told = lost_in(sheet, colours=True, hotkeys=True)
    if sheet.cues or sheet.markers:
        told.append(ROUNDED.format(ticks=ticks, worst=worst * 1000))
    if crowded:
        told.append(f"{counted(crowded, 'cue')} left out: more than 16 notes of one name would sound at once.")
    return Written(out.getvalue(), told)


def _tempos(sheet: Sheet) -> list[Tempo]:
    if not sheet.markers:
        return [Tempo(0, USUAL_TEMPO)]
    conductor, first = Conductor(), sheet.markers[0]
    if first.seconds > MOST_ERROR:
        _lead_in(conductor, first)
    for marker, following in zip(sheet.markers, [*sheet.markers[1:], None], strict=True):
        _segment(conductor, marker, following, sheet.duration_seconds)
    return conductor.tempos


def _lead_in(conductor: Conductor, first: Marker) -> None:
    """Whole beats up to the first marker, or a part of one, so that its tempo is one that sequencers have."""
    away = first.seconds * first.bpm / 60
    if away >= 0.75:
        beats = round(away)
        conductor.run(beats, first.seconds, words=FILL, meter=beats if beats <= MOST_METER else 1)
    else:
        part = min(PARTS, key=lambda one: abs(math.log(away * one)))
        conductor.run(1 / part, first.seconds, words=FILL, meter=1, of=4 * part)


def _segment(conductor: Conductor, marker: Marker, following: Marker | None, duration_seconds: float) -> None:
    period = 60 / marker.bpm
    if following is None:
        steady, rest = max(1, math.ceil((duration_seconds - marker.seconds) / period)), 0
    else:
        beats = beats_between(marker, following)
        is_whole = abs(marker.seconds + beats * period - following.seconds) < NEARLY_NOW
        steady, rest = (beats, 0) if is_whole else (beats - 1, 1)
    words = f"{MARKER} {marker.bpm!r} {marker.beats_per_bar} {marker.downbeat}"
    meter: int | None = marker.beats_per_bar
    for done in range(0, steady, BEATS_PER_TEMPO):
        end = min(steady, done + BEATS_PER_TEMPO)
        conductor.run(end - done, marker.seconds + end * period, words=words, meter=meter)
        words, meter = FILL, None
    if rest:
        assert following is not None
        conductor.run(1, following.seconds, words=words, meter=meter)


def _map(tempos: Sequence[Tempo], ticks: int) -> TempoMap:
    return TempoMap.of(ticks, [Event(round(tempo.beat * ticks), TEMPO, tempo.microseconds) for tempo in tempos])


def _worst(sheet: Sheet, tempos: Sequence[Tempo], tempo: TempoMap) -> float:
    """The furthest that any written moment is from its own, in seconds."""
    cues = [one for cue in sheet.cues for one in (cue.seconds, cue.end_seconds) if one is not None]
    read = tempo.seconds([_tick(tempo, second) for second in cues])
    errors = [0.0, *np.abs(read - np.array(cues))] if cues else [0.0]
    places = [round(one.beat * tempo.ticks_per_beat) for one in tempos if one.words.startswith(MARKER)]
    if places:
        errors += list(np.abs(tempo.seconds(places) - np.array([marker.seconds for marker in sheet.markers])))
    return float(max(errors))


def _tick(tempo: TempoMap, seconds: float) -> int:
    return max(0, round(tempo.tick_at(seconds)))


def _conductor(sheet: Sheet, tempos: Sequence[Tempo], tempo: TempoMap) -> mido.MidiTrack:
    """Tempo, meter and words; cues as markers, which other programs show above their bars."""
    events = [
        (0, mido.MetaMessage("track_name", name=letters_of(sheet.name))),
        (0, mido.MetaMessage("text", text=OURS)),
    ]
    for one in tempos:
        tick = round(one.beat * tempo.ticks_per_beat)
        if one.meter is not None:
            events.append((tick, mido.MetaMessage("time_signature", numerator=one.meter, denominator=one.of)))
        events.append((tick, mido.MetaMessage("set_tempo", tempo=one.microseconds)))
        if one.words:
            events.append((tick, mido.MetaMessage("text", text=one.words)))
    for cue in sheet.cues:
        if cue.label:
            events.append((_tick(tempo, cue.seconds), mido.MetaMessage("marker", text=letters_of(cue.label))))
    return _track(events)


@dataclass
class Note:
    tick: int
    end: int
    is_moment: bool
    pitch: int
    channel: int
    words: str


def _notes(cues: Sequence[CueRow], tempo: TempoMap) -> tuple[mido.MidiTrack, int]:
    """A pitch for each name; what would sound at once on one pitch gets a channel of its own. -> track, left out"""
    pitches: dict[str, int] = {}
    busy: dict[tuple[int, int], Note] = {}
    notes: list[Note] = []
    crowded = 0
    for cue in sorted(cues, key=lambda one: one.seconds):
        pitch = pitches.setdefault(cue.label, FIRST_PITCH + len(pitches) % PITCHES)
        start, is_moment = _tick(tempo, cue.seconds), cue.end_seconds is None
        end = start + tempo.ticks_per_beat // 8
        if cue.end_seconds is not None:
            end = max(start + 1, _tick(tempo, cue.end_seconds))
        channel = _free_channel(busy, pitch, start)
        if channel is None:
            crowded += 1
            continue
        note = Note(start, end, is_moment, pitch, channel, f"{MOMENT if is_moment else SPAN} {cue.label}")
        busy[channel, pitch] = note
        notes.append(note)
    events: list[tuple[int, mido.Message]] = [(0, mido.MetaMessage("track_name", name="Cues"))]
    for note in notes:
        key = {"channel": note.channel, "note": note.pitch}
        events.append((note.tick, mido.MetaMessage("text", text=letters_of(note.words))))
        events.append((note.tick, mido.Message("note_on", velocity=100, **key)))
        events.append((note.end, mido.Message("note_off", **key)))
    return _track(events), crowded


def _free_channel(busy: Mapping[tuple[int, int], Note], pitch: int, tick: int) -> int | None:
    """One where that pitch is silent; else one whose moment may end here, because how long it sounds says nothing."""
    sounding = [busy.get((channel, pitch)) for channel in range(16)]
    for channel, note in enumerate(sounding):
        if note is None or note.end <= tick:
            return channel
    for channel, note in enumerate(sounding):
        if note is not None and note.is_moment and note.tick < tick:
            note.end = tick
            return channel
    return None


def _track(events: list[tuple[int, mido.Message]]) -> mido.MidiTrack:
    """Ends of notes come before what begins in the same tick."""
    track, last = mido.MidiTrack(), 0
    for tick, message in sorted(events, key=lambda event: (event[0], event[1].type != "note_off")):
        track.append(message.copy(time=tick - last))
        last = tick
    return track
