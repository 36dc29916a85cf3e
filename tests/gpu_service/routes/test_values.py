"""A route moves its parameter by what the formula says, and by nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.routes.graph import heard
from gpu_service.routes.knobs import Knob
from gpu_service.routes.values import driven
from tests.gpu_service.routes.scenes import LFO, plan_of, route, value

LINEAR = Knob("Linear", low=-2.0, high=3.0, slider=(0.0, 2.0))
LOG = Knob("Log", low=0.1, high=10.0, slider=(0.1, 10.0), is_log=True)
numbers = st.floats(-1, 1, allow_nan=False)
levels_of = st.lists(st.floats(0, 1), min_size=4, max_size=4)


def run(knob: Knob, base: float, *routes, levels=None):
    curves = levels or {}
    rows = {one.id: np.array(curves.get(one.id, [0, 0.25, 0.5, 1.0])) for one in routes}
    return driven("p", knob, base=base, count=4, routes=heard(list(routes)), levels=lambda name: rows[name])


def test_a_move_is_a_share_of_the_slider_and_is_cut_off_at_the_range():
    found = run(LINEAR, 1.0, route("p", amount=1.5, offset=0.1))
    assert found.values == pytest.approx([1.2, 1.95, 2.7, 3.0])
    assert found.is_clamped.tolist() == [False, False, False, True]


def test_a_logarithmic_slider_is_moved_along_its_own_scale():
    found = run(LOG, 1.0, route("p", amount=0.5))
    assert found.values == pytest.approx([1.0, 10**0.25, 10**0.5, 10.0])


@given(base=st.floats(-100, 100), curve=levels_of)
def test_an_amount_of_nothing_leaves_the_base_bit_for_bit(base, curve):
    for knob in (LINEAR, LOG):
        found = run(knob, base, route("p", amount=0.0), levels={"r": curve})
        assert (found.values == base).all()
        assert not found.is_clamped.any()


@given(amounts=st.lists(numbers, min_size=2, max_size=5), curve=levels_of, data=st.data())
def test_several_routes_add_up_in_any_order(amounts, curve, data):
    routes = [route("p", id=f"r{n}", amount=amount, offset=amount / 3) for n, amount in enumerate(amounts)]
    wide = Knob("Wide", low=-1e6, high=1e6, slider=(0.0, 2.0))
    curves = {one.id: [level**n for level in curve] for n, one in enumerate(routes)}
    wanted = 1 + 2 * sum(one.amount * np.array(curves[one.id]) + one.offset for one in routes)
    found = run(wide, 1.0, *routes, levels=curves).values
    assert found == pytest.approx(wanted, abs=1e-9)
    shuffled = data.draw(st.permutations(routes))
    assert (run(wide, 1.0, *shuffled, levels=curves).values == found).all()


@given(amount=st.floats(-4, 4), offset=numbers, base=st.floats(-2, 3), curve=levels_of)
def test_no_route_leaves_the_range(amount, offset, base, curve):
    found = run(LINEAR, base, route("p", amount=amount, offset=offset), levels={"r": curve}).values
    assert ((found >= -2) & (found <= 3)).all()


def test_a_whole_number_stays_one():
    knob = Knob("Whole", low=0, high=10, slider=(0, 10), is_whole=True)
    assert run(knob, 3.0, route("p", amount=0.5)).values.tolist() == [3, 4, 6, 8]  # 3, 4.25, 5.5, 8


def test_levels_are_quantised_then_bent_then_turned_over():
    found = run(LINEAR, 0.0, route("p", amount=0.5, quantise=3, bend=0.5, invert=True))
    assert found.values == pytest.approx([1.0, 1.0, 0.75, 0.0])  # 0, 0, ½, 1 → 0, 0, ¼, 1
    assert run(LINEAR, 0.0, route("p", amount=0.5, bend=-1)).values == pytest.approx([0, 0.25**0.25, 0.5**0.25, 1])


def test_bypass_and_solo_silence_others():
    first, second = route("p", id="a", amount=0.5), route("p", id="b", amount=0.25)
    alone = run(LINEAR, 0.0, first).values
    assert (run(LINEAR, 0.0, first, second.model_copy(update={"is_bypassed": True})).values == alone).all()
    assert (run(LINEAR, 0.0, first.model_copy(update={"is_solo": True}), second).values == alone).all()


def test_a_route_drives_the_amount_of_another():
    carrier = route("p", id="a", amount=0.0)
    driver = route("route:a", id="b", amount=0.25)
    found = run(LINEAR, 1.0, carrier, driver, levels={"a": [1, 1, 1, 1], "b": [0, 0.5, 1, 1]}).values
    # The slider of an amount goes from −1 to 1: a quarter of its way is half.
    assert found == pytest.approx([1.0, 1.5, 2.0, 2.0])
    solo = carrier.model_copy(update={"is_solo": True})
    assert (run(LINEAR, 1.0, solo, driver, levels={"a": [1] * 4, "b": [0, 0.5, 1, 1]}).values == found).all()


def test_a_plan_without_routes_gives_its_parameters(little):
    plan = plan_of(little, truncation=0.75)
    assert (value(plan) == 0.75).all()
    with pytest.raises(KeyError):
        plan.value("push", [0])


@settings(max_examples=10, deadline=None)
@given(smoothing=st.sampled_from([0.0, 0.2, 0.4]), attack=st.sampled_from([0.0, 0.3]), kind=st.integers(0, 5))
def test_another_frame_rate_sees_the_same_value_at_the_same_second(little, smoothing, attack, kind):
    source = [
        LFO,
        {"kind": "loudness"},
        {"kind": "beat"},
        {"kind": "chance", "every": 1.0, "glide": 0.5},
        {"kind": "drawn", "points": [(0, 0), (1, 1), (2, 0.5)]},
        {"kind": "cue", "label": "Drop", "hold_seconds": 0.3},
    ][kind]
    driven_by = route(source=source, amount=0.4, smoothing_seconds=smoothing, attack_seconds=attack)
    slow, fast = (value(plan_of(little, driven_by, fps=fps)) for fps in ("10", "30"))
    assert len(fast) == 3 * len(slow)
    assert fast[::3] == pytest.approx(slow, abs=1e-6)
    assert np.ptp(slow) > 0.05
