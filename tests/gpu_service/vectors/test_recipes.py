"""Recipes against their formulas, worked out here from the mapping alone."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_service.errors import RenderError
from gpu_service.networks.cppn import make_cppn
from gpu_service.networks.stylegan2 import StyleGan2
from gpu_service.protocol import Mix, Rows, Step, Term, Tweak, VectorSpec
from gpu_service.vectors.directions import Directions
from gpu_service.vectors.recipes import Recipes
from tests.gpu_service.vectors.nets import little_stylegan2

FILE = "f" * 64


def mapped(network: StyleGan2, z: np.ndarray, **more) -> np.ndarray:
    """[z_dim] -> [num_ws, w_dim], by the network's own mapping."""
    return network.mapping(torch.tensor(z[None], dtype=torch.float32), **more)[0].numpy().astype(np.float64)


def seeded(seed: int) -> np.ndarray:
    return np.random.RandomState(seed).randn(1, 12)[0]


def w_of(network: StyleGan2, vector: VectorSpec, directions: Directions | None = None) -> np.ndarray:
    recipes = Recipes(network, directions=lambda _sha256: directions) if directions else Recipes(network)
    (rows,) = recipes.rows([vector])
    assert rows.dtype == np.float32
    return rows


def test_a_plain_vector_is_what_the_network_maps(network):
    for psi in (0.7, 1.0, -0.5):
        expected = mapped(network, seeded(7), truncation=psi)
        assert np.array_equal(w_of(network, VectorSpec(seed=7, truncation=psi)), expected.astype(np.float32))
    z = seeded(9)
    assert np.array_equal(w_of(network, VectorSpec(seed=1, z=list(z))), w_of(network, VectorSpec(seed=9)))


def test_truncation_can_end_at_a_row(network):
    whole, near = mapped(network, seeded(7)), mapped(network, seeded(7), truncation=0.3)
    w = w_of(network, VectorSpec(seed=7, truncation=0.3, truncation_end=3))
    assert np.allclose(w[:3], near[:3], atol=1e-6)
    assert np.allclose(w[3:], whole[3:], atol=1e-6)


def test_terms_and_tweaks_in_z_come_before_the_mapping(network):
    vector = VectorSpec(
        seed=1,
        truncation=1,
        terms=[Term(of=VectorSpec(seed=2, tweaks=[Tweak(kind="scale", amount=3, space="z")]), amount=-0.5, space="z")],
        tweaks=[Tweak(kind="line", amount=0.25, space="z")],
    )
    z = seeded(1) - 0.5 * 3 * seeded(2) + 0.25 * (2 * np.arange(12) / 11 - 1)
    assert np.allclose(w_of(network, vector), mapped(network, z), atol=1e-5)


def test_everything_in_w_happens_in_order(network, directions):
    """term, tweak, step, mix, each by its formula."""
    other, third = VectorSpec(seed=2, truncation=0.5), VectorSpec(seed=3, truncation=1)
    vector = VectorSpec(
        seed=1,
        truncation=0.8,
        terms=[Term(of=other, amount=1.5)],
        tweaks=[Tweak(kind="scale", amount=0.9), Tweak(kind="sine", amount=0.2, cycles=2)],
        steps=[Step(file=FILE, index=2, amount=-1.5, rows=Rows(first=2, end=5))],
        mixes=[Mix(of=third, rows=Rows(first=4))],
    )
    average = mapped(network, seeded(0), truncation=0.0)
    w = mapped(network, seeded(1), truncation=0.8)
    w = w + 1.5 * (mapped(network, seeded(2), truncation=0.5) - average)
    w = 0.9 * w + 0.2 * np.sin(2 * np.pi * 2 * np.arange(10) / 10)
    w[2:5] += -1.5 * 3 * directions.directions[2]
    w[4:] = mapped(network, seeded(3))[4:]
    assert np.allclose(w_of(network, vector, directions), w, atol=1e-5)


