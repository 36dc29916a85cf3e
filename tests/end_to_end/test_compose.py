"""docker-compose.yml, as far as it can be checked without a container engine.

Each service's own command line runs as a process, on PostgreSQL and Redis, in the file's topology, through a render.
What is not checked here: that the images build, and the network and volumes between containers.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from gpu_service.music.ffmpeg import find_ffmpeg
from tests.conftest import REPOSITORY
from tests.end_to_end.conftest import answers, wait_for
from tests.services import free_port, postgres, redis

pytestmark = pytest.mark.browser  # starts whole studios: kept with the other long ones, in a process of their own

PASSWORD = "a long enough password of tests"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())


def test_every_service_of_the_topology_is_named(compose: dict[str, Any]):
    assert set(compose["services"]) == {"postgres", "redis", "setup", "studio", "worker", "gpu"}


def test_every_secret_comes_from_a_file_and_no_port_is_open_to_strangers(compose: dict[str, Any]):
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            is_secret = any(word in variable for word in ("PASSWORD", "SECRET", "TOKEN"))
            assert not is_secret or (variable.endswith("_FILE") and str(value).startswith("/run/secrets/")), name
        assert all(str(port).startswith("127.0.0.1:") for port in service.get("ports", []))


def test_every_dockerfile_copies_only_what_exists(compose: dict[str, Any]):
    files = {service["build"]["dockerfile"] for service in compose["services"].values() if "build" in service}
    for file in files:
        for line in (REPOSITORY / file).read_text().splitlines():
            if line.startswith("COPY ") and "--from" not in line:
                for source in line.split()[1:-1]:
                    assert (REPOSITORY / source).exists(), f"{file}: {line}"


class Topology:
    """Runs the file's command lines with its own environment, container paths and names put in place."""

    def __init__(self, compose: dict[str, Any], folder: Path, *, database: str, redis_url: str) -> None:
        self.compose, self.folder, self.port = compose, folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        for name in ("data", "tokens", "cache", "secrets"):
            (folder / name).mkdir()
        (folder / "secrets/secret_key").write_text("k" * 60)
        (folder / "secrets/studio_password").write_text(PASSWORD)
        (folder / "secrets/postgres_password").write_text("unused: loopback is trusted here")
        self.places = {
            "/run/secrets/": f"{folder}/secrets/",
            "/data": f"{folder}/data",
            "/tokens": f"{folder}/tokens",
            "/cache": f"{folder}/cache",
            "postgres://studio@postgres:5432/studio": database,
            "redis://redis:6379/0": redis_url,
            "http://studio:8000": self.url,
            "${STUDIO_URL:-http://localhost:8000}": self.url,
            "${STUDIO_EMAIL:-me@localhost}": "me@localhost",
            "${GPU_NAME:-Compose}": "Compose",
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def placed(self, text: object) -> str:
        words = str(text)
        for inside, outside in self.places.items():
            if inside == words or words.startswith(inside):
                return words.replace(inside, outside, 1)
        return words

    def start(self, name: str) -> subprocess.Popen[bytes]:
        service = self.compose["services"][name]
        environment = {key: self.placed(value) for key, value in service.get("environment", {}).items()}
        if "PORT" in environment:  # one machine has one port 8000
            environment |= {"PORT": str(self.port), "HOST": "127.0.0.1"}
        program, *arguments = [self.placed(word) for word in service["command"]]
        command = [sys.executable if program == "python" else program, *arguments]
        with (self.folder / f"{name}.log").open("wb") as log:
            kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
            process = subprocess.Popen(
                command, cwd=REPOSITORY, env=kept | environment, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    def stop(self) -> None:
        for process in reversed(self.running):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.running:
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def topology(compose: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Topology]:
    with contextlib.ExitStack() as stack:
        database, redis_url = stack.enter_context(postgres()), stack.enter_context(redis())
        built = Topology(compose, tmp_path_factory.mktemp("compose"), database=database.url, redis_url=redis_url)
        stack.callback(built.stop)
        setup = built.start("setup")
        assert setup.wait(240) == 0, built.log("setup")
        for name in ("studio", "worker", "gpu"):
            built.start(name)
        wait_for(lambda: answers(f"{built.url}/readyz"), 90, "/readyz", built.running[1], built.folder / "studio.log")
        yield built


def signed_in(topology: Topology) -> httpx.Client:
    client = httpx.Client(base_url=topology.url, timeout=30, headers={"Origin": topology.url})
    client.get("/sign-in/")
    form = {"email": "me@localhost", "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["phosphene_csrf"]}
    answer = client.post("/sign-in/", data=form, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRFToken"] = client.cookies["phosphene_csrf"]
    return client


def test_a_film_is_made_by_the_programs_apart(topology: Topology, tmp_path: Path):
    client = signed_in(topology)
    wait_for(lambda: client.get("/api/v1/services").json()["state"] == "attached", 90, "the render service")
    project = client.get("/api/v1/projects").json()["items"][0]
    scene = client.get(f"/api/v1/projects/{project['id']}/scenes").json()["items"][0]
    order = {"range": {"kind": "first", "end_seconds": 1.0}, "quality": "draft", "width": 64, "height": 64}
    render = client.post(f"/api/v1/scenes/{scene['id']}/renders", json=order)
    assert render.status_code == 201, render.text

    def finished() -> dict[str, Any] | None:
        now = client.get(f"/api/v1/renders/{render.json()['id']}").json()
        assert now["state"] not in ("failed", "cancelled"), now["error"]
        return now if now["state"] == "done" else None

    film = wait_for(finished, 150, "the film", topology.running[-1], topology.folder / "gpu.log")
    path = tmp_path / "film.mp4"
    path.write_bytes(client.get(film["film_url"]).content)
    facts = subprocess.run([find_ffmpeg(), "-hide_banner", "-i", path], capture_output=True, text=True).stderr
    assert "h264" in facts
    assert "yuv420p" in facts
    assert "aac" in facts
    assert film["frames_total"] == 30


def test_the_rows_are_in_postgresql(topology: Topology):
    """No SQLite file was made beside it. Redis is configured, but one studio process sends nothing by it."""
    assert not list((topology.folder / "data").glob("*.sqlite3"))
    assert httpx.get(f"{topology.url}/readyz").json()["ok"] is True
