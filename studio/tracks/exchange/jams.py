"""JAMS, the annotations of music research: `beat` (its value is the place in the bar), `onset` and `segment_open`.

Spans and named moments are `segment_open` (a moment lasts 0 s), nameless moments are `onset`. The schema is that of
JAMS 0.3 (https://jams.readthedocs.io). We write its JSON ourselves.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from studio.errors import Refused
from studio.tracks.exchange.bars import markers_of
from studio.tracks.exchange.decode import is_number, json_of
from studio.tracks.exchange.found import places_in_bars
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
    rows,
)

VERSION = "0.3.5"
WHAT = "The JAMS file"
BEATS = ("beat", "beat_position")
SEGMENTS = ("segment_open", "segment_salami_upper", "segment_salami_lower", "segment_salami_function", "segment_tut")
MOST_BEATS = 100_000
NOTHING = "The JAMS file has no beats, onsets or segments in it."
FITTED = "The grid is made of {beats}; {markers} give them to within {worst:.1f} ms."
NO_BARS = "The beats do not say where bars begin. Mark a downbeat afterwards."
PAUSES = "A grid has no pauses: beats go on through {pauses}."
SECOND = "The file has {count} lists of beats; the first with beats in it is taken."


def parse(data: bytes, about: About) -> Look:
    file, facts = json_of(data, what=WHAT)
    return look_of(file, facts)


def look_of(file: Any, facts: list[str]) -> Look:
    """Raises Refused where there is nothing that a track has."""
    annotations = file.get("annotations") if isinstance(file, dict) else None
    if not isinstance(annotations, list):
        raise Refused(f"{WHAT} has no list of annotations.", field="file")
    look, out, labels = Look("jams", facts=facts), LeftOut(), Labels()
    confident, others, grids = 0, dict[str, int](), 0
    for annotation in annotations:
        if not isinstance(annotation, dict):
            out.add("that are no annotations")
            continue
        name = str(annotation.get("namespace"))[:60]
        if name in BEATS:
            grids += 1
            if not look.markers:
                _take_beats(annotation, look, out)
        elif name == "onset" or name in SEGMENTS:
            confident += _take_cues(annotation, name, look, out, labels)
        else:
            others[name] = others.get(name, 0) + 1
    if not look.cues and not look.markers:
        raise Refused(NOTHING, field="file")
    look.left_out = out.sentences() + labels.sentences() + look.left_out
    if grids > 1:
        look.left_out.append(SECOND.format(count=grids))
    if confident:
        look.left_out.append(f"The confidence of {rows(confident)} is left out: cues have none.")
    if others:
        names = ", ".join(sorted(others)[:8])
        look.left_out.append(f"{counted(sum(others.values()), 'annotation')} of other kinds are left out: {names}.")
    return look


def _observations(annotation: dict[str, Any]) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Time, duration, value, confidence: a list of objects, or one object of lists as older files have it."""
    data = annotation.get("data")
    names = ("time", "duration", "value", "confidence")
    if isinstance(data, dict):
        lists = [data.get(name) for name in names]
        length = len(lists[0]) if isinstance(lists[0], list) else 0
        for place in range(length):
            yield tuple(one[place] if isinstance(one, list) and place < len(one) else None for one in lists)  # type: ignore[misc]
    elif isinstance(data, list):
        for one in data:
            yield tuple(one.get(name) if isinstance(one, dict) else None for name in names)  # type: ignore[misc]


def _take_beats(annotation: dict[str, Any], look: Look, out: LeftOut) -> None:
    found: dict[float, int | None] = {}
    for place, (time, _, value, _) in enumerate(_observations(annotation), start=1):
        if not is_number(time):
            out.add("of beats without a readable time", f"beat {place}")
        elif len(found) >= MOST_BEATS:
            out.add(f"beyond the first {MOST_BEATS:,} beats")
        else:
            found[float(time)] = _position(value)
    beats = sorted(found)
    look.markers, worst, pauses = markers_of(beats, [found[beat] for beat in beats])
    if not look.markers:
        return
    markers = counted(len(look.markers), "tempo marker")
    look.facts.append(FITTED.format(beats=counted(len(beats), "beat"), markers=markers, worst=worst * 1000))
    if not any(place == 1 for place in found.values()):
        look.left_out.append(NO_BARS)
    if pauses:
        look.left_out.append(PAUSES.format(pauses=counted(pauses, "pause")))


def _position(value: Any) -> int | None:
    """The place of a beat in its bar, from 1."""
    if isinstance(value, dict):
        value = value.get("position")
    return int(value) if is_number(value) and value == int(value) else None


def _take_cues(annotation: dict[str, Any], name: str, look: Look, out: LeftOut, labels: Labels) -> int:
    """-> how many said how sure they are."""
    confident = 0
    for place, (time, duration, value, confidence) in enumerate(_observations(annotation), start=1):
        if len(look.cues) >= MOST_CUES:
            out.add(f"beyond the first {MOST_CUES:,} cues, as many as a track holds")
            continue
        if not is_number(time) or (duration is not None and not is_number(duration)) or (duration or 0) < 0:
            out.add("without a readable time and duration", f"{name} {place}")
            continue
        confident += confidence is not None
        start, length = float(time), float(duration or 0)
        end = start + length if length > 0 and name != "onset" else None
        look.cues.append(CueRow(start, end, labels.clean("" if value is None or name == "onset" else str(value))))
    return confident


def write(sheet: Sheet) -> Written:
    """Beats with their places in the bar, cues as onsets and segments."""
    nameless = [cue for cue in sheet.cues if cue.end_seconds is None and not cue.label]
    named = [cue for cue in sheet.cues if cue.end_seconds is not None or cue.label]
    onsets = [_observed(cue.seconds) for cue in nameless]
    segments = [_observed(cue.seconds, (cue.end_seconds or cue.seconds) - cue.seconds, cue.label) for cue in named]
    per_bar = sheet.markers[0].beats_per_bar if sheet.markers else 4
    places = places_in_bars(sheet.beats, sheet.downbeats, per_bar)
    beats = [_observed(beat, 0.0, place and float(place)) for beat, place in zip(sheet.beats, places, strict=True)]
    lists = (("beat", beats), ("onset", onsets), ("segment_open", segments))
    file = {
        "annotations": [_annotation(name, data, sheet) for name, data in lists if data],
        "file_metadata": {
            "title": sheet.name,
            "artist": "",
            "release": "",
            "duration": sheet.duration_seconds,
            "identifiers": {},
            "jams_version": VERSION,
        },
        "sandbox": {},
    }
    # The beats are written themselves, so nothing is to be said of markers that stand for them.
    told = lost_in(replace(sheet, said_of_markers=""), colours=True, hotkeys=True)
    if beats:
        told.append("The grid is written beat by beat; the numbers of its bars are not carried.")
    return Written((json.dumps(file, ensure_ascii=False, indent=1) + "\n").encode(), told)


def _observed(time: float, duration: float = 0.0, value: Any = None) -> dict[str, Any]:
    return {"time": time, "duration": duration, "value": value, "confidence": None}


def _annotation(namespace: str, data: list[dict[str, Any]], sheet: Sheet) -> dict[str, Any]:
    tools = {"annotation_tools": "Phosphene", "corpus": "", "version": "", "data_source": "", "annotation_rules": ""}
    made = {"curator": {"name": "", "email": ""}, "annotator": {}, "validation": ""}
    whole = {"time": 0.0, "duration": sheet.duration_seconds}
    return {"namespace": namespace, "data": data, "annotation_metadata": {**made, **tools}, "sandbox": {}, **whole}
