"""The explorer as a hand uses it: seeds, a direction's slider, pins, mixes, a path that plays and goes into a scene.

The tests of this file are one walk and run in their order: each begins where the one before ended.
"""

import base64
import io
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end import walk
from tests.end_to_end.conftest import wait_for

pytestmark = pytest.mark.browser
STEPS = 10  # of a direction's slider
SHOWN = "[data-preview] canvas"


@pytest.fixture(scope="module")
def page(owner: Page, sample_data: Path) -> Iterator[Page]:
    """A tab of the owner in the explorer of a StyleGAN2 of five classes, in a project of its own with a track."""
    page = owner.context.new_page()
    page.set_default_timeout(30_000)
    page.add_init_script("localStorage.setItem('phosphene.explorer-width', '128')")
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(owner.url)
    project = walk.post(page, "/projects", {"name": "Explored"})["id"]
    page.goto(re.sub(r"/p/[^/]+/.*", f"/p/{project}/networks/", owner.url))
    files = [sample_data / "snapshots" / name for name in ("sg2ada-128-labels.pkl", "sg3t-64-moved.pkl")]
    walk.choose_file(page, "Import snapshots", *files)
    wait_for(lambda: len(snapshots(page)) == 2, 300, "both networks")
    page.goto(re.sub(r"networks/.*", "tracks/", page.url))
    page.wait_for_selector("main h1, main h2")
    walk.drop_file(page, sample_data / "music" / "drum_bass_choice_12s.wav")
    wait_for(lambda: walk.api(page, f"/projects/{project}/tracks")["items"], 60, "the track")
    yield page
    assert faults == []
    page.close()


def snapshots(page: Page) -> dict[str, dict[str, Any]]:
    """The snapshots of the project by their names."""
    listed = walk.api(page, f"/projects/{walk.project_of(page)}/networks")["items"]
    return {one["name"]: one for network in listed for one in network["snapshots"]}


def explore(page: Page, name: str, search: str = "") -> str:
    """Open the explorer of the network of a snapshot. Its id"""
    network: str = snapshots(page)[name]["network_id"]
    page.goto(re.sub(r"(/p/[^/]+/).*", rf"\1networks/{network}/explore/{search}", page.url))
    page.wait_for_selector("[data-preview][data-shown]")
    page.wait_for_selector("[data-sheet='Seeds'][data-fresh='true']")
    return network


def network_of(page: Page) -> str:
    found = re.search(r"/networks/([0-9a-f-]{36})/explore/", page.url)
    assert found, page.url
    return found.group(1)


def picture(page: Page, where: str = SHOWN) -> np.ndarray:
    """What stands on the stage, float64 [H, W, 3], 0…1."""
    url: str = page.evaluate("(where) => document.querySelector(where).toDataURL('image/png')", where)
    opened = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")
    return np.asarray(opened, np.float64) / 255


def settled(page: Page) -> np.ndarray:
    """The picture once nothing is on its way, as fine as it gets."""
    wait_for(lambda: page.evaluate("() => window.phosphene_hand().isWaiting === false"), 30, "the last picture")
    page.wait_for_selector("[data-preview][data-fine='true']")
    return picture(page)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def words(page: Page) -> str:
    return page.locator("[data-words] span").first.inner_text()


def knob(page: Page, name: str) -> Any:
    return page.locator(f"[data-knob='{name}']").get_by_role("slider")


def test_a_seed_of_the_grid_is_explored_by_click_and_by_arrow(page: Page):
    explore(page, "sg2ada-128-labels")
    first = settled(page)
    page.get_by_role("button", name="Seed 5", exact=True).click()
    expect(page.locator("[data-words]")).to_contain_text("Seed 5")
    fifth = settled(page)
    assert apart(first, fifth) > 0.05
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-words]")).to_contain_text("Seed 6")
    assert apart(fifth, settled(page)) > 0.05
    page.keyboard.press("Control+z")
    expect(page.locator("[data-words]")).to_contain_text("Seed 5")
    assert apart(fifth, settled(page)) == pytest.approx(0, abs=0.002)


