"""Cues as a table of a spreadsheet: CSV with commas, semicolons or tabs, with or without a head.

Tempo markers are rows of kind `tempo`. Cells that a spreadsheet would run as formulas are written with an apostrophe in
front. Other programs' heads are understood where their words are plain: Start, Name, Duration …
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from studio.errors import Refused
from studio.tracks.exchange.audacity import CUT
from studio.tracks.exchange.bars import place_in_bar
from studio.tracks.exchange.colours import colour_of
from studio.tracks.exchange.decode import number_of, seconds_of, text_of
from studio.tracks.exchange.formula import guarded, unguarded
from studio.tracks.exchange.rows import (
    FIRST_COLOUR,
    HOTKEYS,
    MOST_CUES,
    About,
    CueRow,
    Labels,
    LeftOut,
    Look,
    Sheet,
    Written,
    lost_in,
)
from studio.tracks.grid import MAX_MARKERS, Marker

COLUMNS = ("time", "end", "label", "kind", "colour", "hotkey", "bar", "beat", "bpm", "beats_per_bar")
WORDS = {
    "time": ("time", "seconds", "start", "start_seconds", "begin", "onset", "in", "position", "start time", "tc in"),
    "end": ("end", "end_seconds", "stop", "out", "end time", "tc out"),
    "duration": ("duration", "length"),
    "label": ("label", "name", "text", "title", "marker", "marker name", "comment"),
    "kind": ("kind", "type"),
    "colour": ("colour", "color"),
    "hotkey": ("hotkey", "hot cue", "key"),
    "bar": ("bar",),
    "bpm": ("bpm", "tempo"),
    "beats_per_bar": ("beats_per_bar", "meter"),
}
KNOWN = {word: column for column, words in WORDS.items() for word in words}
NO_ROWS = "No row of the table begins with a time. Give it a head with a column “time”, in seconds or as 1:02.5."
TEMPO = "tempo"
SAME = 5e-7


@dataclass
class Table:
    """Rows as they come, column by column."""

    rows: Iterator[tuple[int, list[str]]]
    places: dict[str, int]
    facts: list[str] = field(default_factory=list)


@dataclass
class Found:
    cues: list[CueRow] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    out: LeftOut = field(default_factory=LeftOut)
    labels: Labels = field(default_factory=Labels)


def parse(data: bytes, about: About) -> Look:
    """Raises Refused where no row has a time."""
    text, facts = text_of(data)
    table = _table(text)
    found = Found()
    try:
        for line, cells in table.rows:
            if len(found.cues) >= MOST_CUES or len(found.markers) >= MAX_MARKERS:
                rest = text.count("\n") - line + 1
                found.out.add(f"beyond the first {MOST_CUES:,}, as many as a track holds", count=max(1, rest))
                break
            _take(line, cells, table.places, found)
    except csv.Error as error:
        if not found.cues and not found.markers:
            raise Refused(f"The table cannot be read: {error}.", field="file") from error
        found.out.add("behind a fault in the table")
    if not found.cues and not found.markers:
        raise Refused(NO_ROWS, field="file")
    told = found.out.sentences() + found.labels.sentences()
    if not text.endswith(("\n", "\r")):
        told.append(CUT)
    return Look("csv", found.cues, sorted(found.markers, key=lambda one: one.seconds), told, facts + table.facts)


def _table(text: str) -> Table:
    """Finds out what parts the cells and which column is which, from the first line."""
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    # A decimal comma stands where semicolons or tabs part the cells, so a comma is asked for last.
    splitter = next((sign for sign in (";", "\t", ",") if sign in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=splitter)
    rows = ((reader.line_num, row) for row in reader if any(cell.strip() for cell in row))
    try:
        line, head = next(rows)
    except (csv.Error, StopIteration) as error:
        raise Refused(NO_ROWS, field="file") from error
    if seconds_of(head[0]) is None:
        places = _headed(head)
        unknown = [cell.strip() for cell in head if cell.strip() and _word(cell) not in {*KNOWN, "beat"}]
        facts = [f"Columns that a cue has not are left out: {', '.join(unknown)[:200]}."] if unknown else []
        return Table(rows, places, facts)

    def with_first() -> Iterator[tuple[int, list[str]]]:
        yield line, head
        yield from rows

    return Table(with_first(), _headless(head), ["The table has no head; its columns were told by what is in them."])


def _word(cell: str) -> str:
    return cell.strip().lower()


def _headed(head: Sequence[str]) -> dict[str, int]:
    """Column -> its place; the first of each counts."""
    places: dict[str, int] = {}
    for place, cell in enumerate(head):
        if column := KNOWN.get(_word(cell)):
            places.setdefault(column, place)
    if "time" not in places:
        raise Refused(NO_ROWS, field="file")
    return places


def _headless(first: Sequence[str]) -> dict[str, int]:
    """Time, then perhaps an end, then the first column of words."""
    places = {"time": 0}
    words = next((place for place, cell in enumerate(first) if place and seconds_of(cell) is None), None)
    if words is not None:
        places["label"] = words
    if len(first) > 1 and words != 1:
        places["end"] = 1
    return places


def _take(line: int, cells: list[str], places: dict[str, int], found: Found) -> None:
    def cell(column: str) -> str:
        place = places.get(column)
        return "" if place is None or place >= len(cells) else cells[place]

    where = f"line {line}"
    seconds = seconds_of(cell("time"))
    if seconds is None:
        return found.out.add("without a readable time", where)
    if _word(cell("kind")) == TEMPO:
        bpm = number_of(cell("bpm"))
        per_bar, bar = number_of(cell("beats_per_bar") or "4"), number_of(cell("bar") or "1")
        if not bpm or per_bar is None or bar is None:
            return found.out.add("of tempo without a readable bpm", where)
        return found.markers.append(Marker(seconds, bpm, int(min(per_bar, 1e4)), int(min(max(bar, -1e6), 1e7))))
    end, length = seconds_of(cell("end")), seconds_of(cell("duration"))
    if end is None and length is not None:
        end = seconds + length
    if end is not None and end < seconds - SAME:
        return found.out.add("that end before they begin", where)
    colour, hotkey = colour_of(cell("colour")), number_of(cell("hotkey"))
    if colour is None and _word(cell("colour")):
        found.out.change(f"of a colour that cues have not: taken as {FIRST_COLOUR}")
    return found.cues.append(
        CueRow(
            seconds,
            end if end is not None and end - seconds > SAME and _word(cell("kind")) != "moment" else None,
            found.labels.clean(unguarded(cell("label"))),
            colour or FIRST_COLOUR,
            int(hotkey) if hotkey is not None and hotkey in HOTKEYS else None,
        )
    )


def write(sheet: Sheet) -> Written:
    """Times to the microsecond, commas, UTF-8 with the mark by which spreadsheets know it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for marker in sheet.markers:
        tempo = ["", "", TEMPO, "", "", marker.downbeat, 1, repr(marker.bpm), marker.beats_per_bar]
        writer.writerow([f"{marker.seconds:.6f}", *tempo])
    for cue in sheet.cues:
        end = "" if cue.end_seconds is None else f"{cue.end_seconds:.6f}"
        place = place_in_bar(sheet.markers, cue.seconds)
        bar, beat = (place[0], f"{place[1]:.3f}") if place else ("", "")
        key = "" if cue.hotkey is None else cue.hotkey
        row = [f"{cue.seconds:.6f}", end, guarded(cue.label), cue.kind, cue.colour, key, bar, beat]
        writer.writerow(row)
    return Written(b"\xef\xbb\xbf" + out.getvalue().encode(), lost_in(sheet))
