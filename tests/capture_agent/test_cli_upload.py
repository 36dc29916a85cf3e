"""`upload` and `sets`, against a real studio: 0 only when every file has its receipt; nothing goes twice."""

import json
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from capture_agent import cli_upload, upload
from capture_agent.errors import CaptureError
from tests.capture_agent.studios import Paired, person_token, photograph, portraits, project_of, stored_hashes
from tests.conftest import REPOSITORY
from tests.fault_proxy import FaultProxy
from tests.studio.site.conftest import Studio

Command = Callable[..., tuple[int, Any]]
PITRAITURE = "{set}_04-28-2021_11-50-{second:02d}-000000.jpeg"


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PHOSPHENE_CAPTURE_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("PHOSPHENE_CAPTURE_CONFIG", str(tmp_path / "config"))
    for name, value in {"FIRST_PAUSE_SECONDS": 0.05, "IDLE_SECONDS": 0.05, "PAUSES": (0.1, 0.2, 0.4)}.items():
        monkeypatch.setattr(upload, name, value)


@pytest.fixture(scope="module")
def token(studio: Studio) -> str:
    project_of(studio)
    return person_token(studio)


@pytest.fixture
def call(studio: Studio, token: str) -> Command:
    """Run a command with --json. -> exit status and what it printed, or the sentence it ended with"""
    app = typer.Typer()
    cli_upload.add_to(app)

    def run(*words: object, url: str = studio.url, secret: str = token) -> tuple[int, Any]:
        done = CliRunner().invoke(app, [*map(str, words), "--studio", url, "--token", secret, "--json"])
        if isinstance(done.exception, CaptureError):
            return 1, str(done.exception)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, json.loads(done.stdout)

    return run


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """Two sets of Pitraiture's, and three photos of a camera."""
    folder = tmp_path / "card"
    for set_name, count in {"cottage": 3, "april_27": 2}.items():
        (folder / set_name).mkdir(parents=True)
        for second in range(count):
            (folder / set_name / PITRAITURE.format(set=set_name, second=second)).write_bytes(photograph(15))
    (folder / "DCF").mkdir()
    for number in range(3):
        (folder / "DCF" / f"IMG_{number}.jpg").write_bytes(photograph(15))
    return folder


def fates(said: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in said["counts"].items() if count}


def test_a_folder_goes_in_one_session_per_set_and_a_second_time_nothing_is_sent(
    call: Command, card: Path, studio: Studio
):
    status, said = call("upload", card, "--dataset", "twice")
    assert (status, fates(said), said["complete"]) == (0, {"sent": 8}, True)
    assert all(one["receipt"].endswith(f":{one['sha256']}") for one in said["files"])
    assert {one["sha256"] for one in said["files"]} <= stored_hashes(studio)
    sessions = studio.call("GET", f"/datasets/{said['dataset']['id']}/sessions").json()["items"]
    assert {one["name"]: one["count"] for one in sessions} == {"cottage": 3, "april_27": 2, "DCF": 3}
    shown = portraits(studio, project_of(studio), "twice")
    assert [one["name"] for one in shown if "cottage" in one["name"]] == [
        PITRAITURE.format(set="cottage", second=second) for second in range(3)
    ]
    status, again = call("upload", card, "--dataset", "twice", "--resume")
    assert (status, fates(again)) == (0, {"known": 8})
    assert [one["receipt"] for one in again["files"]] == [one["receipt"] for one in said["files"]]


def test_resume_sends_the_rest_only_by_content_whatever_the_names_are(call: Command, card: Path, proxy: FaultProxy):
    assert call("upload", card / "cottage", "--dataset", "rest")[0] == 0
    for number, path in enumerate(sorted((card / "cottage").iterdir())):
        path.rename(path.with_name(f"renamed_{number}.jpg"))
    status, said = call("upload", card, "--dataset", "rest", "--resume", url=proxy.url)
    assert (status, fates(said)) == (0, {"known": 3, "sent": 5})
    sizes = sum(one["size_bytes"] for one in said["files"] if one["fate"] == "sent")
    assert sizes < proxy.bytes_up < sizes + 30_000


def test_resume_needs_something_to_resume(call: Command, card: Path):
    status, sentence = call("upload", card, "--dataset", "never begun", "--resume")
    assert status == 1
    assert "no dataset “never begun”" in sentence


def test_a_zip_goes_in_as_it_lies(call: Command, card: Path, tmp_path: Path, studio: Studio):
    path = tmp_path / "sets.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for one in sorted(card.rglob("*.jp*g")):
            archive.write(one, one.relative_to(card))
    status, said = call("upload", path, "--dataset", "zipped")
    assert (status, fates(said)) == (0, {"sent": 8})
    assert len(portraits(studio, project_of(studio), "zipped")) == 8


