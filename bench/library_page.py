"""Culling 80,000 portraits as the person at the page feels it: a real studio, a real browser, real small pictures.

    python bench/library_page.py [--json] [--portraits 80000]

First paint runs from the click on a link until every place in the window has its picture; a filter change from the
press until the grid shows the new filter; a key in the loupe until the large view of the next portrait stands there.
Memory is the page's heap after a collection, and the studio's resident memory, before and after scrolling from the
first portrait to the last.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from _figures import Figure, tell
from _studio import PATIENCE, REPOSITORY, chromium, demo_studio
from playwright.sync_api import Browser, CDPSession, Page

from tests.end_to_end.conftest import RunningStudio

PAINT_SECONDS, FILTER_SECONDS, NEXT_SECONDS = 1.0, 0.3, 0.1
HEAP_MEGABYTES, STUDIO_MEGABYTES = 10.0, 20.0
SCROLLS = 160
SCROLL = """(share) => {
    const view = document.querySelector('.grid-view')
    view.scrollTop = share * (view.scrollHeight - view.clientHeight)
}"""
FILL = """
import sys
sys.path.insert(0, "bench")
import django
django.setup()
from _library import fill
from studio.datasets.models import Dataset
from studio.projects.models import Project
dataset = Dataset.objects.create(project=Project.objects.get(is_demo=True), name="ines")
fill(dataset, int(sys.argv[1]))
print(f"/p/{dataset.project_id}/library/{dataset.pk}/")
"""
# Runs in every page before its own scripts.
WATCH = """
window.bench = {}
const each = (run) => requestAnimationFrame(() => run() || each(run))
window.bench.painted = () => {
    const view = document.querySelector('.grid-view')
    if (!view?.dataset.shows) return false
    const box = view.getBoundingClientRect()
    const seen = [...view.querySelectorAll('.cell:not([hidden])')].filter((one) => {
        const { top, bottom } = one.getBoundingClientRect()
        return bottom > box.top && top < box.bottom
    })
    return seen.length > 8 && seen.every((one) => one.querySelector('img.there'))
}
each(() => window.bench.painted() && (window.bench.first = performance.now()))
window.bench.until = (test, act) => new Promise((resolve) => {
    const began = performance.now()
    act()
    each(() => test() && (resolve(performance.now() - began), true))
})
"""


def fill(studio: RunningStudio, count: int) -> str:
    """Put the portraits into the studio's database. -> the path of their page"""
    own = {"STUDIO_DATA": str(studio.data), "DJANGO_SETTINGS_MODULE": "studio.settings.base"}
    said = subprocess.run(
        [sys.executable, "-c", FILL, str(count)], cwd=REPOSITORY, env=os.environ | own, capture_output=True, text=True
    )
    if said.returncode != 0:
        raise SystemExit(said.stderr[-2000:])
    return said.stdout.strip().splitlines()[-1]


def open_page(browser: Browser, studio: RunningStudio) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(studio.sign_in_link)
    return page


def first_paints(page: Page, url: str, times: int = 5) -> list[float]:
    """Seconds from the navigation to a window full of pictures."""
    found = []
    for _ in range(times):
        page.goto("about:blank")
        page.goto(url)
        page.wait_for_function("() => window.bench.first")
        found.append(page.evaluate("() => window.bench.first") / 1000)
    return found


def filter_changes(page: Page, what: str) -> list[float]:
    """Seconds from pressing a tab, or turning the order, to the grid that `shows` it, or has it `counted`."""
    script = """(press) => {
        const view = document.querySelector('.grid-view'), before = view.dataset[WHAT]
        return window.bench.until(() => view.dataset[WHAT] !== before, () => document.querySelector(press).click())
    }""".replace("WHAT", repr(what))
    tabs = [f".filterbar .group .btn:nth-child({at})" for at in (1, 3, 4, 2)] + [".arrowdown", ".arrowdown"]
    found = []
    for press in tabs * 3:
        found.append(page.evaluate(script, press) / 1000)
        page.wait_for_timeout(400)
    return found


def range_changes(page: Page) -> list[float]:
    """The same for the end of a range moved by keys, less the rest after which the keys count as one gesture."""
    rest = 0.35
    script = """(key) => {
        const view = document.querySelector('.grid-view'), before = view.dataset.shows
        const grip = document.querySelector('.filterpanel .grip')
        const press = () => grip.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
        return window.bench.until(() => view.dataset.shows !== before, press)
    }"""
    found = []
    for key in ("PageUp", "PageUp", "PageUp", "ArrowRight", "PageDown", "PageDown"):
        found.append(page.evaluate(script, key) / 1000 - rest)
        page.wait_for_timeout(400)
    return found


