"""Two people on one track, each in a browser of their own: what one does the other sees, and neither loses anything.

The second one's clock is seven hours wrong all the while. The tests of this file are one walk and run in their order.
"""

import re
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.conftest import wait_for
from tests.end_to_end.walk import (
    api,
    choose_file,
    go_in_demo,
    new_person,
    own_browser_in_demo,
    post,
    project_of,
    send_track,
)

pytestmark = pytest.mark.browser
RATE, SECONDS = 22_050, 12.0
WRONG_CLOCK = """
const right = Date
globalThis.Date = class extends right {
  constructor(...given) { given.length ? super(...given) : super(right.now() + 7 * 3600e3) }
  static now() { return right.now() + 7 * 3600e3 }
}
"""


@pytest.fixture(scope="module")
def ines(browser: Browser, owner: Page, tmp_path_factory) -> Iterator[Page]:
    """The owner, at a track of this walk alone."""
    path = tmp_path_factory.mktemp("together") / "Four hands.wav"
    sound = np.random.default_rng(5).standard_normal(round(RATE * SECONDS)) * 0.05
    soundfile.write(path, sound, RATE)
    with own_browser_in_demo(browser, owner) as page:
        track = send_track(page, owner, path)
        go_in_demo(page, owner, f"tracks/{track['id']}/")
        expect(page.get_by_role("listbox", name="Cues")).to_be_attached()
        yield page


@pytest.fixture(scope="module")
def ben(browser: Browser, ines: Page) -> Iterator[Page]:
    invitation = post(ines, f"/projects/{project_of(ines)}/invitations", {"role": "editor"})
    context, page = new_person(browser)
    page.add_init_script(WRONG_CLOCK)
    page.goto(invitation["url"])
    page.get_by_label("Name").fill("Ben")
    page.get_by_label("E-mail").fill("ben.of.four.hands@example.org")
    page.get_by_label("Password").fill("two hands of four")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/p/"))
    page.goto(ines.url)
    expect(page.get_by_role("listbox", name="Cues")).to_be_attached()
    yield page
    context.close()


def track_of(page: Page) -> str:
    found = re.search(r"/tracks/([0-9a-f-]{36})/", page.url)
    assert found
    return f"/tracks/{found.group(1)}"


def labels(page: Page) -> list[str]:
    return sorted(cue["label"] for cue in api(page, f"{track_of(page)}/cues")["items"])


def row(page: Page, label: str):
    return page.get_by_role("listbox", name="Cues").get_by_role("option").filter(has_text=label)


def rename(page: Page, label: str, name: str) -> None:
    row(page, label).click()
    page.keyboard.press("Enter")
    page.keyboard.type(name)
    page.keyboard.press("Enter")


def test_a_cue_that_one_sets_appears_before_the_other(ines: Page, ben: Page):
    ines.keyboard.press("m")
    ines.keyboard.type("drop")
    ines.keyboard.press("Enter")
    expect(row(ben, "drop")).to_be_visible(timeout=10_000)
    rename(ben, "drop", "big drop")
    expect(row(ines, "big drop")).to_be_visible(timeout=10_000)
    expect(ines.locator('.cue[data-theirs="B"]')).to_contain_text("big drop")  # chosen by Ben, in his colour


def test_undo_takes_back_ones_own_after_a_reload(ines: Page, ben: Page):
    row(ines, "big drop").click()
    ines.get_by_role("radio", name="green").click()
    wait_for(lambda: api(ines, f"{track_of(ines)}/cues")["items"][0]["colour"] == "green", 10, "the colour")
    ines.reload()
    expect(ines.get_by_role("button", name=re.compile("^Undo: "))).to_be_enabled()
    ines.keyboard.press("Control+z")
    wait_for(lambda: api(ines, f"{track_of(ines)}/cues")["items"][0]["colour"] != "green", 10, "the colour of before")
    assert labels(ines) == ["big drop"]
    ines.keyboard.press("Control+z")
    expect(ines.get_by_text("Ben changed “big drop” since")).to_be_visible()
    assert labels(ines) == ["big drop"]
    ines.reload()
    expect(row(ines, "big drop")).to_be_visible()


