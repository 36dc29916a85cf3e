"""The site is killed again and again (F1), its database is away (F16): the device resumes, no receipt is false."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from capture_agent.spool import Spool
from tests.capture_agent.conftest import Device
from tests.capture_agent.spools import NOON, sitting
from tests.capture_agent.studios import pair, photograph, portraits, receipts_are_true
from tests.conftest import REPOSITORY
from tests.services import postgres, wait_for_port
from tests.studio.site.conftest import Studio, start_server, studio_on

AGENT = """
import pathlib, sys, time
from capture_agent import sending, upload
from capture_agent.spool import Spool
from capture_agent.spool_queue import SpoolQueue
from capture_agent.studio import StudioClient
upload.PAUSES, upload.IDLE_SECONDS = (0.1, 0.2, 0.3), 0.1
sending.LEAST_PIECE = sending.FIRST_PIECE = sending.MOST_PIECE = 64 * 1024
spool = Spool(pathlib.Path(sys.argv[1]), floor_bytes=0)
uploader = upload.Uploader(SpoolQueue(spool), StudioClient(sys.argv[2], token=sys.argv[3]))
uploader.start()
while True:
    time.sleep(1)
"""


def start_agent(spool: Spool, studio: Studio, token: str, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", AGENT, str(spool.folder), studio.url, token]
    with log.open("ab") as output:
        return subprocess.Popen(command, cwd=REPOSITORY, stdout=output, stderr=output)


def restart(studio: Studio) -> None:
    studio.process = start_server(studio.environment, studio.log)
    wait_for_port(studio.port, studio.process, studio.log, 60)


@pytest.mark.parametrize(
    "kills",
    # Kills of the site alone are in tests/studio/datasets/test_kills.py; here the agent dies too.
    [pytest.param(3, id="3"), pytest.param(200, id="200", marks=[pytest.mark.soak, pytest.mark.timeout(3600)])],
)
def test_f1_kill_9_of_site_and_agent_while_pictures_are_sent(tmp_path: Path, kills: int):
    """Every receipt given has its file with the right hash, nothing is half visible, nothing comes twice."""
    chance = random.Random(kills)
    with studio_on(tmp_path, STUDIO_DEMO="no") as studio, Spool(tmp_path / "spool", floor_bytes=0) as spool:
        paired = pair(studio)
        session = sitting(spool, "f1")
        agent = start_agent(spool, studio, paired.token, tmp_path / "agent.log")
        try:
            for number in range(kills):
                for _ in range(8):
                    spool.add(session, photograph(120), taken_at=NOON, camera={"number": number})
                done, deadline = spool.counts().done, time.monotonic() + 60
                while spool.counts().done < done + chance.randint(1, 6):
                    assert time.monotonic() < deadline, (tmp_path / "agent.log").read_text()[-3000:]
                    time.sleep(0.01)
                time.sleep(chance.uniform(0, 0.05))
                if number % 3 == 2:
                    os.kill(agent.pid, signal.SIGKILL)
                    agent.wait(10)
                    agent = start_agent(spool, studio, paired.token, tmp_path / "agent.log")
                os.kill(studio.process.pid, signal.SIGKILL)
                studio.process.wait(10)
                restart(studio)
                assert receipts_are_true(spool, studio, spool.shots("done"))
            deadline = time.monotonic() + 120
            while spool.counts().done < 8 * kills and time.monotonic() < deadline:
                time.sleep(0.1)
        finally:
            agent.kill()
            agent.wait(10)
        shots = spool.shots()
        assert [shot.reason for shot in shots if shot.state == "blocked"] == []
        assert receipts_are_true(spool, studio, shots)
        assert sorted(one["name"] for one in portraits(studio, paired.project_id, "f1")) == sorted(
            s.name for s in shots
        )


@pytest.mark.usefixtures("quick_pauses")
@pytest.mark.parametrize("seconds", [pytest.param(3, id="3 s"), pytest.param(60, id="60 s", marks=pytest.mark.soak)])
def test_f16_while_the_database_is_away_the_device_waits_and_then_goes_on(tmp_path: Path, seconds: float):
    with (
        postgres() as database,
        studio_on(tmp_path, STUDIO_DATABASE_URL=database.url, STUDIO_DEMO="no") as studio,
        Spool(tmp_path / "spool", floor_bytes=0) as spool,
    ):
        pi = Device(spool, studio.url, pair(studio))
        pi.shoot(15, dataset="f16")
        assert pi.send_all() == ""
        database.stop()
        threading.Timer(seconds, database.start).start()
        pi.shoot(15, 15, dataset="f16")
        uploader = pi.uploader()
        sentences = set()
        ended = uploader.run_until_empty(give_up_seconds=None, look=lambda: sentences.add(uploader.status().sentence))
        assert ended == ""
        assert any("database" in sentence for sentence in sentences), sentences
        assert spool.counts().blocked == 0
        assert pi.all_arrived(studio)