def next_pictures(page: Page, times: int = 40) -> list[float]:
    """Seconds from the key to the next portrait's large view, with decisions in between as one culls."""
    page.locator(".grid-view").press("Home")
    page.keyboard.press("Space")
    page.wait_for_selector(".pane[data-large='true']")
    page.wait_for_timeout(1500)
    script = """(key) => {
        const pane = document.querySelector('.pane'), before = pane.dataset.shows
        const press = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }))
        return window.bench.until(() => pane.dataset.shows !== before && pane.dataset.large === 'true', press)
    }"""
    found = []
    for at in range(times):
        found.append(page.evaluate(script, "x" if at % 4 == 3 else "ArrowRight") / 1000)
        page.wait_for_timeout(120)
    page.keyboard.press("g")
    return found


def heap(session: CDPSession) -> tuple[float, float]:
    """Megabytes of the page's heap after a collection, and its number of nodes."""
    session.send("HeapProfiler.collectGarbage")
    metrics: dict[str, Any] = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return metrics["JSHeapUsedSize"] / 1e6, metrics["Nodes"]


def resident(pid: int) -> float:
    """Megabytes of a process and its children."""
    parents: dict[int, int] = {}
    sizes: dict[int, float] = {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            text = status.read_text()
        except OSError:
            continue
        said = dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
        one = int(said["Pid"])
        parents[one] = int(said["PPid"])
        sizes[one] = int(said.get("VmRSS", "0 kB").split()[0]) / 1000
    family = {pid}
    while more := {one for one, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(sizes.get(one, 0.0) for one in family)


def scroll_through(page: Page, studio: RunningStudio) -> tuple[list[Figure], float]:
    """Scroll from the first portrait to the last and watch memory from a tenth of the way on."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    marks, began = {}, time.perf_counter()
    for at in range(SCROLLS + 1):
        page.evaluate(SCROLL, at / SCROLLS)
        page.wait_for_timeout(140)
        if at in (SCROLLS // 10, SCROLLS):
            page.wait_for_function("() => window.bench.painted()")
            page.wait_for_timeout(500)
            marks[at] = (*heap(session), resident(studio.process.pid))
    spent = time.perf_counter() - began
    (heap_a, nodes_a, rss_a), (heap_b, nodes_b, rss_b) = marks[SCROLLS // 10], marks[SCROLLS]
    cells = page.locator(".cell").count()
    return [
        Figure(
            "page's heap, grown while scrolling end to end", heap_b - heap_a, "MB", at_most=HEAP_MEGABYTES, digits=1
        ),
        Figure("page's nodes, grown likewise", nodes_b - nodes_a, digits=0),
        Figure("cells of the grid", cells, at_most=220, digits=0),
        Figure("studio's memory, grown likewise", rss_b - rss_a, "MB", at_most=STUDIO_MEGABYTES, digits=1),
    ], spent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--portraits", type=int, default=80_000)
    options = parser.parse_args()
    with demo_studio() as studio, chromium() as browser:
        path = fill(studio, options.portraits)
        page = open_page(browser, studio)
        paints = first_paints(page, studio.url + path)
        changes, counted, ranges = filter_changes(page, "shows"), filter_changes(page, "counted"), range_changes(page)
        page.goto(studio.url + path + "?filter=%7B%7D")
        page.wait_for_function("() => window.bench.first")
        nexts = next_pictures(page)
        memory, spent = scroll_through(page, studio)
    many = f"{options.portraits:,} portraits"
    figures = [
        Figure(f"{many}: first paint, median of {len(paints)}", statistics.median(paints), "s", at_most=PAINT_SECONDS),
        Figure("… the slowest", max(paints), "s"),
        Figure(f"filter change, median of {len(changes)}", statistics.median(changes), "s", at_most=FILTER_SECONDS),
        Figure("… the slowest", max(changes), "s"),
        Figure("filter change, until all is counted, median", statistics.median(counted), "s", at_most=FILTER_SECONDS),
        Figure("range of a score changed, median", statistics.median(ranges), "s", at_most=FILTER_SECONDS),
        Figure(
            f"key to next picture, median of {len(nexts)}", statistics.median(nexts) * 1000, "ms",
            at_most=NEXT_SECONDS * 1000, digits=0,
        ),
        Figure("… the slowest", max(nexts) * 1000, "ms", digits=0),
        *memory,
        Figure("scrolled end to end in", spent, "s", digits=0),
    ]  # fmt: skip
    return tell("The library's page", figures, as_json=options.json, paints=paints, changes=changes, nexts=nexts)


if __name__ == "__main__":
    sys.exit(main())
