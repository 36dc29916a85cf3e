"""A click at 1.000 s of the track is heard in the film within 5 ms of where it belongs, whatever the file's format."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gpu_service.film.join import join_film
from gpu_service.film.render import draw_segments, render_film
from gpu_service.music import ffmpeg
from gpu_service.protocol import Recipe
from gpu_service.visualizers import load
from gpu_service.visualizers.materials import NetworkShelf, SceneMaterials, SoundShelf
from gpu_service.visualizers.stage_cache import StageCache
from tests.gpu_service.little import LittleScene
from tests.gpu_service.music.signals import FORMATS, click, encode

CLOSE = 0.005
RATE = 48_000
# frames a second, first frame -> the second of the track at which the film begins
BEGINNINGS = {("10", 0): 0.0, ("10", 5): 0.5, ("30000/1001", 20): 20 * 1001 / 30_000}


def click_in(film: Path) -> float:
    """When the film's sound first reaches half of its peak, seconds on the clock that its pictures follow."""
    # first_pts: a stream that began later than the pictures would be padded, not moved to the front.
    heard = ffmpeg.read_from(film, demuxer="mov").audio.filter("aresample", RATE, first_pts=0)
    mono = heard.output("pipe:1", format="f32le", ac=1)
    with ffmpeg.running(mono, limit_seconds=60) as child:
        level = np.abs(np.frombuffer(child.stdout.read(), np.float32))
    return int(np.argmax(level > level.max() / 2)) / RATE


@pytest.fixture(scope="module")
def drawn(little: LittleScene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures as a segment: what is seen is of no matter here."""
    recipe = little.recipe(width=32, height=32, end_frame=10)
    visualizer = load(recipe.scene.visualizer)()
    shelf = NetworkShelf(device=torch.device("cpu"), budget_bytes=1 << 30)
    materials = SceneMaterials(recipe.scene, little.files, networks=shelf, sounds=SoundShelf())
    plan = visualizer.prepare(recipe.scene, materials, cache=StageCache(None), report=lambda _title, _share: None)
    folder = tmp_path_factory.mktemp("segment")
    (segment,) = draw_segments(recipe, visualizer=visualizer, plan=plan, folder=folder, report=lambda _progress: None)
    return segment.path


def recipe_from(little: LittleScene, fps: str, first_frame: int) -> Recipe:
    """From that frame to the end of the track."""
    return little.recipe(width=32, height=32, fps=fps, first_frame=first_frame)


@pytest.mark.parametrize("name", FORMATS)
def test_a_click_is_in_the_film_where_it_is_in_the_track(name: str, little: LittleScene, drawn: Path, tmp_path: Path):
    original = encode(click(), tmp_path / name, FORMATS[name])
    for (fps, first_frame), begin in BEGINNINGS.items():
        film = tmp_path / "film.mp4"
        join_film([drawn], recipe=recipe_from(little, fps, first_frame), tracks=[original], out=film)
        assert click_in(film) == pytest.approx(1.0 - begin, abs=CLOSE), f"from frame {first_frame} at {fps}"


@pytest.mark.parametrize("name", ["variable.mp3", "low.opus", "aac.m4a"])
def test_a_whole_film_drawn_to_a_clicking_file_keeps_the_click(name: str, little: LittleScene, tmp_path: Path):
    original = encode(click(), tmp_path / name, FORMATS[name])
    scene = LittleScene(song=original, snapshots=little.snapshots)
    film = render_film(
        scene.recipe(width=32, height=32, first_frame=5),
        files=scene.files,
        out=tmp_path / "film.mp4",
        device=torch.device("cpu"),
        threads=1,
        report=lambda _progress: None,
    )
    assert click_in(film.path) == pytest.approx(0.5, abs=CLOSE)
