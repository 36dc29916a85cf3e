"""Signals and bends in the browser: a chain by hand and by key, a bend's fields, and what a scene says it lacks."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import RunningStudio, wait_for
from tests.end_to_end.walk import BUSY, api, go, own_browser_in_demo, post, project_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser, owner: Page):
    with own_browser_in_demo(browser, owner) as page:
        yield page


@pytest.fixture(scope="module")
def scene(studio: RunningStudio, page: Page) -> str:
    """A scene of our own, open: drawn small, by a network without maps to bend."""
    project = project_of(page)
    demo = next(one for one in api(page, f"/projects/{project}/scenes")["items"] if one["name"] == "First Light")
    order = {"name": "Listening", "track_id": demo["track_id"], "visualizer": "audio-reactive"}
    order |= {"snapshot_ids": demo["snapshot_ids"][:1], "width": 64, "height": 64}
    made = str(post(page, f"/projects/{project}/scenes", order)["id"])
    go(page, studio, f"scenes/{made}/?t=0")
    expect(page.get_by_label("Set of signals")).to_be_visible(timeout=BUSY)
    return made


def saved(page: Page, scene: str, what: str, probe) -> None:
    """Wait until the studio has kept parameters of which that is true."""

    def holds() -> bool:
        values: dict[str, Any] = api(page, f"/scenes/{scene}")["parameters"]
        return bool(probe(values))

    wait_for(holds, BUSY / 1000, what)


def test_a_chain_is_changed_by_hand_and_by_key(page: Page, scene: str):
    page.get_by_label("Set of signals").select_option("July")
    energy = page.locator('[data-signal="energy"]')
    energy.locator(".fold").click()

    def is_chain(*names: str):
        return lambda values: [step["do"] for step in values["signals"]["energy"]["chain"]] == list(names)

    saved(page, scene, "July", is_chain("rms", "lowpass", "resample"))
    energy.get_by_role("button", name="Add function").click()
    # Functions that hear have no place behind others.
    expect(page.get_by_role("menuitem", name="onset")).to_have_count(0)
    page.get_by_role("menuitem", name="power", exact=True).click()
    saved(page, scene, "a function more", is_chain("rms", "lowpass", "resample", "power"))
    energy.locator(".grab").last.focus()
    page.keyboard.press("Alt+ArrowUp")
    saved(page, scene, "another order", is_chain("rms", "lowpass", "power", "resample"))
    cutoff = energy.locator('[data-field="cutoff"] input')
    cutoff.fill("2.5")
    cutoff.press("Enter")
    saved(page, scene, "another cutoff", lambda values: values["signals"]["energy"]["chain"][1]["cutoff"] == 2.5)


def test_a_bend_shows_what_its_operation_reads_and_follows_its_drive(page: Page, scene: str):
    bends = page.get_by_label("Bends", exact=True)
    bends.get_by_role("button", name="Add").click()
    bends.get_by_label("Operation").select_option("translate")
    bends.get_by_role("button", name="All fields of translate").click()
    expect(bends.locator('[data-field="axis"]')).to_be_visible()
    bends.get_by_label("Operation").select_option("threshold")
    expect(bends.locator('[data-field="axis"]')).to_have_count(0)
    expect(bends.locator('[data-field="level"]')).to_have_count(1)
    expect(bends.locator(".note")).to_contain_text("which has no maps to bend", timeout=BUSY)

    drums = page.locator('[data-signal="drive drums"]')
    drums.locator(".fold").click()
    name = drums.get_by_label("Name of the drive")
    name.fill("thump")
    name.press("Enter")
    saved(page, scene, "the bend to follow", lambda values: values["bends"][0]["drive"] == "thump")


def test_the_visualizer_says_what_it_needs_and_draws_again_with_another(page: Page, scene: str):
    visualizer = page.get_by_label("Visualizer", exact=True)
    visualizer.select_option("projection-blend")
    expect(page.locator(".projectionrow")).to_contain_text("this scene has none", timeout=BUSY)
    expect(page.get_by_text("The preview stopped")).to_be_visible(timeout=BUSY)
    visualizer.select_option("noise-blend")
    expect(page.get_by_text("The preview stopped")).to_have_count(0, timeout=BUSY)
    page.wait_for_selector("[data-preview][data-shown]", timeout=BUSY)
