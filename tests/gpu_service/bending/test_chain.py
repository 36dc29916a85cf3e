"""Bends inside real, little networks: where they reach, what they leave alone, what they refuse."""

from typing import get_args

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from gpu_service.bending.chain import chain_for, features_of, places_of
from gpu_service.bending.displacement import Displacement
from gpu_service.networks import NetworkError, fast
from gpu_service.networks.cppn import make_cppn
from gpu_service.networks.fast import Way
from gpu_service.networks.fresh import random_stylegan2, random_stylegan3
from gpu_service.networks.stylegan2_layout import StyleGan2Config
from gpu_service.networks.stylegan3_layout import StyleGan3Config
from gpu_service.protocol.bends import BendSpec, Operation

CPU = torch.device("cpu")
WAYS = [None, Way("fp32"), Way("bf16")]


@pytest.fixture(scope="module")
def network():
    return random_stylegan2(StyleGan2Config(24, 24, 0, 32, 2, 512, 24, 256.0), seed=3)


@pytest.fixture(scope="module")
def other():
    return random_stylegan3(StyleGan3Config(24, 24, 0, 16, 2, channel_base=256, channel_max=24), seed=3)


def rows(network, count: int = 3) -> torch.Tensor:
    return network.mapping(torch.randn(count, network.z_dim, generator=torch.Generator().manual_seed(1)))


FLOWS = Displacement(np.full(3, 0.5), np.full(3, 0.25), 0.75, True, CPU)
# Features have no hue.
PAIRS = [
    (each, branch)
    for each in get_args(Operation)
    for branch in ("rgb", "features")
    if (each, branch) != ("hue", "features")
]


def chain(network, *bends: BendSpec, strengths=(0.0, 0.5, 1.0)):
    table = np.repeat(np.array(strengths)[:, None], len(bends), axis=1)
    return chain_for(network, bends, table, device=CPU, flows=FLOWS)


def draw(network, way=None, **more) -> torch.Tensor:
    with fast.drawing(way), torch.inference_mode():
        return network.synthesis(rows(network), **more)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("operation", "branch"), PAIRS)
def test_strength_0_is_the_unbent_picture_and_more_is_not(network, way, operation, branch):
    bend = BendSpec(id="a", operation=operation, block=4, branch=branch, size=3)
    unbent, bent = draw(network, way), draw(network, way, bending=chain(network, bend))
    assert torch.isfinite(bent).all()
    assert torch.equal(unbent[0], bent[0])
    assert not torch.equal(unbent[1], bent[1])
    assert not torch.equal(unbent[2], bent[2])


@pytest.mark.parametrize("branch", ["rgb", "features"])
def test_bends_reach_only_their_own_size_and_larger_ones(network, branch):
    sums: dict[int, list[torch.Tensor]] = {}
    watched = [
        block.register_forward_hook(lambda _m, _i, made, row=row: sums.setdefault(row, []).append(made[1].clone()))
        for row, block in network._synthesis.blocks()
    ]
    bend = BendSpec(id="a", operation="multiply", block=3, branch=branch)
    for bending in (None, chain(network, bend, strengths=(1.0,))):
        network.synthesis(rows(network, 1), bending=bending)
    for each in watched:
        each.remove()
    changed = [not torch.equal(unbent, bent) for unbent, bent in sums.values()]
    assert network.bending_sides == (4, 8, 16, 32)
    assert places_of(bend, 4) == (1,)
    assert changed == [False, True, True, True]


@pytest.mark.parametrize("way", WAYS)
def test_the_two_branches_differ(network, way):
    colour, features = (
        draw(network, way, bending=chain(network, BendSpec(id="a", operation="zoom", block=5, branch=branch)))
        for branch in ("rgb", "features")
    )
    assert not torch.equal(colour[2], features[2])


@pytest.mark.parametrize("branch", ["rgb", "features"])
def test_the_fast_way_bends_as_the_plain_one(network, branch):
    bends = chain(
        network,
        BendSpec(id="a", operation="rotate", block=5, branch=branch),
        BendSpec(id="b", operation="multiply", block=2, last_block=7, branch=branch, features="random"),
    )
    plain, quick = draw(network, bending=bends), draw(network, Way("bf16"), bending=bends)
    exact = fast_fp32(network, bends)
    assert torch.allclose(exact, plain, atol=1e-4 * float(plain.std()))
    assert float((quick - plain).square().mean().sqrt()) < 0.02 * float(plain.std())


def fast_fp32(network, bends) -> torch.Tensor:
    """Its fast form, in float32, which no way chooses by itself."""
    engine = network.prepare("fp32")
    w = rows(network)
    with torch.inference_mode():
        return torch.cat(
            [engine(w[n : n + 1], lambda layer: layer.noise_const, bends.of(slice(n, n + 1))) for n in range(len(w))]
        )


