"""Pins are met on the beat, whatever the music does between two of them."""

from typing import Any

import numpy as np
import pytest
import torch

from gpu_service.errors import RenderError
from gpu_service.film.recipe import make_recipe
from gpu_service.networks.base import to_uint8
from gpu_service.protocol import MarkerSpec, VectorSpec
from gpu_service.snapshots.store import load_network
from gpu_service.vectors.recipes import Recipes
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.path import Path, PathParameters
from gpu_service.visualizers.stage_cache import StageCache

_networks, _sounds = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 30), SoundShelf()
PINS = [{"vector": {"seed": seed}, "length": 2} for seed in (1, 2, 3)]
# The song's clicks come every half second from 0.25 s on; this grid has its beats between them.
GRID = [MarkerSpec(seconds=0.5, bpm=120)]


def plan_of(little, *, fps: str = "20", **parameters: Any) -> Plan:
    scene = little.scene(fps=fps, **{"path": PINS, **parameters})
    scene = scene.model_copy(update={"visualizer": "path", "markers": GRID, "snapshots": scene.snapshots[:1]})
    materials = SceneMaterials(scene, little.files, networks=_networks, sounds=_sounds)
    return Path().prepare(scene, materials, cache=StageCache(None), report=lambda _title, _share: None)


def place(plan: Plan) -> np.ndarray:
    return plan.stages["clock"]["place"]


def test_pins_are_met_on_their_beats(little):
    """20 frames a second, a beat every half second from 0.5 s on, a pin every two beats."""
    network = load_network(little.snapshots[0])
    for pulse in (0.0, 1.0):
        plan = plan_of(little, pulse=pulse)
        frames = [10, 30, 50]  # beats 0, 2, 4
        drawn = Path().draw(plan, frames).numpy()
        w = Recipes(network).rows([VectorSpec(seed=seed) for seed in (1, 2, 3)])
        expected = to_uint8(network.synthesis(torch.from_numpy(w), size=(32, 48))).numpy()
        assert np.abs(drawn.astype(int) - expected).max() <= 1


def test_between_beats_the_way_is_made_at_the_hits(little):
    even, moved = place(plan_of(little, pulse=0.0)), place(plan_of(little, pulse=1.0))
    assert even == pytest.approx(np.arange(60) / 10 - 1)
    steps = np.diff(moved)
    # A click half way through each beat is heard right after frames 15, 25, …, and settles within two.
    hits = np.add.outer(np.arange(15, 55, 10), [0, 1, 2]).ravel()
    assert steps[hits].sum() > 0.55 * steps[10:58].sum()
    assert (steps[hits[::3]] > 5 * steps[hits[::3] - 1]).all()
    assert steps.min() >= 0


def test_the_pace_stretches_the_path(little):
    assert place(plan_of(little, pace=2.0)) == pytest.approx(2 * place(plan_of(little)))


@pytest.mark.parametrize("landing", ["beat", "bar", "track"])
def test_every_landing_ends_where_the_even_clock_does(little, landing):
    even, moved = place(plan_of(little, pulse=0.0)), place(plan_of(little, pulse=1.0, landing=landing))
    assert (moved[0], moved[-1]) == pytest.approx((even[0], even[-1]))
    assert np.abs(moved - even).max() > 0.1


def test_frames_do_not_depend_on_their_company(little):
    plan = plan_of(little)
    together = Path().draw(plan, [3, 17, 42])
    alone = torch.cat([Path().draw(plan, [frame]) for frame in (42, 17, 3)]).flip(0)
    assert torch.equal(together, alone)


def test_moving_the_look_spoils_no_stage(little):
    facts = {name: entry["x-stage"] for name, entry in _schema().items()}
    assert {facts[name] for name in ("path", "interpolation", "loop", "noise", "zoom", "turn")} == {"draw"}
    assert {facts[name] for name in ("pulse", "leap", "landing", "fall_seconds", "pace")} == {"clock"}


def _schema() -> dict[str, Any]:
    from gpu_service.visualizers.catalogue import schema_of

    properties: dict[str, Any] = schema_of(Path)["properties"]
    return properties


def test_the_form_gets_what_it_needs_of_every_parameter():
    for name, entry in _schema().items():
        assert {"title", "description", "default", "x-group", "x-control"} <= set(entry), name
        assert entry["x-control"] != "slider" or {"minimum", "maximum", "x-step"} <= set(entry), name
    assert _schema()["path"]["x-control"] == "path"


def test_its_parameters_hold_a_whole_look():
    look = PathParameters(path=[], noise="random", noise_seed=4, zoom=2.0).look()
    assert (look.noise, look.noise_seed, look.zoom, look.turn) == ("random", 4, 2.0, 0.0)


def test_a_scene_without_pins_says_where_to_make_them(little):
    with pytest.raises(RenderError, match=r"no pins yet\. Make one in the explorer") as caught:
        plan_of(little, path=[])
    assert caught.value.field == "parameters.path"


def test_its_recipe_comes_back_as_it_was(little):
    scene = plan_of(little).scene
    recipe = make_recipe(scene, first_frame=0, end_frame=10)
    assert type(recipe).model_validate_json(recipe.model_dump_json()) == recipe
    assert recipe.scene.parameters["path"][0]["vector"]["truncation"] == 0.7
