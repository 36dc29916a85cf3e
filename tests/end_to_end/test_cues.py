"""Cues on the track desk: chosen together, shifted, copied, taken from the analysis, edited in the table, jumped to."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.end_to_end import walk
from tests.end_to_end.conftest import wait_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def desk(browser: Browser, owner: Page) -> Iterator[Page]:
    """The desk of the demo's track, with no cues but the demo's; what a walk makes is taken away behind it."""
    with walk.own_browser_in_demo(browser, owner) as page:
        walk.go_in_demo(page, owner, "tracks/")
        page.get_by_role("link", name="First Light").first.click()
        page.locator(".bpm .num").first.filter(has_text="bpm").wait_for()
        expect(page.get_by_role("listbox", name="Cues")).to_be_visible()
        there = {cue["id"] for cue in cues_of(page)}
        yield page
        for cue in cues_of(page):
            if cue["id"] not in there:
                walk.status_of(page, f"/cues/{cue['id']}", "DELETE")


def track_of(page: Page) -> str:
    found = re.search(r"/tracks/([0-9a-f-]{36})/", page.url)
    assert found
    return found.group(1)


def cues_of(page: Page) -> list[dict[str, Any]]:
    """In the order of their times."""
    return sorted(walk.api(page, f"/tracks/{track_of(page)}/cues")["items"], key=lambda cue: cue["seconds"])


def named(page: Page, label: str) -> list[float]:
    return [cue["seconds"] for cue in cues_of(page) if cue["label"] == label]


def beats_of(page: Page) -> list[float]:
    return walk.api(page, f"/tracks/{track_of(page)}/grid")["beats"]


def put(page: Page, label: str, *seconds: float) -> None:
    """Cues of that name, as somebody else would make them."""
    for one in seconds:
        walk.post(page, f"/tracks/{track_of(page)}/cues", {"seconds": one, "label": label})
    wait_for(lambda: len(named(page, label)) == len(seconds), 15, "the cues")
    expect(page.get_by_role("option", name=label)).to_have_count(len(seconds))


def lane(page: Page) -> Locator:
    return page.locator(".lanes .cues")


def x_of(page: Page, label: str) -> list[float]:
    boxes = [flag.bounding_box() for flag in lane(page).locator(".cue", has_text=label).all()]
    return [box["x"] for box in boxes if box]


def close_to(expected: list[float]) -> Any:
    return pytest.approx(expected, abs=1e-4)


def test_a_band_chooses_cues_and_keys_shift_and_copy_them(desk: Page) -> None:
    beats = beats_of(desk)
    put(desk, "banded", beats[4], beats[6], beats[8])
    desk.keyboard.press("Home")
    desk.evaluate("() => document.activeElement?.blur()")
    box = lane(desk).bounding_box()
    assert box
    xs = x_of(desk, "banded")
    y = box["y"] + box["height"] / 2
    desk.mouse.move(xs[0] - 12, y)
    desk.mouse.down()
    desk.mouse.move(xs[2] + 6, y, steps=4)
    desk.mouse.up()
    chosen = desk.get_by_role("region", name="Chosen cues")
    expect(chosen).to_contain_text("3 cues chosen")
    # However little room there is, the grid above scrolls and what is done with the cues stays in sight.
    desk.set_viewport_size({"width": 1440, "height": 680})
    expect(chosen.get_by_role("radiogroup", name="Colour")).to_be_in_viewport(ratio=1)
    desk.set_viewport_size({"width": 1440, "height": 900})

    desk.keyboard.press("Control+ArrowRight")
    wait_for(lambda: named(desk, "banded") == close_to([beats[5], beats[7], beats[9]]), 15, "the shift by a beat")
    desk.keyboard.press("Control+z")
    wait_for(lambda: named(desk, "banded") == close_to([beats[4], beats[6], beats[8]]), 15, "one step of undo for all")
    chosen.get_by_label("Shift by so many beats").fill("1/2")
    chosen.get_by_role("button", name="So many beats later").click()
    half = [(beats[at] + beats[at + 1]) / 2 for at in (4, 6, 8)]
    wait_for(lambda: named(desk, "banded") == close_to(half), 15, "the shift by half a beat")

    desk.keyboard.press("Control+c")
    desk.get_by_role("slider", name="Playhead").focus()
    desk.keyboard.press("Home")
    for _ in range(17):
        desk.keyboard.press("ArrowRight")
    at = walk.sound_position(desk)
    desk.keyboard.press("Control+v")
    wait_for(lambda: len(named(desk, "banded")) == 6, 15, "the pasted cues")
    assert named(desk, "banded")[3:] == close_to([at + one - half[0] for one in half])
    desk.keyboard.press("Delete")
    wait_for(lambda: len(named(desk, "banded")) == 3, 15, "the pasted cues gone together")


def test_onsets_above_a_line_become_cues_as_one_step(desk: Page) -> None:
    before = len(cues_of(desk))
    desk.keyboard.press("a")
    panel = desk.get_by_role("region", name="Cues from the analysis")
    line = panel.get_by_role("slider", name="Threshold")
    counts = []
    for key, percent in (("Home", 0), ("Shift+ArrowUp", 10), ("End", 100)):
        line.press(key)
        expect(line).to_have_attribute("aria-valuenow", str(percent))
        counts.append(int((line.get_attribute("aria-valuetext") or "").split(", ")[1].split()[0]))
    assert counts[0] >= counts[1] > counts[2]
    box = panel.locator(".threshold-lane").bounding_box()
    assert box
    desk.mouse.move(box["x"] + 200, box["y"] + box["height"] - 4)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 200, box["y"] + box["height"] / 2, steps=4)
    desk.mouse.up()
    # The page shows a move with its next picture, after the hand has let go.
    expect(line).to_have_attribute("aria-valuenow", re.compile(r"^(4[5-9]|5[0-5])$"))
    panel.get_by_label("Name of the new cues").fill("from the curve")
    add = panel.get_by_role("button", name=re.compile("^Add"))
    wanted = int(re.sub(r"\D", "", add.inner_text()))
    assert 0 < wanted < counts[0]
    add.click()
    wait_for(lambda: len(cues_of(desk)) == before + wanted, 20, "the cues of the onsets")
    onsets = walk.api(desk, f"/tracks/{track_of(desk)}/grid")["onsets"]
    assert set(named(desk, "from the curve")) <= set(onsets)
    desk.keyboard.press("Control+z")
    wait_for(lambda: len(cues_of(desk)) == before, 20, "all of them gone with one undo")


def test_the_table_is_edited_by_keyboard(desk: Page) -> None:
    beats = beats_of(desk)
    put(desk, "tabled", beats[20] + 0.07)
    desk.keyboard.press("e")
    table = desk.get_by_role("region", name="Table of cues")
    table.get_by_label("Find cues").fill("tabled")
    grid = table.get_by_role("grid", name="Cues")
    grid.focus()
    grid.press("ArrowDown")
    grid.press("Home")
    grid.press("ArrowRight")
    first_bar = walk.api(desk, f"/tracks/{track_of(desk)}/grid")["downbeats"][2]
    grid.press("F2")
    desk.keyboard.type("3.1")
    desk.keyboard.press("Enter")
    wait_for(lambda: named(desk, "tabled") == close_to([first_bar]), 15, "the third bar")
    grid.press("ArrowRight")
    grid.press("Enter")
    desk.keyboard.type("0:00.001")
    desk.keyboard.press("Enter")
    expect(grid.get_by_role("alert")).to_have_text("Choose a time behind the beginning of the cue.")
    desk.keyboard.press("Escape")
    grid.press("Enter")
    desk.keyboard.type("4.1")
    # Tab keeps what was typed and edits the next cell: the name.
    desk.keyboard.press("Tab")
    desk.keyboard.type("told")
    desk.keyboard.press("Enter")
    wait_for(lambda: named(desk, "told") == close_to([first_bar]), 15, "the name")
    told = next(cue for cue in cues_of(desk) if cue["label"] == "told")
    assert told["kind"] == "span"
    assert told["end_seconds"] > told["seconds"]
    table.get_by_label("Find cues").fill("told span")
    expect(grid.get_by_role("row")).to_have_count(2)
    grid.press("Escape")
    expect(table).to_have_count(0)


def test_a_key_jumps_to_its_cue(desk: Page) -> None:
    desk.get_by_role("slider", name="Playhead").focus()
    desk.keyboard.press("Home")
    for _ in range(11):
        desk.keyboard.press("ArrowRight")
    here = walk.sound_position(desk)
    desk.keyboard.press("Shift+7")
    wait_for(lambda: [cue["seconds"] for cue in cues_of(desk) if cue["hotkey"] == 7] == close_to([here]), 15, "the key")
    expect(lane(desk).locator("[data-key='7']")).to_be_visible()
    desk.keyboard.press("End")
    desk.keyboard.press("7")
    wait_for(lambda: abs(walk.sound_position(desk) - here) < 1e-3, 10, "the jump")
    desk.keyboard.press("Alt+Shift+7")
    wait_for(lambda: not [cue for cue in cues_of(desk) if cue["hotkey"] == 7], 15, "the key cleared")


def test_a_dropped_file_is_looked_at_comes_in_as_one_edit_and_goes_back(desk: Page, tmp_path: Path) -> None:
    there = [cue["id"] for cue in cues_of(desk)]
    labels = tmp_path / "labels.txt"
    labels.write_text("1.5004\t1.5004\tDropped\n2,25\t4,5\tDropped too\n9999\t9999\tFar\n")
    picture = tmp_path / "cues.csv"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(64))
    walk.drop_file(desk, picture)
    dialog = desk.get_by_role("dialog", name="Bring in cues and grid?")
    expect(dialog.get_by_text("The file is a picture, whatever its name says.")).to_be_visible()
    expect(dialog.get_by_role("button", name="Bring in", exact=True)).to_have_attribute("aria-disabled", "true")
    # The right one may be dropped on the dialog.
    walk.drop_file(desk, labels)
    expect(dialog.get_by_text("Audacity labels", exact=True)).to_be_visible()
    expect(dialog.get_by_text("Left out: 1 row outside the track.")).to_be_visible()
    expect(dialog.get_by_role("row", name=re.compile(r"0:01\.500.*Dropped.*Yes"))).to_be_visible()
    expect(dialog.get_by_role("row", name=re.compile(r"Far.*No: outside the track"))).to_be_visible()
    assert [cue["id"] for cue in cues_of(desk)] == there
    dialog.get_by_role("button", name="Bring in", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(desk.get_by_role("option", name="Dropped too")).to_be_visible()
    spans = [(cue["seconds"], cue["end_seconds"]) for cue in cues_of(desk) if cue["label"].startswith("Dropped")]
    assert spans == [(1.5004, None), (2.25, 4.5)]
    desk.get_by_role("button", name="Undo", exact=True).last.click()
    wait_for(lambda: [cue["id"] for cue in cues_of(desk)] == there, 15, "the import to be taken back")
