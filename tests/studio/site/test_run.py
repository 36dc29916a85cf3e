"""`manage.py run` as a person starts it: what it prints, what it refuses, and that no child outlives it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.prepared import with_tables
from tests.services import free_port

LINK = re.compile(r"http://\S+/sign-in/\S+")


class Run:
    """A supervisor without render service and demo, on a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = int(environment.get("PORT", free_port()))
        self.log = folder / f"log-{time.monotonic_ns()}"
        said = {"PORT": str(self.port), "STUDIO_DATA": str(folder / "data"), "STUDIO_GPU_SERVICE": "no"}
        said |= {"STUDIO_DEMO": "no", **environment}
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("STUDIO_", "DJANGO_"))}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "run"],
                cwd=REPOSITORY,
                env=clean | said,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def link(self) -> str:
        return until(lambda: (found := LINK.search(self.said())) and found.group(0), self)

    def children(self) -> list[int]:
        """Everything that descends from it, the worker's hands included."""
        return descendants(self.process.pid)

    def child(self, command: str) -> int:
        """The process of `manage.py <command>`."""
        return until(lambda: next((pid for pid in self.children() if command in command_line(pid)), None), self)

    def url(self, path: str = "/healthz") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def descendants(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *descendants(int(child))]
    return found


def command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(url, timeout=2).status == 200
    except OSError:
        return False


def until(probe, run: Run, seconds: float = 60.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"Waited {seconds:.0f} s in vain.\n{run.said()[-3000:]}")


@contextmanager
def running(folder: Path, **environment: str):
    run = Run(folder, **environment)
    try:
        yield run
    finally:
        if run.process.poll() is None:
            run.process.send_signal(signal.SIGINT)
            try:
                run.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(run.process.pid, signal.SIGKILL)
                run.process.wait(5)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("run")


def test_it_starts_mends_itself_and_ends_without_a_trace(folder):
    with running(folder) as run:
        link = run.link()
        assert answers(run.url())
        until(lambda: answers(run.url("/readyz")), run)
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        assert "/sign-in/" not in opener.open(link, timeout=10).url
        assert "\033" not in run.said(), "colours in a file"
        dead = run.child("serve")
        os.kill(dead, signal.SIGKILL)
        until(lambda: run.child("serve") != dead and answers(run.url()), run)
        assert "studio ended (SIGKILL); starting it again" in run.said()
        worker = run.child("work")
        children = run.children()
        assert {dead} & set(children) == set()
        assert worker in children
        run.process.send_signal(signal.SIGINT)
        assert run.process.wait(20) == 0
        assert not [pid for pid in children if is_alive(pid)]
        assert "Traceback" not in run.said()
        assert run.said().rstrip().endswith("Stopped.")


def test_a_killed_supervisor_leaves_no_child(folder):
    with running(folder) as run:
        run.link()
        run.child("work")
        children = run.children()
        assert len(children) >= 2
        run.process.kill()
        run.process.wait(5)
        until(lambda: not [pid for pid in children if is_alive(pid)], run, 5.0)


def test_a_second_start_keeps_the_data_and_asks_for_nothing(folder):
    with running(folder) as run:
        run.link()
        database = folder / "data" / "studio.sqlite3"
        assert database.exists()
        with running(folder, PORT=str(free_port())) as second:
            assert second.process.wait(60) == 2
            assert "runs on" in second.said()
            assert "already. Stop it, or set STUDIO_DATA" in second.said()


def test_a_taken_port_is_refused_with_a_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with running(tmp_path, PORT=str(port)) as run:
            assert run.process.wait(60) == 2
    assert f"Port {port} of 127.0.0.1 cannot be had (Address already in use). Set PORT" in run.said()
    assert "Traceback" not in run.said()


def test_an_open_address_insists_on_a_password(tmp_path):
    with_tables(tmp_path / "data")
    with running(tmp_path, HOST="0.0.0.0") as run:
        assert run.process.wait(60) == 2
    assert 'HOST="0.0.0.0" opens the studio to others, so it needs a password' in run.said()


def test_a_wrong_setting_stops_the_start_with_a_sentence(tmp_path):
    with running(tmp_path, PORT="80", STUDIO_LEASE_SECONDS="soon") as run:
        assert run.process.wait(60) == 2
    assert run.said() == 'STUDIO_LEASE_SECONDS="soon": use a number from 0.5 to 3600.\n'
