"""MIDI files, in: the tempo map as a grid, notes and markers as cues.

A file that this studio wrote says in words which tempo changes are markers of the grid and which only make its beats
fall where they are, and which note is which cue (`midi_write`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from studio.errors import Refused
from studio.tracks.exchange.midi_grid import TempoMap, grid_of
from studio.tracks.exchange.midi_read import MARK, OFF, ON, TEXT, Event, read_song
from studio.tracks.exchange.midi_words import CUES, OURS, SPAN
from studio.tracks.exchange.rows import MOST_CUES, About, Choice, CueRow, Labels, LeftOut, Look

NOTHING = "The MIDI file has no notes, no markers and no tempo in it."
SMPTE = "The file counts in SMPTE frames, so it has no tempo and no bars."
SEVERAL = "The file holds {count} songs of their own; the first is taken."
CUT = "The file ends in the middle. What stands before that was read."
BROKEN = "A track of the file holds what is no MIDI. What stands before that was read."
TOO_MUCH = "The file has more than 200,000 events. What lies beyond them was not read."
NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
NOTES = [("moments", "A moment at the start of each"), ("spans", "Spans, as long as they sound"), ("none", "Nothing")]


@dataclass
class Note:
    """Ticks from the start; without an end it was never let go. `words` stand right before it in its track."""

    tick: int
    pitch: int
    words: str = ""
    end: int | None = None


def parse(data: bytes, about: About) -> Look:
    """Raises Refused for what is no MIDI, or has nothing in it."""
    song = read_song(data)
    look, out, labels = Look("midi"), LeftOut(), Labels()
    for is_so, told in ((song.is_cut, CUT), (song.is_broken, BROKEN), (song.is_too_much, TOO_MUCH)):
        look.left_out += [told] if is_so else []
    if song.kind == 2 and len(song.tracks) > 1:
        look.left_out.append(SEVERAL.format(count=len(song.tracks)))
        song.tracks = song.tracks[:1]
    ours = any(event.kind == TEXT and event.words == OURS for event in song.tracks[0])
    everything = [event for track in song.tracks for event in track]
    tempo = TempoMap.of(song.division, everything)
    if song.division < 0:
        look.facts.append(SMPTE)
    else:
        look.facts.append(f"{song.division:,} ticks per beat.")
        events = song.tracks[0] if ours else everything
        look.markers, told_of_grid = grid_of(tempo, events, about.duration_seconds, ours=ours, out=out)
        look.left_out += told_of_grid
    notes = [note for track in song.tracks for note in _notes(track)]
    if ours:
        look.cues = _own_cues(notes, tempo, labels, out)
    else:
        _foreign(notes, everything, tempo, about, look, labels, out)
    if not look.cues and not look.markers and not look.asked:
        raise Refused(NOTHING, field="file")
    look.left_out += out.sentences() + labels.sentences()
    return look


def _notes(track: Sequence[Event]) -> list[Note]:
    notes: list[Note] = []
    sounding: dict[tuple[int, int], list[Note]] = {}
    words = ""
    for event in track:
        if event.kind == TEXT:
            words = event.words
        elif event.kind == ON:
            note = Note(event.tick, event.value, words)
            sounding.setdefault((event.more, event.value), []).append(note)
            notes.append(note)
            words = ""
        elif event.kind == OFF and (waiting := sounding.get((event.more, event.value))):
            waiting.pop(0).end = event.tick
    return notes


def _own_cues(notes: Sequence[Note], tempo: TempoMap, labels: Labels, out: LeftOut) -> list[CueRow]:
    """In our files each note stands behind its words, "moment Drop" or "span Verse"."""
    told = _most([note for note in notes if note.words.startswith(CUES)], out)
    cues = []
    for note, (start, end) in zip(told, _times(told, tempo), strict=True):
        kind, _, label = note.words.partition(" ")
        cues.append(CueRow(start, end if kind == SPAN and end > start else None, labels.clean(label)))
    return sorted(cues, key=lambda cue: cue.seconds)


def _foreign(
    notes: Sequence[Note],
    events: Sequence[Event],
    tempo: TempoMap,
    about: About,
    look: Look,
    labels: Labels,
    out: LeftOut,
) -> None:
    """Notes are named by words at their tick, else by their pitch; markers without a note are cues too."""
    as_what = about.choices.get("notes") or "moments"
    if notes:
        look.asked.append(Choice("notes", f"{len(notes):,} notes", NOTES, as_what))
    named = {event.tick: event.words for event in events if event.words}
    ticks = {note.tick for note in notes}
    marks = [Note(event.tick, 0, event.words) for event in events if event.kind == MARK and event.tick not in ticks]
    for note in notes:
        note.words = named.get(note.tick) or pitch_name(note.pitch)
    wanted = _most(sorted([*(notes if as_what != "none" else []), *marks], key=lambda note: note.tick), out)
    for note, (start, end) in zip(wanted, _times(wanted, tempo), strict=True):
        look.cues.append(CueRow(start, end if as_what == "spans" and end > start else None, labels.clean(note.words)))
    if notes and as_what == "moments":
        look.left_out.append("How long the notes sound is left out, and how hard and on which channel they are played.")
    elif notes and as_what == "spans":
        look.left_out.append("How hard and on which channel the notes are played is left out.")


def _most(notes: list[Note], out: LeftOut) -> list[Note]:
    out.add(f"beyond the first {MOST_CUES:,} cues, as many as a track holds", count=len(notes) - MOST_CUES)
    return notes[:MOST_CUES]


def _times(notes: Sequence[Note], tempo: TempoMap) -> list[tuple[float, float]]:
    starts = tempo.seconds([note.tick for note in notes])
    ends = tempo.seconds([note.tick if note.end is None else note.end for note in notes])
    return [(float(start), float(end)) for start, end in zip(starts, ends, strict=True)]


def pitch_name(pitch: int) -> str:
    """60 is C4, as most programs count."""
    return f"{NAMES[pitch % 12]}{pitch // 12 - 1}"
