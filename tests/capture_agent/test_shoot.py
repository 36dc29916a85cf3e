"""The command `shoot` as a person meets it: a real process on a real terminal, with the fake camera."""

import contextlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from capture_agent.cli import call
from capture_agent.file_names import parse_stem
from capture_agent.terminal import Keys
from tests.conftest import REPOSITORY

QUICK = [
    *("shoot", "--camera", "fake", "--resolution", "200", "160"),
    *("--preview-time", "0", "--countdown", "0", "--num-photos-to-take", "4"),
]
UNASKED = [*QUICK, "--no-prompt-on-timeout"]
PATIENCE = 30.0


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A device of its own, which is not paired."""
    monkeypatch.setenv("PHOSPHENE_CAPTURE_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("PHOSPHENE_CAPTURE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PHOSPHENE_CAPTURE_FLOOR_MIB", "16")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".jpeg", ".jpg"))


class Terminal:
    """A process with a terminal of its own, into which keys are typed."""

    def __init__(self, arguments: list[str], cwd: Path) -> None:
        self._mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "capture_agent.cli", *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=cwd,
            env=os.environ | {"TERM": "xterm", "COLUMNS": "120"},
        )
        os.close(theirs)
        self.text = ""

    def until(self, wanted: str) -> None:
        end = time.monotonic() + PATIENCE
        while not re.search(wanted, self.text):
            if time.monotonic() > end or not self._read(0.5):
                raise AssertionError(f"{wanted!r} did not come. It said: {self.text}")

    def type(self, keys: str) -> None:
        os.write(self._mine, keys.encode())

    def end(self) -> int:
        while self._read(PATIENCE):
            pass
        os.close(self._mine)
        return self.process.wait(PATIENCE)

    def _read(self, seconds: float) -> bool:
        """False at the end."""
        if not select.select([self._mine], [], [], seconds)[0]:
            return self.process.poll() is None
        try:
            said = os.read(self._mine, 65_536).decode(errors="replace")
        except OSError:
            return False
        self.text += re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", said)
        return bool(said)


def test_photographs_lie_where_pitraiture_put_them(home: Path, capsys: pytest.CaptureFixture[str]):
    assert call([*UNASKED, "--dataset-name", "april_27_cottage"]) == 0
    files = pictures(home)
    assert len(files) == 4
    assert {path.parent for path in files} == {home / "datasets" / "april_27_cottage"}
    parsed = [parse_stem(path.stem) for path in files]
    assert all(each and each[0] == "april_27_cottage" for each in parsed)
    assert all(path.suffix == ".jpeg" for path in files)
    side_car = json.loads(files[0].with_suffix(".json").read_text())
    assert (side_car["camera"]["exposure_us"], side_car["sequence"]) == (1000, 1)
    assert "4 photographs in" in capsys.readouterr().out


def test_a_second_sitting_adds_with_a_word_and_new_refuses(home: Path, capsys: pytest.CaptureFixture[str]):
    there = ["--datasets-location", str(home / "sets")]
    assert call([*UNASKED, *there]) == 0
    assert call([*UNASKED, *there]) == 0
    assert len(pictures(home)) == 8
    assert "holds 4 already" in capsys.readouterr().out
    assert call([*UNASKED, *there, "--new"]) == 1
    assert "holds 8 photographs already" in capsys.readouterr().err
    assert len(pictures(home)) == 8


def test_a_rejected_test_shot_leaves_no_file(home: Path):
    terminal = Terminal([*QUICK, "--preview-picture", str(home / "live.jpg")], home)
    terminal.until("Were these settings good")
    terminal.type("n")
    assert terminal.end() == 0
    assert "nothing was kept" in terminal.text
    assert "200 × 160 · 1000 µs (1/1000 s) · ISO 400" in terminal.text
    assert pictures(home) == []


def test_retake_then_pause_go_on_and_stop_by_key(home: Path):
    """Real time: one photograph each quarter of a second."""
    terminal = Terminal([*QUICK, "--interval", "0.25", "--num-photos-to-take", "1000"], home)
    terminal.until("Were these settings good")
    terminal.type("r")
    terminal.until(r"(?s)Test shot.*Test shot")
    terminal.type("y")
    terminal.until("Photograph [3-9] of 1000")
    terminal.type(" ")
    terminal.until("paused")
    before = len(pictures(home))
    time.sleep(0.8)
    assert len(pictures(home)) == before
    terminal.type(" ")
    terminal.until(f"Photograph {before + 2} of 1000")
    terminal.type("q")
    assert terminal.end() == 0
    assert re.search(r"Stopped\. \d+ photographs", terminal.text)
    assert re.search(r"per second · .* left · .* free, room for \d+ more", terminal.text)
    assert before + 2 <= len(pictures(home)) < 1000


def test_the_live_view_is_a_picture_and_is_gone_afterwards(home: Path):
    picture = home / "live.jpg"
    terminal = Terminal([*QUICK, "--preview-time", "60", "--preview-picture", str(picture)], home)
    terminal.until(r"Preview: \d+ s(.|\s)*sharpness")
    assert picture.read_bytes().startswith(b"\xff\xd8")
    terminal.type("\n")
    terminal.until("Were these settings good")
    terminal.type("y")
    assert terminal.end() == 0
    assert not picture.exists()
    assert len(pictures(home)) == 4


def test_ctrl_c_keeps_what_was_taken(home: Path):
    terminal = Terminal([*UNASKED, "--interval", "0.2", "--num-photos-to-take", "1000"], home)
    terminal.until("Photograph [2-9] of 1000")
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.end() == 130
    kept = len(pictures(home))
    assert f"Interrupted. {kept} photographs are kept." in terminal.text
    assert "Traceback" not in terminal.text


def test_a_ctrl_c_that_a_finalizer_swallowed_is_not_forgotten():
    before = signal.getsignal(signal.SIGINT)
    with Keys() as keys:
        with contextlib.suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            keys.next(0)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_countdown_is_seen_and_can_be_left(home: Path):
    terminal = Terminal([*UNASKED, "--countdown", "60"], home)
    terminal.until("The first photograph in [56]")
    terminal.type("q")
    assert terminal.end() == 0
    assert pictures(home) == []


def test_without_anybody_to_ask_it_says_so(home: Path):
    command = [sys.executable, "-m", "capture_agent.cli", *QUICK]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=home, timeout=60)
    assert (done.returncode, pictures(home)) == (1, [])
    assert done.stderr.strip() == "Nobody answered whether the settings are good. Use --no-prompt-on-timeout."
    answered = subprocess.run(command, input="y\n", capture_output=True, text=True, cwd=home, timeout=60)
    assert (answered.returncode, len(pictures(home))) == (0, 4)


def test_at_the_floor_it_stops_with_a_clear_sign(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    free = os.statvfs(home).f_bavail * os.statvfs(home).f_frsize
    monkeypatch.setenv("PHOSPHENE_CAPTURE_FLOOR_MIB", str(free // 2**20 + 10_000))
    assert call(UNASKED) == 1
    assert "There is no room for another photograph" in capsys.readouterr().err
    assert pictures(home) == []


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["--iso", "900"], 2, "--iso: use a whole number from 0 to 800."),
        (["--shutter-speed", "1000001"], 2, "--shutter-speed: use a whole number from 0 to 1000000."),
        (["--resolution", "5000", "100"], 2, "--resolution: use a whole number from 64 to 4056."),
        (["--num-photos-to-take", "0"], 2, "--num-photos-to-take: use a whole number from 1 to 100000."),
        (["--camera", "polaroid"], 1, 'There is no camera "polaroid".'),
        (["--camera", "folder:nowhere"], 1, "The folder camera needs a folder of pictures"),
        (["--datasets-location", "/proc/no"], 1, "/proc/no could not be made"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, sentence: str
):
    assert call([*UNASKED, *arguments]) == code
    said = capsys.readouterr().err.strip()
    assert said.startswith(sentence)
    assert "\n" not in said


def test_the_options_are_pitraitures(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "200")
    assert call(["shoot", "--help"]) == 0
    said = capsys.readouterr().out
    for option, default in (
        ("--resolution", "2000, 2000"),
        ("--iso", "0"),
        ("--shutter-speed", "1000"),
        ("--awb-red-gain", "3.125"),
        ("--awb-blue-gain", "1.96"),
        ("--preview-time", "10.0"),
        ("--prompt-on-timeout", "prompt-on-timeout"),
        ("--dataset-name", "faces"),
        ("--num-photos-to-take", "10"),
        ("--countdown", "5.0"),
    ):
        assert re.search(rf"{option}\b[^[]*\[default:\s+{re.escape(default)}\s*\]", said), option
    assert "--datasets-location" in said


def test_a_folder_that_cannot_be_written_is_one_sentence(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("PHOSPHENE_CAPTURE_STATE", "/proc/state")
    assert call(["status"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
