import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpu_service.protocol import Rows, Tweak
from gpu_service.vectors.numbers import row_slice, tweaked, wave, z_of_seed


def test_a_seed_is_nvidias():
    # numpy.random.RandomState(85).randn(1, 512)[0, :3], as NVIDIA's generate.py draws it
    expected = np.random.RandomState(85).randn(1, 512)[0]
    assert np.array_equal(z_of_seed(85, 512), expected)
    assert not np.array_equal(z_of_seed(85, 512), z_of_seed(86, 512))


def test_tweaks_follow_their_formulas():
    vector = np.linspace(-1, 1, 16)
    for kind, added in (
        ("sine", lambda i: 0.5 * math.sin(2 * math.pi * 3 * i / 16 + 2 * math.pi * 0.25)),
        ("square", lambda i: 0.5 * (1 if (3 * i / 16 + 0.25) % 1 < 0.5 else -1)),
        ("line", lambda i: 0.5 * (2 * i / 15 - 1)),
    ):
        tweak = Tweak(kind=kind, amount=0.5, cycles=3, phase=0.25)
        expected = [value + added(i) for i, value in enumerate(vector)]
        assert tweaked(vector, [tweak], space="w") == pytest.approx(expected)
    assert tweaked(vector, [Tweak(kind="scale", amount=0.9)], space="w") == pytest.approx(0.9 * vector)


def test_tweaks_act_in_order_and_in_their_space_alone():
    vector = np.ones(4)
    tweaks = [Tweak(kind="line", amount=1), Tweak(kind="scale", amount=2), Tweak(kind="scale", amount=7, space="z")]
    assert tweaked(vector, tweaks, space="w") == pytest.approx(2 * (1 + np.array([-1, -1 / 3, 1 / 3, 1])))


@given(
    cycles=st.integers(1, 64),
    length=st.sampled_from([64, 128, 512]),
    phase=st.floats(-1, 1, allow_nan=False),
)
def test_a_square_is_the_sign_of_its_sine_wherever_the_sine_is_not_zero(cycles: int, length: int, phase: float):
    sine = wave(Tweak(kind="sine", amount=1, cycles=cycles, phase=phase), length)
    square = wave(Tweak(kind="square", amount=1, cycles=cycles, phase=phase), length)
    clear = np.abs(sine) > 1e-9
    assert np.array_equal(np.sign(sine[clear]), square[clear])
    assert set(square) <= {-1.0, 1.0}


@given(first=st.integers(0, 64), end=st.none() | st.integers(0, 64), rows=st.integers(1, 18))
def test_rows_that_a_network_has_not_are_left_out(first: int, end: int | None, rows: int):
    wanted = set(range(first, 99 if end is None else end)) & set(range(rows))
    assert set(range(rows)[row_slice(Rows(first=first, end=end), rows)]) == wanted
