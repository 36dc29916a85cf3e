"""The formats, and how a file tells which it is: by what is in it, whatever its name says."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from studio.errors import Refused
from studio.tracks.exchange import audacity, csv_cues, jams, midi, midi_write, own, rekordbox
from studio.tracks.exchange.decode import NOT_TEXT, json_of, number_of, text_of
from studio.tracks.exchange.rows import About, Look, Sheet, Written

MOST_BYTES = 32 * 1024 * 1024
LABEL = re.compile(r"([^\t]{1,40})\t([^\t]{1,40})(\t|$)")


@dataclass(frozen=True)
class Format:
    name: str
    title: str
    ending: str
    content_type: str
    write: Callable[[Sheet], Written]


FORMATS = {
    one.name: one
    for one in (
        Format("own", "This studio's own (JSON)", ".phosphene.json", "application/json", own.write),
        Format("audacity", "Audacity labels", ".txt", "text/plain; charset=utf-8", audacity.write),
        Format("csv", "CSV table", ".csv", "text/csv; charset=utf-8", csv_cues.write),
        Format("jams", "JAMS", ".jams", "application/json", jams.write),
        Format("midi", "MIDI", ".mid", "audio/midi", midi_write.write),
        Format("rekordbox", "rekordbox XML", ".xml", "application/xml; charset=utf-8", rekordbox.write),
    )
}


def read(data: bytes, about: About) -> Look:
    """What is in a file of any of these formats. Raises Refused with a sentence."""
    if len(data) > MOST_BYTES:
        raise Refused("The file is larger than 32 MB. Send the cues and beats of one track.", field="file")
    if data[:4] == b"MThd" or (data[:4] == b"RIFF" and data[8:12] == b"RMID"):
        return midi.parse(data, about)
    # A cut letter at the end of the head is no fault of the file.
    head = text_of(data[: 64 * 1024 - 64 * 1024 % 4])[0].lstrip("\ufeff \t\r\n")
    if head.startswith("<"):
        return rekordbox.parse(data, about)
    if head.startswith(("{", "[{")):
        return _json(data)
    first = next((line for line in head.splitlines() if line.strip() and not line.startswith("\\")), "")
    label = LABEL.match(first)
    if label and all(number_of(one) is not None for one in label.groups()[:2]):
        return audacity.parse(data, about)
    return csv_cues.parse(data, about)


def _json(data: bytes) -> Look:
    file, facts = json_of(data, what="The JSON file")
    if isinstance(file, dict) and file.get("format") == own.FORMAT:
        return own.look_of(file, facts)
    if isinstance(file, dict) and "annotations" in file:
        return jams.look_of(file, facts)
    raise Refused("The JSON file is neither of this studio nor JAMS. " + NOT_TEXT.partition(". ")[2], field="file")
