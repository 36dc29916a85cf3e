"""rekordbox XML: TEMPO rows (Inizio, Bpm, Metro, Battito) and POSITION_MARK rows (cues, loops, hot cues A to H).

Read by a hardened parser, row by row, so that a whole collection costs no more memory than one track of it.
"""

import re
import xml.etree.ElementTree as Tree
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from studio.errors import Refused
from studio.tracks.exchange.colours import RGB
from studio.tracks.exchange.decode import number_of, text_of
from studio.tracks.exchange.rekordbox_rows import cue_of, grid_of
from studio.tracks.exchange.rows import (
    MOST_CUES,
    About,
    Choice,
    CueRow,
    Labels,
    LeftOut,
    Look,
    Sheet,
    Written,
    counted,
    lost_in,
)
from studio.tracks.grid import MAX_MARKERS

MOST_TRACKS = 500
MOST_ELEMENTS = 1_000_000
MOST_MORE = 50_000
PIECE = 256 * 1024
HOSTILE = "The XML declares entities of its own, which rekordbox never does. It was not read."
CUT = "The file ends in the middle. What stands before that was read."
TOO_MUCH = "The file has more rows than any collection. What lies beyond was not read."
OTHER = "This XML is not from rekordbox: it has no DJ_PLAYLISTS with tracks in it."
WHICH = "The file has {count} tracks. Choose which of them this is."
PLACE = "rekordbox finds the sound by its path; the file names “{name}” without one. Choose the sound there."
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class _TooMuch(Exception):
    """More than any collection has; what was read counts."""


@dataclass
class Entry:
    """One track of a collection, with its rows as the XML has them."""

    number: int
    name: str
    artist: str
    file: str
    total_seconds: float | None
    tempos: list[dict[str, str]] = field(default_factory=list)
    marks: list[dict[str, str]] = field(default_factory=list)
    more: int = 0

    def likeness(self, about: About) -> int:
        """How much speaks for its being this track; the file's name most."""
        if about.choices.get("track"):
            return 100 * (about.choices["track"] == str(self.number))
        names = {about.name.casefold(), PurePosixPath(about.original_name).stem.casefold()} - {""}
        same_file = bool(self.file) and self.file.casefold() == about.original_name.casefold()
        same_name = bool(self.name) and self.name.casefold() in names
        near = self.total_seconds is not None and abs(self.total_seconds - about.duration_seconds) <= 1.5
        return 4 * same_file + 3 * same_name + (near and (same_file or same_name))


class Reader:
    """What the parser tells, element by element. Keeps the likeliest track alone."""

    def __init__(self, about: About) -> None:
        self.about = about
        self.is_rekordbox = False
        self.count = 0
        self.names: list[tuple[str, str]] = []
        self.best: Entry | None = None
        self._open: Entry | None = None
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise _TooMuch
        if self._elements == 1:
            self.is_rekordbox = tag == "DJ_PLAYLISTS"
        # In playlists a TRACK is a key alone.
        if tag == "TRACK" and "Key" not in attributes:
            self._open = self._entry(attributes)
        elif self._open is None:
            return
        elif tag == "TEMPO":
            self._keep(self._open.tempos, attributes, MAX_MARKERS * 8)
        elif tag == "POSITION_MARK":
            self._keep(self._open.marks, attributes, MOST_CUES)

    def end(self, tag: str) -> None:
        if tag == "TRACK":
            self._settle()

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        self._settle()

    def _settle(self) -> None:
        if self._open is not None:
            likeness = self._open.likeness(self.about)
            if self.best is None or likeness > self.best.likeness(self.about):
                self.best = self._open
        self._open = None

    def _entry(self, attributes: dict[str, str]) -> Entry:
        self.count += 1
        place = PurePosixPath(unquote(attributes.get("Location", ""))[:2000])
        name, artist = attributes.get("Name", "")[:200], attributes.get("Artist", "")[:200]
        entry = Entry(self.count, name, artist, place.name, number_of(attributes.get("TotalTime", "")))
        if len(self.names) < MOST_TRACKS or entry.likeness(self.about):
            self.names.append((str(self.count), f"{artist} – {name}" if artist else name or f"Track {self.count}"))
        return entry

    def _keep(self, kept: list[dict[str, str]], attributes: dict[str, str], most: int) -> None:
        assert self._open is not None
        if len(kept) < most:
            kept.append(attributes)
        else:
            self._open.more += 1
            if self._open.more > MOST_MORE:
                raise _TooMuch


