"""From signing in to exported cues without a mouse: every step by keys alone, as somebody would who has no other way.

The tests of this file are one walk and run in their order.
"""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FileChooser, Locator, Page, expect

from gpu_service.music.demo_track import BPM
from tests.end_to_end import walk
from tests.end_to_end.conftest import RunningStudio, wait_for

pytestmark = pytest.mark.browser
EMAIL, PASSWORD = "keys@example.org", "no mouse was ever here"
# Counts what a pointer does; a click that a key makes on a button has detail 0.
WATCH_POINTER = """
window.pointed = 0
for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'wheel']) {
  addEventListener(kind, () => window.pointed++, true)
}
"""


@pytest.fixture(scope="module")
def person(browser: Browser, studio: RunningStudio, owner: Page) -> Iterator[Page]:
    """Somebody who may edit the demo, has a password, and is signed out."""
    walk.go_in_demo(owner, owner)
    invitation = walk.post(owner, f"/projects/{walk.project_of(owner)}/invitations", {"role": "editor"})
    context, page = walk.new_person(browser)
    page.goto(invitation["url"])
    page.get_by_label("Name").fill("Kim")
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/p/"))
    context.clear_cookies()
    page.add_init_script(WATCH_POINTER)
    yield page
    context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def find(page: Page, words: str, title: str, where: str) -> None:
    """By the palette: type, walk down to it, Enter."""
    press(page, "Control+k")
    page.keyboard.type(words)
    wanted = page.get_by_role("option").filter(has_text=title).filter(has_text=where).first
    expect(wanted).to_be_visible()
    for _ in range(20):
        if wanted.get_attribute("aria-selected") == "true":
            break
        press(page, "ArrowDown")
    press(page, "Enter")


def step_until(page: Page, key: str, is_there: str) -> None:
    """The same key, until the element that has the focus (`at`) is the one that is looked for."""
    for _ in range(20):
        if page.evaluate(f"() => {{ const at = document.activeElement; return Boolean({is_there}) }}"):
            return
        press(page, key)
    raise AssertionError(f"{key} leads nowhere near {is_there}")


def cues(page: Page) -> list[dict]:
    track = re.search(r"/tracks/([0-9a-f-]{36})/", page.url)
    assert track
    return walk.api(page, f"/tracks/{track.group(1)}/cues")["items"]


def test_one_signs_in_and_opens_the_track(person: Page, studio: RunningStudio):
    person.goto(f"{studio.url}/sign-in/")
    # The page puts the focus there; whoever types before it does loses letters.
    expect(person.get_by_label("E-mail")).to_be_focused()
    person.keyboard.type(EMAIL)
    press(person, "Tab")
    person.keyboard.type(PASSWORD)
    press(person, "Enter")
    person.wait_for_url(re.compile(r"/p/"))
    find(person, "first light", "First Light", "Track")
    person.wait_for_url(re.compile(r"/tracks/[0-9a-f-]{36}/"))
    expect(person.get_by_role("listbox", name="Cues")).to_be_visible()
    wait_for(lambda: person.evaluate("() => document.querySelector('audio')?.readyState >= 1"), 30, "the sound")


def test_one_sets_cues_names_one_and_moves_one(person: Page):
    before = {cue["id"] for cue in cues(person)}
    press(person, "Home", "ArrowRight", "ArrowRight", "ArrowRight", "m")
    expect(name_field(person)).to_be_focused()
    person.keyboard.type("=Keys one")
    press(person, "Enter", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight", "m")
    expect(name_field(person)).to_be_focused()
    # Keys that mean the cues elsewhere mean the text here.
    person.keyboard.type("a wrong name")
    press(person, "Control+ArrowLeft", "Control+d", "Control+a", "Control+x")
    person.keyboard.type("Keys two")
    press(person, "Enter")
    mine = wait_for(lambda: named(person, before), 15, "both cues with their names")
    # F6 goes from part to part; the list is one tab stop, and its arrows move the chosen cue along the beats.
    step_until(person, "F6", "at.closest('[data-region=cues]')")
    step_until(person, "Tab", "at.matches('[role=listbox]')")
    expect(person.get_by_role("listbox", name="Cues")).to_be_focused()
    press(person, "ArrowRight")
    moved = wait_for(lambda: moved_on(person, mine["Keys two"]["id"], mine["Keys two"]["seconds"]), 15, "the moved cue")
    assert moved["seconds"] - mine["Keys two"]["seconds"] == pytest.approx(60 / BPM, abs=0.01)


def name_field(page: Page) -> Locator:
    """In the list, where a new cue asks for its name."""
    return page.get_by_role("listbox", name="Cues").get_by_role("textbox", name="Name of the cue")


def named(page: Page, before: set[str]) -> dict[str, dict] | None:
    mine = {cue["label"]: cue for cue in cues(page) if cue["id"] not in before}
    return mine if mine.keys() == {"=Keys one", "Keys two"} else None


def moved_on(page: Page, cue_id: str, seconds: float) -> dict | None:
    return next((cue for cue in cues(page) if cue["id"] == cue_id and cue["seconds"] > seconds), None)


def test_one_exports_the_cues_and_gets_every_one_of_them(person: Page):
    find(person, "export csv", "Export as CSV table", "Files")
    dialog = person.get_by_role("dialog", name="Export as CSV table?")
    expect(dialog.get_by_text(".csv")).to_be_visible()
    step_until(person, "Tab", "at.textContent === 'Download'")
    with person.expect_download() as coming:
        press(person, "Enter")
    data = Path(coming.value.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbftime,end,label")
    rows = [row for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig"))) if row["kind"] != "tempo"]
    there = cues(person)
    assert [float(row["time"]) for row in rows] == pytest.approx([cue["seconds"] for cue in there], abs=1e-6)
    assert [row["label"].removeprefix("'") for row in rows] == [cue["label"] for cue in there]
    assert "'=Keys one" in [row["label"] for row in rows]


def test_one_brings_cues_in(person: Page, tmp_path: Path):
    labels = tmp_path / "labels.txt"
    labels.write_text("1.500000\t1.500000\tKeys three\n")
    find(person, "bring in", "Bring in cues", "Files")
    expect(person.get_by_role("dialog", name="Bring in cues and grid?")).to_be_visible()
    choosers: list[FileChooser] = []
    person.on("filechooser", lambda chooser: choosers.append(chooser))

    def is_asked() -> bool:
        # On a busy machine the browser lets an Enter on a field for files pass; whoever sees nothing presses again.
        step_until(person, "Tab", "at.type === 'file'")
        press(person, "Enter")
        person.wait_for_timeout(1000)
        return bool(choosers)

    wait_for(is_asked, 30, "the browser to ask for a file")
    choosers[-1].set_files([labels])
    expect(person.get_by_text("1 cue comes in")).to_be_visible()
    step_until(person, "Tab", "at.textContent === 'Bring in'")
    press(person, "Enter")
    wait_for(lambda: [cue for cue in cues(person) if cue["label"] == "Keys three"], 15, "the cue of the file")


def test_undo_leaves_the_demo_as_it_was_and_no_pointer_was_used(person: Page):
    me = walk.api(person, "/me")["id"]
    for _ in range(6):
        press(person, "Control+z")
    wait_for(lambda: not [cue for cue in cues(person) if cue["created_by"] == me], 15, "all of it to be taken back")
    assert person.evaluate("() => window.pointed") == 0
