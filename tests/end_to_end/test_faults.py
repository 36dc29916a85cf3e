"""What goes wrong in a real studio, and how it ends well: killed services, cancels, Ctrl-C, a second start."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.end_to_end.conftest import RunningStudio, start_studio, wait_for

pytestmark = pytest.mark.browser  # whole studios: kept with the browser's tests, in a process of their own


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    running = start_studio(tmp_path_factory.mktemp("faults") / "data", extra={"STUDIO_LEASE_SECONDS": "6"})
    yield running
    if running.process.poll() is None:
        running.process.send_signal(signal.SIGINT)
        running.process.wait(30)


@pytest.fixture(scope="module")
def person(faulty: RunningStudio) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=faulty.url, timeout=30, headers={"Origin": faulty.url}, follow_redirects=True) as client:
        client.get(faulty.sign_in_link.removeprefix(faulty.url))
        client.headers["X-CSRFToken"] = client.cookies["phosphene_csrf"]
        wait_for(lambda: client.get("/api/v1/services").json()["state"] == "attached", 60, "the render service")
        yield client


def order_film(person: httpx.Client, seconds: float, side: int) -> dict[str, Any]:
    project = person.get("/api/v1/projects").json()["items"][0]
    scene = person.get(f"/api/v1/projects/{project['id']}/scenes").json()["items"][0]
    order = {"range": {"kind": "first", "end_seconds": seconds}, "quality": "draft", "width": side, "height": side}
    answer = person.post(f"/api/v1/scenes/{scene['id']}/renders", json=order)
    assert answer.status_code == 201, answer.text
    return answer.json()


def render_now(person: httpx.Client, render: dict[str, Any]) -> dict[str, Any]:
    return person.get(f"/api/v1/renders/{render['id']}").json()


def finished(person: httpx.Client, render: dict[str, Any], seconds: float = 120) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        now = render_now(person, render)
        assert now["state"] != "failed", now["error"]
        return now if now["state"] == "done" else None

    return wait_for(look, seconds, "the film")


def descendants(pid: int) -> dict[int, str]:
    """Every process below `pid`, with its command line."""
    parents, lines = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
                parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
                lines[int(entry.name)] = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
    below: dict[int, str] = {}
    frontier = {pid}
    while frontier:
        frontier = {child for child, parent in parents.items() if parent in frontier}
        below |= {child: lines[child] for child in frontier}
    return below


def service_pid(studio: RunningStudio) -> int:
    return next(pid for pid, line in descendants(studio.process.pid).items() if "gpu_service serve" in line)


def test_a_film_survives_kill_9_of_its_service_with_the_same_frames(faulty: RunningStudio, person: httpx.Client):
    render = order_film(person, seconds=12, side=192)
    wait_for(lambda: any(one["state"] == "done" for one in render_now(person, render)["segments"]), 60, "a segment")
    killed = service_pid(faulty)
    os.kill(killed, signal.SIGKILL)
    disturbed = finished(person, render)
    assert service_pid(faulty) != killed
    again = person.post(f"/api/v1/renders/{render['id']}/again").json()
    undisturbed = finished(person, again)
    films = [person.get(one["film_url"]).content for one in (disturbed, undisturbed)]
    assert films[0] == films[1]


def test_a_cancelled_film_stops_within_five_seconds_and_goes_on_later(person: httpx.Client):
    render = order_film(person, seconds=20, side=256)
    wait_for(lambda: render_now(person, render)["frames_done"] > 0, 60, "the first frames")
    asked = time.monotonic()
    person.post(f"/api/v1/renders/{render['id']}/cancel")
    wait_for(
        lambda: person.get("/api/v1/services").json()["items"][0]["segments"] == 0, 10, "the service to stop drawing"
    )
    assert time.monotonic() - asked < 5
    assert render_now(person, render)["state"] == "cancelled"
    person.post(f"/api/v1/renders/{render['id']}/retry")
    assert finished(person, render, 240)["frames_done"] == 600


def test_ctrl_c_leaves_no_process_and_a_second_start_keeps_everything(faulty: RunningStudio, person: httpx.Client):
    project = person.get("/api/v1/projects").json()["items"][0]
    before = person.get(f"/api/v1/projects/{project['id']}/renders").json()["items"]
    children = descendants(faulty.process.pid)
    faulty.process.send_signal(signal.SIGINT)
    faulty.process.wait(30)
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), 10, "every child to be gone")
    second = start_studio(faulty.data)
    try:
        with httpx.Client(base_url=second.url, timeout=30, follow_redirects=True) as client:
            client.get(second.sign_in_link.removeprefix(second.url))
            after = client.get(f"/api/v1/projects/{project['id']}/renders").json()["items"]
        assert [one["id"] for one in after] == [one["id"] for one in before]
    finally:
        second.process.send_signal(signal.SIGINT)
        second.process.wait(30)


def test_a_taken_port_is_a_sentence(faulty: RunningStudio, tmp_path: Path):
    first = start_studio(tmp_path / "one", extra={"STUDIO_GPU_SERVICE": "no"})
    try:
        with pytest.raises(AssertionError, match="cannot be had"):
            start_studio(tmp_path / "two", port=int(first.url.rpartition(":")[2]))
    finally:
        first.process.send_signal(signal.SIGINT)
        first.process.wait(30)
