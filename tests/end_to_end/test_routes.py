"""Routes in the browser: a lane's head is dropped on a slider, a lane says so, and the picture acts."""

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import RunningStudio, wait_for
from tests.end_to_end.walk import BUSY, api, go, own_browser_in_demo, post, project_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(browser, owner: Page):
    with own_browser_in_demo(browser, owner) as page:
        yield page


def picture(page: Page) -> np.ndarray:
    """The picture on the stage, in 32 × 32 points. float [32, 32, 4]"""
    numbers = page.evaluate(
        """() => {
            const small = new OffscreenCanvas(32, 32).getContext('2d')
            small.drawImage(document.querySelector('[data-preview] canvas'), 0, 0, 32, 32)
            return [...small.getImageData(0, 0, 32, 32).data]
        }"""
    )
    return np.array(numbers, dtype=float).reshape(32, 32, 4)


def settled(page: Page) -> np.ndarray:
    """The picture once it stands still."""
    shots = [picture(page)]

    def stands() -> bool:
        page.wait_for_timeout(400)
        shots.append(picture(page))
        return bool(np.array_equal(shots[-1], shots[-2]))

    wait_for(stands, BUSY / 1000, "a picture that stands still")
    return shots[-1]


def differs(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.abs(one - other).mean() > 1)


def changed_from(page: Page, before: np.ndarray) -> np.ndarray:
    """Another picture that stays: when a lane takes room, the former one may be drawn again in between."""
    shots = [before]

    def is_another() -> bool:
        shots.append(settled(page))
        return differs(shots[-1], before)

    wait_for(is_another, BUSY / 1000, "another picture")
    return shots[-1]


def scene_of_ones_own(page: Page) -> str:
    """A scene as the demo's, untouched: others walk through the demo's own, and add tracks that begin in silence."""
    project = project_of(page)
    scenes = api(page, f"/projects/{project}/scenes")["items"]
    demo = next(scene for scene in scenes if scene["name"] == "First Light")
    wanted = {name: demo[name] for name in ("track_id", "visualizer", "snapshot_ids", "width", "height")}
    return str(post(page, f"/projects/{project}/scenes", {**wanted, "name": "Routes", "fps": "30"})["id"])


def test_a_lane_dropped_on_a_slider_drives_it_and_undo_takes_it_back(page: Page, studio: RunningStudio):
    scene = scene_of_ones_own(page)
    go(page, studio, f"scenes/{scene}/?t=0")
    page.wait_for_selector("[data-preview][data-shown]", timeout=BUSY)
    before = settled(page)

    head = page.locator('.lh[data-lane="loudness"]').bounding_box()
    target = page.locator('[data-drop="alpha"]').bounding_box()
    assert head is not None
    assert target is not None
    page.mouse.move(head["x"] + 60, head["y"] + 20)
    page.mouse.down()
    page.mouse.move(head["x"] + 120, head["y"], steps=2)
    page.mouse.move(target["x"] + 80, target["y"] + 20, steps=4)
    expect(page.locator(".carried")).to_contain_text("drive Music in the vector")
    expect(page.locator('[data-drop="alpha"].droptarget')).to_be_visible()
    page.mouse.up()

    expect(page.locator('.lh[data-lane^="route:"] .drives')).to_have_text("to Music in the vector")
    wait_for(lambda: api(page, f"/scenes/{scene}")["routes"], 20, "the route to be saved")
    driven = changed_from(page, before)
    assert [route["source"] for route in api(page, f"/scenes/{scene}")["routes"]] == [{"kind": "loudness"}]

    # The same frame of the film with less of the route is another picture.
    amount = page.get_by_role("slider", name="Amount of Loudness").first
    amount.focus()
    for _ in range(4):
        page.keyboard.press("Shift+ArrowLeft")
    weak = changed_from(page, driven)
    assert np.abs(weak - before).mean() < np.abs(driven - before).mean()

    # A bypassed route is not in the picture.
    page.get_by_role("button", name="Bypass Loudness").first.click()
    wait_for(lambda: not differs(settled(page), before), BUSY / 1000, "the picture without what is bypassed")

    for _ in range(3):
        page.keyboard.press("Control+z")
    wait_for(lambda: not api(page, f"/scenes/{scene}")["routes"], 20, "the route to be gone")
    expect(page.locator('.lh[data-lane^="route:"]')).to_have_count(0)
    wait_for(lambda: not differs(settled(page), before), BUSY / 1000, "the picture without the route")
