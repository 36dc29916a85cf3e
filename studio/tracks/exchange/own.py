"""Our own file: a track's grid and cues as JSON, with every field, so that nothing is lost there and back."""

import json
from typing import Any

from studio.errors import Refused
from studio.tracks.exchange.decode import is_number, json_of
from studio.tracks.exchange.rows import (
    COLOURS,
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
)
from studio.tracks.grid import MAX_MARKERS, Marker

FORMAT = "phosphene track"
VERSION = 1
WHAT = "The file of this studio"
NEWER = "The file was made by a newer Phosphene (version {version} of its form; this one reads {own}). Update this one."


def parse(data: bytes, about: About) -> Look:
    file, facts = json_of(data, what=WHAT)
    return look_of(file, facts)


def look_of(file: Any, facts: list[str]) -> Look:
    """Raises Refused for another form, or one of a later version."""
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        raise Refused(f"{WHAT} does not say “format”: “{FORMAT}”.", field="file")
    version = file.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise Refused(f"{WHAT} does not say its version.", field="file")
    if version > VERSION:
        raise Refused(NEWER.format(version=version, own=VERSION), field="file")
    out, labels = LeftOut(), Labels()
    cues, seen = list[CueRow](), set[str]()
    for place, values in enumerate(_rows(file, "cues"), start=1):
        if len(cues) >= MOST_CUES:
            out.add(f"beyond the first {MOST_CUES:,} cues, as many as a track holds")
        elif cue := _cue(values, labels, seen, out, f"cue {place}"):
            cues.append(cue)
    markers = list[Marker]()
    for place, values in enumerate(_rows(file, "markers"), start=1):
        if len(markers) >= MAX_MARKERS:
            out.add(f"beyond the first {MAX_MARKERS:,} tempo markers, as many as a track holds")
        elif marker := _marker(values, out, f"marker {place}"):
            markers.append(marker)
    track = file.get("track")
    if isinstance(track, dict) and isinstance(track.get("name"), str):
        facts = [*facts, f"It was written for the track “{track['name'][:200]}”."]
    return Look("own", cues, markers, out.sentences() + labels.sentences(), facts)


def _rows(file: dict[str, Any], name: str) -> list[Any]:
    rows = file.get(name, [])
    if not isinstance(rows, list):
        raise Refused(f"{WHAT} has “{name}” that are no list.", field="file")
    return rows


def _cue(values: Any, labels: Labels, seen: set[str], out: LeftOut, where: str) -> CueRow | None:
    if not isinstance(values, dict) or not is_number(values.get("seconds")):
        out.add("without a readable time", where)
        return None
    seconds, end = float(values["seconds"]), values.get("end_seconds")
    if end is not None and (not is_number(end) or end <= seconds):
        out.add("that end before they begin, or at a time that cannot be read", where)
        return None
    label, colour, hotkey = values.get("label", ""), values.get("colour"), values.get("hotkey")
    beat, end_beat, own_id = values.get("beat"), values.get("end_beat"), values.get("id")
    if isinstance(own_id, str) and own_id in seen:
        out.change("with the id of another: taken as cues of their own")
        own_id = None
    if isinstance(own_id, str):
        seen.add(own_id)
    return CueRow(
        seconds=seconds,
        end_seconds=None if end is None else float(end),
        label=labels.clean(label if isinstance(label, str) else ""),
        colour=colour if isinstance(colour, str) and colour in COLOURS else FIRST_COLOUR,
        hotkey=hotkey if isinstance(hotkey, int) and not isinstance(hotkey, bool) and hotkey in HOTKEYS else None,
        anchor="beats" if values.get("anchor") == "beats" else "seconds",
        beat=_number(beat),
        end_beat=_number(end_beat),
        id=own_id if isinstance(own_id, str) else None,
    )


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) else None


def _marker(values: Any, out: LeftOut, where: str) -> Marker | None:
    if not isinstance(values, dict) or not is_number(values.get("seconds")) or not is_number(values.get("bpm")):
        out.add("of tempo without a readable time and bpm", where)
        return None
    per_bar, downbeat = values.get("beats_per_bar", 4), values.get("downbeat", 1)
    if not is_number(per_bar) or not is_number(downbeat):
        out.add("of tempo without a readable bar", where)
        return None
    return Marker(float(values["seconds"]), float(values["bpm"]), int(per_bar), int(downbeat))


def write(sheet: Sheet) -> Written:
    """Every field; times as exactly as they are kept."""
    file = {
        "format": FORMAT,
        "version": VERSION,
        "track": {
            "name": sheet.name,
            "original_name": sheet.original_name,
            "duration_seconds": sheet.duration_seconds,
        },
        "markers": [_marker_json(marker) for marker in sheet.markers],
        "cues": [cue_json(cue) for cue in sheet.cues],
    }
    told = [sheet.said_of_markers] if sheet.said_of_markers else []
    return Written((json.dumps(file, ensure_ascii=False, indent=1) + "\n").encode(), told)


def _marker_json(marker: Marker) -> dict[str, Any]:
    return {name: getattr(marker, name) for name in ("seconds", "bpm", "beats_per_bar", "downbeat")}


def cue_json(cue: CueRow) -> dict[str, Any]:
    return {
        "id": cue.id,
        "seconds": cue.seconds,
        "end_seconds": cue.end_seconds,
        "kind": cue.kind,
        "label": cue.label,
        "colour": cue.colour,
        "hotkey": cue.hotkey,
        "anchor": cue.anchor,
        "beat": cue.beat,
        "end_beat": cue.end_beat,
    }
