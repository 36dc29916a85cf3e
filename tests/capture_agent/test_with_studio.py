"""The device against a real studio: pair on the terminal, shoot from the page's API, watch the pictures arrive."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from capture_agent.cli import call
from tests.capture_agent.studios import portraits, project_of
from tests.conftest import REPOSITORY, missing
from tests.studio.site.conftest import Studio

PATIENCE = 120.0
SETTINGS = {"resolution": [320, 320], "number_of_photos": 6, "countdown_seconds": 0, "dataset_name": "browser"}


def until(is_there: Callable[[], Any]) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := is_there()):
        if time.monotonic() > end:
            raise AssertionError("It did not come.")
        time.sleep(0.1)
    return found


def started(arguments: list[str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "capture_agent.cli", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHOSPHENE_CAPTURE_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("PHOSPHENE_CAPTURE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PHOSPHENE_CAPTURE_FLOOR_MIB", "16")
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def paired(home: Path, studio: Studio) -> dict[str, str]:
    """Paired by the command itself: its code is read off the terminal and typed into the studio."""
    log = home / "pair.log"
    pairing = started(["pair", "--studio", f"http://127.0.0.1:{studio.port}", "--name", "Tripod"], log)
    code = until(lambda: re.search(r"\b(\w{4}-\w{4})\b\n", log.read_text()))[1]
    studio.call("POST", f"/projects/{project_of(studio)}/devices", json={"code": code}).raise_for_status()
    assert pairing.wait(PATIENCE) == 0, log.read_text()
    assert "Paired as “Tripod”" in log.read_text()
    return json.loads((home / "config" / "device.json").read_text())


@pytest.fixture
def agent(home: Path, paired: dict[str, str], studio: Studio) -> Iterator[subprocess.Popen[bytes]]:
    running = started(["run", "--camera", "fake"], home / "agent.log")
    try:
        until(lambda: device_state(studio, paired)["state"] == "online")
        yield running
    finally:
        running.kill()
        running.wait()


def device_state(studio: Studio, paired: dict[str, str]) -> dict[str, Any]:
    return studio.call("GET", f"/devices/{paired['device_id']}").json()


def spool_of(studio: Studio, paired: dict[str, str]) -> dict[str, int]:
    return device_state(studio, paired)["status"]["spool"]


def sentences(studio: Studio, paired: dict[str, str], kind: str) -> list[str]:
    """The warnings of one kind in the device's last status."""
    warnings = device_state(studio, paired)["status"].get("warnings", [])
    return [each["sentence"] for each in warnings if each["kind"] == kind]


def command(studio: Studio, paired: dict[str, str], name: str, /, **args: Any) -> int:
    return studio.call(
        "POST", f"/devices/{paired['device_id']}/commands", json={"name": name, "args": args}
    ).status_code


