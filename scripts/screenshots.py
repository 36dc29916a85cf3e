"""Write a picture of every page to docs/screenshots, from a fresh studio with its demo project.

make screenshots
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from scripts.sitters import draw_sitters
from scripts.weights import draw_weights
from tests.end_to_end import walk
from tests.end_to_end.conftest import CHROMIUM_FLAGS, RunningStudio, chromium_path, start_studio, stop_studio
from tests.end_to_end.pi import Pi

FOLDER = REPOSITORY / "docs" / "screenshots"
PLACES = (
    "",
    "tracks/",
    "scenes/",
    "renders/",
    "networks/",
    "activity/",
    "settings/",
    "settings/#people",
    "settings/#machines",
)
PHONE = {"width": 390, "height": 844}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="phosphene-screenshots-") as folder, sync_playwright() as playwright:
        studio = start_studio(Path(folder) / "data")
        try:
            browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
            photograph(browser, studio)
            browser.close()
        finally:
            stop_studio(studio)


def photograph(browser: Browser, studio: RunningStudio) -> None:
    outside = browser.new_page(viewport={"width": 1440, "height": 900})
    outside.goto(f"{studio.url}/sign-in/")
    keep(outside, "sign-in")
    context, page = walk.new_person(browser)
    page.goto(studio.sign_in_link)
    page.wait_for_url("**/scenes/*/")
    page.get_by_role("button", name="Play (Space)").click()
    walk.wait_for_frames(page, 200)
    keep(page, "scene")
    page.keyboard.press("Space")
    scene = page.url
    project = walk.project_of(page)
    render = order_film(page, scene.rstrip("/").rpartition("/")[2])
    page.goto(f"{studio.url}/p/{project}/renders/{render}/")
    page.wait_for_timeout(4000)
    keep(page, "render-running")
    walk.wait_for_film(page, render, 900)
    page.reload()
    page.wait_for_timeout(2500)
    keep(page, "render")
    for place in PLACES:
        page.goto("about:blank")
        page.goto(f"{studio.url}/p/{project}/{place}")
        page.wait_for_timeout(1800)
        keep(page, place.replace("/#", "-").strip("/") or "home")
    for kind in ("tracks", "networks"):
        thing = walk.api(page, f"/projects/{project}/{kind}")["items"][0]["id"]
        page.goto(f"{studio.url}/p/{project}/{kind}/{thing}/")
        page.wait_for_timeout(2500)
        keep(page, kind.removesuffix("s"))
    page.goto(f"{studio.url}/projects/")
    page.wait_for_timeout(1500)
    keep(page, "projects")
    fates(page, studio, project)
    explorer(page, studio, project)
    library(page, studio, project)
    capture(page, studio, project)
    light(page, studio, project)
    phone(page, studio, project, render)
    context.close()


def fates(page: Page, studio: RunningStudio, project: str) -> None:
    """Files of weights as people bring them, each with what became of it."""
    page.goto(f"{studio.url}/p/{project}/networks/")
    with tempfile.TemporaryDirectory() as folder:
        walk.choose_file(page, "Import snapshots", *draw_weights(Path(folder)))
        page.get_by_text("6 kept, 2 refused").wait_for(timeout=900_000)
    page.wait_for_timeout(2500)
    keep(page, "fates")
    networks = walk.api(page, f"/projects/{project}/networks")["items"]
    training = next(one["id"] for one in networks if one["name"] == "portraits")
    page.goto(f"{studio.url}/p/{project}/networks/{training}/")
    page.wait_for_timeout(4000)
    keep(page, "growth")


def explorer(page: Page, studio: RunningStudio, project: str) -> None:
    """The demo's network by hand: a direction moved, pins, and a path of them that plays."""
    network = walk.api(page, f"/projects/{project}/networks")["items"][0]["id"]
    page.goto(f"{studio.url}/p/{project}/networks/{network}/explore/?seed=3")
    fine = page.locator("[data-preview][data-fine='true']")
    fine.wait_for(timeout=120_000)
    page.get_by_role("button", name="Find directions").first.click()
    slider = page.locator("[data-knob='Direction 2']").get_by_role("slider")
    slider.wait_for(timeout=120_000)
    for seed in (11, 5, 8, 3):
        page.get_by_role("button", name=f"Seed {seed}", exact=True).click()
        page.wait_for_timeout(700)
        page.keyboard.press("p")
        page.wait_for_timeout(700)
    for _ in range(4):
        slider.press("PageUp")
    page.get_by_role("tab", name="Pins").click()
    for place in range(4):
        page.get_by_role("list", name="Pins").get_by_role("listitem").nth(place).drag_to(page.locator(".dropplace"))
        page.wait_for_timeout(500)
    page.wait_for_timeout(13_000)  # what was said of the pins has gone
    fine.wait_for()
    keep(page, "explorer")


