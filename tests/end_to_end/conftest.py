"""A studio as a person starts it, and a real browser in front of it."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import REPOSITORY, missing
from tests.prepared import with_demo
from tests.services import free_port

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SIGN_IN_LINK = re.compile(r"https?://\S+/sign-in/\S+")


@dataclass
class RunningStudio:
    """What `make run` starts: the supervisor's process, its address and its one-time link."""

    process: subprocess.Popen[bytes]
    url: str
    sign_in_link: str
    log: Path
    data: Path

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def start_studio(data: Path, *, port: int | None = None, extra: dict[str, str] | None = None) -> RunningStudio:
    """Start the supervisor on `data` and wait until it has printed its sign-in link and answers."""
    port = port or free_port()
    log = data.parent / f"studio-{port}-{time.monotonic_ns()}.log"
    # The server under test reads settings of its own, not those that the tests of the studio run with.
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("STUDIO_", "DJANGO_"))}
    # Compiling would take both cores for a minute.
    own = {"PORT": str(port), "STUDIO_DATA": str(data), "PYTHONUNBUFFERED": "1", "GPU_COMPILE": "off"}
    environment = inherited | own | (extra or {})
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=REPOSITORY,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
    url = f"http://127.0.0.1:{port}"
    link = wait_for(lambda: SIGN_IN_LINK.search(log.read_text(errors="replace")), 180, "the sign-in link", process, log)
    wait_for(lambda: answers(f"{url}/readyz"), 60, "/readyz", process, log)
    return RunningStudio(process, url, link.group(0).rstrip("."), log, data)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


def wait_for(probe, seconds: float, what: str, process=None, log: Path | None = None):
    """Poll until `probe` answers something true; the failure shows what the studio said."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = probe()
        if found:
            return found
        if process is not None and process.poll() is not None:
            break
        time.sleep(0.1)
    said = log.read_text(errors="replace")[-4000:] if log else ""
    raise AssertionError(f"Waited {seconds:.0f} s for {what}.\n{said}")


def stop_studio(studio: RunningStudio) -> None:
    if studio.process.poll() is None:
        studio.process.send_signal(signal.SIGINT)
        try:
            studio.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(studio.process.pid, signal.SIGKILL)
            studio.process.wait(5)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    # Short leases, so that the work of a killed service is taken up again within seconds.
    data = with_demo(tmp_path_factory.mktemp("studio") / "data")
    running = start_studio(data, extra={"STUDIO_LEASE_SECONDS": "8"})
    yield running
    stop_studio(running)


def chromium_path() -> str | None:
    for name in ("chromium", "chromium-browser", "google-chrome"):
        found = shutil.which(name)
        if found:
            return found
    return None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = chromium_path()
        if path is None and not Path(playwright.chromium.executable_path).exists():
            missing("There is no Chromium. Install Debian's `chromium`, or run `playwright install chromium`.")
        opened = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


@pytest.fixture(scope="session")
def owner(browser: Browser, studio: RunningStudio) -> Iterator[Page]:
    """The page of who started the studio, signed in by its one-time link."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(studio.sign_in_link)
    page.wait_for_url(re.compile(r"/p/[0-9a-f-]{36}/"))
    yield page
    context.close()
