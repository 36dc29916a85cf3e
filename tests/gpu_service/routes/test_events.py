"""Cues act: they hold, cut to a snapshot, jump to a vector, change the seed, fire an envelope."""

import numpy as np
import pytest
import torch

from gpu_service.errors import RenderError
from gpu_service.protocol import CueSpec, VectorSpec
from gpu_service.protocol.routes import CueAction
from gpu_service.routes.mixes import mix_at
from gpu_service.routes.score import Score
from gpu_service.visualizers.network_mix import networks_of
from tests.gpu_service.routes.scenes import draw, plan_of, scene_of, value


def test_a_held_picture_stands_still_and_then_goes_on(little):
    plan = plan_of(little, actions=[CueAction(label="Drop", kind="hold", seconds=0.5)])
    free = plan_of(little)
    frames = [9, 10, 12, 14, 15]
    wanted = draw(free, [9, 10, 10, 10, 15])
    assert torch.equal(draw(plan, frames), wanted)
    assert not torch.equal(draw(free, [14]), wanted[1:2])


def test_a_span_holds_as_long_as_it_lasts(little):
    plan = plan_of(little, actions=[CueAction(label="Break", kind="hold", seconds=0.1)])
    assert plan.score.shown(range(18, 28)) == [18, 19, 20, 20, 20, 20, 20, 25, 26, 27]


def test_a_cue_cuts_to_a_snapshot_until_the_next_one_that_does(little):
    cues = [CueSpec(seconds=1.0, label="A"), CueSpec(seconds=2.0, label="B")]
    actions = [
        CueAction(label="A", kind="snapshot", snapshot=1),
        CueAction(label="B", kind="snapshot", snapshot=0, seconds=0.5),
    ]
    plan = plan_of(little, cues=cues, actions=actions)
    places = plan.cut_place(range(30))
    assert np.isnan(places[:10]).all()
    assert places[10:20].tolist() == [1.0] * 10
    assert places[20:25].tolist() == [0.0] * 5
    assert np.isnan(places[25:]).all()
    own = np.full(30, 0.25)
    wanted = [((0, 0.75), (1, 0.25)) if np.isnan(place) else ((int(place), 1.0),) for place in places]
    assert plan.mixes(own, range(30)) == wanted


def test_a_cut_that_glides_arrives_and_goes_back(little):
    action = CueAction(label="Drop", kind="snapshot", snapshot=1, seconds=1.0, glide_seconds=0.3)
    mixes = plan_of(little, actions=[action]).mixes(np.zeros(30), range(30))
    second = [dict(mix).get(1, 0.0) for mix in mixes]
    assert second[9:14] == pytest.approx([0, 0.25, 0.5, 0.75, 1.0])
    assert second[19:24] == pytest.approx([1, 0.75, 0.5, 0.25, 0])


def test_a_glide_never_shows_what_lies_between_two_snapshots_of_the_list(little):
    action = CueAction(label="Drop", kind="snapshot", snapshot=3, seconds=1.0, glide_seconds=0.4)
    score = Score(scene_of(little, actions=[action]), {})
    gliding = score.mixes(np.zeros(30), range(30))
    assert gliding[9:11] == [((0, 1.0),), ((0, pytest.approx(0.8)), (3, pytest.approx(0.2)))]
    assert {place for mix in gliding for place, _ in mix} == {0, 3}
    # From half-way between two of the scene's own, both are left at once.
    assert score.mixes(np.full(30, 0.5), range(30))[10] == ((0, 0.4), (1, 0.4), (3, pytest.approx(0.2)))


def test_networks_of_a_mix_of_three_add_up(little):
    plan = plan_of(little)
    plan.materials.scene = plan.scene.model_copy(update={"snapshots": [*plan.scene.snapshots, plan.scene.snapshots[0]]})
    (network, share), *others = networks_of(plan, ((0, 0.25), (1, 0.5), (2, 0.25)))
    first, second = plan.materials.network(0), plan.materials.network(1)
    assert share == 1.0
    assert not others
    # The third is the first again; siblings mix their weights: half of each.
    for name, weights in network.tensors().items():
        half = (first.tensors()[name] + second.tensors()[name]) / 2
        assert torch.allclose(weights, half, atol=1e-6), name


def test_a_cut_is_what_is_drawn(little):
    quiet = {"switching": "off", "noise_seconds": 20.0}
    plan = plan_of(little, actions=[CueAction(label="Drop", kind="snapshot", snapshot=0)], **quiet)
    other = plan_of(little, **quiet)
    before, after = draw(plan, [9, 12]), draw(other, [9, 12])
    assert torch.equal(before[0], after[0])
    assert not torch.equal(before[1], after[1])


def test_a_vector_is_jumped_to_and_left_again(little):
    vector = VectorSpec(seed=5, truncation=1.0)
    plan = plan_of(little, actions=[CueAction(label="Drop", kind="vector", vector=vector, seconds=0.5)])
    drawn = draw(plan, [9, 10, 14, 15])
    free = draw(plan_of(little), [9, 10, 14, 15])
    assert torch.equal(drawn[0], free[0])
    assert torch.equal(drawn[3], free[3])
    assert torch.equal(drawn[1], drawn[2]) == torch.equal(
        *(torch.tensor(networks_of(plan, mix_at(float(plan.stages["networks"]["place"][f])))[0][1]) for f in (10, 14))
    )
    assert not torch.equal(drawn[1], free[1])


def test_a_seed_draws_what_a_scene_with_that_seed_draws(little):
    plan = plan_of(little, actions=[CueAction(label="Drop", kind="seed", seed=77, seconds=1.0)])
    free, other = plan_of(little), plan_of(little, seed=77)
    drawn = draw(plan, [9, 10, 19, 20])
    assert torch.equal(drawn[[0, 3]], draw(free, [9, 20]))
    assert torch.equal(drawn[[1, 2]], draw(other, [10, 19]))


def test_each_cue_rolls_a_seed_of_its_own(little):
    cues = [CueSpec(seconds=second, label="Roll") for second in (0.5, 1.0, 1.5)]
    plan = plan_of(little, cues=cues, actions=[CueAction(label="Roll", kind="seed")])
    seeds = plan.score.seeds(range(20), base=1234)
    assert seeds[:5] == [1234] * 5
    assert len({*seeds}) == 4
    assert seeds == plan_of(little, cues=cues, actions=[CueAction(label="Roll", kind="seed")]).score.seeds(
        range(20), base=1234
    )


def test_an_envelope_rises_and_falls(little):
    action = CueAction(label="Drop", kind="envelope", parameter="truncation", amount=0.4, release_seconds=0.2)
    moved = value(plan_of(little, actions=[action], fps="60", truncation=0.5)) - 0.5
    assert (moved[:60] == 0).all()
    assert moved[60] == pytest.approx(0.8)
    held, later = 63, 63 + 12  # 50 ms, then one time constant
    assert moved[later] == pytest.approx(moved[held] * np.exp(-1), rel=0.05)


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ({"kind": "snapshot", "snapshot": 2}, "it has 2"),
        ({"kind": "snapshot"}, "it has 2"),
        ({"kind": "vector"}, "Choose one"),
        ({"kind": "envelope"}, "Choose which"),
    ],
)
def test_actions_that_cannot_be_done_say_why(little, action, words):
    with pytest.raises(RenderError, match=words) as caught:
        plan_of(little, actions=[CueAction(label="Drop", **action)])
    assert caught.value.kind == "bad_input"
    assert caught.value.field == f"actions.0.{action['kind']}"
