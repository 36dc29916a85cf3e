"""Slow stages with a real studio and a real service: one job each, its result a blob that preview and film share."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import start_studio, stop_studio, wait_for
from tests.end_to_end.test_faults import finished, order_film

# A whole studio that prepares every stage as a job: minutes on a busy machine, so outside CI.
pytestmark = [pytest.mark.browser, pytest.mark.soak]

# The command of the service, with the mark above which a stage is slow lowered from ten seconds to nothing.
EVERYTHING_IS_SLOW = """
from gpu_service import slow_stages
slow_stages.SlowStages.__init__.__kwdefaults__["slow_seconds"] = 0.0
from gpu_service.cli import main
if __name__ == "__main__":
    main()
"""


def test_slow_stages_are_jobs_whose_results_serve_the_film_and_the_next_one(tmp_path: Path):
    studio = start_studio(tmp_path / "data", extra={"STUDIO_GPU_SERVICE": "no"})
    script = tmp_path / "serve_slowly.py"
    script.write_text(EVERYTHING_IS_SLOW)
    service = None
    try:
        with httpx.Client(base_url=studio.url, timeout=30, follow_redirects=True) as person:
            person.get(studio.sign_in_link.removeprefix(studio.url))
            person.headers.update({"X-CSRFToken": person.cookies["phosphene_csrf"], "Origin": studio.url})
            project = person.get("/api/v1/projects").json()["items"][0]["id"]
            wait_for(lambda: person.get(f"/api/v1/projects/{project}/scenes").json()["items"], 90, "the demo's scene")
            token = person.post("/api/v1/service-tokens", json={"name": "slow"}).json()["token"]
            environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "GPU_DATA": str(tmp_path / "gpu")}
            command = [sys.executable, script, "serve", "--studio", studio.url]
            service = subprocess.Popen(command, env=environment | {"GPU_TOKEN": token, "GPU_DEVICE": "cpu"})
            films = [finished(person, order_film(person, seconds=1, side=64), 120) for _ in range(2)]
            assert [film["frames_done"] for film in films] == [30, 30]
            jobs = person.get(f"/api/v1/projects/{project}/jobs").json()["items"]
            prepared = [job for job in jobs if job["kind"] == "prepare_stage"]
            assert {job["state"] for job in prepared} == {"done"}
            titles = [job["title"] for job in prepared]
            assert {"Onsets", "Clock", "Spectrum", "Loudness", "Choice of networks"} <= set(titles)
            assert len(titles) == len(set(titles))  # ordered once, although two films needed them
    finally:
        if service is not None:
            service.send_signal(signal.SIGINT)
            service.wait(20)
        stop_studio(studio)
