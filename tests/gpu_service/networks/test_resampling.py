"""Filtering in bands is filtering tap by tap; designed filters pass what they should."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.networks.crew import on_one_core
from gpu_service.networks.filters import kaiser_beta, low_pass
from gpu_service.networks.resampling import Bend, bend, bend_in_bands


def random_taps(count: int, *, seed: int, plane: bool = False) -> torch.Tensor:
    """Symmetric, of sum 1."""
    taps = torch.rand((count, count) if plane else count, generator=torch.Generator().manual_seed(seed))
    taps = taps + taps.flip(list(range(taps.ndim)))
    return taps / taps.sum()


@settings(max_examples=30, deadline=None)
@given(
    size=st.integers(9, 40),
    up=st.sampled_from([1, 2, 3, 4]),
    down=st.sampled_from([1, 2, 4]),
    low=st.integers(-9, 12),
    plane=st.booleans(),
    clamp=st.sampled_from([None, 0.3]),
    seed=st.integers(0, 9),
)
def test_bands_and_taps_give_the_same_numbers(size, up, down, low, plane, clamp, seed):
    up_taps, down_taps = random_taps(6 * up, seed=seed), random_taps(6 * down, seed=seed + 1, plane=plane)
    out_size = max((size * up + low - len(up_taps) - len(down_taps)) // down, 1)
    high_padding = (out_size - 1) * down + len(down_taps) + len(up_taps) - 1 - size * up - low
    plan = Bend(up, down, (low, high_padding), out_size, clamp)
    x = torch.randn(2, 3, size, size, generator=torch.Generator().manual_seed(seed))
    wanted = on_one_core(lambda: bend(x, up_taps, down_taps, plan))
    made = on_one_core(lambda: bend_in_bands(x, up_taps, down_taps, plan))
    assert made.shape == (2, 3, out_size, out_size)
    assert torch.allclose(made, wanted, atol=2e-5)


def test_a_slow_wave_comes_through_and_a_fast_one_does_not():
    rate, cutoff = 64, 10.0
    taps = low_pass(48, cutoff=cutoff, half_width=5, rate=rate)
    frequencies = np.array([0.0, 4.0, 16.0, 25.0])
    waves = np.exp(2j * np.pi * frequencies[:, None] * np.arange(48) / rate)
    gains = abs(waves @ taps)
    assert gains[:2] == pytest.approx(1, abs=0.01)
    assert gains[2:].max() < 0.01


def test_a_round_filter_treats_all_directions_alike():
    taps, rate = 24, 64
    kernel = low_pass(taps, cutoff=8, half_width=8, rate=rate, is_radial=True)
    x, y = np.meshgrid(np.arange(taps), np.arange(taps))
    gains = []
    for angle in np.radians([0, 30, 45, 60, 90]):
        wave = np.exp(2j * np.pi * 8 * (np.cos(angle) * x + np.sin(angle) * y) / rate)
        gains.append(abs((wave * kernel).sum()))
    assert np.ptp(gains) < 0.02 < max(gains)
    assert np.isfinite(low_pass(15, cutoff=8, half_width=8, rate=rate, is_radial=True)).all()


@pytest.mark.parametrize("band", [1.0, 0.5, 0.2, 0.01])
def test_the_windows_shape_follows_kaisers_formula(band):
    """SciPy has both halves of it."""
    from scipy.signal import kaiser_atten
    from scipy.signal import kaiser_beta as scipy_beta

    for taps in (4, 7, 12, 24):
        assert kaiser_beta(taps, band=band) == pytest.approx(scipy_beta(kaiser_atten(taps, band)))