def test_one_file_that_is_no_picture_makes_it_end_with_1_and_is_named(call: Command, card: Path):
    (card / "DCF" / "IMG_9.jpg").write_bytes(b"words, no picture")
    status, said = call("upload", card, "--dataset", "one bad")
    assert (status, fates(said)) == (1, {"sent": 8, "refused": 1})
    (bad,) = [one for one in said["files"] if one["fate"] == "refused"]
    assert bad["place"] == "DCF/IMG_9.jpg"
    assert "IMG_9.jpg" in bad["reason"]
    assert bad["receipt"] == ""


def test_a_devices_token_needs_no_project_and_a_wrong_one_is_a_sentence(call: Command, card: Path, device: Paired):
    status, said = call("upload", card / "cottage", "--dataset", "by device", secret=device.token)
    assert (status, fates(said)) == (0, {"sent": 3})
    status, sentence = call("upload", card, "--dataset", "x", secret="phd_wrong")
    assert status == 1
    assert "sign" in sentence.lower() or "token" in sentence.lower()


def test_without_contact_it_gives_up_with_1_and_with_wait_it_does_not(
    call: Command, card: Path, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(cli_upload, "GIVE_UP_SECONDS", 1.0)
    (card / "big.jpg").write_bytes(photograph(2500))
    proxy.cut_after(1_500_000)
    hand_on = proxy._hand_on

    def away_after_the_cut(*words):
        goes_on = hand_on(*words)
        if not goes_on and proxy.faults == 1:
            proxy.faults += 1
            proxy.refuse(4.0)
        return goes_on

    proxy._hand_on = away_after_the_cut
    status, said = call("upload", card, "--dataset", "away", url=proxy.url)
    assert status == 1
    assert "no contact with the studio for 1 s" in said["gave_up"]
    assert said["counts"]["waiting"] >= 1
    began = time.monotonic()
    status, said = call("upload", card, "--dataset", "away", "--wait", url=proxy.url)
    assert (status, said["complete"]) == (0, True)
    assert time.monotonic() - began > 1.0


def test_a_cut_import_goes_on_from_the_byte_where_it_was(call: Command, tmp_path: Path, proxy: FaultProxy, monkeypatch):
    """A new process remembers the upload that the last one began."""
    monkeypatch.setattr(cli_upload, "GIVE_UP_SECONDS", 0.3)
    big = tmp_path / "one" / "big.jpg"
    big.parent.mkdir()
    big.write_bytes(photograph(3000))
    proxy.cut_after(2_000_000)
    threading.Thread(target=lambda: (wait_for_fault(proxy), proxy.refuse(1.0)), daemon=True).start()
    assert call("upload", big.parent, "--dataset", "went on", url=proxy.url)[0] == 1
    time.sleep(1.0)
    sent = proxy.bytes_up
    assert call("upload", big.parent, "--dataset", "went on", "--resume", url=proxy.url)[0] == 0
    assert proxy.bytes_up - sent < big.stat().st_size - 900_000


def wait_for_fault(proxy: FaultProxy) -> None:
    while not proxy.faults:
        time.sleep(0.002)


def test_sets_tell_what_the_studio_lacks_by_content(call: Command, card: Path):
    call("upload", card / "cottage", "--dataset", "cottage")
    swapped = card / "cottage" / PITRAITURE.format(set="cottage", second=0)
    swapped.write_bytes(photograph(15))  # the count is the same, the content is not
    status, said = call("sets", card)
    assert status == 1
    found = {one["set_name"]: (one["here"], one["in_studio"], one["missing"]) for one in said}
    assert found == {"cottage": (3, 2, 1), "april_27": (2, 0, 2), "DCF": (3, 0, 3)}
    assert call("upload", card, "--dataset", "cottage", "--resume")[0] == 0
    status, said = call("sets", card, "--dataset", "cottage")
    assert status == 0
    assert {one["missing_bytes"] for one in said} == {0}


def test_to_look_at_sets_makes_no_dataset(call: Command, card: Path, studio: Studio):
    def names() -> list[str]:
        items = studio.call("GET", f"/projects/{project_of(studio)}/datasets").json()["items"]
        return sorted(one["name"] for one in items)

    before = names()
    call("sets", card, "--dataset", "only looked for")
    assert names() == before


def test_as_a_command_it_says_on_one_line_what_is_wrong_and_counts_what_is_right(
    card: Path, studio: Studio, token: str, tmp_path: Path
):
    def command(*words: str) -> subprocess.CompletedProcess[str]:
        whole = [sys.executable, "-m", "capture_agent.cli", *words, "--studio", studio.url, "--token", token]
        return subprocess.run(whole, cwd=REPOSITORY, capture_output=True, text=True, timeout=60)

    done = command("upload", str(card), "--dataset", "command")
    assert (done.returncode, done.stdout) == (0, "8 pictures for “command”: 8 sent.\n")
    done = command("upload", str(card), "--dataset", "command")
    assert (done.returncode, done.stdout) == (0, "8 pictures for “command”: 8 there already.\n")
    done = command("upload", str(tmp_path / "nowhere"), "--dataset", "command")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [f"There is no {tmp_path / 'nowhere'}."]
    done = command("sets", str(card), "--dataset", "command")
    assert done.returncode == 0
    assert "cottage" in done.stdout
