"""Ways between vectors: through every pin, straight, along arcs, smooth; closed or not."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicSpline

from gpu_service.errors import RenderError
from gpu_service.protocol import Tweak, VectorSpec, Waypoint, path_length
from gpu_service.vectors.between import slerp
from gpu_service.vectors.recipes import Recipes
from gpu_service.vectors.walk import Walk

PINS = [Waypoint(vector=VectorSpec(seed=seed), length=length) for seed, length in ((1, 2.0), (2, 0.5), (3, 4.0))]
BENT = [
    Waypoint(vector=VectorSpec(seed=seed, tweaks=[Tweak(kind="scale", amount=1.1)]), length=1.0) for seed in (1, 2, 3)
]
PLACES = np.array([0.0, 2.0, 2.5])
WAYS = ["linear", "spherical", "smooth"]


def walk(network, waypoints, interpolation="linear", *, is_loop=True) -> Walk:
    return Walk(waypoints, recipes=Recipes(network), interpolation=interpolation, is_loop=is_loop)


def pins_of(network, waypoints) -> np.ndarray:
    return Recipes(network).rows([waypoint.vector for waypoint in waypoints])


@pytest.mark.parametrize("is_loop", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_every_pin_is_passed_at_its_place(network, way, is_loop):
    assert np.allclose(walk(network, PINS, way, is_loop=is_loop).at(PLACES), pins_of(network, PINS), atol=1e-4)


def test_the_length_counts_the_way_back_only_in_a_loop(network):
    assert path_length(PINS, is_loop=True) == walk(network, PINS).length == 6.5
    assert path_length(PINS, is_loop=False) == walk(network, PINS, is_loop=False).length == 2.5


@pytest.mark.parametrize("way", WAYS)
def test_a_loop_comes_round_and_another_path_stops(network, way):
    closed, open_ = walk(network, PINS, way), walk(network, PINS, way, is_loop=False)
    assert np.allclose(closed.at(np.array([1.3, 3.7])), closed.at(np.array([1.3, 3.7]) + 6.5), atol=1e-5)
    assert np.array_equal(open_.at(np.array([2.5])), open_.at(np.array([99.0])))
    assert np.array_equal(open_.at(np.array([0.0])), open_.at(np.array([-5.0])))


def test_linear_is_the_mean_half_way(network):
    ends = pins_of(network, PINS)
    middle = walk(network, PINS).at(np.array([1.0, 2.25, 4.5]))
    assert np.allclose(middle, (ends + np.roll(ends, -1, axis=0)) / 2, atol=1e-5)


def test_smooth_is_the_periodic_cubic_through_the_pins(network):
    ends = pins_of(network, PINS).astype(np.float64)
    knots = np.array([0, 2, 2.5, 6.5])
    expected = CubicSpline(knots, np.concatenate([ends, ends[:1]]), bc_type="periodic")
    places = np.linspace(0, 6.4, 9)
    assert np.allclose(walk(network, PINS, "smooth").at(places), expected(places), atol=1e-5)
    # It turns without a corner, also where it closes.
    around = walk(network, PINS, "smooth").at(np.array([6.5 - 2e-3, 0.0, 2e-3])).astype(np.float64)
    assert np.allclose(around[1] - around[0], around[2] - around[1], atol=1e-4)


def test_spherical_turns_z_where_both_ends_are_nothing_but_z(network):
    a, b = (np.random.RandomState(seed).randn(1, 12)[0] for seed in (1, 2))
    angle = np.arccos(a @ b / np.linalg.norm(a) / np.linalg.norm(b))
    turned = (np.sin(0.75 * angle) * a / np.linalg.norm(a) + np.sin(0.25 * angle) * b / np.linalg.norm(b)) / np.sin(
        angle
    )
    z = torch.tensor(turned[None], dtype=torch.float32)  # the mapping takes any length
    expected = network.mapping(z, truncation=0.7)[0].numpy()
    assert np.allclose(walk(network, PINS, "spherical").at(np.array([0.5]))[0], expected, atol=1e-4)


def test_spherical_turns_w_around_the_average_otherwise(network):
    recipes = Recipes(network)
    average = recipes.average()
    start, end = pins_of(network, BENT)[:2] - average
    middle = walk(network, BENT, "spherical").at(np.array([0.5]))[0] - average
    lengths = [np.linalg.norm(rows, axis=1) for rows in (start, end, middle)]
    assert np.allclose(lengths[2], (lengths[0] + lengths[1]) / 2, rtol=1e-4)
    cosines = [np.sum(rows * middle, axis=1) / np.linalg.norm(rows, axis=1) / lengths[2] for rows in (start, end)]
    assert np.allclose(*cosines, atol=1e-4)


def test_one_pin_stands_still_and_no_pin_is_a_sentence(network):
    for way in WAYS:
        still = walk(network, PINS[:1], way).at(np.array([0.0, 1.0, 9.0]))
        assert np.array_equal(still, np.repeat(pins_of(network, PINS[:1]), 3, axis=0))
        for is_loop in (True, False):
            assert np.isfinite(walk(network, PINS[:2], way, is_loop=is_loop).at(np.linspace(0, 5, 7))).all()
    with pytest.raises(RenderError, match="no pins yet"):
        walk(network, [])


@settings(deadline=None, max_examples=100)
@given(
    a=st.lists(st.floats(-10, 10), min_size=3, max_size=3),
    b=st.lists(st.floats(-10, 10), min_size=3, max_size=3),
    share=st.floats(0, 1),
)
def test_an_arc_begins_and_ends_at_its_ends_and_is_never_longer(a: list[float], b: list[float], share: float):
    start, end = np.array(a), np.array(b)
    for at, expected in ((0.0, start), (1.0, end)):
        assert np.allclose(slerp(start, end, np.array(at)), expected, atol=1e-6)
    length = np.linalg.norm(slerp(start, end, np.array(share)))
    assert length <= max(np.linalg.norm(start), np.linalg.norm(end)) + 1e-6


@given(share=st.floats(0, 1))
def test_without_an_arc_the_way_is_straight(share: float):
    start = np.array([1.0, 2.0, 3.0])
    for end in (np.zeros(3), 2 * start, -start):
        straight = (1 - share) * start + share * end
        assert np.allclose(slerp(start, end, np.array(share)), straight, atol=1e-6)