def test_a_direction_is_found_and_its_slider_changes_the_picture_smoothly(page: Page):
    page.get_by_role("button", name="Find directions").first.click()
    expect(knob(page, "Direction 1")).to_be_visible(timeout=60_000)
    box = knob(page, "Direction 1").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    shown = [settled(page)]
    for step in range(1, STEPS + 1):
        page.mouse.move(box["x"] + box["width"] * (0.5 + 0.5 * step / STEPS), y)
        wait_for(lambda: apart(shown[-1], picture(page)) > 0, 30, "the next picture")
        shown.append(settled(page))
    page.mouse.up()
    assert float(page.locator("[data-knob='Direction 1']").get_attribute("data-value") or 0) == pytest.approx(5)
    steps = [apart(*pair) for pair in pairwise(shown)]
    whole = apart(shown[0], shown[-1])
    # No step stands still and none jumps: each is a part of the way, and together they lead far from the beginning.
    assert min(steps) > 0.001
    assert max(steps) < 0.5 * whole
    assert max(steps) < 4 * float(np.median(steps))
    assert words(page) == "Seed 5, class 0 + 1 direction"
    page.keyboard.press("Control+z")
    assert apart(settled(page), shown[0]) == pytest.approx(0, abs=0.002)
    page.keyboard.press("Control+Shift+z")
    assert apart(settled(page), shown[-1]) == pytest.approx(0, abs=0.002)


def test_a_direction_is_named_where_its_slider_stands(page: Page):
    page.get_by_role("button", name="Direction 1. Name it").click()
    page.get_by_label("Name of direction 1").fill("Age")
    page.keyboard.press("Enter")
    expect(knob(page, "Age")).to_be_visible()


def test_a_reload_loses_nothing(page: Page):
    before, address = settled(page), page.url
    page.wait_for_function("() => location.hash.length > 1")
    page.reload()
    page.wait_for_selector("[data-preview][data-shown]")
    expect(page.locator("[data-words]")).to_contain_text("Seed 5, class 0 + 1 direction")
    assert apart(before, settled(page)) == pytest.approx(0, abs=0.002)
    assert page.url.split("#")[0] == address.split("#")[0]


def test_what_is_seen_is_pinned_named_and_removed_with_undo(page: Page):
    for seed in (5, 9, 14):
        if seed != 5:
            page.get_by_role("button", name=f"Seed {seed}", exact=True).click()
        settled(page)
        page.keyboard.press("p")
        wait_for(lambda seed=seed: any(pin["vector"]["seed"] == seed for pin in pins(page)), 20, "the pin")
    # Three pins one after the other say so in one place.
    expect(page.locator(".toast")).to_have_text(re.compile("Pinned 3 vectors, “Seed 14, class 0” last."))
    page.get_by_role("tab", name=re.compile("^Pins")).click()
    rows = page.get_by_role("list", name="Pins").get_by_role("listitem")
    expect(rows).to_have_count(3)
    kept = next(pin for pin in pins(page) if pin["vector"]["seed"] == 5)
    assert [step["amount"] for step in kept["vector"]["steps"]] == [pytest.approx(5)]
    page.get_by_role("button", name="More about “Seed 9, class 0”").click()
    page.get_by_role("menuitem", name="Rename, note…").click()
    page.get_by_role("textbox", name="Name").fill("grandmother")
    page.keyboard.press("Enter")
    expect(rows.filter(has_text="grandmother")).to_have_count(1)
    page.get_by_role("button", name="More about “Seed 14, class 0”").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="Undo", exact=True).last.click()
    expect(rows).to_have_count(3)


def test_a_pin_comes_back_from_the_bin(page: Page):
    rows = page.get_by_role("list", name="Pins").get_by_role("listitem")
    page.get_by_role("button", name="More about “Seed 14, class 0”").click()
    page.get_by_role("menuitem", name="Remove").click()
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="1 pin in the bin").click()
    page.get_by_role("region", name="In the bin").get_by_role("button", name="Bring back").click()
    expect(rows).to_have_count(3)
    expect(page.get_by_role("region", name="In the bin")).to_have_count(0)


def test_a_link_opened_in_the_same_tab_is_followed(page: Page):
    before, here = settled(page), page.url
    page.goto(re.sub(r"seed%22%3A14", "seed%22%3A15", here))
    expect(page.locator("[data-words]")).to_contain_text("Seed 15")
    assert apart(before, settled(page)) > 0.05
    page.go_back()
    expect(page.locator("[data-words]")).to_contain_text("Seed 14")
    assert apart(before, settled(page)) == pytest.approx(0, abs=0.002)


def pins(page: Page) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = walk.api(page, f"/networks/{network_of(page)}/pins")["items"]
    return listed


def test_the_styles_of_a_pin_are_mixed_in_by_rows(page: Page):
    before = settled(page)
    page.get_by_role("button", name="Choose a vector").click()
    page.get_by_role("menuitem", name="grandmother").click()
    strip = page.get_by_role("slider", name="Rows that come from grandmother")
    expect(strip).to_have_attribute("aria-valuetext", "Rows 6 to 11: colour and detail")
    half = settled(page)
    assert apart(before, half) > 0.01
    box = strip.bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 8, steps=6)
    page.mouse.up()
    expect(strip).to_have_attribute("aria-valuetext", "All rows")
    page.wait_for_timeout(200)
    mixed = settled(page)
    page.get_by_role("button", name=re.compile("^grandmother")).first.click()
    # All rows of another vector are that vector.
    assert apart(mixed, settled(page)) == pytest.approx(0, abs=0.02)


