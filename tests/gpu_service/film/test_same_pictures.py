"""Every visualizer with routes, bends and cue actions: the same pictures however a film is cut, previews near them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu_service.film.code_path import way_of
from gpu_service.film.recipe import make_recipe, with_code_path
from gpu_service.film.render import draw_segments
from gpu_service.networks import fast
from gpu_service.protocol import CodePath, CueSpec, MarkerSpec, SceneSpec, VectorSpec
from gpu_service.protocol.routes import CueAction, RouteSpec
from gpu_service.visualizers import load
from gpu_service.visualizers.base import Plan
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.little import CODE_PATH
from tests.gpu_service.visualizers.projected import Projected, write_found, write_networks

FRAMES = 30
SCENES: dict[str, dict[str, Any]] = {
    "noise-blend": {"noise_inputs": "random"},
    "projection-blend": {"roll": True},
    "raw-audio": {"settle_seconds": 0.3},
    "audio-reactive": {
        "bends": [
            {"id": "a", "operation": "zoom", "block": 5, "drive": "drums"},
            {"id": "b", "operation": "swirl", "block": 3, "branch": "features", "features": "random", "amount": 0.3},
        ]
    },
}
DRIVEN = {"noise-blend": "noise_range", "projection-blend": "alpha", "raw-audio": "gain", "audio-reactive": "bend:a"}
WAYS = [pytest.param(name, "fp32", id=name) for name in SCENES]
WAYS.append(pytest.param("audio-reactive", "bf16", id="audio-reactive in small numbers"))


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory, little_song: Path) -> Projected:
    folder = tmp_path_factory.mktemp("same")
    networks = write_networks(folder, count=2)
    return Projected(little_song, networks, write_found(folder / "talk.hdf5", network=networks[0]))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where slow stages lie that an earlier process has worked out."""
    return tmp_path_factory.mktemp("stages")


def scene_of(films: Projected, name: str) -> SceneSpec:
    """Everything that routes and cues can do, within three seconds."""
    lfo = {"kind": "lfo", "wave": "triangle", "period": 1.5, "unit": "beats"}
    routes = [
        {"id": "hits", "parameter": DRIVEN[name], "source": {"kind": "onset"}, "amount": 0.6, "release_seconds": 0.2},
        {"id": "wave", "parameter": "noise_strength", "source": lfo, "amount": 0.5, "smoothing_seconds": 0.05},
        {"id": "drop", "parameter": "route:wave", "source": {"kind": "cue", "label": "Drop"}, "amount": 0.5},
        {"id": "dice", "parameter": "noise_strength", "source": {"kind": "chance", "every": 0.5}, "amount": 0.2},
    ]
    actions = [
        CueAction(label="Drop", kind="snapshot", snapshot=1, seconds=0.9, glide_seconds=0.3),
        CueAction(label="Jump", kind="vector", vector=VectorSpec(seed=5), seconds=0.4, glide_seconds=0.2),
        CueAction(label="Jump", kind="envelope", parameter=DRIVEN[name], amount=0.4),
        CueAction(label="Still", kind="hold"),
    ]
    if name in ("noise-blend", "audio-reactive"):
        actions.append(CueAction(label="Roll", kind="seed", seconds=0.5))
    cues = [
        CueSpec(seconds=0.7, label="Drop"),
        CueSpec(seconds=1.1, label="Jump"),
        CueSpec(seconds=1.9, label="Roll"),
        CueSpec(seconds=2.3, end_seconds=2.7, kind="span", label="Still"),
    ]
    extra = {"routes": [RouteSpec(**route) for route in routes], "actions": actions, "cues": cues}
    plain = films.scene(visualizer=name, **SCENES[name])
    return plain.model_copy(update={**extra, "markers": [MarkerSpec(seconds=0, bpm=120)]})


def plan_of(films: Projected, scene: SceneSpec, folder: Path | None = None) -> Plan:
    """As another process would make it; from what lies in the folder, if anything does."""
    return films.plan(scene=scene, cache=StageCache(folder))


def film(plan: Plan, folder: Path, *, first: int, segment: int, precision: str) -> np.ndarray:
    """Frames from `first` on as they reach the encoder, cut into segments of that length. [n, 3, H, W]"""
    recipe = make_recipe(plan.scene, first_frame=first, end_frame=FRAMES)
    path = CodePath(**{**CODE_PATH.model_dump(), "precision": precision})
    recipe = with_code_path(recipe.model_copy(update={"segment_frames": segment}), path)
    taken: dict[int, np.ndarray] = {}
    folder.mkdir()
    with fast.drawing(None):
        draw_segments(
            recipe,
            visualizer=load(plan.scene.visualizer)(),
            plan=plan,
            folder=folder,
            report=lambda _progress: None,
            taker=lambda begin, pictures: taken.update(enumerate(pictures.copy(), start=begin)),
        )
    return np.stack([taken[frame] for frame in range(first, FRAMES)])


@pytest.mark.parametrize(("name", "precision"), WAYS)
def test_a_film_is_the_same_bit_by_bit_again_resumed_and_cut_elsewhere(films, kept, tmp_path, name, precision):
    scene = scene_of(films, name)
    whole = film(plan_of(films, scene, kept), tmp_path / "a", first=0, segment=32, precision=precision)
    again = film(plan_of(films, scene, kept), tmp_path / "b", first=0, segment=10, precision=precision)
    assert np.array_equal(again, whole)
    resumed = film(plan_of(films, scene), tmp_path / "c", first=13, segment=7, precision=precision)
    assert np.array_equal(resumed, whole[13:])
    # All of this happens in it: two seconds differ from one another, the picture is held for 0.4 s.
    assert (whole[23:27] == whole[23:24]).all()
    assert len({picture.tobytes() for picture in whole}) >= 24


@pytest.mark.parametrize("name", SCENES)
def test_a_preview_lies_within_45_decibels_of_the_film(films, kept, name):
    plan, visualizer = plan_of(films, scene_of(films, name), kept), load(name)()
    with fast.drawing(way_of(CODE_PATH)):
        drawn = torch.cat([visualizer.draw(plan, range(start, start + 4)) for start in (4, 8, 20)]).double()
        frames = [*range(4, 12), *range(20, 24)]
        preview = torch.cat([visualizer.draw(plan, [frame], quality="preview") for frame in frames]).double()
    error = (drawn - preview).square().mean(dim=(1, 2, 3)).clamp(min=1e-9)
    assert float((10 * torch.log10(255**2 / error)).min()) >= 45
