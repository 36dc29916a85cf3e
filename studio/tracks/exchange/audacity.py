"""Audacity's labels: a line each, `start TAB end TAB text`; a moment has two equal times.

A line that begins with a backslash holds the frequencies of the label above it, which a cue has not.
"""

import io
import re

from studio.errors import Refused
from studio.tracks.exchange.decode import seconds_of, text_of
from studio.tracks.exchange.rows import (
    MOST_CUES,
    About,
    CueRow,
    Labels,
    LeftOut,
    Look,
    Sheet,
    Written,
    counted,
    lost_in,
)

NO_LABELS = "No line of the file is a label: two times and a name, parted by tabs."
CUT = "The last line has no end, so the file may have been cut off there. Look at its last cue."
SAME = 5e-7  # seconds: closer times are written alike


def parse(data: bytes, about: About) -> Look:
    """Raises Refused where no line is a label."""
    text, facts = text_of(data)
    out, labels, cues = LeftOut(), Labels(), list[CueRow]()
    frequencies = 0
    lines = io.StringIO(text, newline=None)
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if line.startswith("\\"):
            frequencies += 1
            continue
        if len(cues) >= MOST_CUES:
            more = 1 + sum(1 for rest in lines if rest.strip() and not rest.startswith("\\"))
            out.add(f"beyond the first {MOST_CUES:,}, as many as a track holds", count=more)
            break
        cue, reason = _cue(line.rstrip("\n"), labels)
        if cue is None:
            out.add(reason, f"line {number}")
        else:
            cues.append(cue)
    if not cues:
        raise Refused(NO_LABELS, field="file")
    told = out.sentences() + labels.sentences()
    if frequencies:
        told.append(f"The frequencies of {counted(frequencies, 'label')} are left out: cues have none.")
    if not text.endswith(("\n", "\r")):
        told.append(CUT)
    return Look("audacity", cues=cues, left_out=told, facts=facts)


def _cue(line: str, labels: Labels) -> tuple[CueRow | None, str]:
    parts = line.split("\t", 2)
    start = seconds_of(parts[0])
    end = seconds_of(parts[1]) if len(parts) > 1 else None
    if start is None or end is None:
        return None, "without two readable times"
    if end < start - SAME:
        return None, "that end before they begin"
    label = labels.clean(parts[2] if len(parts) > 2 else "")
    return CueRow(start, end if end - start > SAME else None, label), ""


def write(sheet: Sheet) -> Written:
    """Times to the microsecond, UTF-8."""
    lines, flattened = [], 0
    for cue in sheet.cues:
        label = re.sub(r"[\t\r\n]+", " ", cue.label)
        flattened += label != cue.label
        end = cue.seconds if cue.end_seconds is None else cue.end_seconds
        lines.append(f"{cue.seconds:.6f}\t{end:.6f}\t{label}\n")
    told = lost_in(sheet, colours=True, hotkeys=True, grid=True)
    if flattened:
        told.append(f"Tabs and line breaks in {counted(flattened, 'name')} become spaces.")
    return Written("".join(lines).encode(), told)
