"""Axe on every page, in the dark and in the light theme: no serious or critical fault."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.end_to_end import walk
from tests.end_to_end.walk import api, post, project_of

pytestmark = pytest.mark.browser
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Milliseconds in which lists and pictures arrive; what is still on its way is a skeleton, which counts as well.
SETTLED = 800
PLACES = (
    *("", "tracks/", "scenes/", "renders/", "library/", "capture/", "networks/"),
    *("training/", "training/new/", "projections/", "projections/new/", "activity/", "settings/"),
)


def serious_faults(page: Page, name: str) -> list[str]:
    """What axe calls serious or critical: the page, the rule, and the first places."""
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(
        """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .map(({ id, help, nodes }) => ({ id, help, places: nodes.map(({ html }) => html).slice(0, 4) }))"""
    )
    return [f"{name}: {one['id']} ({one['help']}): {'; '.join(one['places'])}" for one in found]


@pytest.fixture(scope="module")
def addresses(browser: Browser, owner: Page) -> Iterator[list[str]]:
    """Every place of the demo's project, one of each thing, and a link for guests."""
    with walk.own_browser_in_demo(browser, owner) as page:
        project = project_of(page)
        base = page.url
        track = api(page, f"/projects/{project}/tracks")["items"][0]["id"]
        scene = api(page, f"/projects/{project}/scenes")["items"][0]["id"]
        network = api(page, f"/projects/{project}/networks")["items"][0]["id"]
        share = post(page, f"/tracks/{track}/shares", {"name": "axe", "may_comment": True})
        comment = post(page, f"/tracks/{track}/comments", {"text": "Heard by axe", "seconds": 3})
        things = (f"tracks/{track}/", f"scenes/{scene}/", f"networks/{network}/", f"networks/{network}/explore/")
        yield [*(f"{base}{place}" for place in (*PLACES, *things)), f"{base.split('/p/')[0]}{share['path']}"]
        for made in (f"/comments/{comment['id']}", f"/shares/{share['id']}"):
            walk.status_of(page, made, "DELETE")


def test_no_page_has_a_serious_fault_in_either_theme(browser: Browser, owner: Page, addresses: list[str]) -> None:
    faults: list[str] = []
    with walk.own_browser_in_demo(browser, owner) as page:
        page.emulate_media(reduced_motion="reduce")  # else colours are measured on their way
        for address in addresses:
            page.goto(address)
            page.locator("#root h1, #root h2, #root h3, #root .topbar").first.wait_for()
            page.wait_for_timeout(SETTLED)
            for theme in ("dark", "light"):
                page.evaluate("(theme) => { document.documentElement.dataset.theme = theme }", theme)
                faults += serious_faults(page, f"{address.split('/p/')[-1][36:] or address} {theme}")
    assert not faults, "\n".join(faults)
