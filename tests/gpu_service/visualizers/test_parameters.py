"""One model of parameters makes form, checks and documents: each says the same."""

import json

import pytest

from gpu_service.errors import RenderError
from gpu_service.visualizers import VISUALIZERS, load
from gpu_service.visualizers.catalogue import catalogue, markdown, schema_of
from gpu_service.visualizers.noise_blend import NoiseBlend
from gpu_service.visualizers.noise_blend_parameters import NoiseBlendParameters
from gpu_service.visualizers.parameters import read_parameters
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"alpha": -1}, "alpha=-1 cannot be used: write a number from 0 to 1000."),
        ({"alpha": "loud"}, "alpha=loud cannot be used: write a number from 0 to 1000."),
        ({"seed": 1.5}, "seed=1.5 cannot be used: write a whole number from 0 to 2147483647."),
        ({"music": "perhaps"}, "music=perhaps cannot be used: write true or false."),
        ({"motion": "fast"}, "motion=fast cannot be used: write paced or steady."),
        ({"alpha": float("nan")}, "alpha=nan cannot be used: write a number from 0 to 1000."),
    ],
)
def test_a_wrong_value_is_named_with_its_range(values, sentence):
    with pytest.raises(RenderError) as caught:
        read_parameters(NoiseBlendParameters, values)
    assert str(caught.value) == sentence
    assert caught.value.field == f"parameters.{next(iter(values))}"


def test_an_unknown_parameter_is_named_and_the_known_ones_listed():
    with pytest.raises(RenderError, match=r"no parameter named “alhpa”\. There are: alpha, music"):
        read_parameters(NoiseBlendParameters, {"alhpa": 1})


def test_words_of_the_command_line_become_numbers():
    read = read_parameters(NoiseBlendParameters, {"alpha": "0.3", "music": "false", "seed": "7"})
    assert (read.alpha, read.music, read.seed) == (0.3, False, 7)


@pytest.mark.parametrize("preset", NoiseBlend.presets, ids=lambda preset: preset.name)
def test_presets_are_made_of_parameters_that_exist(preset):
    read_parameters(NoiseBlendParameters, preset.values)


def test_every_parameter_carries_what_a_form_needs():
    for name, entry in schema_of(NoiseBlend)["properties"].items():
        for key in ("title", "description", "default", "x-group", "x-stage", "x-order", "x-routable", "x-control"):
            assert key in entry, (name, key)
        assert entry["x-control"] != "slider" or {"minimum", "maximum", "x-step"} <= set(entry), name


def test_a_route_may_drive_only_what_draw_reads():
    for name, entry in schema_of(NoiseBlend)["properties"].items():
        assert not entry["x-routable"] or entry["x-stage"] == "draw", name


def test_the_catalogue_is_json_and_names_each_visualizer():
    infos = catalogue()
    assert [info.name for info in infos] == list(VISUALIZERS)
    assert json.loads(infos[0].model_dump_json())["schema"]["properties"]["alpha"]["x-stage"] == "draw"


def test_the_page_of_documentation_names_every_parameter():
    page = markdown(catalogue())
    for name in NoiseBlendParameters.model_fields:
        assert f"`{name}`" in page


def test_an_unknown_visualizer_is_refused_with_the_names_there_are():
    with pytest.raises(RenderError, match=r"no visualizer named “lava”\. There are: noise-blend"):
        load("lava")


def test_the_committed_page_of_documentation_is_fresh():
    """Make it anew with `python -m gpu_service visualizers --markdown > docs/visualizers.md`."""
    assert (REPOSITORY / "docs" / "visualizers.md").read_text() == markdown(catalogue()) + "\n"
