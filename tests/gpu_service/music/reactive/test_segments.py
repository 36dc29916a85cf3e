"""Segments, their seeds and the turning of the noise (§2.1, 2.2, 2.5); traps 9 and the flip of slerp."""

import numpy as np
import pytest
from scipy.signal import find_peaks_cwt

from gpu_service.music.reactive.segments import repaired, schedule, seeds_of, valleys
from gpu_service.music.reactive.slerp import slerp
from gpu_service.music.reactive.turning import disorder, sawtooth

FPS = 24.0
WIDTHS = {"narrowest_seconds": 30 / 24, "widest_seconds": 349 / 24}


def breathing(seconds: float = 60.0, fps: float = FPS) -> np.ndarray:
    """Loud, with quiet moments at 20 and 41 s."""
    t = np.arange(round(seconds * fps)) / fps
    return 0.8 - 0.6 * np.exp(-0.5 * ((t - 20) / 2) ** 2) - 0.5 * np.exp(-0.5 * ((t - 41) / 1.5) ** 2)


def test_boundaries_are_the_wavelet_peaks_of_one_minus_energy():
    energy = breathing()
    expected = [peak for peak in find_peaks_cwt(1 - energy, np.arange(30, 350)) if 0.01 * 1440 < peak < 0.99 * 1440]
    assert valleys(energy, fps=FPS, measured_from="one", **WIDTHS).tolist() == [0, *expected, 1439]


def test_a_valley_is_as_deep_whatever_the_scale_of_the_energy():
    found = [valleys(scale * breathing(), fps=FPS, **WIDTHS).tolist() for scale in (0.01, 1.0, 100.0)]
    assert [len(one) for one in found] == [4, 4, 4]
    assert np.ptp(found, axis=0).max() <= 1
    assert [round(frame / FPS) for frame in found[0][1:-1]] == [20, 41]


def test_a_quiet_middle_is_the_one_boundary():
    t = np.arange(1440) / FPS
    energy = 0.8 - 0.7 * np.exp(-0.5 * ((t - 30) / 3) ** 2)
    found = valleys(energy, fps=FPS, **WIDTHS)
    inner = [frame for frame in found[1:-1] if 24 * FPS < frame < 36 * FPS]
    assert len(inner) == 1
    assert inner[0] / FPS == pytest.approx(30, abs=0.5)
    assert (found[0], found[-1]) == (0, 1439)


def test_boundaries_stay_at_their_seconds_at_another_frame_rate():
    slow, fast = (valleys(breathing(fps=fps), fps=fps, **WIDTHS) / fps for fps in (24.0, 60.0))
    assert len(slow) == len(fast)
    assert np.abs(slow - fast).max() < 0.1


def test_a_list_of_boundaries_begins_at_0_and_ends_at_the_last_frame():
    assert repaired([500], 1000).tolist() == [0, 500, 999]
    assert repaired([9, 500, 991], 1000).tolist() == [0, 500, 999]
    assert repaired([11, 989, 1200], 1000).tolist() == [0, 11, 989, 999]
    assert repaired([], 1).tolist() == [0, 0]


@pytest.mark.parametrize("energy", [np.zeros(300), np.full(300, 0.3), np.zeros(1), np.full(2, 0.5)])
def test_nothing_to_cut_at_is_one_segment(energy):
    assert valleys(energy, fps=FPS, **WIDTHS).tolist() == [0, len(energy) - 1]


def test_a_change_of_24_frames_begins_5_before_the_boundary_and_arrives():
    plan = schedule(np.array([0, 100, 199]), 200, length=24, lead=5, is_fitted=False)
    assert plan.share[95:119] == pytest.approx(np.arange(24) / 23)
    assert set(plan.come_from[95:119]) == {0}
    assert set(plan.go_to[95:200]) == {1}
    assert set(plan.share[119:]) == {1.0}
    assert set(plan.go_to[:95]) == {0}


def test_in_a_short_segment_the_original_breaks_off_and_ours_arrives():
    boundaries = np.array([0, 100, 110, 199])
    cut = schedule(boundaries, 200, length=24, lead=5, is_fitted=False)
    # The next change begins at 105 out of a picture that this one has not reached.
    assert cut.share[104] == pytest.approx(9 / 23)
    fitted = schedule(boundaries, 200, length=24, lead=5, is_fitted=True)
    assert fitted.share[104] == 1.0
    assert fitted.go_to[104] == fitted.come_from[105] == 1


