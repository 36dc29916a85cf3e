"""A sitting: a device is paired by its code, 40 frames are shot from the page, and the network fails midway.

Two real processes beside the browser: the studio with its worker, and the capture agent with a folder as its camera,
dialling through a proxy that cuts the line.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from tests.end_to_end import walk
from tests.end_to_end.conftest import RunningStudio, start_studio, stop_studio, wait_for
from tests.end_to_end.pi import Pi
from tests.fault_proxy import FaultProxy
from tests.prepared import with_demo

pytestmark = pytest.mark.browser

SHOTS = 40
OUTAGE_SECONDS = 8.0


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStudio]:
    """One without a render service: nothing here is drawn."""
    folder = tmp_path_factory.mktemp("capture-studio")
    running = start_studio(with_demo(folder / "data"), extra={"STUDIO_GPU_SERVICE": "no"})
    yield running
    stop_studio(running)


@pytest.fixture(scope="module")
def signed_in(browser: Browser, studio: RunningStudio) -> StorageState:
    """The cookies of somebody who has used the studio's one-time link."""
    context, page = walk.new_person(browser)
    page.goto(studio.sign_in_link)
    page.wait_for_url(re.compile(r"/p/"))
    kept = context.storage_state()
    context.close()
    return kept


@pytest.fixture
def page(browser: Browser, studio: RunningStudio, signed_in: StorageState) -> Iterator[Page]:
    """The capture page of the first project."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, storage_state=signed_in)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(studio.url)
    page.wait_for_url(re.compile(r"/p/"))
    walk.go(page, studio, "capture/")
    yield page
    context.close()


@pytest.fixture
def proxy(studio: RunningStudio) -> Iterator[FaultProxy]:
    with FaultProxy(int(studio.url.rsplit(":", 1)[1])) as proxy:
        yield proxy


@pytest.fixture
def pi(tmp_path: Path) -> Iterator[Pi]:
    pi = Pi(tmp_path)
    yield pi
    pi.stop()


def pair_by_code(page: Page, pi: Pi, proxy: FaultProxy) -> None:
    """The device shows a code; a wrong one is refused with a sentence, the right one pairs it."""
    log = pi.start("pair", "--studio", proxy.url, "--name", "Tripod Pi")
    code = pi.code(log)
    page.get_by_role("button", name="Type its code").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Code").fill("AAAA-AAAA" if code != "AAAA-AAAA" else "CCCC-CCCC")
    dialog.get_by_role("button", name="Pair", exact=True).click()
    expect(dialog.get_by_text("No device shows this code.")).to_be_visible()
    dialog.get_by_role("textbox", name="Code").fill(code.lower().replace("-", ""))
    dialog.get_by_role("button", name="Pair", exact=True).click()
    expect(dialog).to_be_hidden()
    assert pi.wait() == 0, log.read_text()


def set_field(page: Page, name: str, text: str, *, shown: str | None = None) -> None:
    field = page.get_by_role("textbox", name=name)
    field.fill(text)
    field.press("Enter")
    expect(field).to_have_value(shown or text)


def set_up(page: Page) -> None:
    """The sitting's settings, in the browser, each of which the device has agreed to."""
    set_field(page, "Resolution", "640 x 640", shown="640 × 640")
    set_field(page, "Shots", str(SHOTS))
    set_field(page, "Every", "0.7")
    set_field(page, "Countdown", "0")
    page.get_by_label("Dataset").select_option(label="New dataset…")
    page.get_by_label("Dataset").fill("ines")
    page.get_by_role("button", name="Use").click()
    expect(page.get_by_text("A new dataset, made with its first picture.")).to_be_visible()
    page.get_by_role("textbox", name="Prompt").fill("speaking, eyes to camera")
    page.get_by_role("textbox", name="Place").fill("Back room")


def live_pictures(page: Page) -> int:
    return int(page.locator(".live-picture").get_attribute("data-shown") or 0)


def shots_told(page: Page) -> int:
    """The counter: shots that are on the device's disk, whether or not they have arrived."""
    return int(page.locator(".counter").inner_text().split()[0])


def portraits(page: Page) -> list[dict[str, Any]]:
    datasets = walk.api(page, f"/projects/{walk.project_of(page)}/datasets")["items"]
    ours = [dataset["id"] for dataset in datasets if dataset["name"] == "ines"]
    if not ours:
        return []
    return walk.api(page, f"/datasets/{ours[0]}/portraits?limit=240")["items"]


def buttons_that_lie_under_the_inspector(page: Page) -> list[str]:
    """Names of the buttons of which the middle column hides a part: it may not grow beyond its room."""
    return page.evaluate("""() => {
        const room = document.querySelector('.capture-main').getBoundingClientRect()
        const hidden = (one) => one.getBoundingClientRect().right > room.right + 0.5
        const parts = [...document.querySelectorAll('.capture-main > *, .capture-main .btn')]
        return parts.filter(hidden).map((one) => one.innerText)
    }""")