def test_a_sitting_from_the_page_arrives_and_the_agent_ends_when_told(
    home: Path,
    studio: Studio,
    paired: dict[str, str],
    agent: subprocess.Popen[bytes],
    capsys: pytest.CaptureFixture[str],
):
    assert command(studio, paired, "configure", settings=SETTINGS) < 300
    assert command(studio, paired, "test_shot") < 300
    assert command(studio, paired, "accept") < 300
    assert command(studio, paired, "start", name="Ines") < 300
    until(lambda: len(portraits(studio, paired["project_id"], "browser")) == 6)
    state = until(lambda: (found := device_state(studio, paired))["status"].get("spool", {}).get("done") == 6 and found)
    assert state["status"]["wished"]["resolution"] == [320, 320]
    assert state["hello"]["camera"]["kind"] == "fake"
    assert call(["status", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["is_running"], said["done"], said["blocked"]) == (True, 6, 0)
    agent.send_signal(signal.SIGTERM)
    assert agent.wait(PATIENCE) == 0
    assert "Traceback" not in (home / "agent.log").read_text()
    until(lambda: device_state(studio, paired)["state"] == "away")


@pytest.fixture
def small_disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of 30 MiB with the spool, of which 24 must stay free."""
    folder = home / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        missing("A small disk can only be mounted by root.")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=30m", "tmpfs", folder], capture_output=True, text=True)
    if done.returncode != 0:
        missing(f"This machine mounts no tmpfs: {done.stderr.strip()}.")
    monkeypatch.setenv("PHOSPHENE_CAPTURE_SPOOL", str(folder / "spool"))
    monkeypatch.setenv("PHOSPHENE_CAPTURE_FLOOR_MIB", "24")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_stops_capturing_with_a_sign_and_uploads_go_on(
    small_disk: Path, home: Path, studio: Studio, paired: dict[str, str]
):
    """F13. Space comes back when confirmed photographs may go, here at once in a second run."""
    floor = 24 * 1024**2
    agent = started(["run", "--camera", "fake"], home / "agent.log")
    try:
        until(lambda: device_state(studio, paired)["state"] == "online")
        wishes = SETTINGS | {"resolution": [2000, 2000], "number_of_photos": 5000, "dataset_name": "full"}
        assert command(studio, paired, "configure", settings=wishes) < 300
        assert command(studio, paired, "start") < 300
        until(lambda: any("Capturing stopped" in each for each in sentences(studio, paired, "space")))
        assert device_state(studio, paired)["status"]["state"] == "idle"
        # No shot touches the floor; the notes of what was uploaded meanwhile may.
        assert shutil.disk_usage(small_disk).free >= floor - 1024**2
        assert command(studio, paired, "start") == 409
        until(lambda: spool_of(studio, paired)["waiting"] + spool_of(studio, paired)["sending"] == 0)
        done = spool_of(studio, paired)["done"]
        assert done == len(portraits(studio, paired["project_id"], "full")) > 5
    finally:
        agent.send_signal(signal.SIGTERM)
        assert agent.wait(PATIENCE) == 0
    again = subprocess.Popen(
        [sys.executable, "-m", "capture_agent.cli", "run", "--camera", "fake"],
        env=os.environ | {"PHOSPHENE_CAPTURE_RETENTION_DAYS": "0"},
        stdin=subprocess.DEVNULL,
    )
    try:
        until(lambda: device_state(studio, paired)["state"] == "online" and command(studio, paired, "start") < 300)
    finally:
        again.kill()
        again.wait()


def test_a_sitting_on_the_terminal_arrives_without_the_agent(
    home: Path, studio: Studio, paired: dict[str, str], capsys: pytest.CaptureFixture[str]
):
    arguments = [
        *("shoot", "--camera", "fake", "--resolution", "200", "200", "--no-prompt-on-timeout"),
        *("--preview-time", "0", "--countdown", "0", "--num-photos-to-take", "3", "--interval", "0.3"),
        *("--dataset-name", "terminal", "--sitter", "Ines"),
    ]
    assert call(arguments) == 0
    assert len(portraits(studio, paired["project_id"], "terminal")) == 3
    assert "All that waited is in the studio." in capsys.readouterr().out


def test_a_revoked_device_says_so_and_goes_on_living(
    home: Path, studio: Studio, paired: dict[str, str], agent: subprocess.Popen[bytes]
):
    studio.call("DELETE", f"/devices/{paired['device_id']}").raise_for_status()
    until(lambda: "The studio says:" in (home / "agent.log").read_text())
    assert "revoked" in (home / "agent.log").read_text()
    assert agent.poll() is None


def test_what_is_not_paired_says_how_to_pair(home: Path, capsys: pytest.CaptureFixture[str]):
    assert call(["run", "--camera", "fake"]) == 78
    assert "phosphene-capture pair --studio" in capsys.readouterr().err
    assert call(["status"]) == 0
    assert "Paired:  no" in capsys.readouterr().out


def test_only_one_agent_runs(
    home: Path, paired: dict[str, str], agent: subprocess.Popen[bytes], capsys: pytest.CaptureFixture[str]
):
    assert call(["run", "--camera", "fake"]) == 1
    assert "runs already" in capsys.readouterr().err
