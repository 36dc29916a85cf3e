import json

import pytest
from pydantic import ValidationError

from gpu_service.protocol import Mix, Rows, Step, Term, Tweak, VectorSpec

FILE = "a" * 64


def test_a_vector_comes_back_from_json_as_it_was() -> None:
    other = VectorSpec(seed=4, label=2, steps=[Step(file=FILE, index=3, amount=-1.5)])
    vector = VectorSpec(
        seed=7,
        terms=[Term(of=other, amount=0.5, space="z")],
        tweaks=[Tweak(kind="sine", amount=0.2, cycles=3)],
        mixes=[Mix(of=other, rows=Rows(first=8, end=12))],
    )
    assert VectorSpec.model_validate_json(vector.model_dump_json()) == vector
    assert vector.files() == {FILE}


def test_a_vector_is_made_of_few_others() -> None:
    deep = VectorSpec()
    for _ in range(3):
        deep = VectorSpec(mixes=[Mix(of=deep, rows=Rows())])
    with pytest.raises(ValidationError, match="4 deep"):
        VectorSpec(mixes=[Mix(of=deep, rows=Rows())])
    wide = VectorSpec(terms=[Term(of=VectorSpec(seed=seed), amount=1) for seed in range(8)])
    with pytest.raises(ValidationError, match="at most 64 others"):
        VectorSpec(terms=[Term(of=wide, amount=1)] * 8)


@pytest.mark.parametrize(
    "wrong",
    [{"sed": 1}, {"seed": -1}, {"seed": 2**32}, {"z": [float("nan")]}, {"truncation": 3}, {"steps": [{"file": "x"}]}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_misspelt_and_impossible_fields_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        VectorSpec.model_validate_json(json.dumps(wrong))
