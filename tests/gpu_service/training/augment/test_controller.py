"""The strength follows the signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gpu_service.training.augment.controller import Controller, Strength


def test_strength_goes_from_0_to_1_in_its_kimg_while_signs_lie_above_the_aim():
    controller, now = Controller(target=0.6, every=4, kimg=1), Strength()
    for _step in range(1000 // 10):
        now = controller.step(now, signs=9, judged=10, batch=10)
    assert now.p == pytest.approx(1)


def test_strength_moves_only_every_so_many_steps_and_forgets_what_it_counted():
    controller, now = Controller(target=0.6, every=4, kimg=0.08), Strength(p=0.5)
    for _step in range(3):
        now = controller.step(now, signs=10, judged=10, batch=10)
        assert now.p == 0.5
    now = controller.step(now, signs=-40, judged=10, batch=10)  # the mean of all four lies below the aim
    assert now == Strength(p=0.0)


def test_at_the_aim_it_rests_and_below_0_it_does_not_go():
    controller = Controller(target=0.5, every=1, kimg=1)
    assert controller.step(Strength(p=0.3), signs=5, judged=10, batch=10).p == 0.3
    assert controller.step(Strength(p=0.001), signs=-10, judged=10, batch=10).p == 0


def test_a_fixed_strength_stays():
    assert Controller(every=1, kimg=None).step(Strength(p=0.2), signs=10, judged=10, batch=10).p == 0.2


@given(some.lists(some.integers(-8, 8), min_size=4, max_size=4), some.floats(0, 1))
def test_how_the_steps_share_the_signs_does_not_matter(signs: list[int], p: float):
    controller, apart, at_once = Controller(every=4, kimg=10), Strength(p=p), Strength(p=p, steps=3)
    for each in signs:
        apart = controller.step(apart, signs=each, judged=8, batch=8)
    together = controller.moved(p, signs=sum(signs), judged=32, pictures=32)
    assert apart.p == together
    assert at_once.p == p
