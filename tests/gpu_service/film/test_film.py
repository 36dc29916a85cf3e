"""A film: the same frames again and again, sound and picture together, nothing left behind when it fails."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gpu_service.errors import RenderError
from gpu_service.film.encoder import SegmentEncoder
from gpu_service.film.join import join_film, timescale
from gpu_service.film.recipe import recipe_path, write_recipe
from gpu_service.film.render import Film, render_film
from gpu_service.film.segment import batches, thumb_frames
from gpu_service.networks import NetworkError, fast
from gpu_service.networks.cppn import Cppn
from gpu_service.protocol import EncoderSpec, Recipe
from tests.gpu_service.film.films import frames_of, sound_of, told_by_ffmpeg
from tests.gpu_service.little import LittleScene, write_clicks


def film_of(little: LittleScene, recipe: Recipe, out: Path, **more: object) -> Film:
    return render_film(
        recipe,
        files=little.files,
        out=out,
        device=torch.device("cpu"),
        threads=1,
        report=more.get("report", lambda _progress: None),  # type: ignore[arg-type]
    )


@pytest.fixture(scope="module")
def film(little: LittleScene, tmp_path_factory: pytest.TempPathFactory) -> Film:
    """Three seconds at 10 frames/s, 64 × 48."""
    return film_of(little, little.recipe(width=64, height=48), tmp_path_factory.mktemp("film") / "film.mp4")


def test_a_film_has_every_frame_h264_yuv420p_aac_and_its_index_in_front(film: Film):
    said = told_by_ffmpeg(film.path)
    assert "Video: h264" in said
    assert "yuv420p(tv, bt709" in said
    assert "Audio: aac" in said
    assert "Duration: 00:00:03.00" in said
    assert len(frames_of(film.path, width=64, height=48)) == 30
    data = film.path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


def test_drawing_a_film_again_gives_the_same_bytes(little, film, tmp_path):
    again = film_of(little, film.recipe, tmp_path / "again.mp4")
    assert again.path.read_bytes() == film.path.read_bytes()


def test_a_draft_equals_the_beginning_of_the_film(little, film, tmp_path):
    whole = frames_of(film.path, width=64, height=48)
    draft = film_of(little, little.recipe(width=64, height=48, end_frame=21), tmp_path / "draft.mp4")
    assert np.array_equal(frames_of(draft.path, width=64, height=48), whole[:21])


def test_a_selection_begins_where_it_was_asked_to_and_shows_the_films_pictures(little, film, tmp_path):
    whole = frames_of(film.path, width=64, height=48).astype(float)
    part = film_of(little, little.recipe(width=64, height=48, first_frame=7, end_frame=20), tmp_path / "part.mp4")
    selection = frames_of(part.path, width=64, height=48).astype(float)
    assert len(selection) == 13
    # Its first frame is a key frame where the film has none, so the encoder rounds otherwise.
    assert np.abs(selection - whole[7:20]).mean() < 2.0


def test_a_click_is_heard_in_the_film_when_it_is_heard_in_the_track(little, film):
    sound = sound_of(film.path, rate=48_000)
    loud = np.flatnonzero(np.abs(sound) > 0.25)
    assert abs(loud[0] / 48_000 - 0.25) < 0.005


def test_the_sound_of_a_selection_begins_with_the_selection(little, tmp_path):
    part = film_of(little, little.recipe(first_frame=5, end_frame=15), tmp_path / "part.mp4")
    sound = sound_of(part.path, rate=48_000)
    assert abs(len(sound) / 48_000 - 1.0) < 0.03
    loud = np.flatnonzero(np.abs(sound) > 0.3)
    assert abs(loud[0] / 48_000 - 0.25) < 0.005


def test_several_songs_follow_each_other(little, tmp_path):
    recipe = little.recipe()
    second = write_clicks(tmp_path / "second.wav", seconds=1.0)
    out = tmp_path / "joined.mp4"
    segment = encode(np.zeros((40, 3, 32, 48), np.uint8), tmp_path / "s.h264")
    longer = recipe.model_copy(update={"end_frame": 40})
    join_film([segment], recipe=longer, tracks=[little.song, second], out=out)
    sound = sound_of(out, rate=22_050)
    assert abs(len(sound) / 22_050 - 4.0) < 0.05
    assert np.abs(sound[round(3.24 * 22_050) : round(3.27 * 22_050)]).max() > 0.2


def encode(pictures: np.ndarray, out: Path, *, step: int = 4) -> Path:
    encoder = SegmentEncoder(
        out, spec=EncoderSpec(threads=1), width=pictures.shape[3], height=pictures.shape[2], fps=Fraction(10)
    )
    for begin in range(0, len(pictures), step):
        encoder.add(pictures[begin : begin + step])
    encoder.finish()
    return out


def test_a_segment_that_stops_early_is_the_beginning_of_the_whole_one(tmp_path):
    ramp = np.linspace(0, 200, 48)[None, None, None, :] + np.arange(24)[:, None, None, None] * 2
    pictures = np.broadcast_to(ramp, (24, 3, 32, 48)).astype(np.uint8)
    whole = encode(pictures, tmp_path / "whole.h264").read_bytes()
    cut = encode(pictures[:9], tmp_path / "cut.h264", step=3).read_bytes()
    assert whole.startswith(cut)


def test_odd_sides_lose_a_pixel_because_colour_has_half_the_size(tmp_path):
    out = encode(np.full((3, 3, 33, 49), 128, np.uint8), tmp_path / "odd.h264")
    assert frames_of(out, width=48, height=32, demuxer="h264").shape == (3, 32, 48, 3)


def test_an_aborted_segment_leaves_no_file(tmp_path):
    out = tmp_path / "gone.h264"
    encoder = SegmentEncoder(out, spec=EncoderSpec(threads=1), width=48, height=32, fps=Fraction(10))
    encoder.add(np.zeros((8, 3, 32, 48), np.uint8))
    encoder.abort()
    assert not out.exists()


def test_a_folder_that_cannot_be_written_is_an_error_with_a_sentence(tmp_path):
    with pytest.raises(RenderError, match="encoder"):
        encode(np.zeros((400, 3, 32, 48), np.uint8), tmp_path / "absent" / "x.h264")


def test_a_film_that_fails_leaves_nothing_beside_it(little, tmp_path):
    def stop(progress: object) -> None:
        if getattr(progress, "step", "") == "Drawing" and getattr(progress, "done", 0) > 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        film_of(little, little.recipe(), tmp_path / "film.mp4", report=stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fps", ["30", "24", "30000/1001", "60", "12"])
def test_every_frame_lasts_a_whole_number_of_ticks(fps):
    rate = Fraction(fps)
    assert (Fraction(timescale(rate)) / rate).denominator == 1
    assert timescale(rate) >= 10_000


def test_batches_begin_at_multiples_whatever_the_range():
    assert [list(batch) for batch in batches(6, 13, batch=4, frames=100)] == [
        [4, 5, 6, 7],
        [8, 9, 10, 11],
        [12, 13, 14, 15],
    ]
    assert [list(batch) for batch in batches(8, 10, batch=4, frames=10)] == [[8, 9]]


def test_every_segment_has_a_thumbnail():
    assert thumb_frames(0, 64, step=60) == {0, 60}
    assert thumb_frames(61, 100, step=60) == {61}


def test_running_out_of_memory_draws_the_film_again_with_smaller_batches(little, tmp_path, monkeypatch):
    make_narrow(monkeypatch, batch=1)
    film = film_of(little, little.recipe(end_frame=6), tmp_path / "film.mp4")
    assert film.recipe.revision == 3
    assert (film.recipe.code_path.batch, film.recipe.code_path.precision) == (1, "fp32")
    assert len(frames_of(film.path, width=48, height=32)) == 6


def test_where_one_picture_is_too_large_smaller_numbers_are_tried(little, tmp_path, monkeypatch):
    make_narrow(monkeypatch, batch=2, precision="bf16")
    film = film_of(little, little.recipe(end_frame=6), tmp_path / "film.mp4")
    assert (film.recipe.code_path.batch, film.recipe.code_path.precision, film.recipe.revision) == (1, "bf16", 4)
    assert fast.way() is None
    assert len(frames_of(film.path, width=48, height=32)) == 6


def break_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is there, and fails at whatever it is given."""

    def fail(_precision: str, _device: torch.device) -> None:
        raise NetworkError("Drawing could not be compiled. The service's log says why.")

    monkeypatch.setattr(fast, "gains", lambda _networks: True)
    monkeypatch.setattr(fast, "compile_steps", fail)


