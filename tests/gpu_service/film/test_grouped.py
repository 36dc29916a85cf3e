"""Films with more networks than fit into memory: each is loaded once, and not a bit of the film changes."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gpu_service.errors import RenderError
from gpu_service.film import grouped, render
from gpu_service.film.recipe import make_recipe, with_code_path
from gpu_service.film.segment import SegmentDrawing
from gpu_service.protocol import Recipe
from gpu_service.visualizers import load, materials
from tests.gpu_service.film.films import frames_of
from tests.gpu_service.little import CODE_PATH
from tests.gpu_service.visualizers.projected import Projected, write_found, write_networks

HARD = {"switching": "hard", "loudness_seconds": 0.0, "stay_seconds": 0.0, "depth": 4}


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory, little_song: Path) -> Projected:
    folder = tmp_path_factory.mktemp("several")
    networks = write_networks(folder, count=4)
    return Projected(little_song, networks, write_found(folder / "talk.hdf5", network=networks[0]))


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each network is read from its file."""
    counted: Counter[str] = Counter()
    load_network = materials.load_network

    def counting(path, **how):
        counted[path.name] += 1
        return load_network(path, **how)

    monkeypatch.setattr(materials, "load_network", counting)
    return counted


def recipe_of(several: Projected, **parameters: object) -> Recipe:
    recipe = make_recipe(several.scene(**HARD, **parameters), first_frame=0, end_frame=30)
    return with_code_path(recipe.model_copy(update={"segment_frames": 8}), CODE_PATH)


def film(recipe: Recipe, several: Projected, out: Path, *, budget: int, monkeypatch) -> bytes:
    monkeypatch.setattr(render, "NETWORK_BUDGET_BYTES", budget)
    how = {"device": torch.device("cpu"), "threads": 1, "report": lambda _progress: None}
    return render.render_film(recipe, files=several.files, out=out, **how).path.read_bytes()


def room_for(several: Projected, count: float) -> int:
    return round(count * several.snapshots[0].stat().st_size)


def test_at_most_one_load_for_each_network_and_the_same_film(several, loads, tmp_path, monkeypatch):
    recipe = recipe_of(several)
    resident = film(recipe, several, tmp_path / "a.mp4", budget=1 << 30, monkeypatch=monkeypatch)
    assert len(loads) >= 3  # the song is so quiet and so loud
    loads.clear()
    small = film(recipe, several, tmp_path / "b.mp4", budget=room_for(several, 1.5), monkeypatch=monkeypatch)
    assert set(loads.values()) == {1}
    assert small == resident
    loads.clear()
    # Where its pictures have no room, each segment of eight frames sees to itself.
    monkeypatch.setattr(grouped, "MOST_WAITING_BYTES", 0)
    again = film(recipe, several, tmp_path / "c.mp4", budget=room_for(several, 1.5), monkeypatch=monkeypatch)
    assert again == resident
    assert max(loads.values()) <= 4
    assert len(frames_of(tmp_path / "c.mp4", width=32, height=32)) == 30


def test_a_cross_fade_is_drawn_by_network_too(several, loads, tmp_path, monkeypatch):
    recipe = recipe_of(several, crossfade_seconds=0.5).model_copy()
    scene = recipe.scene.model_copy(update={"parameters": {**recipe.scene.parameters, "switching": "crossfade"}})
    recipe = recipe.model_copy(update={"scene": scene})
    resident = film(recipe, several, tmp_path / "a.mp4", budget=1 << 30, monkeypatch=monkeypatch)
    loads.clear()
    # Two of them and what is prepared from them.
    pair = film(recipe, several, tmp_path / "b.mp4", budget=room_for(several, 5), monkeypatch=monkeypatch)
    assert pair == resident
    assert max(loads.values()) == 1


def test_a_segment_hands_its_frames_over_in_time(several, tmp_path):
    recipe = recipe_of(several)
    plan = several.plan(budget=room_for(several, 1.5), scene=recipe.scene)
    taken: list[int] = []
    drawing = SegmentDrawing(
        recipe,
        code_path=CODE_PATH,
        first_frame=8,
        end_frame=22,
        visualizer=load("projection-blend")(),
        plan=plan,
        out=tmp_path / "0.h264",
        taker=lambda first, pictures: taken.extend(range(first, first + len(pictures))),
    )
    assert drawing.by_network is not None
    drawn = 0
    while not drawing.is_done:
        drawn += drawing.step()
    assert drawing.finish().frames == drawn == 14
    assert taken == list(range(8, 22))
    assert {path.name for path in tmp_path.iterdir()} == {"0.h264"}


def test_one_network_or_room_for_all_streams(several):
    visualizer = load("projection-blend")()
    plan = several.plan(scene=several.scene(**HARD))
    assert grouped.grouped(visualizer, plan, [range(30)], folder=Path(".")) is None
    one = replace(several, snapshots=several.snapshots[:1])
    plan = one.plan(budget=1, scene=one.scene(**HARD))
    assert grouped.grouped(visualizer, plan, [range(30)], folder=Path(".")) is None


def test_snapshots_of_other_vectors_are_refused_and_other_sizes_fitted(several, tmp_path, little_song):
    (tmp_path / "wide").mkdir()
    wide = write_networks(tmp_path / "wide", z_dim=14)
    mixed = replace(several, snapshots=[*several.snapshots, *wide])
    with pytest.raises(RenderError, match="vectors of different lengths, 12 and 14"):
        mixed.plan(scene=mixed.scene(visualizer="noise-blend"))
    # w is as long in both, and pictures are fitted to the film's size.
    big = mixed.scene(switching="off").model_copy(update={"width": 48, "height": 48})
    assert load("projection-blend")().draw(mixed.plan(scene=big), [0]).shape == (1, 3, 48, 48)
