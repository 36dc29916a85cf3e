"""F14: the power goes while pictures are written. The last picture is whole or absent, and the queue is built again."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from capture_agent.shots import STATES
from capture_agent.spool import Shot, Spool
from tests.capture_agent.power_cut import Recorder, cut_files
from tests.capture_agent.spools import NOON, content_of, shoot, sitting
from tests.conftest import REPOSITORY

CUTS_PER_STEP = 3
SHOOTER = """
import os, sys, uuid, datetime, pathlib
from capture_agent.spool import Spool
from tests.capture_agent.spools import picture, sitting
spool = Spool(pathlib.Path(sys.argv[1]), floor_bytes=0)
session = spool.sessions()[0].session_id if spool.sessions() else sitting(spool)
print("ready", flush=True)
while True:
    shot = spool.add(session, picture(300_000), taken_at=datetime.datetime.now(datetime.UTC), camera={})
    print(shot.sha256, flush=True)
"""


def whole_queue(folder: Path) -> list[Shot]:
    """Open what is left of a spool: every shot in it must be whole and say the truth. -> the queue"""
    with Spool(folder, floor_bytes=0) as spool:
        shots = spool.shots()
        for shot in shots:
            said = json.loads(spool.path_of(shot).with_suffix(".json").read_text())
            assert content_of(spool, shot) == shot.sha256 == said["sha256"]
        pictures = [path for state in STATES for path in (folder / state).rglob("*.jpeg")]
        assert len(pictures) == len(shots)
        assert len({(shot.session_id, shot.sequence) for shot in shots}) == len(shots)
    with Spool(folder, floor_bytes=0) as again:
        assert again.shots() == shots
        assert again.torn == 0
    return shots


def play(folder: Path, recorder: Recorder) -> list[tuple[int, str]]:
    """Six shots, two of them sent, one refused. -> (number of the step after which it is safe, its sha256)"""
    safe = []
    with Spool(folder, floor_bytes=0) as spool:
        session = sitting(spool)
        for number in range(6):
            shot = shoot(spool, session, size=500 + 100 * number)
            safe.append((len(recorder.steps), shot.sha256))
            if number in (1, 3):
                sending = spool.move(shot, "sending")
                spool.move(sending, "done", receipt=f"{number}:{shot.sha256}", done_at=NOON)
            if number == 4:
                spool.move(shot, "blocked", reason="It is no picture.", reason_status=422)
    return safe


@pytest.mark.parametrize("index", ["lost", "older", "cut"])
def test_cut_at_every_step_the_last_picture_is_whole_or_absent(index: str, tmp_path: Path, monkeypatch):
    recorder = Recorder(tmp_path / "spool")
    recorder.folder.mkdir()
    recorder.watch(monkeypatch)
    safe = play(recorder.folder, recorder)
    monkeypatch.undo()
    chance = random.Random(14)
    for cut in range(safe[0][0] - 5, len(recorder.steps)):
        for _ in range(CUTS_PER_STEP):
            disk = tmp_path / "disk"
            recorder.disk_after(cut, disk, chance)
            leave_index(recorder.folder, disk, index, chance)
            found = {shot.sha256 for shot in whole_queue(disk)}
            assert {sha256 for step, sha256 in safe if step <= cut} <= found <= {sha256 for _, sha256 in safe}
            shutil.rmtree(disk)


def leave_index(folder: Path, disk: Path, index: str, chance: random.Random) -> None:
    """An index that knows other things than the folders do, or half of one."""
    if index == "lost":
        return
    shutil.copy(folder / "index.sqlite", disk / "index.sqlite")
    if index == "cut":
        with (disk / "index.sqlite").open("r+b") as file:
            file.truncate(chance.randrange((disk / "index.sqlite").stat().st_size))


def test_copies_of_the_card_cut_at_random_bytes_hold_whole_pictures_only(tmp_path: Path):
    folder = tmp_path / "spool"
    with Spool(folder, floor_bytes=0) as spool:
        session = sitting(spool)
        shots = [shoot(spool, session) for _ in range(8)]
        spool.move(shots[0], "done", receipt=f"1:{shots[0].sha256}", done_at=NOON)
        names = {shot.sha256: shot.name for shot in shots}
    lost = 0
    for seed in range(60):
        copy = tmp_path / "copy"
        cut = cut_files(folder, copy, random.Random(seed))
        found = {shot.sha256 for shot in whole_queue(copy)}
        untouched = {sha256 for sha256, name in names.items() if name not in cut}
        assert found == untouched
        lost += len(names) - len(found)
        assert len(list((copy / "torn").rglob("*.jpeg"))) == len(names) - len(found)
        shutil.rmtree(copy)
    assert lost > 60  # the test would prove nothing if no picture had been cut


def kill_shooters(folder: Path, kills: int, seed: int) -> None:
    chance, told = random.Random(seed), set()
    command = [sys.executable, "-c", SHOOTER, str(folder)]
    for _ in range(kills):
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as shooter:
            assert shooter.stdout.readline() == "ready\n"
            time.sleep(chance.uniform(0.0, 0.15))
            os.kill(shooter.pid, signal.SIGKILL)
            told |= set(shooter.stdout.read().split())
        assert told <= {shot.sha256 for shot in whole_queue(folder)}
    assert len(told) > kills


def test_kill_9_of_a_shooting_process_loses_no_shot_that_was_counted(tmp_path: Path):
    kill_shooters(tmp_path / "spool", 6, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_kill_9_of_a_shooting_process_200_times(tmp_path: Path):
    kill_shooters(tmp_path / "spool", 200, seed=2)
