"""What goes wrong in a real studio, and how it ends well: killed services, cancels, Ctrl-C, a second start."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page

from tests.end_to_end.conftest import RunningStudio, start_studio, stop_studio, wait_for
from tests.end_to_end.walk import api, project_of, status_of
from tests.prepared import with_demo, with_tables

pytestmark = pytest.mark.browser  # whole studios: kept with the browser's tests, in a process of their own


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    data = with_demo(tmp_path_factory.mktemp("faults") / "data")
    running = start_studio(data, extra={"STUDIO_LEASE_SECONDS": "9"})
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


def test_a_service_paused_past_its_lease_loses_it_comes_back_and_finishes(faulty: RunningStudio, person: httpx.Client):
    """SIGSTOP until another has taken the segment, then SIGCONT: 409 for the sleeper, the same frames in the end."""
    token = person.post("/api/v1/service-tokens", json={"name": "second"}).json()["token"]
    render = order_film(person, seconds=8, side=128)
    wait_for(lambda: render_now(person, render)["frames_done"] > 0, 60, "the first frames")
    paused = service_pid(faulty)
    os.kill(paused, signal.SIGSTOP)
    try:
        held = {one["index"] for one in render_now(person, render)["segments"] if one["state"] == "running"}
        assert held
        time.sleep(10)  # the leases of this studio last 9 s
        second = httpx.Client(base_url=faulty.url, timeout=30, headers={"Authorization": f"Bearer {token}"})
        order = {"kinds": ["render_segment"], "device": "cpu"}
        taken = second.post("/api/v1/service/claims", json=order).json()
        assert taken["segment"]["index"] in held
        assert taken["lease"]["fence"] > 1
        # Its line stands open all the while; only its silence tells.
        wait_for(lambda: person.get("/api/v1/services").json()["state"] == "away", 15, "the pill to say away")
    finally:
        os.kill(paused, signal.SIGCONT)
    # The sleeper draws the rest; what the second took and never draws falls back to it when that lease is over.
    disturbed = finished(person, render)
    assert service_pid(faulty) == paused
    assert disturbed["segments"][taken["segment"]["index"]]["attempts"] >= 3
    late = {"fence": taken["lease"]["fence"], "done": 1}
    address = f"/api/v1/service/leases/{taken['lease']['kind']}/{taken['lease']['id']}/renew"
    assert second.post(address, json=late).status_code == 409
    assert person.get("/api/v1/services").json()["state"] == "attached"
    undisturbed = finished(person, person.post(f"/api/v1/renders/{render['id']}/again").json())
    films = [person.get(one["film_url"]).content for one in (disturbed, undisturbed)]
    assert films[0] == films[1]


def test_without_a_service_jobs_wait_and_the_page_says_so(page: Page, tmp_path: Path):
    """On an empty folder, as everybody starts: the demo is made before the link is shown."""
    alone = start_studio(tmp_path / "data", extra={"STUDIO_GPU_SERVICE": "no"})
    try:
        page.goto(alone.sign_in_link)
        page.wait_for_url(re.compile("/p/"))
        project = project_of(page)
        wait_for(lambda: api(page, f"/projects/{project}/scenes")["items"], 90, "the demo's scene")
        scene = api(page, f"/projects/{project}/scenes")["items"][0]
        body = json.dumps({"range": {"kind": "first", "end_seconds": 1}, "quality": "draft"})
        assert status_of(page, f"/scenes/{scene['id']}/renders", "POST", body) == 201
        render = api(page, f"/projects/{project}/renders")["items"][0]
        page.goto(f"{alone.url}/p/{project}/renders/{render['id']}/")
        page.get_by_text("The render waits and starts by itself").first.wait_for()
        time.sleep(3)
        assert api(page, f"/renders/{render['id']}")["state"] == "queued"
    finally:
        stop_studio(alone)


def test_a_reload_in_mid_render_finds_the_film_under_way_and_then_done(
    faulty: RunningStudio, person: httpx.Client, page: Page
):
    page.context.add_cookies(
        [{"name": name, "value": value, "url": faulty.url} for name, value in person.cookies.items()]
    )
    render = order_film(person, seconds=12, side=192)
    page.goto(f"{faulty.url}/p/{render['project_id']}/renders/{render['id']}/")
    wait_for(lambda: render_now(person, render)["frames_done"] > 0, 60, "the first frames")
    page.reload()
    frames_told = page.get_by_text(re.compile(r"\d+ of 360")).first
    frames_told.wait_for()
    assert render_now(person, render)["state"] in ("running", "joining")
    page.locator("video").wait_for(timeout=120_000)
    assert render_now(person, render)["frames_done"] == 360


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
    first = start_studio(with_tables(tmp_path / "one"), extra={"STUDIO_GPU_SERVICE": "no", "STUDIO_DEMO": "no"})
    try:
        with pytest.raises(AssertionError, match="cannot be had"):
            start_studio(tmp_path / "two", port=int(first.url.rpartition(":")[2]))
    finally:
        first.process.send_signal(signal.SIGINT)
        first.process.wait(30)
