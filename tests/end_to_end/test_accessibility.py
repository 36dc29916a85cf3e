"""Axe on every page, in the dark and in the light theme: no serious or critical fault.

What only other walks make (a portrait, a film, a training run, a projection) is looked at where they make it, by
`walk.serious_faults`.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.end_to_end import walk
from tests.end_to_end.conftest import RunningStudio
from tests.end_to_end.walk import api, post, project_of, serious_faults

pytestmark = pytest.mark.browser
PLACES = (
    *("", "tracks/", "scenes/", "renders/", "library/", "capture/", "networks/"),
    *("training/", "training/new/", "training/compare/", "projections/", "projections/new/", "activity/"),
    *("settings/", "settings/#people", "settings/#tokens", "settings/#machines", "settings/#keys"),
    "tracks/00000000-0000-0000-0000-000000000000/",  # nothing there
)
# What opens on the track desk, and the keys that close it again.
OPENED: dict[str, tuple[Callable[[Page], None], str]] = {
    "keys": (lambda page: page.keyboard.press("?"), "Escape"),
    "palette": (lambda page: page.keyboard.press("Control+k"), "Escape"),
    "cues from the analysis": (lambda page: page.keyboard.press("a"), "a"),
    "table of cues": (lambda page: page.keyboard.press("e"), "e"),
    "versions": (lambda page: page.get_by_role("tab", name="Versions").click(), ""),
    "comments": (lambda page: page.get_by_role("tab", name="Comments").click(), ""),
    "export": (lambda page: page.get_by_role("button", name="Export", exact=True).click(), "Escape"),
    "share": (lambda page: page.get_by_role("button", name="Share", exact=True).click(), "Escape"),
}


@pytest.fixture(scope="module")
def page(browser: Browser, owner: Page) -> Iterator[Page]:
    """The owner in the demo's project."""
    with walk.own_browser_in_demo(browser, owner) as page:
        yield page


def things(page: Page, *kinds: str) -> list[str]:
    """The first of each kind in the project."""
    return [api(page, f"/projects/{project_of(page)}/{kind}")["items"][0]["id"] for kind in kinds]


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator(":is(h1, h2, h3, .topbar):visible").first.wait_for()


def test_no_place_has_a_serious_fault_in_either_theme(page: Page) -> None:
    base, faults = page.url, list[str]()
    scene, network = things(page, "scenes", "networks")
    of_things = (
        f"scenes/{scene}/",
        f"networks/{network}/",
        f"networks/{network}/explore/",
        f"networks/{network}/walk/",
    )
    for place in (*PLACES, *of_things):
        open_page(page, base + place)
        faults += serious_faults(page, place)
    open_page(page, f"{base.split('/p/')[0]}/projects/")
    faults += serious_faults(page, "projects")
    walk.go_in_demo(page, page)
    assert not faults, "\n".join(faults)


def test_nothing_on_the_track_desk_has_one_whatever_is_open(page: Page) -> None:
    (track,) = things(page, "tracks")
    page.goto(f"{page.url.partition('/p/')[0]}/p/{project_of(page)}/tracks/{track}/")
    page.get_by_role("listbox", name="Cues").wait_for()
    faults = serious_faults(page, "desk")
    for name, (open_it, close) in OPENED.items():
        open_it(page)
        faults += serious_faults(page, name)
        if close:
            page.keyboard.press(close)
    walk.go_in_demo(page, page)
    assert not faults, "\n".join(faults)


def test_nor_have_the_pages_of_who_is_not_signed_in(page: Page, browser: Browser, studio: RunningStudio) -> None:
    (track,) = things(page, "tracks")
    share = post(page, f"/tracks/{track}/shares", {"name": "axe", "may_comment": True})
    comment = post(page, f"/tracks/{track}/comments", {"text": "Heard by axe", "seconds": 3})
    invitation = post(page, f"/projects/{project_of(page)}/invitations", {"role": "viewer"})
    context, guest = walk.new_person(browser)
    faults: list[str] = []
    addresses = ("/sign-in/", share["path"], "/s/nothing/", f"/join/{invitation['url'].partition('/join/')[2]}")
    for address in addresses:
        open_page(guest, studio.url + address)
        faults += serious_faults(guest, address)
    context.close()
    for made in (f"/comments/{comment['id']}", f"/shares/{share['id']}"):
        walk.status_of(page, made, "DELETE")
    assert not faults, "\n".join(faults)