@settings(deadline=None, max_examples=25)
@given(a=st.floats(-3, 3), b=st.floats(-3, 3), seed=st.integers(0, 2**32 - 1))
def test_two_steps_along_one_direction_are_one_of_their_sum(network, directions, a: float, b: float, seed: int):
    one = VectorSpec(seed=seed, steps=[Step(file=FILE, index=1, amount=a + b)])
    two = VectorSpec(seed=seed, steps=[Step(file=FILE, index=1, amount=a), Step(file=FILE, index=1, amount=b)])
    assert np.allclose(w_of(network, one, directions), w_of(network, two, directions), atol=1e-4)


@settings(deadline=None, max_examples=25)
@given(seeds=st.lists(st.integers(0, 1000), min_size=1, max_size=6), end=st.integers(0, 8))
def test_company_does_not_change_a_vector(network, seeds: list[int], end: int):
    vectors = [VectorSpec(seed=seed, mixes=[Mix(of=VectorSpec(seed=seed + 1), rows=Rows(end=end))]) for seed in seeds]
    together = Recipes(network).rows(vectors)
    fresh = little_stylegan2()  # nothing is kept for this one
    alone = [Recipes(fresh).rows([vector])[0] for vector in vectors]
    assert np.array_equal(together, np.stack(alone))


def test_labels_choose_and_none_is_none_of_them(labelled):
    second = mapped(labelled, seeded(4), labels=torch.tensor([[0.0, 1.0, 0.0]]))
    none = mapped(labelled, seeded(4), labels=torch.zeros(1, 3))
    assert np.allclose(w_of(labelled, VectorSpec(seed=4, truncation=1, label=1)), second, atol=1e-6)
    assert np.allclose(w_of(labelled, VectorSpec(seed=4, truncation=1)), none, atol=1e-6)
    assert not np.allclose(second, none, atol=1e-2)


def test_a_pattern_network_takes_recipes_too():
    pattern = make_cppn("smoke", seed=1)
    vector = VectorSpec(seed=1, truncation=1, terms=[Term(of=VectorSpec(seed=2, truncation=1), amount=1)])
    one, two = Recipes(pattern).rows([VectorSpec(seed=1, truncation=1), VectorSpec(seed=2, truncation=1)])
    assert np.allclose(Recipes(pattern).rows([vector])[0], one + two, atol=1e-6)


@pytest.mark.parametrize(
    ("vector", "sentence"),
    [
        ({"z": [0.0] * 5}, "This vector has 5 numbers, and the network takes 12."),
        ({"label": 0}, "There is no class 0: this network has no classes."),
        ({"steps": [{"file": FILE, "index": 3, "amount": 1}]}, "There is no direction 4: this file has 3."),
        ({"mixes": [{"of": {"z": [1.0]}, "rows": {}}]}, "This vector has 1 numbers, and the network takes 12."),
    ],
)
def test_what_the_network_cannot_take_is_a_sentence(network, directions, vector, sentence):
    with pytest.raises(RenderError) as caught:
        Recipes(network, directions=lambda _sha256: directions).rows([VectorSpec.model_validate(vector)], field="here")
    assert (str(caught.value), caught.value.kind, caught.value.field) == (sentence, "bad_input", "here")


def test_a_class_beyond_the_last_is_named(labelled):
    with pytest.raises(RenderError, match="no class 3: this network has the classes 0 to 2"):
        Recipes(labelled).rows([VectorSpec(label=3)])


def test_directions_of_another_network_are_refused(directions):
    wide = little_stylegan2(w_dim=14)
    with pytest.raises(RenderError, match="have 10 numbers, and the network's w has 14"):
        w_of(wide, VectorSpec(steps=[Step(file=FILE, index=0, amount=1)]), directions)


def test_directions_that_did_not_come_are_missed(network):
    with pytest.raises(RenderError, match=r"missing here: ffff…ffff"):
        w_of(network, VectorSpec(steps=[Step(file=FILE, index=0, amount=1)]))
