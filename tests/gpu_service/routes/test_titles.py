"""Plots of routes say what drives what, in the words of the page."""

from pathlib import Path

import numpy as np
import pytest

from gpu_service.protocol.routes import NOTES, CueAction
from gpu_service.routes.titles import BANDS, CURVES, OWN_STEMS, title_of
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.signals import route_signals
from gpu_service.visualizers.stages import SceneFacts
from tests.gpu_service.routes.scenes import plan_of, read_source, route


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ({"kind": "onset"}, "Onsets"),
        ({"kind": "band", "band": "low_mid"}, "Low mids"),
        ({"kind": "stem", "stem": "drums"}, "Drums"),
        ({"kind": "stem", "stem": "choir"}, "Stem “choir”"),
        ({"kind": "chroma", "pitch": 3}, "Note E♭"),
        ({"kind": "cue", "label": "Drop"}, "“Drop” cues"),
        ({"kind": "lfo", "wave": "saw", "period": 4.0, "unit": "beats"}, "Saw over 4 beats"),
        ({"kind": "drawn", "points": [(0.0, 1.0)]}, "Drawn curve"),
        ({"kind": "chance", "every": 0.5, "unit": "seconds"}, "Chance every 0.5 s"),
        ({"kind": "chance", "every": 1.0}, "Chance every beat"),
        ({"kind": "route", "id": "r9"}, "Another route"),
    ],
)
def test_every_kind_of_source_has_words(source, words):
    assert title_of(read_source(source)) == words


def test_the_words_are_those_of_the_page():
    page = (Path(__file__).parents[3] / "frontend/src/scene/routes/sources.ts").read_text(encoding="utf-8")
    for words in (CURVES, BANDS, OWN_STEMS):
        assert [f"{name}: '{title}'" for name, title in words.items() if f"{name}: '{title}'" not in page] == []
    assert ", ".join(f"'{note}'" for note in NOTES) in page


def test_a_plot_of_a_route_names_its_source_and_the_title_of_what_it_drives(little):
    flash = CueAction(id="flash", label="Drop", kind="envelope", parameter="noise_strength", amount=0.5)
    plan = plan_of(little, route(amount=0.2), actions=[flash])
    found = route_signals(NoiseBlend, SceneFacts(plan.scene, 512), plan.stages)
    titles = [signal.title for signal in found]
    assert titles == ["Sine over 1 s to Truncation ψ", "“Drop” cues to Strength of the grain"]
    assert all(np.ptp(signal.values) > 0.5 for signal in found)