def parse(data: bytes, about: About) -> Look:
    """Raises Refused for hostile XML, for other XML, and where no track is complete."""
    text, facts = text_of(data)
    reader, told = Reader(about), list[str]()
    # The text is decoded already, so what the XML says of its encoding is no longer so.
    text = re.sub(r"^\ufeff?\s*<\?xml[^>]{0,200}\?>", "", text)
    parser = DefusedXMLParser(target=reader, forbid_dtd=True)
    try:
        for at in range(0, len(text), PIECE):
            parser.feed(text[at : at + PIECE])
        parser.close()
    except DefusedXmlException as error:
        raise Refused(HOSTILE, field="file") from error
    except _TooMuch:
        reader.close()
        told.append(TOO_MUCH)
    except ParseError as error:
        reader.close()
        if reader.best is None or not reader.is_rekordbox:
            raise Refused(f"The XML cannot be read: {error}.", field="file") from error
        told.append(CUT)
    if not reader.is_rekordbox or reader.best is None:
        raise Refused(OTHER, field="file")
    look = _look(reader, about)
    look.left_out, look.facts = told + look.left_out, facts + look.facts
    return look


def _look(reader: Reader, about: About) -> Look:
    entry = reader.best
    assert entry is not None
    look = Look("rekordbox")
    is_sure = reader.count == 1 or entry.likeness(about) > 0
    if reader.count > 1:
        look.asked.append(Choice("track", "Track", reader.names, str(entry.number) if is_sure else ""))
        look.facts.append(f"A collection of {counted(reader.count, 'track')}.")
    if not is_sure:
        look.left_out.append(WHICH.format(count=f"{reader.count:,}"))
        return look
    out, labels, taken = LeftOut(), Labels(), set[int]()
    cues = [cue_of(mark, labels, taken, out, f"mark {at}") for at, mark in enumerate(entry.marks, start=1)]
    look.cues = sorted((cue for cue in cues if cue is not None), key=lambda cue: cue.seconds)
    look.markers, told = grid_of(entry.tempos, about.duration_seconds, out)
    out.add("beyond what a track holds", count=entry.more)
    look.left_out += out.sentences() + labels.sentences() + told
    return look


def write(sheet: Sheet) -> Written:
    """One track, with its grid, its cues and its loops."""
    playlists = Tree.Element("DJ_PLAYLISTS", Version="1.0.0")
    Tree.SubElement(playlists, "PRODUCT", Name="Phosphene", Version="1", Company="")
    collection = Tree.SubElement(playlists, "COLLECTION", Entries="1")
    file = _clean(sheet.original_name or sheet.name)
    facts = {
        "TrackID": "1",
        "Name": _clean(sheet.name),
        "TotalTime": f"{sheet.duration_seconds:.0f}",
        "AverageBpm": _short(sheet.markers[0].bpm) if sheet.markers else "0.00",
        "Location": f"file://localhost/{quote(file)}",
    }
    track = Tree.SubElement(collection, "TRACK", facts)
    for marker in sheet.markers:
        metro, start = f"{marker.beats_per_bar}/4", f"{marker.seconds:.6f}"
        Tree.SubElement(track, "TEMPO", Inizio=start, Bpm=_short(marker.bpm), Metro=metro, Battito="1")
    for cue in sheet.cues:
        Tree.SubElement(track, "POSITION_MARK", _mark(cue))
    nodes = Tree.SubElement(playlists, "PLAYLISTS")
    Tree.SubElement(nodes, "NODE", Type="0", Name="ROOT", Count="0")
    Tree.indent(playlists)
    text: bytes = Tree.tostring(playlists, encoding="UTF-8", xml_declaration=True)
    told = lost_in(sheet)
    if sheet.markers and any(bar.downbeat != at for bar, at in zip(sheet.markers[:1], [1], strict=True)):
        told.append("The numbers of bars are not carried: rekordbox counts from 1.")
    if unfit := sum(bool(NO_XML.search(cue.label)) for cue in sheet.cues):
        told.append(f"Signs that XML cannot hold are left out of {counted(unfit, 'name')}.")
    return Written(text + b"\n", [*told, PLACE.format(name=file)])


def _mark(cue: CueRow) -> dict[str, str]:
    red, green, blue = RGB[cue.colour]
    mark = {"Name": _clean(cue.label), "Type": "0" if cue.end_seconds is None else "4", "Start": f"{cue.seconds:.6f}"}
    if cue.end_seconds is not None:
        mark["End"] = f"{cue.end_seconds:.6f}"
    mark["Num"] = str(-1 if cue.hotkey is None else cue.hotkey - 1)
    return mark | {"Red": str(red), "Green": str(green), "Blue": str(blue)}


def _clean(text: str) -> str:
    return NO_XML.sub("", text)


def _short(bpm: float) -> str:
    """Two decimals as rekordbox has them, more only where they say more."""
    return f"{bpm:.2f}" if round(bpm, 2) == bpm else f"{bpm:.9f}".rstrip("0")