def library(page: Page, studio: RunningStudio, project: str) -> None:
    """A dataset of made-up sitters, scored: list, grid, filtered grid, loupe, and the dialog that freezes it."""
    page.goto(f"{studio.url}/p/{project}/library/")
    page.get_by_role("button", name="New dataset").first.click()
    page.get_by_role("textbox").first.fill("ines")
    page.keyboard.press("Enter")
    page.wait_for_url("**/library/*/")
    dataset = page.url.rstrip("/").rpartition("/")[2]
    with tempfile.TemporaryDirectory() as folder:
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Choose files").click()
        chooser.value.set_files([str(path) for path in draw_sitters(Path(folder))])
        wait_for_scores(page, dataset, 120)
    page.reload()
    page.wait_for_timeout(2500)
    for key in "ppxpppxpp":
        page.keyboard.press(key)
        page.wait_for_timeout(120)
    keep(page, "library")
    page.keyboard.press("Space")
    page.wait_for_timeout(2000)
    keep(page, "loupe")
    page.keyboard.press("g")
    page.get_by_role("button", name="Freeze as version").click()
    page.wait_for_timeout(3000)
    keep(page, "freeze")
    page.keyboard.press("Escape")
    page.goto(f"{studio.url}/p/{project}/library/")
    page.wait_for_timeout(1500)
    keep(page, "datasets")


def capture(page: Page, studio: RunningStudio, project: str) -> None:
    """A sitting with the fake camera, paired by its code, while it shoots."""
    with tempfile.TemporaryDirectory() as folder:
        pi = Pi(Path(folder))
        page.goto(f"{studio.url}/p/{project}/capture/")
        code = pi.code(pi.start("pair", "--studio", studio.url, "--name", "Tripod Pi"))
        page.get_by_role("button", name="Type its code").click()
        page.get_by_role("textbox", name="Code").fill(code)
        page.get_by_role("button", name="Pair", exact=True).click()
        pi.wait()
        pi.start("run", "--camera", "fake")
        try:
            shoot(page)
            keep(page, "capture")
        finally:
            pi.stop()


def shoot(page: Page) -> None:
    """Begin a burst on the capture page, and wait until two rows of its pictures are there."""
    page.get_by_text("Tripod Pi online").wait_for(timeout=60_000)
    for name, value in (("Shots", "600"), ("Every", "2"), ("Countdown", "0"), ("Shutter", "8000")):
        field = page.get_by_role("textbox", name=name)
        field.fill(value)
        field.press("Enter")
        page.wait_for_timeout(700)
    page.get_by_role("textbox", name="Prompt").fill("speaking, eyes to camera")
    page.get_by_role("textbox", name="Place").fill("Back room")
    page.get_by_role("button", name="Start").click()
    page.locator(".arriving .tile img").nth(11).wait_for(timeout=300_000)
    page.wait_for_timeout(1500)


def wait_for_scores(page: Page, dataset: str, count: int) -> None:
    for _ in range(1200):
        if walk.api(page, f"/datasets/{dataset}")["counts"]["scored"] >= count:
            return
        page.wait_for_timeout(500)
    raise SystemExit("The portraits were not scored within ten minutes.")


def light(page: Page, studio: RunningStudio, project: str) -> None:
    thing = walk.api(page, f"/projects/{project}/tracks")["items"][0]["id"]
    page.goto(f"{studio.url}/p/{project}/tracks/{thing}/")
    page.wait_for_timeout(2000)
    page.evaluate("() => { document.documentElement.dataset.theme = 'light'; dispatchEvent(new Event('theme')) }")
    page.wait_for_timeout(800)
    keep(page, "track-light")


def phone(page: Page, studio: RunningStudio, project: str, render: str) -> None:
    page.set_viewport_size(PHONE)
    thing = walk.api(page, f"/projects/{project}/tracks")["items"][0]["id"]
    for name, address in (("home", ""), ("track", f"tracks/{thing}/"), ("render", f"renders/{render}/")):
        page.goto(f"{studio.url}/p/{project}/{address}")
        page.wait_for_timeout(1800)
        keep(page, f"phone-{name}")


def order_film(page: Page, scene: str) -> str:
    """A film of the whole demo, small enough to be ready soon."""
    return page.evaluate(
        """async (scene) => {
            const csrf = JSON.parse(document.querySelector('#page-data').textContent).csrf
            const headers = { 'X-CSRFToken': csrf, 'Content-Type': 'application/json' }
            const body = JSON.stringify({ range: { kind: 'whole' }, quality: 'final', width: 256, height: 256 })
            return (await (await fetch(`/api/v1/scenes/${scene}/renders`, { method: 'POST', headers, body })).json()).id
        }""",
        scene,
    )


def keep(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"docs/screenshots/{name}.png")


if __name__ == "__main__":
    main()
