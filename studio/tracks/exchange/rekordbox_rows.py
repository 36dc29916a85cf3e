"""Rows of rekordbox as ours: a POSITION_MARK as a cue, a list of TEMPO as tempo markers."""

from collections.abc import Mapping, Sequence

from studio.tracks.exchange.bars import markers_of, numbered
from studio.tracks.exchange.colours import nearest
from studio.tracks.exchange.decode import number_of
from studio.tracks.exchange.rows import FIRST_COLOUR, HOTKEYS, CueRow, Labels, LeftOut, counted
from studio.tracks.grid import MAX_MARKERS, Marker

LOOP = "4"
FADES = ("1", "2", "3")
SAME = 5e-7
MOST_BEATS = 100_000
FITTED = "Its tempo changes within bars, so the grid was made anew of {beats}: it keeps them to within {worst:.1f} ms."


def cue_of(
    mark: Mapping[str, str],
    labels: Labels,
    taken: set[int],
    out: LeftOut,
    where: str,
) -> CueRow | None:
    """`taken` are the hot cues that earlier marks have; a second one on the same pad comes without."""
    seconds = number_of(mark.get("Start", ""))
    if seconds is None:
        out.add("without a readable time", where)
        return None
    end = number_of(mark.get("End", "")) if mark.get("Type") == LOOP else None
    if mark.get("Type") == LOOP and (end is None or end < seconds - SAME):
        out.add("of loops without a readable end", where)
        return None
    if mark.get("Type") in FADES:
        out.change("of fades and loads: taken as plain cues")
    number = number_of(mark.get("Num", "-1"))
    hotkey = int(number) + 1 if number is not None and number + 1 in HOTKEYS else None
    if hotkey in taken or (hotkey is None and number is not None and number >= 0):
        out.change("on a pad that is taken or beyond H: taken as plain cues")
        hotkey = None
    if hotkey is not None:
        taken.add(hotkey)
    end = end if end is not None and end - seconds > SAME else None
    return CueRow(seconds, end, labels.clean(mark.get("Name", "")), _colour_of(mark), hotkey)


def _colour_of(mark: Mapping[str, str]) -> str:
    wanted = [number_of(mark.get(name, "")) for name in ("Red", "Green", "Blue")]
    if any(one is None for one in wanted):
        return FIRST_COLOUR
    return nearest([one or 0.0 for one in wanted])


def grid_of(
    tempos: Sequence[Mapping[str, str]], duration_seconds: float, out: LeftOut
) -> tuple[list[Marker], list[str]]:
    """Markers, and sentences on how they were made. Battito is the place in the bar where a tempo begins."""
    read: dict[float, tuple[Marker, int]] = {}
    for place, tempo in enumerate(tempos, start=1):
        seconds, bpm = number_of(tempo.get("Inizio", "")), number_of(tempo.get("Bpm", ""))
        if seconds is None or bpm is None or bpm <= 0:
            out.add("of tempo without a readable time and bpm", f"tempo {place}")
            continue
        metro = number_of(tempo.get("Metro", "4/4").partition("/")[0])
        per_bar = int(min(16, max(1, metro or 4)))
        beat = number_of(tempo.get("Battito", "1"))
        read[seconds] = (Marker(seconds, bpm, per_bar), (int(beat or 1) - 1) % per_bar)
    ordered = [read[seconds] for seconds in sorted(read)]
    if len(ordered) <= MAX_MARKERS and all(place == 0 for _, place in ordered):
        return numbered([marker for marker, _ in ordered]), []
    beats, places = _beats(ordered, duration_seconds)
    markers, worst, _ = markers_of(beats, places)
    return markers, [FITTED.format(beats=counted(len(beats), "beat"), worst=worst * 1000)] if markers else []


def _beats(ordered: Sequence[tuple[Marker, int]], duration_seconds: float) -> tuple[list[float], list[int | None]]:
    """Each beat that the list of tempos means, and its place in the bar from 1."""
    beats: list[float] = []
    places: list[int | None] = []
    for at, (marker, first) in enumerate(ordered):
        end = ordered[at + 1][0].seconds if at + 1 < len(ordered) else duration_seconds
        period = 60 / marker.bpm
        count = max(1, round((end - marker.seconds) / period)) if end > marker.seconds else 0
        for number in range(min(count, MOST_BEATS - len(beats))):
            beats.append(marker.seconds + number * period)
            places.append((first + number) % marker.beats_per_bar + 1)
    return beats, places