@pytest.mark.parametrize("branch", ["rgb", "features"])
def test_the_first_block_is_displaced_as_any_other(network, branch):
    """The original's first block has no number in its name, and displacing it fails."""
    bend = BendSpec(id="a", operation="displacement", block=0, branch=branch)
    unbent, bent = draw(network), draw(network, bending=chain(network, bend))
    assert torch.equal(unbent[0], bent[0])
    assert not torch.equal(unbent[2], bent[2])


def test_operations_on_one_layer_act_in_the_order_of_the_list(network):
    first, second = BendSpec(id="a", operation="rotate", block=7), BendSpec(id="b", operation="translate", block=7)
    there, back = (draw(network, bending=chain(network, *order)) for order in ((first, second), (second, first)))
    assert not torch.equal(there[2], back[2])


def test_a_picture_bends_the_same_whatever_its_company(network):
    bend = BendSpec(id="a", operation="zoom", block=7)
    together = draw(network, bending=chain(network, bend))
    alone = network.synthesis(rows(network)[2:], bending=chain(network, bend, strengths=(1.0,)))
    assert torch.equal(together[2], alone[0])
    # As a GPU does: one batch, in which a picture at 0 keeps its bits.
    acting = chain(network, bend).of(slice(None))
    maps = torch.randn(3, 3, 32, 32)
    bent = acting.bend(maps, "rgb", 3)
    assert torch.equal(bent[0], maps[0])
    assert not torch.equal(bent[2], maps[2])


def test_nothing_is_done_where_all_is_neutral(network):
    assert chain(network, BendSpec(id="a", operation="zoom"), strengths=(0, 0, 0)).of(slice(None)) is None
    assert chain(network, BendSpec(id="a", operation="zoom")).of(slice(0, 1)) is None
    never_off = BendSpec(id="a", operation="blur", faithful=True)
    assert chain(network, never_off, strengths=(0, 0, 0)).of(slice(None)) is not None


@pytest.mark.parametrize(
    ("block", "last", "places", "wanted"),
    [
        (0, None, 8, (0,)),
        (3, None, 8, (3,)),
        (7, None, 7, (6,)),
        (0, 7, 5, (0, 1, 2, 3, 4)),
        (4, 6, 14, (7, 8, 9, 10, 11)),
    ],
)
def test_eighths_meet_the_depth_of_any_network(block, last, places, wanted):
    assert places_of(BendSpec(id="a", operation="zoom", block=block, last_block=last), places) == wanted


def test_features_are_all_or_a_range_or_some_by_seed():
    def chosen(**more):
        found = features_of(BendSpec(id="a", operation="ablate", **more), 10, CPU)
        return None if found is None else found.tolist()

    assert chosen() is None
    assert chosen(features="range", first=0.2, last=0.5) == [2, 3, 4]
    assert chosen(features="range", first=0.98, last=1.0) == [9]
    some = chosen(features="random", share=0.3, seed=4)
    assert len(some) == 3
    assert some == chosen(features="random", share=0.3, seed=4) != chosen(features="random", share=0.3, seed=5)


def test_only_the_chosen_features_are_bent(network):
    bend = BendSpec(id="a", operation="ablate", block=7, branch="rgb", features="range", first=0.0, last=0.34)
    acting = chain(network, bend).of(slice(2, 3))
    maps = torch.randn(1, 3, 32, 32)
    bent = acting.bend(maps, "rgb", 3)
    assert bent[0, 0].abs().max() == 0
    assert torch.equal(bent[:, 1:], maps[:, 1:])


@pytest.mark.parametrize("way", WAYS)
def test_stylegan3_bends_its_features_and_its_final_colour(other, way):
    for bend in (
        BendSpec(id="a", operation="zoom", block=7),
        BendSpec(id="b", operation="multiply", block=2, last_block=4, branch="features"),
        BendSpec(id="c", operation="displacement", block=3, branch="features"),
    ):
        unbent, bent = draw(other, way), draw(other, way, bending=chain(other, bend))
        assert torch.equal(unbent[0], bent[0])
        assert not torch.equal(unbent[2], bent[2])


def test_what_a_network_has_not_is_refused_by_a_sentence(other):
    with pytest.raises(NetworkError, match=r"makes colour only at its end\. Choose block 7, or bend the features"):
        chain(other, BendSpec(id="a", operation="zoom", block=3))
    pattern = make_cppn("silk", seed=1)
    with pytest.raises(NetworkError, match="no maps to bend"):
        chain(pattern, BendSpec(id="a", operation="zoom"))
    with pytest.raises(NetworkError, match="no maps to bend"):
        pattern.synthesis(pattern.mapping(torch.randn(1, 512)), bending=object())


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"operation": "hue", "branch": "features"}, "only a whole picture has"),
        ({"operation": "zoom", "block": 5, "last_block": 3}, "before it begins"),
        ({"operation": "zoom", "features": "range", "first": 0.5, "last": 0.5}, "takes no feature"),
        ({"operation": "zoom", "amount": float("nan")}, "finite"),
        ({"operation": "melt"}, "zoom"),
    ],
)
def test_a_bend_that_cannot_be_done_is_refused(wrong, words):
    with pytest.raises(ValidationError, match=words):
        BendSpec(id="a", **wrong)