def test_a_class_is_chosen_from_the_same_seed_as_each(page: Page):
    page.get_by_role("tab", name=re.compile("^Classes")).click()
    page.wait_for_selector("[data-sheet='Classes'][data-fresh='true']")
    before = settled(page)
    page.get_by_role("button", name="Class 3", exact=True).click()
    expect(page.locator("[data-words]")).to_contain_text("class 3")
    assert apart(before, settled(page)) > 0.02
    # Where nobody chose one it was the first.
    page.get_by_role("button", name="Class 0", exact=True).click()
    assert apart(before, settled(page)) == pytest.approx(0, abs=0.002)
    page.get_by_role("button", name="None", exact=True).click()
    assert apart(before, settled(page)) > 0.01
    page.keyboard.press("Control+z")


def test_two_are_compared_side_by_side(page: Page):
    page.keyboard.press("c")
    page.get_by_label("Compare with").select_option(label="Seed 14, class 0")
    page.wait_for_selector("[data-compared][data-fresh='true']")
    beside = apart(picture(page), picture(page, "[data-compared] canvas"))
    assert beside > 0.02
    page.keyboard.press("c")
    expect(page.locator("[data-compared]")).to_have_count(0)


def test_pins_dropped_on_the_path_play_as_one_moving_picture(page: Page):
    page.get_by_role("tab", name=re.compile("^Pins")).click()
    for name in ("Seed 5, class 0 + 1 direction", "grandmother", "Seed 14, class 0"):
        page.get_by_role("listitem").filter(has_text=name).first.drag_to(page.locator(".dropplace"))
        expect(page.locator("[data-point]").filter(has_text=name)).to_have_count(1)
    page.get_by_label("Beats from place 1 to the next").fill("8")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Smooth").click()
    page.get_by_role("button", name="Play the path").click()
    expect(page.locator("[data-words]")).to_contain_text("16 beats at 120 bpm, loops")
    seen: list[np.ndarray] = []
    wait_for(lambda: took_another(page, seen) and len(seen) >= 6, 60, "six pictures of the path")
    assert np.median([apart(*pair) for pair in pairwise(seen)]) < 0.2
    page.get_by_role("button", name="Pause the path").click()
    page.get_by_role("button", name="Save…").click()
    page.get_by_role("textbox", name="Name").fill("awake")
    page.keyboard.press("Enter")
    kept = wait_for(lambda: walk.api(page, f"/networks/{network_of(page)}/paths")["items"], 20, "the path")[0]
    assert (kept["name"], kept["interpolation"], kept["loop"]) == ("awake", "smooth", True)
    assert [point["length"] for point in kept["waypoints"]] == [8, 4, 4]
    assert all(point["pin_id"] for point in kept["waypoints"])
    page.get_by_role("button", name="Linear").click()
    wait_for(
        lambda: walk.api(page, f"/networks/{network_of(page)}/paths")["items"][0]["interpolation"] == "linear",
        20,
        "the change to be saved",
    )


def test_a_path_is_used_in_a_scene(page: Page):
    address = page.url
    page.get_by_role("button", name="Use in scene").click()
    page.get_by_role("dialog").get_by_role("button", name="Use in scene").click()
    page.wait_for_url(re.compile(r"/scenes/[0-9a-f-]{36}/"), timeout=60_000)
    scene = walk.api(page, f"/scenes/{page.url.split('/scenes/')[1].split('/')[0]}")
    assert scene["visualizer"] == "path"
    assert [point["length"] for point in scene["parameters"]["path"]] == [8, 4, 4]
    assert scene["parameters"]["interpolation"] == "linear"
    page.goto(address)
    page.wait_for_selector("[data-preview][data-shown]")


def took_another(page: Page, seen: list[np.ndarray]) -> bool:
    now = picture(page)
    if not seen or apart(now, seen[-1]) > 0:
        seen.append(now)
    return True


