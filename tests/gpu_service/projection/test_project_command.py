"""`project`: a film goes in, a projection file comes out, whatever happens on the way."""

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from gpu_service.cli import app
from gpu_service.cli_project import md5_of
from gpu_service.errors import RenderError
from gpu_service.projection.file import read_projection
from gpu_service.projection.folder import WorkFolder
from tests.conftest import REPOSITORY
from tests.gpu_service.projection import little

FRAMES = 11


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot, and a film of what it draws."""
    folder = tmp_path_factory.mktemp("projecting")
    little.write_network(folder / "net.safetensors")
    of = little.easel()
    little.write_film(folder / "film.mp4", little.drawn(of, little.walk(of, FRAMES)))
    return folder


def words(place: Path, out: Path, *more: str) -> list[str]:
    told = ["project", str(place / "film.mp4"), "--snapshot", str(place / "net.safetensors"), "--out", str(out)]
    return [*told, "--batch", "2", "--steps", "40", "--loss", "pixels", "--device", "cpu", "--threads", "1", *more]


def project(place: Path, out: Path, *more: str) -> Any:
    result = CliRunner().invoke(app, words(place, out, *more), catch_exceptions=True)
    if isinstance(result.exception, RenderError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return read_projection(out)


def test_a_film_of_what_the_network_drew_is_found_again(place: Path, tmp_path: Path):
    # What an untrained network draws differs so little that a pull would count for more than pixels.
    read = project(place, tmp_path / "p.hdf5", "--name", "My film", "--latents-histories", "--pull", "0")

    assert len(read) == FRAMES
    assert (read.latents == read.latents[:, :1]).all()
    errors = [np.abs(read.target(n).astype(int) - read.final(n)).mean() for n in range(FRAMES)]
    assert np.mean(errors) < 6
    facts = read.facts
    assert (facts.target_path, facts.network_path) == ("My film", "net.safetensors")
    assert facts.network_md5 == md5_of(place / "net.safetensors")
    assert facts.target_md5 == md5_of(place / "film.mp4")
    assert (facts.fps, facts.original_frame_count, facts.is_complete) == (25, FRAMES, True)
    assert json.loads(facts.settings)["pull"] == 0
    assert facts.noises_shapes == ((1, 1, 4, 4), (1, 1, 8, 8), (1, 1, 8, 8), (1, 1, 16, 16), (1, 1, 16, 16))
    assert (read.history(3)[-1] == read.latents[3]).all()
    assert not (tmp_path / "p.hdf5.work").exists()


def test_frames_may_be_left_out_and_rows_found_each_by_itself(place: Path, tmp_path: Path):
    read = project(place, tmp_path / "p.hdf5", "--fps", "12.5", "--frames", "4", "--space", "w+")
    assert (len(read), read.facts.fps) == (4, Fraction(25, 2))
    assert (read.latents != read.latents[:, :1]).any()
    whole = project(place, tmp_path / "whole.hdf5", "--frames", "7")
    assert (read.target(3) == whole.target(6)).all()


def test_the_published_recipe_keeps_its_histories(place: Path, tmp_path: Path):
    more = ["--recipe", "reference", "--frames", "2", "--latents-histories", "--noises-histories", "--images-histories"]
    read = project(place, tmp_path / "p.hdf5", *more)
    assert read.history(1).shape == (40, 6, 8)
    assert read.images_history(1).shape == (40, 3, 16, 16)
    assert read.noises_history(1).shape == (40, 16 + 2 * 64 + 2 * 256)


def test_steps_count_every_drawing_and_convergence_needs_no_history(place: Path, tmp_path: Path):
    out = tmp_path / "p.hdf5"
    result = CliRunner().invoke(app, words(place, out, "--frames", "9", "--review", str(tmp_path / "r.mp4")))
    assert result.exit_code == 0, result.output
    read = read_projection(out)
    # All drawings but those of the samples, of which there are 64; a keyframe was searched for twice.
    said = float(result.output.split("frames, ")[1].split(" drawings")[0]) * 9
    assert read.steps.sum() + 64 == pytest.approx(said, abs=0.5)
    between = read.steps[[0, 1, 2]]
    assert read.steps[7] > between.max()
    assert read.steps[3] > read.steps[7]  # the first of all had all steps before
    assert not read.facts.has_latents_histories
    assert [len(read.distances(frame)) for frame in range(3)] == between.tolist()
    assert read.distances(5)[-1] == 0
    assert read.distances(5)[0] > 0
    found = json.loads((tmp_path / "convergence.json").read_text())
    assert found["share"][-1] == 1
    with_history = project(place, tmp_path / "h.hdf5", "--frames", "9", "--latents-histories")
    for frame in (0, 3, 8):
        wanted = np.abs(with_history.history(frame) - with_history.latents[frame]).sum(axis=(1, 2))
        assert with_history.distances(frame) == pytest.approx(wanted, rel=1e-5)
        assert read.distances(frame) == pytest.approx(wanted, rel=1e-5)


def test_targets_have_the_size_that_was_asked_for_and_the_network_its_own(place: Path, tmp_path: Path):
    shaped = ["--projection-width-height", "24", "40", "--fit", "stretch", "--frames", "2", "--video-fps", "10"]
    read = project(place, tmp_path / "p.hdf5", *shaped, "--space", "w+")
    assert (read.facts.width_height, read.facts.original_width_height) == ((24, 40), (16, 16))
    assert (read.facts.fps, read.facts.original_fps) == (10, 10)
    assert read.target(1).shape == (40, 24, 3)
    assert read.final(1).shape == (16, 16, 3)
    plain = project(place, tmp_path / "plain.hdf5", "--frames", "2")
    again = np.asarray(Image.fromarray(read.target(1)).resize((16, 16), Image.Resampling.LANCZOS)).astype(int)
    assert np.abs(again - plain.target(1)).mean() < 6
    assert np.abs(read.final(1).astype(int) - plain.target(1)).mean() < 20
    assert read.distances(1)[-1] == 0


def test_a_folder_of_films_is_projected_film_by_film(place: Path, tmp_path: Path):
    folder, out = tmp_path / "films", tmp_path / "found"
    folder.mkdir()
    for name in ("b.mp4", "a.mp4"):
        (folder / name).write_bytes((place / "film.mp4").read_bytes())
    (folder / "c.mp4").write_bytes(b"\0\0\0\x18ftypisom" + b"\0" * 100)
    (folder / "notes.txt").write_text("no film")
    told = words(place, out, "--frames", "1", "--resume")
    told[1] = str(folder)
    result = CliRunner().invoke(app, told)
    assert result.exit_code != 0
    assert "c.mp4: " in result.output
    assert "1 of 3 films" in str(result.exception)
    assert sorted(path.name for path in out.iterdir()) == ["projection_of_a.hdf5", "projection_of_b.hdf5"]
    when = (out / "projection_of_a.hdf5").stat().st_mtime_ns
    (folder / "c.mp4").unlink()
    result = CliRunner().invoke(app, told)
    assert result.exit_code == 0, result.output
    assert "is there already" in result.output
    assert (out / "projection_of_a.hdf5").stat().st_mtime_ns == when
    told[told.index(str(out))] = str(tmp_path / "one.hdf5")
    assert "is to be a folder" in str(CliRunner().invoke(app, told).exception)


def test_portraits_are_found_each_by_itself(place: Path, tmp_path: Path):
    of = little.easel()
    (tmp_path / "people").mkdir()
    for number, picture in enumerate(little.drawn(of, of.samples(3, seed=5))):
        Image.fromarray(picture).save(tmp_path / "people" / f"{number}.png")
    told = words(place, tmp_path / "p.hdf5", "--precision", "fp32", "--pull", "0")
    told[1] = str(tmp_path / "people")
    assert CliRunner().invoke(app, told).exit_code == 0
    read = read_projection(tmp_path / "p.hdf5")
    assert (len(read), read.facts.fps) == (3, 1)
    assert read.losses.max() < 0.1


def start(place: Path, out: Path, *more: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gpu_service", *words(place, out, *more)]
    environ = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(command, cwd=REPOSITORY, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(is_there: Any, child: subprocess.Popen[bytes], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not is_there():
        assert child.poll() is None, child.stderr.read().decode() if child.stderr else ""
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_projection_that_was_ended_and_killed_goes_on_to_the_same_file(place: Path, tmp_path: Path):
    more = ["--steps", "120"]
    whole = project(place, tmp_path / "whole.hdf5", *more)
    out = tmp_path / "p.hdf5"
    folder = WorkFolder(tmp_path / "p.hdf5.work")
    child = start(place, out, *more)
    wait_for(lambda: folder.done >= 2 and folder.done < FRAMES, child)
    child.send_signal(signal.SIGINT)
    assert child.wait(60) == 130
    assert len(read_projection(out, unfinished=True)) == folder.done
    with pytest.raises(RenderError, match="not finished"):
        read_projection(out)
    with pytest.raises(RenderError, match="--resume"):
        project(place, out, *more)
    with pytest.raises(RenderError, match=r"begun with other settings: Steps 120 then, 60 now\. Go on without"):
        project(place, out, "--steps", "60", "--resume")

    # What is done already is not touched, so a frame that is found is never found again.
    kept = {path: path.stat().st_mtime_ns for path in folder.parts()}
    child = start(place, out, *more, "--resume")
    wait_for(lambda: len(folder.parts()) > len(kept), child)
    child.kill()
    assert child.wait(60) == -9
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())

    kept = {path: path.stat().st_mtime_ns for path in folder.parts()}
    child = start(place, out, *more, "--resume")
    wait_for(lambda: len(folder.parts()) > len(kept) or child.poll() is not None, child)
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items() if path.exists())
    _, said = child.communicate(timeout=120)
    assert child.returncode == 0, said.decode()

    resumed = read_projection(out)
    assert len(resumed) == FRAMES
    assert (resumed.latents == whole.latents).all()
    assert (resumed.losses == whole.losses).all()


def test_wishes_are_heard_and_things_told_as_json(place: Path, tmp_path: Path):
    out = tmp_path / "p.hdf5"
    command = [sys.executable, "-m", "gpu_service", *words(place, out, "--json", "--steps", "400")]
    child = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdin is not None
    assert child.stdout is not None
    said = [json.loads(child.stdout.readline())]
    child.stdin.write('{"wanted": "pause"}\n')
    child.stdin.flush()
    said += [json.loads(line) for line in child.stdout]
    assert child.wait(60) == 0
    assert said[0]["kind"] == "tick"
    assert said[-1]["kind"] == "ending"
    assert said[-1]["outcome"] == "paused"
    assert not out.exists()


def test_what_cannot_be_is_said_before_anything_is_drawn(place: Path, tmp_path: Path):
    out = tmp_path / "p.hdf5"
    for more, sentence in (
        (["--fps", "10"], "cannot be projected at 10"),
        (["--recipe", "reference", "--space", "w+"], "published recipe"),
        (["--loss", "features"], "no network for them"),
        (["--space", "z"], "--space z"),
        (["--resume"], "nothing to go on with"),
        (["--projection-width-height", "5", "64"], "--projection-width-height 5: .* 16"),
    ):
        with pytest.raises(RenderError, match=sentence):
            project(place, out, *more)
    out.write_bytes(b"mine")
    with pytest.raises(RenderError, match="exists already"):
        project(place, out)
    assert out.read_bytes() == b"mine"
