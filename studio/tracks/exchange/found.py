"""A grid that was found goes out as tempo markers, all that most formats have: how well these give its beats."""

import math
from collections.abc import Sequence

import numpy as np

from studio.tracks.exchange.bars import markers_of
from studio.tracks.exchange.rows import counted
from studio.tracks.grid import Marker, beats_of

# What the ear does not tell apart; closer ones would cost a marker for every bar.
NEAR = (5e-3, 0.01, 0.02, 0.05, 0.1)
SAID = "The beats were found, not set by hand: they go out as {markers}, to within {worst:.1f} ms of the {beats}{more}."
MORE = ", and {more} more where none was found"


def markers_for(
    found: Sequence[Marker], beats: Sequence[float], downbeats: Sequence[float], *, duration_seconds: float
) -> tuple[list[Marker], str]:
    """Those of the analysis where they are near enough, else as many as it takes; and a sentence that says how near."""
    if len(beats) < 2:
        return list(found), ""
    markers, worst = list(found), _worst(found, beats, duration_seconds)
    if worst > NEAR[0]:
        per_bar = found[0].beats_per_bar if found else 4
        fitted = markers_of(beats, places_in_bars(beats, downbeats, per_bar), tolerances=NEAR)[0]
        if (closer := _worst(fitted, beats, duration_seconds)) < worst:
            markers, worst = fitted, closer
    more = len(beats_of(markers, duration_seconds=duration_seconds)[0]) - len(beats)
    said = SAID.format(
        markers=counted(len(markers), "tempo marker"),
        beats=counted(len(beats), "beat"),
        worst=worst * 1000,
        more=MORE.format(more=f"{more:,}") if more > 0 else "",
    )
    return markers, said


def _worst(markers: Sequence[Marker], beats: Sequence[float], duration_seconds: float) -> float:
    """Seconds from any of the beats to the nearest that the markers give."""
    if not markers:
        return math.inf
    given = np.array([-math.inf, *beats_of(list(markers), duration_seconds=duration_seconds)[0], math.inf])
    wanted = np.asarray(beats, np.float64)
    after = np.searchsorted(given, wanted)
    return float(np.minimum(wanted - given[after - 1], given[np.minimum(after, len(given) - 1)] - wanted).max())


def places_in_bars(beats: Sequence[float], downbeats: Sequence[float], per_bar: int) -> list[int | None]:
    """The place of each beat in its bar, from 1; of those before the first downbeat, counted back from it."""
    if not downbeats:
        return [None] * len(beats)
    starts = {round(seconds, 6) for seconds in downbeats}
    first = next((index for index, beat in enumerate(beats) if round(beat, 6) in starts), 0)
    places: list[int | None] = [1 + (index - first) % per_bar for index in range(first)]
    place = 0
    for beat in beats[first:]:
        place = 1 if round(beat, 6) in starts else place + 1
        places.append(place)
    return places
