"""A studio process as `manage.py serve` starts it, without worker and render service."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import REPOSITORY
from tests.prepared import with_tables
from tests.services import free_port, wait_for_port


@dataclass
class Studio:
    """A running studio and a browser in which its first person is signed in."""

    process: subprocess.Popen[bytes]
    port: int
    environment: dict[str, str]
    log: Path
    http: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.url, timeout=30, follow_redirects=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign_in(self) -> None:
        self.http.get(manage(self.environment, "sign_in_link").strip())

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"X-CSRFToken": self.http.cookies.get("phosphene_csrf", ""), **options.pop("headers", {})}
        return self.http.request(method, f"/api/v1{path}", headers=headers, **options)

    @property
    def cookie(self) -> str:
        return f"phosphene_session={self.http.cookies['phosphene_session']}"

    def megabytes(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run manage.py to its end; what it printed."""
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start_server(environment: dict[str, str], log: Path, *, server: str = "daphne") -> subprocess.Popen[bytes]:
    """The studio under its own server, or under uvicorn: nothing in it depends on which."""
    uvicorn = ["-m", "uvicorn", "studio.asgi:application", "--port", environment["PORT"], "--log-level", "warning"]
    command = [sys.executable, *{"daphne": ["manage.py", "serve"], "uvicorn": uvicorn}[server]]
    with log.open("ab") as output:
        return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output)


@contextmanager
def studio_on(folder: Path, *, server: str = "daphne", **settings: str) -> Iterator[Studio]:
    """A studio with these settings, its first person signed in; ended afterwards."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("STUDIO_", "DJANGO_"))}
    environment = clean | {"STUDIO_DATA": str(folder / "data"), "PORT": str(port), **settings}
    if "STUDIO_DATABASE_URL" in settings:
        manage(environment, "setup")
    else:
        with_tables(folder / "data")
    log = folder / "serve.log"
    studio = Studio(start_server(environment, log, server=server), port, environment, log)
    try:
        wait_for_port(port, studio.process, log, 60)
        studio.sign_in()
        yield studio
    finally:
        studio.http.close()
        studio.process.kill()
        studio.process.wait(10)
        print(log.read_text(errors="replace")[-20_000:])  # shown when a test fails


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One studio on SQLite for the tests of a file."""
    with studio_on(tmp_path_factory.mktemp("studio")) as running:
        yield running
