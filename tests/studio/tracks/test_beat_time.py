"""Beats along a grid: from seconds and back, by formula."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.tracks.beat_time import beat_time
from studio.tracks.models import BeatGrid


def grid(*markers: tuple[float, float], **fields: object) -> BeatGrid:
    rows = [
        {"id": str(at), "seconds": s, "bpm": bpm, "beats_per_bar": 4, "downbeat": 1}
        for at, (s, bpm) in enumerate(markers)
    ]
    return BeatGrid(markers=rows, is_edited=True, **fields)


def test_a_steady_grid_counts_from_its_first_marker():
    time = beat_time(grid((1.0, 120.0)), duration_seconds=10.0)
    assert time is not None
    assert time.beats_at([1.0, 1.5, 1.75, 0.0, 11.0]) == pytest.approx([0.0, 1.0, 1.5, -2.0, 20.0])
    assert time.seconds_at([0.0, 1.5, -2.0, 20.0]) == pytest.approx([1.0, 1.75, 0.0, 11.0])


def test_behind_a_change_of_tempo_beats_are_as_long_as_there():
    time = beat_time(grid((0.0, 120.0), (4.0, 60.0)), duration_seconds=10.0)
    assert time is not None
    assert time.seconds_at([7.0, 8.0, 9.0, 9.5]) == pytest.approx([3.5, 4.0, 5.0, 5.5])


def test_beats_that_the_analysis_found_are_counted_from_the_first_marker_too():
    found = BeatGrid(beats=[0.4, 1.0, 1.7, 2.1], markers=grid((1.0, 100.0)).markers)
    time = beat_time(found, duration_seconds=3.0)
    assert time is not None
    assert time.beats_at([0.4, 1.0, 1.35, 1.7]) == pytest.approx([-1.0, 0.0, 0.5, 1.0])
    assert time.beats_at([2.1 + 0.6]) == pytest.approx([3.0])  # 100 bpm from the last one on


def test_without_beats_there_is_no_beat_time():
    assert beat_time(None, duration_seconds=3.0) is None
    assert beat_time(BeatGrid(), duration_seconds=3.0) is None
    assert beat_time(BeatGrid(is_edited=True), duration_seconds=3.0) is None


@given(
    st.lists(
        st.tuples(st.floats(0, 59), st.floats(30, 300)), min_size=1, max_size=6, unique_by=lambda one: round(one[0])
    ),
    st.lists(st.floats(0, 60), min_size=1, max_size=20),
)
def test_there_and_back_is_the_same_second(markers, seconds):
    time = beat_time(grid(*sorted(markers)), duration_seconds=60.0)
    assert time is not None
    assert time.seconds_at(time.beats_at(seconds)) == pytest.approx(np.array(seconds), abs=1e-6)
    ordered = np.sort(seconds)
    assert (np.diff(time.beats_at(ordered)) >= 0).all()