def test_where_the_compiler_fails_the_recipe_says_that_the_film_was_drawn_without(little, tmp_path, monkeypatch):
    break_the_compiler(monkeypatch)
    recipe = little.recipe(end_frame=6)
    recipe = recipe.model_copy(update={"code_path": recipe.code_path.model_copy(update={"compiled": True})})
    film = film_of(little, recipe, tmp_path / "film.mp4")
    assert (film.recipe.code_path.compiled, film.recipe.revision) == (False, recipe.revision + 1)
    assert len(frames_of(film.path, width=48, height=32)) == 6


def make_narrow(monkeypatch: pytest.MonkeyPatch, *, batch: int, precision: str = "fp32") -> None:
    """A device with room for so many pictures at once, in numbers of that size or smaller."""
    drawn = Cppn.synthesis

    def narrow(self: Cppn, w: torch.Tensor, **more: Any) -> torch.Tensor:
        way = fast.way()
        if len(w) > batch or (precision == "bf16" and (way is None or way.precision == "fp32")):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB")
        return drawn(self, w, **more)

    monkeypatch.setattr(Cppn, "synthesis", narrow)


def test_without_room_for_a_single_frame_the_film_fails_with_advice(little, tmp_path, monkeypatch):
    from gpu_service.visualizers.noise_blend import NoiseBlend

    def full(*_: object, **__: object) -> None:
        raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB")

    monkeypatch.setattr(NoiseBlend, "draw_frames", full)
    with pytest.raises(RenderError, match=r"ran out of memory at 48 × 32\. Try 24 × 16") as caught:
        film_of(little, little.recipe(end_frame=6), tmp_path / "film.mp4")
    assert caught.value.kind == "out_of_memory"
    assert list(tmp_path.iterdir()) == []


def test_the_recipe_beside_a_film_is_a_recipe(little, film, tmp_path):
    path = write_recipe(film.recipe, tmp_path / "film.mp4", files=little.files, command={"size": "64"})
    assert path == recipe_path(tmp_path / "film.mp4") == tmp_path / "film.recipe.json"
    assert Recipe.model_validate_json(path.read_text()) == film.recipe
    assert str(tmp_path) not in path.read_text()
