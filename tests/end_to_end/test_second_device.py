"""A second device looks along with the first one's pictures and time. A reload of either changes nothing."""

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end import walk
from tests.end_to_end.conftest import RunningStudio, wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def driver(owner: Page, studio: RunningStudio) -> Iterator[Page]:
    """A tab of the owner's that plays the demo."""
    demo = next(one for one in walk.api(owner, "/projects")["items"] if one["is_demo"])
    scenes = walk.api(owner, f"/projects/{demo['id']}/scenes")["items"]
    scene = next(one for one in scenes if one["name"] == "First Light")
    page = owner.context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{studio.url}/p/{demo['id']}/scenes/{scene['id']}/")
    page.get_by_role("button", name="Play (Space)").click()
    walk.wait_for_frames(page, 10)
    yield page
    page.close()


@pytest.fixture(scope="module")
def follower(driver: Page, browser: Browser) -> Iterator[Page]:
    driver.context.grant_permissions(["clipboard-read", "clipboard-write"])
    driver.get_by_role("button", name="Copy a link to look along").click()
    context = browser.new_context(storage_state=driver.context.storage_state())
    page = context.new_page()
    page.goto(driver.evaluate("() => navigator.clipboard.readText()"))
    expect(page.get_by_text("You look along with")).to_be_visible(timeout=30_000)
    yield page
    context.close()


def together(driver: Page, follower: Page, *, within: float) -> bool:
    return abs(walk.sound_position(driver) - walk.sound_position(follower)) < within


def is_playing(page: Page) -> bool:
    return page.evaluate("() => [...document.querySelectorAll('audio')].some((one) => !one.paused)")


def shown_seconds(page: Page) -> float:
    return float(page.evaluate("() => document.querySelector('[data-preview]').dataset.seconds"))


def test_the_second_device_plays_along_unheard(driver: Page, follower: Page):
    walk.wait_for_frames(follower, 10)
    wait_for(lambda: is_playing(follower) and together(driver, follower, within=0.5), 15, "both at one place")
    assert follower.evaluate("() => [...document.querySelectorAll('audio')].every((one) => one.muted)")


def test_space_after_a_click_pauses_both_at_one_place(driver: Page, follower: Page):
    # The button clicked last was “Copy a link”: Space must mean the sound, not that button again.
    driver.keyboard.press("Space")
    assert not is_playing(driver)
    wait_for(lambda: not is_playing(follower) and together(driver, follower, within=0.02), 10, "both paused")


def test_a_seek_takes_both_along(driver: Page, follower: Page):
    driver.keyboard.press("Home")
    wait_for(lambda: walk.sound_position(follower) == 0, 10, "the follower at the beginning")
    wait_for(lambda: shown_seconds(follower) == 0 == shown_seconds(driver), 20, "the same picture")


def test_a_reload_of_either_changes_nothing(driver: Page, follower: Page):
    driver.keyboard.press("End")
    follower.reload()
    expect(follower.get_by_text("You look along with")).to_be_visible(timeout=30_000)
    driver.reload()
    expect(driver.get_by_role("button", name="Copy a link to look along")).to_be_visible(timeout=30_000)
    driver.keyboard.press("Home")
    driver.keyboard.press("Space")
    wait_for(lambda: is_playing(follower) and together(driver, follower, within=0.5), 20, "the follower plays again")


def test_a_hand_on_the_second_device_goes_its_own_way(driver: Page, follower: Page):
    follower.get_by_role("button", name="Pause (Space)").click()
    expect(follower.get_by_text("You look along with")).to_be_hidden()
    assert "follow" not in follower.url
    time.sleep(1.5)  # longer than the driver's clock needs to be told again
    assert is_playing(driver)
    assert not is_playing(follower)