def test_a_recipe_is_copied_as_text_and_pasted(page: Page):
    page.get_by_role("tab", name="Seeds").click()
    page.get_by_role("button", name="Seed 3", exact=True).click()
    third = settled(page)
    page.evaluate(
        """() => {
            const carried = new DataTransfer()
            document.dispatchEvent(new ClipboardEvent('copy', { clipboardData: carried }))
            window.copied = carried.getData('text/plain')
        }"""
    )
    assert json.loads(page.evaluate("() => window.copied")) == {"seed": 3, "label": 0}
    page.get_by_role("button", name="Seed 8", exact=True).click()
    settled(page)
    paste = """(text) => {
        const carried = new DataTransfer()
        carried.setData('text/plain', text)
        document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: carried }))
    }"""
    page.evaluate(paste, '{"seed": 3, "label": 0}')
    expect(page.locator("[data-words]")).to_contain_text("Seed 3")
    assert apart(third, settled(page)) == pytest.approx(0, abs=0.002)
    page.evaluate(paste, '{"sed": 3}')
    expect(page.get_by_text("it has a field “sed”")).to_be_visible()


def test_stylegan3_is_moved_by_dragging_the_picture(page: Page):
    explore(page, "sg3t-64-moved")
    before = settled(page)
    box = page.locator("[data-preview]").bounding_box()
    assert box
    side, x, y = min(box["width"], box["height"]), box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + side / 4, y, steps=5)
    page.mouse.up()
    moved = settled(page)
    value = float(page.locator("[data-knob='To the right']").get_attribute("data-value") or 0)
    assert value == pytest.approx(0.25, abs=0.01)
    # What stood in the middle stands a quarter of the width further right.
    width = before.shape[1]
    quarter = round(width * value)
    stayed, went = moved[:, quarter:], before[:, : width - quarter]
    assert apart(stayed, went) < 0.5 * apart(moved, before)
    page.mouse.move(x, y)
    page.mouse.wheel(0, -300)
    wait_for(lambda: float(page.locator("[data-knob='Zoom']").get_attribute("data-value") or 1) > 1.2, 10, "the zoom")
    page.get_by_role("button", name="Back to the middle").click()
    assert apart(before, settled(page)) == pytest.approx(0, abs=0.002)


def test_an_endless_walk_fills_the_screen_and_its_bar_goes_when_the_hand_rests(page: Page):
    network = snapshots(page)["sg2ada-128-labels"]["network_id"]
    page.goto(re.sub(r"(/p/[^/]+/).*", rf"\1networks/{network}/", page.url))
    page.get_by_role("link", name="Endless walk").click()
    page.wait_for_selector("[data-preview][data-shown]")
    first, walked = picture(page), page.locator("[data-walk]")
    wait_for(lambda: apart(first, picture(page)) > 0.02, 30, "the walk to go on")
    page.keyboard.press("f")
    expect(walked).to_have_attribute("data-walk", "large")
    bar = page.get_by_role("group", name="Walk")
    expect(bar).to_have_css("opacity", "0")
    page.mouse.move(400, 300)
    page.mouse.move(500, 320)
    expect(bar).to_have_css("opacity", "1")
    page.get_by_label("Seed").fill("7")
    page.get_by_label("Seed").press("Enter")
    page.wait_for_url(re.compile(r"seed=7"))
    page.get_by_label("Seed").blur()
    page.keyboard.press("Escape")
    expect(walked).to_have_attribute("data-walk", "page")


def test_who_only_looks_explores_and_cannot_pin(page: Page, browser: Browser):
    network = explore(page, "sg2ada-128-labels")
    address = page.url.split("#")[0]
    context, guest = walk.new_person(browser)
    join_as_viewer(guest, page)
    guest.goto(address)
    guest.wait_for_selector("[data-preview][data-shown]")
    before = picture(guest)
    guest.get_by_role("button", name=re.compile("^Seed 9")).click()
    wait_for(lambda: apart(before, picture(guest)) > 0.05, 30, "another picture")
    expect(guest.get_by_role("button", name="Pin", exact=True)).to_have_count(0)
    expect(guest.get_by_role("button", name="Use in scene")).to_have_count(0)
    body = json.dumps({"snapshot_id": snapshots(page)["sg2ada-128-labels"]["id"], "vector": {"seed": 1}})
    assert walk.status_of(guest, f"/networks/{network}/pins", "POST", body) == 403
    context.close()


def join_as_viewer(guest: Page, page: Page) -> None:
    page.goto(re.sub(r"(/p/[^/]+/).*", r"\1settings/#people", page.url))
    page.get_by_role("combobox", name="Role of the invited person").select_option("viewer")
    page.get_by_role("button", name="Make a link").click()
    guest.goto(page.get_by_role("textbox", name="Link for a viewer").input_value())
    guest.get_by_label("Name").fill("Ada")
    guest.get_by_label("E-mail").fill("ada@example.org")
    guest.get_by_label("Password").fill("a tide that turns at ten")
    guest.get_by_role("button", name=re.compile("^Join")).click()
    guest.wait_for_url(re.compile(r"/p/"))
