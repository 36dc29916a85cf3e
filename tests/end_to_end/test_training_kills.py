"""A run of training over a real studio and a real service, both killed in its midst: it goes on, nothing twice."""

import base64
import os
import re
import signal
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from gpu_service.protocol.training_presets import resolve
from tests.end_to_end.conftest import RunningStudio, start_studio, stop_studio, wait_for
from tests.end_to_end.test_faults import descendants
from tests.gpu_service.training.sets import files, write_zip

# A whole studio whose programs are killed and load torch again: minutes on a busy machine, so outside CI.
pytestmark = [pytest.mark.browser, pytest.mark.soak]
TINY = {"z_dim": 16, "w_dim": 16, "channel_base": 256, "channel_max": 16, "path_weight": 0, "precision": "fp32"}
LENGTH = {"kimg": 1.2, "snapshot_kimg": 0.4, "tick_kimg": 0.04, "batch": 8, "metrics": ["sharpness"]}
SECONDS = 240


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[RunningStudio]:
    folders = {"GPU_DATA": str(tmp_path / "gpu"), "STUDIO_LEASE_SECONDS": "9", "STUDIO_DEMO": "no"}
    running = start_studio(tmp_path / "data", extra=folders)
    yield running
    stop_studio(running)


@pytest.fixture
def person(studio: RunningStudio) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=studio.url, timeout=60, headers={"Origin": studio.url}, follow_redirects=True) as client:
        client.get(studio.sign_in_link.removeprefix(studio.url))
        client.headers["X-CSRFToken"] = client.cookies["phosphene_csrf"]
        yield client


def send(
    person: httpx.Client, project: str, data: bytes, *, name: str = "faces.zip", kind: str = "training_pictures"
) -> str:
    """A zip of training pictures, or another file. -> its id"""
    said = {"filename": name, "project": project, "kind": kind}
    coded = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in said.items())
    tus = {"Tus-Resumable": "1.0.0"}
    begun = person.post("/api/v1/uploads", headers={**tus, "Upload-Length": str(len(data)), "Upload-Metadata": coded})
    address = begun.raise_for_status().headers["Location"]
    headers = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    person.patch(address, headers=headers, content=data).raise_for_status()
    return address.rsplit("/", 1)[-1]


def kill(studio: RunningStudio, program: str) -> None:
    for pid, line in descendants(studio.process.pid).items():
        if re.search(program, line):
            os.kill(pid, signal.SIGKILL)


def test_a_run_goes_on_though_service_and_studio_are_killed(studio: RunningStudio, person: httpx.Client, tmp_path):
    project = person.post("/api/v1/projects", json={"name": "Faces"}).json()["id"]
    upload = send(person, project, write_zip(tmp_path / "faces.zip", files(48, side=16)).read_bytes())
    config = resolve("small", size=16, **TINY, **LENGTH).model_dump(mode="json")
    order = {"name": "Tiny", "upload_id": upload, "config": config}
    run = person.post(f"/api/v1/projects/{project}/training/runs", json=order).raise_for_status().json()

    def until(what: str, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            try:
                now = person.get(f"/api/v1/training/runs/{run['id']}").raise_for_status().json()
            except httpx.HTTPError:  # the studio that was killed
                return None
            assert now["state"] != "failed", now["sentence"]
            return now if is_so(now) else None

        return wait_for(look, SECONDS, what, log=studio.log)

    until("the first snapshots", lambda now: now["snapshots"] == 2)
    kill(studio, "gpu_service serve")
    until("the run to wait", lambda now: now["state"] == "waiting" and "went away" in now["sentence"])
    before = until("the run to go on", lambda now: now["state"] == "training")
    kill(studio, "manage.py serve")
    until("the run to get further", lambda now: now["kimg"] > before["kimg"])
    person.patch(f"/api/v1/training/runs/{run['id']}", json={"wanted": "pause"}).raise_for_status()
    paused = until("the pause", lambda now: now["state"] == "paused")
    assert paused["checkpoint_kimg"] == paused["kimg"]
    person.patch(f"/api/v1/training/runs/{run['id']}", json={"wanted": "run"}).raise_for_status()
    done = until("the end", lambda now: now["state"] == "done")
    assert done["kimg"] == pytest.approx(1.2, abs=0.008)
    network = person.get(f"/api/v1/networks/{done['network_id']}").json()
    ages = [snapshot["kimg"] for snapshot in network["snapshots"]]
    assert ages == pytest.approx([0.0, 0.4, 0.8, 1.2], abs=0.008)
    curves = person.get(f"/api/v1/training/runs/{run['id']}/ticks").json()["columns"]["kimg"]
    assert curves == sorted(set(curves))
    assert max(later - earlier for earlier, later in pairwise(curves)) < 0.1
