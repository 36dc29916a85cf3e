"""Judging a projection: the step by which four fifths were done, and the films."""

import subprocess
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from gpu_service.cli import app
from gpu_service.errors import RenderError
from gpu_service.music.ffmpeg import find_ffmpeg
from gpu_service.projection.convergence import convergence, distances, eighty_step, of_distances
from gpu_service.projection.file import read_projection
from gpu_service.projection.review import history_film, latent_panel, review_film, square
from gpu_service.projection.target import choose, open_target
from gpu_service.projection.video import probe_video
from gpu_service.projection.writing import write_projection
from tests.gpu_service.projection.files import ROWS, WIDTH, facts, frame, original


def test_a_straight_way_is_four_fifths_done_after_four_fifths_of_the_steps():
    final = np.ones((ROWS, WIDTH))
    history = np.stack([final * step / 100 for step in range(1, 101)])
    distance = distances(history, final)
    assert distance[0] == pytest.approx(0.99 * ROWS * WIDTH)
    # 1 - s/100 ≤ 0.2 · 0.99, first at s = 81
    assert eighty_step(distance) == 81


def test_a_decay_gives_the_known_step():
    # e^(-s/τ) ≤ 0.2 · (e^(-1/τ) - e^(-1000/τ)), from s = -τ · ln(that) on
    known = [int(np.ceil(-tau * np.log(0.2 * (np.exp(-1 / tau) - np.exp(-1000 / tau))))) for tau in (100, 200)]
    decay = np.exp(-np.arange(1, 1001) / 100)
    assert eighty_step(decay) == known[0] == 162
    found = of_distances([decay, 3 * decay, np.exp(-np.arange(1, 1001) / 200)])
    assert list(found.eighty) == [known[0], known[0], known[1]]
    told = found.to_json()
    mean, spread = np.mean(found.eighty), np.std(found.eighty)
    assert told["step"][:2] == [1, 2]
    assert next(step for step, share in zip(told["step"], told["share"], strict=True) if share >= 0.8) == eighty_step(
        found.distance
    )
    assert told["eighty_mean"] == pytest.approx([mean, mean - spread, mean - 2 * spread])


def test_derivatives_are_those_of_the_mean_curve():
    steps = np.arange(1, 301)
    found = of_distances([np.exp(-steps / 60), np.exp(-steps / 60)])
    middle = slice(20, 250)
    assert found.speed[middle] == pytest.approx(-np.exp(-steps / 60)[middle] / 60, abs=3e-4)
    assert found.acceleration[middle] == pytest.approx(np.exp(-steps / 60)[middle] / 3600, abs=3e-5)


def test_a_file_without_history_has_no_convergence(tmp_path: Path):
    write_projection(tmp_path / "p.hdf5", facts(frame_count=1), [frame(0)])
    read = read_projection(tmp_path / "p.hdf5")
    assert convergence(read) is None
    with pytest.raises(RenderError, match="no history of images"):
        history_film(read, 0, tmp_path / "h.mp4")


def frames_of(path: Path) -> list[np.ndarray]:
    return list(probe_video(path).frames())


def test_the_film_shows_latents_target_and_result_at_the_projections_rate(tmp_path: Path):
    write_projection(tmp_path / "p.hdf5", facts(fps=Fraction(25, 2)), [frame(number) for number in range(12)])
    read = read_projection(tmp_path / "p.hdf5")

    review_film(read, tmp_path / "r.mp4", height=64)

    target = open_target(tmp_path / "r.mp4")
    assert (target.info.fps, target.info.frames, target.info.width, target.info.height) == (
        Fraction(25, 2),
        12,
        192,
        64,
    )
    shown = frames_of(tmp_path / "r.mp4")
    for number in (0, 5, 11):
        assert np.abs(shown[number][:, 64:128].astype(int) - square(read.target(number), 64)).mean() < 20
        assert np.abs(shown[number][:, 130:190].astype(int) - number).mean() < 8
    assert choose(target.info, fps=None, frames=None).count == 12


def test_the_curve_of_latents_lies_where_their_numbers_are():
    row = np.linspace(-1, 1, 50, dtype=np.float32)
    panel = latent_panel(np.stack([row, row]), 100, low=-1.0, high=1.0).astype(int)
    is_line = (panel[:, :, 0] > 200) & (panel[:, :, 2] < 100)
    rows, columns = np.nonzero(is_line)
    assert (columns.min(), columns.max()) == (6, 94)
    assert rows[columns == 6].max() == pytest.approx(94, abs=1)
    assert rows[columns == 94].min() == pytest.approx(6, abs=1)


def test_the_command_makes_films_and_the_plot_of_an_original_file(tmp_path: Path):
    path = original(tmp_path / "p.hdf5", frames=3, steps=5)
    tone = tmp_path / "tone.wav"
    subprocess.run([find_ffmpeg(), "-loglevel", "error", "-f", "lavfi", "-i", "sine=d=1", str(tone)], check=True)
    for more, name in (
        (["--plot", str(tmp_path / "plot.png"), "--audio", str(tone)], "review.mp4"),
        (["--frame", "2"], "history.mp4"),
        (["--step", "3"], "step.mp4"),
    ):
        words = ["review-projection", str(path), "--out", str(tmp_path / name), "--height", "64", *more]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.output
    assert len(frames_of(tmp_path / "review.mp4")) == 3
    assert len(frames_of(tmp_path / "history.mp4")) == 5
    # After step 3 of 5 the picture is 0.6 of the way from grey to white.
    after = frames_of(tmp_path / "step.mp4")[0][:, 70:120]
    assert after.mean() == pytest.approx(0.6 * 127.5 + 128, abs=3)
    assert Image.open(tmp_path / "plot.png").size == (960, 540)