def test_where_both_mean_the_same_both_stay_and_it_is_said(ines: Page, ben: Page):
    ben.context.set_offline(True)
    rename(ben, "big drop", "fall")
    expect(row(ben, "fall")).to_be_visible()
    rename(ines, "big drop", "plunge")
    wait_for(lambda: labels(ines) == ["plunge"], 10, "the name of Ines")
    ben.context.set_offline(False)
    wait_for(lambda: labels(ines) == ["fall", "plunge"], 40, "both names")
    expect(ben.get_by_text("Theirs stays, and yours stands beside it.")).to_be_visible()
    for page in (ines, ben):
        expect(row(page, "plunge")).to_be_visible()
        expect(row(page, "fall")).to_be_visible()


def test_what_one_deletes_and_the_other_changes_comes_back_and_both_are_told(ines: Page, ben: Page):
    ben.context.set_offline(True)
    row(ben, "fall").click()
    ben.get_by_role("radio", name="pink").click()
    row(ines, "fall").click()
    ines.keyboard.press("Delete")
    wait_for(lambda: labels(ines) == ["plunge"], 10, "the cue gone")
    ben.context.set_offline(False)
    expect(ines.get_by_text("Ben brought “fall” back, which you had deleted.")).to_be_visible(timeout=40_000)
    expect(ben.get_by_text("removed “fall” a moment ago. It is back with your change.")).to_be_visible()
    assert labels(ines) == ["fall", "plunge"]


def test_a_version_is_kept_compared_and_brought_back(ines: Page, ben: Page):
    ines.get_by_role("tab", name="Versions").click()
    ines.get_by_label("Name of the version").fill("As mixed")
    ines.keyboard.press("Enter")
    expect(ines.locator('[data-version="As mixed"]')).to_be_visible()
    rename(ben, "fall", "rise")
    wait_for(lambda: labels(ines) == ["plunge", "rise"], 10, "the other name")
    ines.get_by_role("button", name="Compare").click()
    expect(ines.get_by_text("Since then: 1 cue changed.")).to_be_visible()
    expect(ines.get_by_text("“rise”: name fall → rise")).to_be_visible()
    ines.get_by_role("button", name="Bring back").click()
    wait_for(lambda: labels(ines) == ["fall", "plunge"], 10, "the names of then")
    expect(row(ben, "fall")).to_be_visible()
    expect(ines.get_by_text("All is as it was then.")).to_be_visible()
    expect(ben.get_by_text("Owner changed “fall” after you.")).to_be_visible()
    ines.keyboard.press("Control+z")
    wait_for(lambda: labels(ines) == ["plunge", "rise"], 10, "the names of before")


def test_a_deleted_version_is_had_back_from_the_bin(ines: Page):
    ines.get_by_role("button", name="Delete the version As mixed").click()
    expect(ines.locator('[data-version="As mixed"]')).to_have_count(0)
    ines.get_by_role("button", name="1 in the bin").click()
    ines.locator('[data-binned="As mixed"]').get_by_role("button", name="Put back").click()
    expect(ines.locator('[data-version="As mixed"]')).to_be_visible()
    expect(ines.get_by_text("in the bin", exact=False).filter(has_text=re.compile(r"^\d+ in the bin$"))).to_have_count(
        0
    )


def test_another_file_takes_the_place_of_the_track_and_cues_stay(ines: Page, ben: Page, tmp_path):
    ben.keyboard.press("Escape")
    ben.locator("[data-clock]").click()
    ben.keyboard.press("End")
    ben.keyboard.press("m")
    ben.keyboard.type("coda")
    ben.keyboard.press("Enter")
    expect(row(ben, "coda")).to_be_visible()
    shorter = tmp_path / "Shorter.wav"
    soundfile.write(shorter, np.random.default_rng(6).standard_normal(RATE * 5) * 0.05, RATE)
    choose_file(ines, "Replace", shorter)
    wait_for(lambda: api(ines, track_of(ines))["duration_seconds"] == 5.0, 60, "the shorter file")
    expect(row(ben, "coda")).to_contain_text("beyond the end")
    expect(ben.locator(".transport")).to_contain_text("0:05.00")
    assert "coda" in labels(ines)
