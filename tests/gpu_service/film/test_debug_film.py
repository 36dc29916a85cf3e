"""The debug film: every signal beside the picture, in step with it, with or without a projection."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import ImageFont

from gpu_service.film.debug_film import DebugFilm, DebugLook, DebugOrder, signals_of
from gpu_service.film.debug_plots import COLOURS, CURSOR, Plots, grid_of, heat, readable
from gpu_service.film.debug_render import render_debug
from gpu_service.film.recipe import make_recipe, with_code_path
from gpu_service.film.render import render_film
from gpu_service.visualizers import load
from gpu_service.visualizers.signals import Signal
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.film.films import frames_of, sound_of, told_by_ffmpeg
from tests.gpu_service.little import CODE_PATH, LittleScene
from tests.gpu_service.visualizers.projected import Projected, write_found, write_networks

RAMP = Signal("ramp", "Ramp", np.arange(100.0), 0.0, 99.0)
ROWS = Signal("rows", "Rows", np.tile(np.linspace(0, 1, 16), (100, 1)), 0.0, 1.0)


def coloured(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return np.argwhere((picture == np.array(colour)).all(axis=2))


def test_a_page_holds_its_window_and_the_cursor_walks_over_it():
    plots = Plots([RAMP], window=50, height=100, room=400)
    first, later = np.asarray(plots.at(10)), np.asarray(plots.at(60))
    cursor = coloured(first, CURSOR)[:, 1]
    assert abs(cursor.mean() - (4 + 10.5 / 50 * 100)) < 1
    assert np.array_equal(coloured(later, CURSOR)[:, 1], cursor)  # the same place on the next page
    line = coloured(first, COLOURS["signal"])
    assert line[line[:, 1] < 10, 0].mean() > 90 > 60 > line[line[:, 1] > 98, 0].mean() > 40  # half way up by its end
    assert coloured(later, COLOURS["signal"])[:, 0].max() < 52


def test_there_is_a_panel_for_every_signal_however_many():
    for count in (1, 7, 40):
        grid = grid_of(count, height=720, room=3000)
        assert grid.columns * grid.rows >= count
        assert grid.rows * (grid.panel[1] + 4) <= 720
        assert grid.width <= 3000
    many = Plots([replace(RAMP, name=str(place)) for place in range(40)], window=50, height=720, room=3000)
    assert many.at(0).size == (many.grid.width, 720)


def test_signs_that_the_font_lacks_become_words():
    font = ImageFont.load_default(12)
    assert readable("Truncation ψ at its end", font) == "Truncation psi at its end"
    assert readable("Note E♭ to Größe", font) == "Note Eb to Grosse"
    assert readable("“Drop” cues, 12 %", font) == "“Drop” cues, 12 %"
    assert readable("あ", font) == "?"


def test_rows_of_numbers_are_brighter_where_they_are_more():
    shares = np.array([[0.0, 0.5, 1.0]] * 2)
    brightness = np.asarray(heat(shares, "route")).astype(int).sum(axis=2)
    assert brightness.shape == (3, 2)
    assert brightness[:, 0].tolist() == sorted(brightness[:, 0], reverse=True)
    plots = Plots([ROWS], window=50, height=100, room=400)
    assert np.asarray(plots.at(3)).shape == (100, plots.grid.width, 3)


def test_the_picture_stands_at_the_left_as_it_was_drawn(little, tmp_path):
    recipe = little.recipe()
    film = DebugFilm(recipe, [RAMP], tmp_path, DebugLook(window=20, height=64))
    shown = film.compose(5, np.full((3, 32, 48), 200, np.uint8))
    assert shown.shape == (64, film.width, 3)
    assert (shown[:, :96] == 200).all()
    assert film.width % 2 == 0


def test_it_is_made_beside_a_film_and_changes_nothing_of_it(little: LittleScene, tmp_path):
    recipe = little.recipe(first_frame=4, end_frame=14)
    order = DebugOrder(tmp_path / "debug.mp4", DebugLook(window=10, height=96))
    how = {"files": little.files, "device": torch.device("cpu"), "threads": 1, "report": lambda _progress: None}
    with_it = render_film(recipe, out=tmp_path / "film.mp4", debug=order, **how)
    alone = render_film(recipe, out=tmp_path / "alone.mp4", **how)
    assert with_it.path.read_bytes() == alone.path.read_bytes()
    assert len(sound_of(order.out, rate=8000)) == pytest.approx(8000, abs=400)
    told = re.search(r"(\d+)x96", told_by_ffmpeg(order.out))
    shown = frames_of(order.out, width=int(told[1]), height=96)
    film = frames_of(with_it.path, width=48, height=32)
    assert len(shown) == len(film) == 10
    assert np.abs(shown[:, 1:96:3, 1:144:3].astype(int) - film).mean() < 8
    assert {path.name for path in tmp_path.iterdir()} == {"debug.mp4", "film.mp4", "alone.mp4"}


@pytest.fixture
def found(tmp_path: Path, little_song: Path) -> Projected:
    networks = write_networks(tmp_path)
    return Projected(little_song, networks, write_found(tmp_path / "talk.hdf5", network=networks[0]))


def test_a_projection_shows_target_and_result_and_its_signals_without_any_overlay(found, tmp_path):
    plan, visualizer = found.plan(timing="bend", between="repeat"), load("projection-blend")()
    signals = signals_of(visualizer, plan, cache=StageCache(None))
    assert [each.name for each in signals] == ["spectrum", "loudness", "roll", "projection", "networks"]
    assert all(len(each.values) == 30 for each in signals)
    assert [int(picture.mean()) for picture in visualizer.beside(plan)(7)] == [3, 3]
    recipe = with_code_path(make_recipe(plan.scene, first_frame=0, end_frame=12), CODE_PATH)
    order = DebugOrder(tmp_path / "debug.mp4", DebugLook(window=10, height=64))
    shares: list[float] = []
    render_debug(
        recipe,
        order,
        files=found.files,
        device=torch.device("cpu"),
        threads=1,
        budget_bytes=1 << 30,
        cache=StageCache(None),
        report=lambda _title, share: shares.append(share),
    )
    assert shares[-1] == 1.0
    assert len(sound_of(order.out, rate=8000)) == pytest.approx(9600, abs=400)
