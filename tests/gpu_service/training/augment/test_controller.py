"""The strength follows the signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gpu_service.training.augment.controller import Controller


def test_strength_goes_from_0_to_1_in_its_kimg_while_signs_lie_above_the_aim():
    controller, p = Controller(target=0.6, kimg=1), 0.0
    for _time in range(25):
        p = controller.moved(p, sign=0.9, pictures=40)
    assert p == pytest.approx(1)
    for _time in range(5):
        p = controller.moved(p, sign=0.1, pictures=40)
    assert p == pytest.approx(0.8)


def test_at_the_aim_it_rests_and_below_0_it_does_not_go():
    controller = Controller(target=0.5, kimg=1)
    assert controller.moved(0.3, sign=0.5, pictures=40) == 0.3
    assert controller.moved(0.001, sign=-1, pictures=40) == 0
    assert controller.moved(1.0, sign=1, pictures=40) > 1


@given(
    p=some.floats(0, 2),
    sign=some.floats(-1, 1),
    target=some.floats(0, 1),
    kimg=some.floats(0.1, 1000),
    pictures=some.integers(1, 10_000),
)
def test_it_never_moves_faster_than_its_pace_or_the_wrong_way(
    p: float, sign: float, target: float, kimg: float, pictures: int
):
    moved = Controller(target=target, kimg=kimg).moved(p, sign=sign, pictures=pictures)
    pace = pictures / (kimg * 1000)
    assert moved >= 0
    assert abs(moved - p) <= pace * (1 + 1e-9) + 1e-12
    assert (moved - p) * (sign - target) >= 0
