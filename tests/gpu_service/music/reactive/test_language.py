"""The language of signals: the shipped sets load, and every mistake is answered by its own name."""

import json

import pytest
from pydantic import ValidationError

from gpu_service.protocol.signal_sets import JULY, LAST_COMMIT, SIGNAL_SETS
from gpu_service.protocol.signals import Signal, SignalSet


def chain(*steps):
    return {"source": "drums", "chain": list(steps)}


def sentence(value, model=Signal) -> str:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(value)
    return refused.value.errors()[0]["msg"]


@pytest.mark.parametrize("name", SIGNAL_SETS)
def test_a_set_comes_back_from_its_file_as_it_was(name):
    text = SIGNAL_SETS[name].model_dump_json()
    assert SignalSet.model_validate(json.loads(text)) == SIGNAL_SETS[name]


def test_july_is_the_mix_decomposed_and_drums_and_bass_as_shipped():
    assert JULY.weights.source == "mix"
    assert [step.do for step in JULY.weights.chain] == ["decompose", "gauss", "rows", "resample", "rows"]
    drums, bass = JULY.drives[:2]
    assert (drums.source, drums.chain[0].high_hz, drums.chain[2].sigma) == ("drums", 2200, 1)
    assert (bass.source, bass.chain[0].low_hz, bass.chain[2].sigma) == ("bass", 1000, 4)
    peaks = drums.chain[-1]
    assert (peaks.distance, peaks.prominence, peaks.width, peaks.height) == (20, 0.6, 2, 0.1)
    assert (peaks.radius, peaks.kernel, peaks.sigma) == (4, "full", 10)


def test_the_last_commits_chroma_chain_is_a_chain_and_not_letters():
    assert LAST_COMMIT.weights.chain[0].do == "chroma"
    assert LAST_COMMIT.weights.source == "other"


def test_a_misspelt_function_gives_its_name_back():
    assert "“onsett”" in sentence(chain({"do": "onsett"}))
    # A word where a list should be is what broke the original: here a word is one function.
    assert Signal.model_validate(chain("rms", "resample")).chain[0].do == "rms"


def test_the_originals_spellings_are_understood():
    made = Signal.model_validate(chain("rms", "resample", "s_peaks", "plateu"))
    assert [step.do for step in made.chain] == ["rms", "resample", "peaks", "plateau"]


def test_a_misspelt_keyword_gives_its_name_back():
    said = sentence(chain("rms", {"do": "gauss", "sigmaa": 3}, "resample"))
    assert "“gauss” has no keyword “sigmaa”" in said
    assert "sigma" in said


@pytest.mark.parametrize(
    ("steps", "named"),
    [
        (("gauss", "resample"), "“gauss” is in the wrong place"),
        (("rms", "peaks", "resample"), "“peaks” is in the wrong place"),
        (("rms", "resample", "resample"), "“resample” is in the wrong place"),
        (("rms", "onset", "resample"), "“onset” is in the wrong place"),
        (("rms", "norm"), "“resample” is missing"),
    ],
)
def test_what_does_not_fit_together_is_named(steps, named):
    assert named in sentence(chain(*steps))


def test_one_curve_and_twelve_are_told_apart():
    july = JULY.model_dump(mode="json")
    assert "“mix” is one curve" in sentence({**july, "mix": july["weights"]}, SignalSet)
    assert "“weights” needs" in sentence({**july, "weights": july["mix"]}, SignalSet)
    assert "two drives named “drums”" in sentence({**july, "drives": [july["drives"][0]] * 2}, SignalSet)


def test_a_set_of_a_newer_version_is_refused_in_a_sentence():
    said = sentence({**JULY.model_dump(mode="json"), "version": 2, "unheard_of": 1}, SignalSet)
    assert "newer version of Phosphene" in said


def test_a_number_out_of_range_is_refused():
    sentence(chain("rms", {"do": "gauss", "sigma": float("nan")}, "resample"))
    sentence(chain("rms", {"do": "gauss", "sigma": -1}, "resample"))
