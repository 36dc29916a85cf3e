"""The shaping of curves keeps AIART's formulas: peaks, kernels, Fourier resampling and its ringing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gpu_service.music.reactive import shaping


def test_one_impulse_gives_the_kernel_of_peak_one_half_a_radius_late():
    curve = np.zeros(60)
    curve[30] = 0.7
    bump = shaping.kernel(4, 10.0, "full")
    made = shaping.peaks(curve, distance=20, prominence=0.6, width=0, height=0.1, bump=bump, late=2)
    expected = np.zeros(60)
    expected[28:37] = 0.7 * np.exp(-np.square(np.arange(-4, 5)) / 200)
    assert made == pytest.approx(expected)
    assert made.argmax() == 32


def test_half_kernels_are_abrupt_on_one_side():
    falling, rising = (shaping.kernel(3, 2.0, shape) for shape in ("falling", "rising"))
    assert falling[:3].tolist() == [0, 0, 0]
    assert falling[3:] == pytest.approx(np.exp(-(np.arange(4) ** 2) / 8))
    assert rising == pytest.approx(falling[::-1])


def test_what_is_not_peak_enough_leaves_nothing():
    curve = np.zeros(100)
    curve[[10, 20, 60]] = [0.9, 0.5, 0.05]
    bump = shaping.kernel(0, 1.0, "full")
    made = shaping.peaks(curve, distance=20, prominence=0, width=0, height=0.1, bump=bump, late=0)
    assert np.flatnonzero(made).tolist() == [10]  # 20 is too near a higher one, 60 too low


def test_a_plateau_holds_what_was_and_shows_nothing_early():
    made = shaping.plateau(np.array([0, 0, 1, 0, 0, 0, 0.5, 0, 0, 0]), 2)
    assert made.tolist() == [0, 0, 1, 1, 1, 0, 0.5, 0.5, 0.5, 0]


def test_an_exponential_average_is_its_recurrence():
    x = np.array([1.0, 0.0, 2.0, -1.0])
    expected = [1.0]
    for value in x[1:]:
        expected.append(0.25 * value + 0.75 * expected[-1])
    assert shaping.ema(x, 0.25) == pytest.approx(expected)


def test_fourier_resampling_is_the_transform_cut_short_and_its_ringing_can_be_clipped():
    curve = np.zeros(100)
    curve[40:60] = 1.0
    spectrum = np.fft.rfft(curve)[:25]
    expected = np.fft.irfft(np.append(spectrum, np.fft.rfft(curve)[25].real), 50) / 2
    made = shaping.fourier_resample(curve, 50, clip=False)
    assert made == pytest.approx(expected, abs=1e-9)
    assert made.min() < -0.02
    assert made.max() > 1.02
    clipped = shaping.fourier_resample(curve, 50, clip=True)
    assert (clipped.min(), clipped.max()) == (0, 1)


def test_the_highest_value_of_each_frame_is_kept_at_or_after_its_time():
    curve = np.zeros(1000)
    curve[333] = 1.0
    made = shaping.highest_resample(curve, values_per_frame=7.2, frames=139)
    assert made.argmax() == np.ceil(333 / 7.2)
    assert made.max() == 1.0


def test_the_highest_value_near_each_frame_is_kept_in_the_nearest():
    curve = np.zeros(1000)
    curve[[330, 331, 333]] = 0.5, 1.0, 0.7  # frames 45.8, 46.0, 46.3
    made = shaping.nearest_resample(curve, values_per_frame=7.2, frames=139)
    assert np.flatnonzero(made).tolist() == [46]
    assert made[46] == 1.0
    curve[333] = 0
    curve[335] = 0.7  # 46.53
    assert shaping.nearest_resample(curve, values_per_frame=7.2, frames=139)[47] == 0.7


def test_rows_of_nothing_are_shared_out_evenly():
    made = shaping.rows(np.array([[1.0, 0.0], [3.0, 0.0]]))
    assert made.tolist() == [[0.25, 0.5], [0.75, 0.5]]


@settings(max_examples=40, deadline=None)
@given(
    arrays(np.float64, st.integers(1, 40), elements=st.floats(-1e3, 1e3)),
    st.integers(1, 50),
    st.sampled_from(["fourier", "exact", "highest", "nearest"]),
)
def test_no_curve_makes_a_number_that_is_none(curve, frames, method):
    line = {
        "fourier": lambda: shaping.fourier_resample(curve, frames, clip=True),
        "exact": lambda: shaping.exact_resample(curve, values_per_frame=0.7, frames=frames),
        "highest": lambda: shaping.highest_resample(curve, values_per_frame=1.7, frames=frames),
        "nearest": lambda: shaping.nearest_resample(curve, values_per_frame=1.7, frames=frames),
    }[method]()
    line = shaping.norm(shaping.ema(shaping.gauss(line, 3.0), 0.5), 0, 1)
    line = shaping.low_pass(line, order=5, cutoff=1.0, rate=150.0)
    line = shaping.peaks(line, distance=2, prominence=0.1, width=0, height=0.0, bump=np.ones(9), late=2)
    assert line.shape == (frames,)
    assert np.isfinite(line).all()
