"""What an exchange file holds, whatever its format: cues, tempo markers, and sentences of what could not come along.

Times are seconds from the track's first sample, as the file says them: they may lie outside the track until an import
has moved and sifted them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.tracks.grid import Marker

MOST_CUES = 10_000
MAX_LABEL = 200
COLOURS = ("red", "orange", "yellow", "green", "blue", "violet", "pink", "grey")
FIRST_COLOUR = "blue"
HOTKEYS = range(1, 9)
# A NUL cannot be stored by PostgreSQL, half of a surrogate pair by nobody.
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class CueRow:
    """A cue in a file. Without `end_seconds` a moment, else a span."""

    seconds: float
    end_seconds: float | None = None
    label: str = ""
    colour: str = FIRST_COLOUR
    hotkey: int | None = None
    anchor: str = "seconds"
    beat: float | None = None
    end_beat: float | None = None
    id: str | None = None

    @property
    def kind(self) -> str:
        return "moment" if self.end_seconds is None else "span"


@dataclass(frozen=True)
class Choice:
    """What a file leaves open: `name` is asked for, one of `options` (value, title) answers; "" = not yet."""

    name: str
    title: str
    options: list[tuple[str, str]]
    value: str = ""


@dataclass
class Look:
    """What is in a file. `left_out` and `facts` are sentences; `asked` is what the person has to choose."""

    format: str
    cues: list[CueRow] = field(default_factory=list)
    markers: list[Marker] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    asked: list[Choice] = field(default_factory=list)


@dataclass(frozen=True)
class About:
    """What a reader may know of the track that the file is for, and what the person has chosen (name -> value)."""

    name: str = ""
    original_name: str = ""
    duration_seconds: float = 6 * 3600.0
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A track as it goes out. `beats` and `downbeats` are what its grid says, in seconds.

    `said_of_markers`: how well `markers` give them, where these were found and not set; else "".
    """

    name: str
    original_name: str
    duration_seconds: float
    cues: list[CueRow]
    markers: list[Marker]
    beats: list[float] = field(default_factory=list)
    downbeats: list[float] = field(default_factory=list)
    said_of_markers: str = ""


@dataclass(frozen=True)
class Written:
    """A file that goes out, and what it does not carry, in sentences."""

    data: bytes
    left_out: list[str]


class LeftOut:
    """Counts what stays behind by its reason, and remembers where the first of each was."""

    def __init__(self) -> None:
        self._counts: dict[str, tuple[int, str]] = {}
        self._changed: dict[str, int] = {}

    def add(self, reason: str, where: str = "", *, count: int = 1) -> None:
        if count > 0:
            before, first = self._counts.get(reason, (0, where))
            self._counts[reason] = (before + count, first)

    def change(self, how: str) -> None:
        """A row that comes in, but not as it stands in the file: "that only say fade: taken as plain cues"."""
        self._changed[how] = self._changed.get(how, 0) + 1

    def sentences(self) -> list[str]:
        """Such as "Left out: 3 rows without a readable time (the first: line 17)."."""
        out = [
            f"Left out: {rows(count)} {reason}{f' (the first: {where})' if where else ''}."
            for reason, (count, where) in self._counts.items()
        ]
        return out + [f"{rows(count)} {how}." for how, count in self._changed.items()]


class Labels:
    """Cuts and cleans names, and says afterwards how many."""

    def __init__(self) -> None:
        self._cut = self._cleaned = 0

    def clean(self, text: str) -> str:
        label = UNSTORABLE.sub("", text)
        self._cleaned += label != text
        self._cut += len(label) > MAX_LABEL
        return label[:MAX_LABEL]

    def sentences(self) -> list[str]:
        told = []
        if self._cut:
            told.append(f"{counted(self._cut, 'name')} longer than {MAX_LABEL} letters: the rest is cut off.")
        if self._cleaned:
            told.append(f"{counted(self._cleaned, 'name')} held signs that are no letters: these are left out.")
        return told


def counted(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"


def rows(number: int) -> str:
    return counted(number, "row")


def lost_in(sheet: Sheet, *, colours: bool = False, hotkeys: bool = False, grid: bool = False) -> list[str]:
    """What of a track a format does not carry: its ties to beats always, and what the flags name."""
    told = []
    if colours and (coloured := sum(cue.colour != FIRST_COLOUR for cue in sheet.cues)):
        told.append(f"The colours of {counted(coloured, 'cue')} are not carried.")
    if hotkeys and (keyed := sum(cue.hotkey is not None for cue in sheet.cues)):
        told.append(f"The hot cue numbers of {counted(keyed, 'cue')} are not carried.")
    if tied := sum(cue.anchor == "beats" for cue in sheet.cues):
        told.append(f"{counted(tied, 'cue')} kept in beats: written in seconds, as the grid is now.")
    if sheet.said_of_markers and not grid:
        told.append(sheet.said_of_markers)
    if grid and sheet.markers:
        told.append(f"The beat grid ({counted(len(sheet.markers), 'tempo marker')}) is not carried.")
    return told
