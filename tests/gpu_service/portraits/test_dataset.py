"""The command that draws a training set: the zip's form, its bytes, and what it refuses."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from gpu_service.errors import RenderError
from gpu_service.portraits.dataset import write_portraits


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "gpu_service", "portraits", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_writes_what_training_reads(tmp_path: Path):
    out, sheet = tmp_path / "people.zip", tmp_path / "sheet.png"
    done = run("--count", "5", "--size", "32", "--seed", "7", "--out", str(out), "--sheet", str(sheet))
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(out) as archive:
        names = [f"00000/img{index:08d}.png" for index in range(5)]
        assert archive.namelist() == [*names, "dataset.json"]
        assert all(entry.compress_type == zipfile.ZIP_STORED for entry in archive.infolist())
        assert json.loads(archive.read("dataset.json")) == {"labels": None}
        pictures = [Image.open(io.BytesIO(archive.read(name))) for name in names]
    assert {(picture.mode, picture.size) for picture in pictures} == {("RGB", (32, 32))}
    assert len({picture.tobytes() for picture in pictures}) == 5
    with Image.open(sheet) as shown:
        assert shown.size == (64, 96)
        assert shown.crop((0, 0, 32, 32)).tobytes() == pictures[0].tobytes()


def test_the_bytes_do_not_depend_on_how_many_processes_drew(tmp_path: Path):
    for processes in (1, 2):
        write_portraits(tmp_path / f"{processes}.zip", count=17, size_px=32, seed=3, processes=processes)
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_progress_counts_every_portrait(tmp_path: Path):
    seen: list[int] = []
    write_portraits(tmp_path / "a.zip", count=3, size_px=32, seed=0, progress=seen.append)
    assert seen == [1, 2, 3]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"size_px": 65}, "Choose 32, 64"),
        ({"count": 0}, "Ask for 1 to"),
        ({"count": 1_000_001}, "Ask for 1 to"),
        ({"seed": -1}, "whole number"),
        ({"processes": 0}, "processes"),
        ({"out": "people.tar"}, "ending .zip"),
        ({"out": "nowhere/people.zip"}, "no folder"),
        ({"sheet": "sheet.txt"}, "ending .png"),
    ],
)
def test_what_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path, wrong: dict[str, object], says: str):
    order: dict[str, object] = {"out": "a.zip", "count": 1, "size_px": 32, "seed": 0, **wrong}
    order.update({name: tmp_path / str(order[name]) for name in ("out", "sheet") if name in order})
    out = order.pop("out")
    with pytest.raises(RenderError, match=says):
        write_portraits(out, **order)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_a_set_that_is_broken_off_leaves_nothing_behind(tmp_path: Path):
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_portraits(tmp_path / "a.zip", count=2, size_px=32, seed=0, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_is_wrong(tmp_path: Path):
    done = run("--size", "100", "--out", str(tmp_path / "a.zip"))
    assert done.returncode == 2
    assert done.stderr.strip() == "Portraits of 100 px are not made. Choose 32, 64, 128, 256, 512 or 1024."
