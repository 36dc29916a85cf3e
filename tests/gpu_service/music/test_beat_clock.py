"""Beats of a grid as a clock, and music that moves its hands."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.music.beat_clock import beat_clock, pushed
from gpu_service.protocol import MarkerSpec
from studio.tracks.grid import Marker, beats_of


def test_a_steady_grid_counts_its_beats_and_bars():
    markers = [MarkerSpec(seconds=0.5, bpm=120, beats_per_bar=3)]
    beats, bars = beat_clock(markers, np.array([0.0, 0.5, 1.0, 2.0, 3.25]))
    assert beats == pytest.approx([-1, 0, 1, 3, 5.5])
    assert bars == pytest.approx(beats / 3)


def test_without_a_marker_it_is_120_bpm():
    beats, bars = beat_clock([], np.array([0.0, 1.0, 10.0]))
    assert beats == pytest.approx([0, 2, 20])
    assert bars == pytest.approx([0, 0.5, 5])


@given(
    gaps=st.lists(st.tuples(st.integers(1, 9), st.floats(0.97, 1.03), st.floats(60, 180)), min_size=1, max_size=5),
    first=st.floats(0, 2),
)
def test_every_beat_of_the_studios_grid_is_a_whole_number(gaps: list[tuple[int, float, float]], first: float):
    """The studio's own list of beats, read on this clock."""
    seconds, grid = first, []
    for count, stretch, bpm in gaps:
        grid.append(Marker(seconds, bpm))
        seconds += count * stretch * 60 / bpm
    heard, _ = beats_of(grid, duration_seconds=seconds + 3)
    markers = [MarkerSpec(seconds=marker.seconds, bpm=marker.bpm) for marker in grid]
    beats, _ = beat_clock(markers, np.array([moment for moment in heard if moment >= first - 1e-6]))
    assert beats == pytest.approx(np.arange(len(beats)), abs=1e-3)


@given(
    share=st.floats(0, 1),
    hits=st.lists(st.integers(0, 119), max_size=12),
    period=st.floats(3, 40),
    start=st.floats(-3, 3),
)
def test_pushed_clocks_never_run_back_and_land_on_time(share: float, hits: list[int], period: float, start: float):
    even = start + np.arange(120) / period
    speed = np.full(120, 0.1)
    speed[hits] += 1
    moved = pushed(even, np.cumsum(speed), share=share, landing=even)
    assert (np.diff(moved) > -1e-9).all()
    for beat in range(int(np.ceil(start + 1e-6)), int(np.floor(even[-1] - 1e-6)) + 1):
        place = (beat - start) * period
        below, above = moved[int(np.floor(place))], moved[min(int(np.ceil(place)), 119)]
        assert below - 1e-6 <= beat <= above + 1e-6
    assert (moved[0], moved[-1]) == pytest.approx((even[0], even[-1]))


def test_the_way_is_made_at_the_hits():
    """One hit in the middle of each beat of ten frames: the clock waits for it."""
    even = np.arange(41) / 10
    speed = np.zeros(41)
    speed[5::10] = 1
    moved = pushed(even, np.cumsum(speed), share=1.0, landing=even)
    assert moved[[0, 4, 5, 9, 10, 14, 15, 40]] == pytest.approx([0, 0, 1, 1, 1, 1, 2, 4])
    half = pushed(even, np.cumsum(speed), share=0.5, landing=even)
    assert half == pytest.approx((even + moved) / 2)


def test_silence_and_a_share_of_nothing_are_even():
    even = np.arange(41) / 10
    assert pushed(even, np.zeros(41), share=1.0, landing=even) == pytest.approx(even)
    assert np.array_equal(pushed(even, np.arange(41.0) ** 2, share=0.0, landing=even), even)


def test_landing_at_bars_lets_loud_beats_run_ahead():
    even, speed = np.arange(81) / 10, np.full(81, 0.1)
    speed[:20] = 1.0  # the first two beats of each four are loud
    speed[40:60] = 1.0
    moved = pushed(even, np.cumsum(speed), share=1.0, landing=even / 4)
    assert moved[20] > 3.3
    assert moved[[0, 40, 80]] == pytest.approx([0, 4, 8], abs=0.05)
