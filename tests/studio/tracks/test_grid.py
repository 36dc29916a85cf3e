"""From tempo markers to beats."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.music.tempo import TempoMarker
from studio.tracks.analyse import markers_from
from studio.tracks.grid import GridError, Marker, beats_of, check_markers


def test_a_steady_tempo_gives_evenly_spaced_beats_and_every_fourth_is_a_downbeat():
    beats, downbeats = beats_of([Marker(0.0, 120.0)], duration_seconds=4.0)
    assert beats == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5])
    assert downbeats == pytest.approx([0.0, 2.0])


def test_the_demo_has_its_sixty_four_beats():
    beats, downbeats = beats_of([Marker(0.0, 123.0)], duration_seconds=31.2195)
    assert beats == pytest.approx(np.arange(64) * 60 / 123, abs=1e-5)
    assert len(downbeats) == 16


def test_the_first_marker_also_holds_for_what_comes_before_it():
    beats, downbeats = beats_of([Marker(1.25, 120.0)], duration_seconds=3.0)
    assert beats[:3] == pytest.approx([0.25, 0.75, 1.25])
    assert downbeats == pytest.approx([1.25])


def test_a_new_tempo_begins_on_its_marker_without_a_beat_just_before_it():
    beats, _ = beats_of([Marker(0.0, 120.0), Marker(2.1, 60.0)], duration_seconds=5.0)
    assert beats == pytest.approx([0.0, 0.5, 1.0, 1.5, 2.1, 3.1, 4.1])


@given(
    st.lists(st.floats(0, 60), min_size=1, max_size=6, unique=True),
    st.floats(20, 400),
    st.integers(1, 16),
)
def test_beats_rise_stay_within_the_track_and_downbeats_are_beats(seconds, bpm, beats_per_bar):
    places = [round(value, 2) for value in sorted(seconds)]
    markers = [Marker(place, bpm, beats_per_bar) for place in dict.fromkeys(places)]
    beats, downbeats = beats_of(markers, duration_seconds=60.0)
    assert all(later > earlier for earlier, later in pairwise(beats))
    assert all(0 <= beat <= 60 for beat in beats)
    assert set(downbeats) <= set(beats)


@pytest.mark.parametrize(
    ("marker", "field"),
    [
        (Marker(-1, 120), "markers.1.seconds"),
        (Marker(99, 120), "markers.1.seconds"),
        (Marker(5, 0), "markers.1.bpm"),
        (Marker(5, float("nan")), "markers.1.bpm"),
        (Marker(5, 120, 0), "markers.1.beats_per_bar"),
        (Marker(0.0, 130), "markers.1.seconds"),
    ],
)
def test_a_wrong_marker_is_named(marker, field):
    with pytest.raises(GridError) as refusal:
        check_markers([Marker(0.0, 120), marker], duration_seconds=10.0)
    assert refusal.value.field == field


def test_bars_are_counted_through_the_analysis_stretches():
    found = [TempoMarker(0.1, 120.0, 4, 0.6), TempoMarker(8.6, 100.0, 4, 8.6)]
    assert markers_from(found) == [Marker(0.6, 120.0, 4, 1), Marker(8.6, 100.0, 4, 5)]
