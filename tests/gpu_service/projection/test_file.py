"""The projection file: read as written, in order, with the original's quirks; unfinished ones refused."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
import pytest

from gpu_service.errors import RenderError
from gpu_service.projection.file import read_projection
from gpu_service.projection.layout import rate
from gpu_service.projection.writing import join_projections, write_projection
from tests.gpu_service.projection.files import ROWS, SIDE, WIDTH, facts, frame, original


def test_twelve_frames_come_back_as_they_were_and_in_order(tmp_path: Path):
    frames = [frame(number) for number in range(12)]
    write_projection(tmp_path / "p.hdf5", facts(), frames)

    read = read_projection(tmp_path / "p.hdf5")

    assert read.facts == facts()
    assert read.latents.shape == (12, ROWS, WIDTH)
    assert read.latents.dtype == np.float32
    for number, given_frame in enumerate(frames):
        assert (read.latents[number] == given_frame.w).all()
        assert (read.target(number) == given_frame.target).all()
        assert (read.final(number) == number).all()
    assert read.losses == pytest.approx(np.arange(12) / 10)
    assert list(read.steps) == list(range(100, 112))


def test_the_layout_is_the_originals(tmp_path: Path):
    write_projection(tmp_path / "ours.hdf5", facts(), [frame(0)])
    original(tmp_path / "theirs.hdf5", frames=1)

    with h5py.File(tmp_path / "ours.hdf5") as ours, h5py.File(tmp_path / "theirs.hdf5") as theirs:
        assert set(theirs.attrs) <= set(ours.attrs)
        assert {name for name in set(ours.attrs) - set(theirs.attrs) if not name.startswith("phosphene_")} == set()
        assert set(ours) == set(theirs)
        for group in ("target_images", "final_latents", "final_images"):
            mine, other = ours[group][f"{group}_0"], theirs[group][f"{group}_0"]
            assert (mine.shape, mine.dtype, mine.compression, mine.compression_opts, mine.shuffle) == (
                other.shape,
                other.dtype,
                "gzip",
                9,
                True,
            )
        assert bool(ours.attrs["complete"]) is True
        assert (ours["final_latents/final_latents_0"][0] == ours["final_latents/final_latents_0"][0, 0]).all()


def test_rows_of_w_plus_come_back_while_the_original_reads_the_one_w(tmp_path: Path):
    plus = np.random.default_rng(5).standard_normal((ROWS, WIDTH)).astype(np.float32)
    write_projection(tmp_path / "p.hdf5", facts(space="w+", frame_count=1), [frame(3, plus=plus)])

    assert (read_projection(tmp_path / "p.hdf5").latents[0] == plus).all()
    with h5py.File(tmp_path / "p.hdf5") as file:
        assert (file["final_latents/final_latents_0"][0] == frame(3).w).all()


def test_histories_come_back_step_by_step(tmp_path: Path):
    latents = [np.full((ROWS, WIDTH), step, np.float32) for step in range(11)]
    noises = [np.full(80, step, np.float32) for step in range(11)]
    images = [np.full((3, SIDE, SIDE), step, np.float32) for step in range(11)]
    histories = {"latents_history": latents, "noises_history": noises, "images_history": images}
    write_projection(tmp_path / "p.hdf5", facts(frame_count=2), [frame(0, **histories), frame(1)])

    read = read_projection(tmp_path / "p.hdf5")

    assert (read.history(0) == np.stack(latents)).all()
    assert (read.noises_history(0) == np.stack(noises)).all()
    assert (read.images_history(0) == np.stack(images)).all()
    assert len(read.history(1)) == len(read.noises_history(1)) == len(read.images_history(1)) == 0


@pytest.mark.parametrize("version", [1, 2])
def test_files_of_the_original_read_right_in_both_versions_and_with_swapped_histories(tmp_path: Path, version: int):
    read = read_projection(original(tmp_path / "p.hdf5", version=version))

    assert read.facts.network_path == "/home/somebody/net.pkl"
    assert read.facts.network_md5 == "dd" * 16
    assert read.facts.fps == Fraction(15000, 1001)
    assert list(read.latents[:, 0, 0]) == list(range(12))
    assert read.images_history(2).shape == (3, 3, SIDE, SIDE)
    assert read.noises_history(2).shape == (3, 80)
    assert read.images_history(2)[:, 0, 0, 0] == pytest.approx([1 / 3, 2 / 3, 1])
    assert read.history(2)[:, 0, 0] == pytest.approx([2 / 3, 4 / 3, 2])


def test_an_unfinished_file_is_refused_and_can_be_read_on_purpose(tmp_path: Path):
    path = original(tmp_path / "p.hdf5", frames=5, complete=False)
    with pytest.raises(RenderError, match="not finished: 5 of 5"):
        read_projection(path)
    assert len(read_projection(path, unfinished=True)) == 5


@pytest.mark.parametrize(("promised", "is_read"), [(14, True), (15, False), (10, True), (9, False)])
def test_two_frames_more_or_less_are_overlooked_and_three_are_not(tmp_path: Path, promised: int, is_read: bool):
    path = original(tmp_path / "p.hdf5", projection_frame_count=promised)
    if is_read:
        assert len(read_projection(path)) == 12
    else:
        with pytest.raises(RenderError, match="12 of"):
            read_projection(path)


def test_parts_become_one_file_with_frames_numbered_through(tmp_path: Path):
    frames = [frame(number, latents_history=[np.full((ROWS, WIDTH), number, np.float32)]) for number in range(5)]
    write_projection(tmp_path / "a", facts(), frames[:3])
    write_projection(tmp_path / "b", facts(first_frame=3), frames[3:])

    join_projections([tmp_path / "a", tmp_path / "b"], facts(frame_count=5), tmp_path / "all.hdf5")
    write_projection(tmp_path / "once.hdf5", facts(frame_count=5), frames)

    joined, once = read_projection(tmp_path / "all.hdf5"), read_projection(tmp_path / "once.hdf5")
    assert (joined.latents == once.latents).all()
    assert (joined.losses == once.losses).all()
    assert (joined.history(4) == 4).all()
    assert all((joined.target(number) == frames[number].target).all() for number in range(5))


def test_a_writer_that_stumbles_leaves_nothing(tmp_path: Path):
    def stumbling():
        yield frame(0)
        raise RuntimeError("the network is gone")

    with pytest.raises(RuntimeError):
        write_projection(tmp_path / "p.hdf5", facts(), stumbling())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("kept", "meant"),
    [(25.0, Fraction(25)), (29.97, Fraction(30000, 1001)), (23.976, Fraction(24000, 1001)), (12.5, Fraction(25, 2))],
)
def test_rates_kept_as_floats_become_the_fraction_that_was_meant(kept: float, meant: Fraction):
    assert rate(kept) == meant


# --- hostile files


def test_the_file_is_read_and_written_without_torch():
    code = "import sys, gpu_service.projection.file, gpu_service.projection.writing; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], env={**os.environ}, check=False).returncode == 0
