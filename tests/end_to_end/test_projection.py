"""A film found again in a network, as a person watches it: ordered, its service killed in the midst, taken home.

The tests of this file are one walk and run in their order: each begins where the one before ended. The film is of 64
pixels and two seconds, its search of few steps, in the demo's sample network. Many kills in a row are in
test_projection_kills.py.
"""

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gpu_service.music.ffmpeg import find_ffmpeg
from gpu_service.projection.cost import most_evaluations
from gpu_service.projection.file import read_projection
from gpu_service.protocol.projection import ProjectionConfig
from tests.end_to_end import walk
from tests.end_to_end.conftest import RunningStudio, wait_for
from tests.end_to_end.test_faults import descendants

pytestmark = pytest.mark.browser
# The first frames are a third of the work: the rest takes longer than a kill after they were told.
FRAMES, STEPS, TOGETHER = 24, 150, 2
FOUND = "[data-region=stage][data-frame] img"


@pytest.fixture(scope="module")
def page(owner: Page) -> Iterator[Page]:
    """A tab of the owner at the projections of the demo's project."""
    page = owner.context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    walk.go_in_demo(page, owner, "projections/")
    yield page
    assert faults == []
    page.close()


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """At 24 frames a second; every second one of them is looked for."""
    path = tmp_path_factory.mktemp("film") / "talking.mp4"
    source = f"testsrc=size=64x64:rate=24:duration={2 * FRAMES / 24}"
    command = [find_ffmpeg(), "-loglevel", "error", "-f", "lavfi", "-i", source, "-pix_fmt", "yuv420p", "-y", str(path)]
    subprocess.run(command, check=True)
    return path


def projection_now(page: Page) -> dict[str, Any]:
    """The projection whose page this is, as the API tells it."""
    found = re.search(r"/projections/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return walk.api(page, f"/projections/{found.group(1)}")


def until(page: Page, what: str, seconds: float, probe: Any) -> dict[str, Any]:
    """The projection as soon as `probe` says so of it. One that failed is told at once."""

    def look() -> dict[str, Any] | None:
        now = projection_now(page)
        assert now["state"] != "failed", now["sentence"]
        return now if probe(now) else None

    return wait_for(look, seconds, what)


def services(studio: RunningStudio) -> set[int]:
    """The processes of the studio's render service: none for a moment after it was killed."""
    return {pid for pid, line in descendants(studio.process.pid).items() if "gpu_service serve" in line}


def fill(page: Page, name: str, text: str) -> None:
    field = page.locator(f"#setting-{name}")
    field.fill(text)
    field.press("Enter")


def test_a_film_is_sent_and_looked_at(page: Page, film: Path):
    expect(page.get_by_role("heading", name="Nothing projected yet")).to_be_visible()
    page.get_by_role("link", name="Project a video").first.click()
    walk.choose_file(page, "Send a video or picture", film)
    card = page.get_by_role("radio", name=re.compile("talking"))
    expect(card).to_have_attribute("data-state", "ready", timeout=walk.BUSY)
    expect(card).to_have_attribute("aria-checked", "true")
    expect(card).to_contain_text(f"64², 24 frames/s, {2 * FRAMES} frames")


def test_a_mistake_is_a_sentence_and_the_plan_counts_frames_and_evaluations(page: Page):
    plan = page.locator("[data-planned]")
    expect(plan).to_have_attribute("data-planned", "true", timeout=walk.BUSY)
    fill(page, "steps", "many")
    expect(page.locator("[data-setting=steps] [role=alert]")).to_have_text("Write a whole number from 1 to 10,000.")
    fill(page, "steps", str(STEPS))
    page.locator("#setting-fps").select_option("12")
    page.get_by_role("button", name=re.compile("^More")).click()
    fill(page, "batch", str(TOGETHER))
    expect(plan).to_contain_text(re.compile(rf"Frames\s*{FRAMES}\s*Frame rate\s*12 frames/s"), timeout=walk.BUSY)
    config = ProjectionConfig(steps=STEPS, batch=TOGETHER)
    most = most_evaluations(config, FRAMES, are_related=True)
    expect(plan.locator("[data-estimate]")).to_contain_text(f"{most} evaluations of the network")
    expect(plan).to_have_attribute("data-planned", "true")
    page.get_by_role("button", name="Start projecting").click()
    page.wait_for_url(re.compile(r"/projections/[0-9a-f-]{36}/"))


def test_its_service_dies_and_it_goes_on_behind_what_was_found(page: Page, studio: RunningStudio):
    before = until(page, "the first frames", 180, lambda now: now["frames_done"] > 0)
    expect(page.locator(FOUND)).to_be_visible()
    assert before["frames_done"] < FRAMES, "It was found before it could be killed."
    for pid in services(studio):
        os.kill(pid, signal.SIGKILL)
    until(page, "the projection to wait", 60, lambda now: now["state"] == "waiting")
    done = until(page, "the end", 240, lambda now: now["state"] == "done")
    assert done["frames_done"] == done["frames_total"] == FRAMES
    frames = walk.api(page, f"/projections/{done['id']}/frames")["items"]
    assert [at for one in frames for at in range(one["first"], one["end"])] == list(range(FRAMES))
    expect(page.get_by_role("heading", name=f"{FRAMES} of {FRAMES} frames")).to_be_visible()


def test_what_was_found_is_taken_home_and_scrubbed(page: Page):
    with page.expect_download() as taken:
        page.get_by_role("link", name=re.compile("^HDF5,")).click()
    found = read_projection(taken.value.path())
    assert found.latents.shape[0] == FRAMES
    assert str(found.facts.fps) == "12"
    page.get_by_role("slider", name="Frame").press("Home")
    first = page.locator(FOUND).get_attribute("src")
    page.get_by_role("slider", name="Frame").press("End")
    expect(page.locator("[data-region=stage]")).to_have_attribute("data-frame", str(FRAMES - 1))
    assert page.locator(FOUND).get_attribute("src") != first


def test_it_lies_in_the_bin_until_it_is_undone(page: Page):
    name = projection_now(page)["name"]
    page.get_by_role("button", name="More about this projection").click()
    page.get_by_role("menuitem", name="Put in the bin").click()
    page.wait_for_url(re.compile(r"/projections/$"))
    project = walk.project_of(page)
    assert walk.api(page, f"/projects/{project}/projections")["items"] == []
    found = walk.api(page, f"/projects/{project}/projections?binned=true")["items"][0]
    walk.post(page, f"/projections/{found['id']}/restore", {})
    expect(page.get_by_role("link", name=name).first).to_be_visible()
