import json

import pytest

from tests.gpu_service.training.trainers import batches, differences, kept, little_trainer

CHANGES = [
    {"augment": "ada", "first_p": 0.4, "ada_kimg": 0.1, "ada_every": 2},
    {"precision": "bf16"},
    {"mixing": 0, "path_weight": 0, "gamma": 0},
]


@pytest.mark.parametrize("changes", CHANGES, ids=["ada", "bf16", "plain"])
def test_six_steps_are_three_steps_a_new_trainer_and_three_steps_to_the_bit(changes):
    straight, before, after = (little_trainer(**changes) for _ in range(3))
    shown = batches(6)
    for batch in shown:
        straight.step(batch)
    for batch in shown[:3]:
        before.step(batch)
    facts = json.loads(json.dumps(before.facts()))
    after.load(kept(before), facts)
    for batch in shown[3:]:
        after.step(batch)
    assert differences(straight, after) == []
    assert straight.pictures == 48