def device(page: Page) -> dict[str, Any]:
    return walk.api(page, f"/projects/{walk.project_of(page)}/devices")["items"][0]


def test_forty_frames_arrive_and_are_scored_though_the_network_fails_midway(
    page: Page, studio: RunningStudio, proxy: FaultProxy, pi: Pi, sample_data: Path
):
    expect(page.get_by_role("heading", name="No camera is paired yet")).to_be_visible()
    pair_by_code(page, pi, proxy)
    log = pi.start("run", "--camera", f"folder:{sample_data / 'portraits'}")
    expect(page.get_by_text("Tripod Pi online")).to_be_visible(timeout=60_000)
    wait_for(lambda: live_pictures(page) > 3, 60, "live pictures", log=log)
    set_up(page)

    # A test shot is judged, taken anew and accepted; it never enters the set.
    page.get_by_role("button", name="Test shot").click()
    expect(page.get_by_text(re.compile(r"sharpness \d+ · brightness \d+"))).to_be_visible(timeout=walk.BUSY)
    page.get_by_role("button", name="Retake").click()
    expect(page.get_by_role("button", name="Accept")).to_be_visible(timeout=walk.BUSY)
    page.get_by_role("button", name="Accept").click()

    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_text("while shooting")).to_be_visible()
    wait_for(lambda: shots_told(page) >= 10 and portraits(page), 60, "the first shots", log=log)
    expect(page.get_by_text(re.compile("“speaking, eyes to camera”"))).to_be_visible()
    assert buttons_that_lie_under_the_inspector(page) == []

    # The network goes: the page says so and keeps what it knows, the device shoots on.
    assert proxy.refuse(OUTAGE_SECONDS) >= 1
    assert shots_told(page) < SHOTS
    expect(page.get_by_role("heading", name="“Tripod Pi” is off")).to_be_visible(timeout=10_000)
    expect(page.get_by_text(re.compile("When last heard from"))).to_be_visible()
    expect(page.get_by_role("button", name="Start")).to_be_hidden()
    page.screenshot(path=pi.home / "away.png")

    # It is back by itself, and what was shot meanwhile comes.
    expect(page.get_by_text("Tripod Pi online")).to_be_visible(timeout=60_000)
    expect(page.get_by_label(f"{SHOTS} of {SHOTS} shots")).to_be_visible(timeout=walk.BUSY)
    expect(page.get_by_text("Every shot is here.")).to_be_visible(timeout=walk.BUSY)
    expect(page.get_by_text(f"{SHOTS} of {SHOTS}", exact=True).last).to_be_visible()
    wait_for(lambda: len([one for one in portraits(page) if one["faces"] is not None]) == SHOTS, 120, "all scores")
    scored = portraits(page)
    assert len(scored) == SHOTS, "no test shot among them, none lost, none twice"
    assert len({one["name"] for one in scored}) == SHOTS
    assert {one["state"] for one in scored} == {"ready"}
    assert {0, 1} <= {one["faces"] for one in scored}, "some of these pictures hold a face and some hold none"

    # The page shows the newest sixteen with the studio's own numbers.
    newest = sorted(scored, key=lambda one: one["taken_at"])[-16:]
    wanted = [str(round(one["sharpness"])) for one in reversed(newest)]
    tiles = page.locator(".arriving .tile .corner.bl")
    wait_for(lambda: tiles.all_inner_texts() == wanted, 30, "the studio's numbers on the page")
    expect(page.locator(".arriving .tile img")).to_have_count(16)
    page.screenshot(path=pi.home / "arrived.png")
    kept = device(page)["status"]["spool"]
    assert (kept["waiting"], kept["sending"], kept["blocked"], kept["done"]) == (0, 0, 0, SHOTS)
    assert "Traceback" not in log.read_text()
    assert "Traceback" not in studio.said()


def test_a_revoked_device_is_gone_from_the_page_and_its_agent_says_so(page: Page, proxy: FaultProxy, pi: Pi):
    page.get_by_role("button", name=re.compile("^(Pair|Type its code)$")).click()
    log = pi.start("pair", "--studio", proxy.url, "--name", "Window Pi")
    code = pi.code(log)
    page.get_by_role("dialog").get_by_role("textbox", name="Code").fill(code)
    page.get_by_role("dialog").get_by_role("button", name="Pair", exact=True).click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert pi.wait() == 0
    log = pi.start("run", "--camera", "fake")
    expect(page.get_by_text("Window Pi online")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="More of “Window Pi”").click()
    page.get_by_role("menuitem", name="Revoke…").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("region", name="Window Pi")).to_be_hidden()
    wait_for(lambda: "Pair the device again" in log.read_text(), 30, "the agent's word that it was revoked", log=log)
