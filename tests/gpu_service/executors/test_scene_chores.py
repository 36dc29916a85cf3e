"""The curves of a scene as one file for a page: every signal and route, by name, within its span."""

import numpy as np
import pytest

from gpu_service.executors import scene_chores
from gpu_service.executors.base import ChoreOrder
from gpu_service.executors.chores import CHORES
from gpu_service.music.packed import read_packed
from gpu_service.protocol import FilesResult
from gpu_service.visualizers import VISUALIZERS
from gpu_service.visualizers.scene_curves import reduced
from tests.gpu_service.film.films import sound_of
from tests.gpu_service.routes.scenes import plan_of, route, scene_of, value


def curves(little, tmp_path, *routes, points_per_second=120.0, **more):
    scene = scene_of(little, *routes, **more)
    values = {
        "order": {"scene": scene.model_dump(mode="json"), "points_per_second": points_per_second},
        "paths": {sha256: str(path) for sha256, path in little.files.items()},
        "vector_length": 512,
        "stages": str(tmp_path / "stages"),
    }
    order = ChoreOrder("scene_curves", values, tmp_path)
    made = FilesResult.model_validate(CHORES["scene_curves"](order, VISUALIZERS, lambda _title, _share: None))
    assert made.files == {"curves": scene_chores.CURVES}
    facts, arrays = read_packed(tmp_path / scene_chores.CURVES)
    return facts, arrays, {about["name"]: about for about in facts["curves"]}


def test_signals_routes_and_values_are_there_as_the_plan_has_them(little, tmp_path):
    driven_by = route(id="a", amount=0.9, source={"kind": "lfo", "wave": "saw", "period": 2.0, "unit": "seconds"})
    facts, arrays, about = curves(little, tmp_path, driven_by)
    assert facts["format"] == "scene curves 1"
    assert list(arrays) == list(about)
    assert [about[name]["kind"] for name in ("loudness", "route:a", "value:truncation", "clamped:truncation")] == [
        *("signal", "route", "value", "clamped")
    ]
    plan = plan_of(little, driven_by)
    shown = about["value:truncation"]
    values = shown["low"] + arrays["value:truncation"] / 255 * (shown["high"] - shown["low"])
    assert values == pytest.approx(value(plan), abs=0.01)
    assert (arrays["clamped:truncation"] == 255 * plan.driven("truncation", range(30)).is_clamped).all()
    assert arrays["clamped:truncation"].any()
    assert arrays["route:a"] / 255 == pytest.approx(np.arange(30) / 20 % 1, abs=0.003)
    assert (about["spectrum"]["rows"], about["spectrum"]["points_per_second"]) == (128, 10.0)
    assert arrays["spectrum"].shape == (30, 128)


def test_a_page_may_ask_for_fewer_points(little, tmp_path):
    _, arrays, about = curves(little, tmp_path, points_per_second=5.0)
    assert about["loudness"]["points_per_second"] == 5.0
    assert len(arrays["loudness"]) == 15


def test_long_tracks_stay_light():
    values, rate = reduced(np.ones((54_000, 160), np.float32), fps=30.0)
    assert values.nbytes // values.itemsize <= 2_000_000
    assert values.shape[1] == 128
    assert len(values) / rate == pytest.approx(1800, rel=1e-3)
    assert (values == 1).all()


def test_a_debug_film_shows_that_part_of_the_scene_with_its_sound(little, tmp_path):
    values = {
        "order": {"scene": little.scene().model_dump(mode="json"), "first_frame": 5, "end_frame": 15},
        "paths": {sha256: str(path) for sha256, path in little.files.items()},
        "stages": str(tmp_path / "stages"),
    }
    order = ChoreOrder("debug_film", values, tmp_path, device="cpu")
    made = FilesResult.model_validate(CHORES["debug_film"](order, VISUALIZERS, lambda _title, _share: None))
    assert made.files == {"film": scene_chores.DEBUG_FILM}
    assert made.facts == {"first_frame": 5, "end_frame": 15}
    assert len(sound_of(tmp_path / scene_chores.DEBUG_FILM, rate=8000)) == pytest.approx(8000, abs=400)
