"""Grids that were found and never edited: their beats go out as well as tempo markers can, and that is told."""

from dataclasses import replace

import numpy as np
import pytest

from studio.tracks.exchange.formats import FORMATS, read
from studio.tracks.exchange.found import markers_for, places_in_bars
from studio.tracks.exchange.rows import About
from studio.tracks.grid import Marker, beats_of
from tests.studio.tracks.exchange import sheets

LENGTH = 60.0


def away(markers: list[Marker], beats: list[float]) -> float:
    """Seconds from the beat that the markers miss most."""
    given = np.array(beats_of(markers, duration_seconds=LENGTH)[0])
    return float(np.abs(given[:, None] - np.array(beats)[None]).min(axis=0).max())


def rubato() -> tuple[list[float], list[float]]:
    """Beats and downbeats from 70 to 130 bpm and back."""
    tempos = 100 - 30 * np.cos(np.arange(96) / 8)
    beats = (1.2 + np.concatenate([[0], np.cumsum(60 / tempos)])).round(6).tolist()
    beats = [beat for beat in beats if beat < LENGTH]
    return beats, beats[::4]


def test_beats_that_wander_get_the_markers_that_it_takes_and_it_is_told_how_near_they_are():
    beats, downbeats = rubato()
    rough = [Marker(beats[0], 100.0)]
    markers, said = markers_for(rough, beats, downbeats, duration_seconds=LENGTH)
    assert away(rough, beats) > 0.15
    assert away(markers, beats) < 0.04
    assert f"{away(markers, beats) * 1000:.1f} ms" in said


def test_steady_beats_keep_the_one_marker_of_the_analysis_and_its_tempo():
    marker = Marker(0.3, 128.0)
    beats, downbeats = beats_of([marker], duration_seconds=LENGTH)
    markers, said = markers_for([marker], beats[:40], downbeats[:10], duration_seconds=LENGTH)
    assert markers == [marker]
    assert f"0.0 ms of the 40 beats, and {len(beats) - 40} more where none was found" in said


def test_without_beats_nothing_is_said():
    assert markers_for([], [], [], duration_seconds=LENGTH) == ([], "")


def test_places_count_back_from_the_first_bar_and_on_through_the_others():
    assert places_in_bars([0, 1, 2, 3, 4, 5, 6], [2, 5], 4) == [3, 4, 1, 2, 3, 1, 2]
    assert places_in_bars([0, 1], [], 4) == [None, None]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_format_that_carries_markers_says_it(name):
    beats, downbeats = rubato()
    markers, said = markers_for([Marker(beats[0], 100.0)], beats, downbeats, duration_seconds=LENGTH)
    sheet = replace(sheets.sheet([sheets.CueRow(1.0)], markers), beats=beats, downbeats=downbeats, said_of_markers=said)
    written = FORMATS[name].write(sheet)
    assert (said in written.left_out) == (name not in ("audacity", "jams"))
    if name == "jams":
        assert away(read(written.data, About(duration_seconds=LENGTH)).markers, beats) < 0.04