def test_near_the_start_a_change_begins_as_early_as_it_can():
    plan = schedule(np.array([0, 3, 99]), 100, length=24, lead=5, is_fitted=False)
    assert plan.share[:24] == pytest.approx(np.arange(24) / 23)


def test_seeds_are_drawn_anew_only_with_another_seed_and_chosen_ones_go_round():
    drawn = seeds_of(7, seed=8, chosen=[])
    assert drawn.tolist() == seeds_of(7, seed=8, chosen=[]).tolist()
    assert drawn.tolist() != seeds_of(7, seed=9, chosen=[]).tolist()
    assert (drawn.min() >= 0) & (drawn.max() < 500)
    assert seeds_of(5, seed=8, chosen=[388, 51]).tolist() == [388, 51, 388, 51, 388]


def test_slerp_ends_at_both_vectors_even_where_their_product_is_negative():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((2, 1, 64))
    b -= 2 * a  # the dot product is negative
    assert float(np.sum(a * b)) < 0
    t = np.array([0.3])
    angle = np.arccos(np.sum(a * b) / np.linalg.norm(a) / np.linalg.norm(b))
    expected = (np.sin(0.7 * angle) * a + np.sin(0.3 * angle) * b) / np.sin(angle)
    assert slerp(a, b, t) == pytest.approx(expected)
    assert slerp(a, b, np.zeros(1)) == pytest.approx(a)
    assert slerp(a, b, np.ones(1)) == pytest.approx(b)
    # The original's flip ends at −b, from where its film jumps to +b.
    assert slerp(a, b, np.ones(1), flips=True) == pytest.approx(-b)


def test_slerp_between_parallel_vectors_is_a_straight_line():
    a = np.ones((1, 8))
    for b in (2 * a, -2 * a, np.zeros((1, 8))):
        assert slerp(a, b, np.array([0.25])) == pytest.approx(0.75 * a + 0.25 * b)


SWELL = np.concatenate([np.full(50, 0.2), np.full(50, 1.0), np.full(100, 0.45)])
BOUNDARIES = np.array([0, 50, 100, 199])


def test_the_shipped_saw_turns_one_to_three_times_and_jumps():
    turns = sawtooth(BOUNDARIES, SWELL, low=1, high=3, kind="shipped")
    factor = (SWELL - 0.2) / 0.8 * 2 + 1
    expected = np.concatenate([np.linspace(0, 1, n) * factor[a] for a, n in ((0, 50), (50, 50), (100, 100))])
    assert turns == pytest.approx(expected)
    assert (turns.max(), turns[199]) == pytest.approx((3, 1.625))


@pytest.mark.parametrize("kind", ["whole", "accumulated", "once"])
def test_a_corrected_saw_never_jumps(kind):
    turns = sawtooth(BOUNDARIES, SWELL, low=1, high=3, kind=kind)
    step = np.diff(np.exp(2j * np.pi * turns))
    assert np.abs(step).max() < 2 * np.pi * 3 / 50 + 1e-9
    shipped = sawtooth(BOUNDARIES, SWELL, low=1, high=3, kind="shipped")
    shipped[150:] += 0.25  # what a jump looks like to this measure
    assert np.abs(np.diff(np.exp(2j * np.pi * shipped))).max() > 1


def test_a_silent_film_turns_once_per_segment():
    turns = sawtooth(np.array([0, 10, 19]), np.zeros(20), low=1, high=3, kind="shipped")
    assert turns[9] == pytest.approx(1)
    assert np.isfinite(turns).all()


def test_disorder_is_the_saw_as_shipped_and_comes_and_goes_in_ours():
    turns = sawtooth(BOUNDARIES, SWELL, low=1, high=3, kind="shipped")
    assert disorder(BOUNDARIES, turns, kind="shipped") == pytest.approx(turns)
    once = disorder(BOUNDARIES, turns, kind="once")
    assert (once[0], once[25], once[50]) == (0, 0.5, 0)
    swing = disorder(BOUNDARIES, turns, kind="swing")
    assert swing.max() == pytest.approx(1)
    assert np.abs(np.diff(swing)).max() < 0.07
