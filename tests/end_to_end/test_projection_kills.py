"""A projection over a real studio and a real service, killed again and again: no frame is lost or found twice."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from gpu_service.projection.file import read_projection
from tests.end_to_end.conftest import RunningStudio, start_studio, stop_studio, wait_for
from tests.end_to_end.test_faults import descendants
from tests.end_to_end.test_training_kills import send
from tests.gpu_service.projection import little
from tests.prepared import with_demo

# A whole studio whose programs are killed and load torch again: minutes on a busy machine, so outside CI.
pytestmark = [pytest.mark.browser, pytest.mark.soak, pytest.mark.timeout(1800)]
FRAMES, KILLS, SECONDS = 48, 4, 300
CONFIG = {"steps": 150, "batch": 2, "losses": ["pixels"]}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[RunningStudio]:
    folders = {"GPU_DATA": str(tmp_path / "gpu"), "STUDIO_LEASE_SECONDS": "9"}
    running = start_studio(with_demo(tmp_path / "data"), extra=folders)
    yield running
    stop_studio(running)


@pytest.fixture
def person(studio: RunningStudio) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=studio.url, timeout=60, headers={"Origin": studio.url}, follow_redirects=True) as client:
        client.get(studio.sign_in_link.removeprefix(studio.url))
        client.headers["X-CSRFToken"] = client.cookies["phosphene_csrf"]
        yield client


def kill(studio: RunningStudio, program: str) -> None:
    for pid, line in descendants(studio.process.pid).items():
        if re.search(program, line):
            os.kill(pid, signal.SIGKILL)


def test_no_frame_is_lost_whatever_is_killed(studio: RunningStudio, person: httpx.Client, tmp_path: Path):
    project = person.get("/api/v1/projects").json()["items"][0]["id"]
    chance = np.random.default_rng(1)
    frames = np.cumsum(chance.normal(0, 3, (FRAMES, 32, 32, 3)), axis=0).clip(-120, 120) + 128
    film = little.write_film(tmp_path / "film.mp4", frames.astype(np.uint8), fps="24")
    target = send(person, project, film.read_bytes(), name="film.mp4", kind="projection_target")

    def ready() -> bool:
        return bool(person.get(f"/api/v1/projection-targets/{target}").json()["state"] == "ready")

    wait_for(ready, SECONDS, "the look at the film")
    networks = person.get(f"/api/v1/projects/{project}/networks").json()["items"]
    snapshot = next(one for one in networks if one["kind"] == "stylegan2")["snapshots"][-1]["id"]
    said = {"name": "Film", "snapshot_id": snapshot, "target_id": target, "config": CONFIG}
    row = person.post(f"/api/v1/projects/{project}/projections", json=said).raise_for_status().json()

    def now() -> dict[str, Any]:
        found: dict[str, Any] = person.get(f"/api/v1/projections/{row['id']}").json()
        assert found["state"] != "failed", found["sentence"]
        return found

    def wait_for_more(why: str) -> None:
        """However busy the machine: only frames that do not come are a failure."""
        before = (now()["frames_done"], now()["state"])
        wait_for(lambda: (now()["frames_done"], now()["state"]) != before, SECONDS, why)

    for number in range(KILLS):
        before = now()["frames_done"]
        while now()["frames_done"] <= before:
            wait_for_more(f"frames before kill {number}")
        # The service with its search, or the search alone.
        kill(studio, "gpu_service serve" if number % 2 == 0 else "gpu_service project ")
        time.sleep(chance.uniform(0, 1))
    while now()["state"] != "done":
        wait_for_more("the end")
    parts = person.get(f"/api/v1/projections/{row['id']}/frames").json()["items"]
    assert [at for part in parts for at in range(part["first"], part["end"])] == list(range(FRAMES))
    home = tmp_path / "home.hdf5"
    home.write_bytes(person.get(now()["file_url"]).content)
    read = read_projection(home)
    assert len(read) == FRAMES
    assert np.isfinite(read.latents).all()
