"""Text of any usual encoding, numbers of any usual locale, JSON of any depth: read, or refused with a sentence."""

import codecs
import json
import math
import re
from typing import Any

from studio.errors import Refused

MARKS = [
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
]
OTHERS = {
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"%PDF": "a PDF",
    b"PK\x03\x04": "a zip archive",
    b"ID3": "sound",
    b"OggS": "sound",
    b"fLaC": "sound",
    b"\xff\xfb": "sound",
    b"\xff\xf3": "sound",
}
# What these say stands behind a length.
INNER = {b"WAVE": "sound", b"AIFF": "sound", b"AIFC": "sound", b"AVI ": "a film"}
NOT_TEXT = "The file is no text. Choose Audacity labels, CSV, JAMS, MIDI, rekordbox XML or a file of this studio."
EMPTY = "The file is empty."
MOST_CONTROLS = 0.05  # share of control signs beyond which bytes are no text
PLAIN = re.compile(r"[+-]?(\d{1,12}[.,]?\d{0,18}|[.,]\d{1,18})([eE][+-]?\d{1,3})?", re.ASCII)
CLOCK = re.compile(r"(-?)(?:(\d{1,4}):)?(\d{1,5}):(\d{1,2}(?:[.,]\d{0,12})?)", re.ASCII)
MOST_JSON_PARTS = 400_000


def text_of(data: bytes) -> tuple[str, list[str]]:
    """The text and facts on how it was read. Raises Refused for what is no text."""
    if not data.removeprefix(codecs.BOM_UTF8).strip(b"\x00\r\n\t "):
        raise Refused(EMPTY, field="file")
    if what := _what_else(data):
        raise Refused(f"The file is {what}, whatever its name says. {NOT_TEXT.partition('. ')[2]}", field="file")
    text, told = _decoded(data)
    controls = sum(text.count(chr(code)) for code in range(32) if code not in (0, 9, 10, 11, 12, 13))
    if controls + text.count("\x00") > max(1, MOST_CONTROLS * len(text)):
        raise Refused(NOT_TEXT, field="file")
    if "\x00" in text:
        told.append("NUL bytes in the text were left out.")
    return text.replace("\x00", ""), told


def _what_else(data: bytes) -> str | None:
    if data[:4] in (b"RIFF", b"FORM"):
        return INNER.get(data[8:12])
    if data[4:8] == b"ftyp":
        return "sound or a film"
    return next((what for start, what in OTHERS.items() if data.startswith(start)), None)


def _decoded(data: bytes) -> tuple[str, list[str]]:
    for mark, codec, name in MARKS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(codec, "replace")
            told = [] if codec == "utf-8" else [f"The text is {name}."]
            return text, told + _broken(text)
    if sixteen := _sixteen(data):
        text = data.decode(sixteen, "replace")
        return text, ["The text is UTF-16 without its mark.", *_broken(text)]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError as error:
        # A file that ends within a letter was cut off; it is UTF-8 all the same.
        if error.end == len(data) and error.start > len(data) - 4 and error.reason == "unexpected end of data":
            return data[: error.start].decode("utf-8"), []
    foreign = "The text is not UTF-8 but read as Windows-1252. Look at its accents."
    return data.decode("cp1252", "replace"), [foreign]


def _sixteen(data: bytes) -> str | None:
    """UTF-16 without a mark has a NUL in nearly every second place."""
    head = data[:4096]
    half = len(head) // 2
    if half < 2:
        return None
    if head[1::2].count(0) > 0.7 * half and head[::2].count(0) < 0.1 * half:
        return "utf-16-le"
    if head[::2].count(0) > 0.7 * half and head[1::2].count(0) < 0.1 * half:
        return "utf-16-be"
    return None


def _broken(text: str) -> list[str]:
    broken = text.count("\N{REPLACEMENT CHARACTER}")
    return [f"{broken:,} signs of the text are broken."] if broken else []


def number_of(text: str) -> float | None:
    """ "1.5", "1,5", "2e-3" -> float; None for anything else, for NaN and for what is beyond a float."""
    if not PLAIN.fullmatch(text := text.strip()):
        return None
    value = float(text.replace(",", "."))
    return value + 0.0 if math.isfinite(value) else None


def seconds_of(text: str) -> float | None:
    """A number of seconds, or "1:02.5", or "1:00:02,5"."""
    text = text.strip().removesuffix("s").rstrip()
    found = CLOCK.fullmatch(text)
    if found is None:
        return number_of(text)
    sign, hours, minutes, seconds = found.groups()
    total = int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
    return -total if sign else total


def is_number(value: Any) -> bool:
    """A finite JSON number. True and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15


def json_of(data: bytes, *, what: str) -> tuple[Any, list[str]]:
    """What is in a JSON file. Raises Refused with a sentence for what is none, or is made to be too much."""
    text, told = text_of(data)
    if text.count("{") + text.count("[") > MOST_JSON_PARTS or text.count(",") > 5 * MOST_JSON_PARTS:
        raise Refused(f"{what} has more parts than any track. Take out what is no beat and no cue.", field="file")
    try:
        return json.loads(text), told
    except RecursionError as error:
        raise Refused(f"{what} is nested too deeply to be one.", field="file") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        if error.pos >= len(text.rstrip()) or "Unterminated" in error.msg:
            raise Refused(f"{what} ends in the middle, at {place}. Send the whole file.", field="file") from error
        raise Refused(f"{what} cannot be read: there is a fault at {place}.", field="file") from error
    except ValueError as error:  # a number of more digits than Python reads
        raise Refused(f"{what} holds a number that is far too long.", field="file") from error
