"""Standard MIDI files, read event by event: notes, tempo, meter and words; all else is passed over.

A library that makes an object of each message needs a gigabyte for a file of ten, and gives a whole file up for one odd
byte; here a track that is cut or broken gives what stands before. Ticks are counted from the start of the file.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from studio.errors import Refused
from studio.tracks.exchange.rows import UNSTORABLE

MOST_BYTES = 8 * 1024 * 1024
MOST_EVENTS = 200_000
TOO_LARGE = "The MIDI file has {size:.0f} MB; up to 8 MB are read. Export only the tracks with beats and cues."
BROKEN = "The MIDI file cannot be read: it ends in the middle, or holds what is no MIDI. Export it anew."
ON, OFF, TEMPO, METER, TEXT, MARK = "on", "off", "tempo", "meter", "text", "mark"
WORDS = {1: TEXT, 5: TEXT, 6: MARK, 7: MARK}


class Event(NamedTuple):
    """`value`: a note's pitch, microseconds per beat, or a meter's upper number; `more`: a channel, or 2^lower."""

    tick: int
    kind: str
    value: int = 0
    more: int = 0
    words: str = ""


@dataclass
class Song:
    """A MIDI file, taken apart. `division`: ticks per beat, or below 0 SMPTE frames and ticks per frame."""

    division: int
    kind: int
    tracks: list[list[Event]] = field(default_factory=list)
    is_cut: bool = False
    is_broken: bool = False
    is_too_much: bool = False


class _Broken(Exception):
    """Bytes that are no MIDI."""


def read_song(data: bytes) -> Song:
    """Raises Refused for what is no MIDI file, or too large a one."""
    if len(data) > MOST_BYTES:
        raise Refused(TOO_LARGE.format(size=len(data) / 1e6), field="file")
    if data[:4] == b"RIFF":
        data = data[max(0, data.find(b"MThd")) :]
    if len(data) < 14 or data[:4] != b"MThd":
        raise Refused(BROKEN, field="file")
    size, kind, _, division = struct.unpack(">LHHh", data[4:14])
    if division == 0 or size < 6:
        raise Refused(BROKEN, field="file")
    song, at, left = Song(division, kind), 8 + size, MOST_EVENTS
    while at + 8 <= len(data):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if name == b"MTrk":
            song.tracks.append(_track(song, data[at + 8 : at + 8 + length], left))
            song.is_cut |= at + 8 + length > len(data)
            left -= len(song.tracks[-1])
        at += 8 + length
    song.is_cut |= at < len(data)
    if not song.tracks:
        raise Refused(BROKEN, field="file")
    return song


def _track(song: Song, body: bytes, most: int) -> list[Event]:
    events: list[Event] = []
    try:
        for event in _events(body):
            if len(events) >= most:
                song.is_too_much = True
                break
            events.append(event)
    except IndexError:
        song.is_cut = True
    except _Broken:
        song.is_broken = True
    return events


def _events(body: bytes) -> Iterator[Event]:
    """Raises IndexError where the track ends in the middle."""
    at, tick, running = 0, 0, 0
    while at < len(body):
        delta, at = _number(body, at)
        tick += delta
        status = body[at]
        if status in (0xF0, 0xF7):
            length, at = _number(body, at + 1)
            at += length
        elif status == 0xFF:
            kind = body[at + 1]
            length, at = _number(body, at + 2)
            if at + length > len(body):
                raise IndexError
            yield from _meta(tick, kind, body[at : at + length])
            at += length
        else:
            if status >= 0x80:
                running, at = status, at + 1
            if not 0x80 <= running < 0xF0:
                raise _Broken
            message, channel, pitch = running >> 4, running & 15, body[at]
            if message in (0x8, 0x9):
                is_on = message == 0x9 and body[at + 1] > 0
                yield Event(tick, ON if is_on else OFF, pitch & 127, channel)
            # Programs and channel pressure have one byte, the others two.
            at += 1 if message in (0xC, 0xD) else 2
    if at > len(body):
        raise IndexError


def _meta(tick: int, kind: int, data: bytes) -> Iterator[Event]:
    if kind in WORDS:
        yield Event(tick, WORDS[kind], words=words_of(data))
    elif kind == 0x51 and len(data) == 3 and any(data):
        yield Event(tick, TEMPO, int.from_bytes(data, "big"))
    elif kind == 0x58 and len(data) >= 2 and data[0] and data[1] < 8:
        yield Event(tick, METER, data[0], data[1])


def _number(body: bytes, at: int) -> tuple[int, int]:
    """Seven bits a byte, the highest bit says that more follow; four bytes at most. -> number, the place behind it"""
    number = 0
    for place in range(at, at + 4):
        number = number << 7 | body[place] & 0x7F
        if body[place] < 0x80:
            return number, place + 1
    raise _Broken


def words_of(data: bytes) -> str:
    """Most files of today hold UTF-8; older ones Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def letters_of(text: str) -> str:
    """UTF-8 in the letters that mido, which writes Latin-1, makes the right bytes of."""
    return UNSTORABLE.sub("", text).encode("utf-8").decode("latin-1")
