"""The desk of a two-hour track as the person at it feels it: a real studio, a real browser without a graphics card.

    python bench/desk_page.py [--json] [--hours 2] [--cues 2000]

10,000 beats and 2,000 cues, then 10,000 cues. Opening runs from the navigation until waveform, curves and cues are
painted; the bytes of peaks are those that had moved by then. While the wheel turns once in every picture, frames are
those that the page painted; the figure is the slowest of three windows: the whole track, ten minutes, half a minute.
Memory is what the page's process holds of its own, after all of that, a second of spectrogram and samples included.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from _figures import Figure, tell
from _studio import PATIENCE, REPOSITORY, chromium
from playwright.sync_api import Browser, Page, Request

from tests.end_to_end.conftest import RunningStudio, start_studio, stop_studio
from tests.prepared import with_demo

FRAMES, OPEN_SECONDS, PEAKS_MEGABYTES, PAGE_MEGABYTES = 50.0, 2.0, 1.0, 300.0
TURNS = 150
# Name of a window -> its seconds, 0 for all.
WINDOWS = {"all of it": 0.0, "ten minutes": 600.0, "half a minute": 30.0}
FILL = """
import sys, time
sys.path.insert(0, "bench")
import django
django.setup()
from _long_track import fill, fill_spectrogram
from studio.projects.models import Project
seconds = float(sys.argv[1])
project = Project.objects.get(is_demo=True)
few, many = (fill(project, seconds=seconds, cues=int(cues), name=f"{cues} cues") for cues in sys.argv[2:])
began = time.process_time()
fill_spectrogram(few)
print(f"/p/{project.pk}/tracks/{few.pk}/ /p/{project.pk}/tracks/{many.pk}/ {time.process_time() - began}")
"""
# Runs in every page before its own scripts.
WATCH = """
window.bench = {}
const each = (run) => requestAnimationFrame(() => run() || each(run))
const covered = (canvas) => {
    if (!canvas?.width) return 0
    const row = canvas.getContext('2d').getImageData(0, canvas.height >> 1, canvas.width, 1).data
    let seen = 0
    for (let at = 3; at < row.length; at += 4) seen += row[at] > 0
    return seen / canvas.width
}
window.bench.painted = () => {
    const lane = (name) => document.querySelector(`.lt[data-lane=${name}]`)
    if (!lane('brightness')?.querySelector('canvas')) return false
    const hasCues = document.querySelector('[data-cue]') || covered(document.querySelector('.cues canvas')) > 0
    // Without beats the desk would be half empty, and quick.
    if (!document.querySelector('.bar-marker')) return false
    return hasCues && covered(lane('wave')?.querySelector('canvas')) > 0.9
}
each(() => window.bench.painted() && (window.bench.first = performance.now()))
window.bench.turn = (count, step) => new Promise((resolve) => {
    const lanes = document.querySelector('.lanes'), box = document.querySelector('.timearea').getBoundingClientRect()
    const at = { bubbles: true, cancelable: true, clientX: box.left + 0.6 * box.width, clientY: box.top + 120 }
    const times = []
    each(() => {
        times.push(performance.now())
        lanes.dispatchEvent(new WheelEvent('wheel', { ...at, ...step(times.length) }))
        return times.length > count && (resolve(times), true)
    })
})
"""
ZOOM = "(turn) => ({ deltaY: Math.floor(turn / 25) % 2 ? 60 : -60 })"
SCROLL = "(turn) => ({ deltaX: 30 })"


@contextmanager
def quiet_studio() -> Iterator[RunningStudio]:
    """A studio of one's own with the demo, that draws no sample portraits beside what is measured."""
    with tempfile.TemporaryDirectory(prefix="phosphene-bench-") as folder:
        studio = start_studio(with_demo(Path(folder) / "data"))
        try:
            yield studio
        finally:
            stop_studio(studio)


@dataclass
class Felt:
    """What one window of a track felt like: frames a second of each gesture."""

    zoom: list[float] = field(default_factory=list)
    scroll: list[float] = field(default_factory=list)


def fill(studio: RunningStudio, seconds: float, *cues: int) -> tuple[list[str], float]:
    """Put the tracks into the studio's database. -> the paths of their desks, seconds that the spectrogram took"""
    own = {"STUDIO_DATA": str(studio.data), "DJANGO_SETTINGS_MODULE": "studio.settings.base"}
    words = [sys.executable, "-c", FILL, str(seconds), *map(str, cues)]
    said = subprocess.run(words, cwd=REPOSITORY, env=os.environ | own, capture_output=True, text=True)
    if said.returncode != 0:
        raise SystemExit(said.stderr[-2000:])
    *paths, spent = said.stdout.strip().splitlines()[-1].split()
    return paths, float(spent)


def open_browser(browser: Browser, studio: RunningStudio) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(studio.sign_in_link)
    page.wait_for_load_state("networkidle")
    return page


def openings(page: Page, url: str, times: int = 5) -> tuple[list[float], float]:
    """Seconds from the navigation to a painted desk, and megabytes of peaks until then."""
    found, moved = [], 0.0
    for _ in range(times):
        asked: list[Request] = []

        def note(request: Request, asked: list[Request] = asked) -> None:
            asked.append(request)

        page.goto("about:blank")
        page.on("requestfinished", note)
        page.goto(url)
        page.wait_for_function("() => window.bench.first")
        found.append(page.evaluate("() => window.bench.first") / 1000)
        page.remove_listener("requestfinished", note)
        peaks = [one for one in asked if "/files/peaks" in one.url]
        moved = max(moved, sum(body_bytes(one) for one in peaks) / 1e6)
        if not peaks:
            raise SystemExit("No peaks were asked for: have their addresses changed?")
    return found, moved


def body_bytes(request: Request) -> int:
    """What its answer says that it holds."""
    answer = request.response()
    return int(answer.headers.get("content-length", 0)) if answer else 0


def show(page: Page, seconds: float) -> None:
    """Turn the wheel until so much of the track is seen."""
    page.evaluate("() => window.bench.turn(12, () => ({ deltaY: 2000 }))")
    if seconds:
        whole = float(page.locator(".playhead-keys").get_attribute("aria-valuemax") or 0)
        steps = -480 * math.log(whole / seconds) / 10
        page.evaluate(f"() => window.bench.turn(9, () => ({{ deltaY: {steps} }}))")
    page.wait_for_timeout(1200)


def frames(page: Page, step: str) -> list[float]:
    """Milliseconds between the pictures of one gesture."""
    times = page.evaluate(f"() => window.bench.turn({TURNS}, {step})")
    page.wait_for_timeout(300)
    return [after - before for before, after in pairwise(times)]


def felt(page: Page, windows: dict[str, float]) -> Felt:
    """Frames a second in each window."""
    found = Felt()
    for seconds in windows.values():
        show(page, seconds)
        found.zoom.append(1000 / statistics.mean(frames(page, ZOOM)))
        show(page, seconds)
        found.scroll.append(1000 / statistics.mean(frames(page, SCROLL)))
    return found


def process_megabytes() -> float:
    """What the largest of the browser's pages holds of its own, shared pages by their share."""
    most = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if b"--type=renderer" not in (folder / "cmdline").read_bytes() or not _is_ours(int(folder.name)):
                continue
            rollup = (folder / "smaps_rollup").read_text()
        except OSError:
            continue
        most = max(most, int(rollup.partition("\nPss:")[2].split()[0]) / 1000)
    return most


def _is_ours(pid: int) -> bool:
    """Whether a process descends from this one."""
    while pid > 1:
        if pid == os.getpid():
            return True
        status = Path(f"/proc/{pid}/status").read_text()
        pid = int(status.partition("\nPPid:")[2].split()[0])
    return False


def look_at_everything(page: Page) -> None:
    """Spectrogram, sections, a second curve and coloured bands, over the whole track and close."""
    for name in ("Spectrogram", "Sections", "Waveform in the colours"):
        page.get_by_role("button", name="Lanes").click()
        page.get_by_role("menuitem", name=name).click()
    page.get_by_label("Second curve over Loudness").select_option("bass")
    for seconds in (0.0, 600.0, 30.0, 5.0):
        show(page, seconds)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--hours", type=float, default=2.0)
    parser.add_argument("--cues", type=int, default=2000)
    options = parser.parse_args()
    with quiet_studio() as studio, chromium() as browser:
        (few, many), drawn = fill(studio, options.hours * 3600, options.cues, 10_000)
        page = open_browser(browser, studio)
        opened, moved = openings(page, studio.url + few)
        plain = felt(page, WINDOWS)
        crowded_opened, _ = openings(page, studio.url + many, times=2)
        crowded = felt(page, {"all of it": 0.0, "ten minutes": 600.0})
        # Lanes are kept with the account: what follows is seen with all of them.
        openings(page, studio.url + few, times=1)
        look_at_everything(page)
        rich = felt(page, WINDOWS)
        memory = process_megabytes()
    what = f"{options.hours:g} h, {options.cues:,} cues"
    figures = [
        Figure(f"{what}: desk painted, median of {len(opened)}", statistics.median(opened), "s", at_most=OPEN_SECONDS),
        Figure("… the slowest", max(opened), "s"),
        Figure("… bytes of peaks until then", moved, "MB", at_most=PEAKS_MEGABYTES),
        Figure("zoom, slowest of three windows", min(plain.zoom), "frames/s", at_least=FRAMES, digits=1),
        Figure("scroll, likewise", min(plain.scroll), "frames/s", at_least=FRAMES, digits=1),
        Figure("zoom with spectrogram, tints, second curve", min(rich.zoom), "frames/s", digits=1),
        Figure("scroll, likewise", min(rich.scroll), "frames/s", digits=1),
        Figure("memory of the page's process", memory, "MB", at_most=PAGE_MEGABYTES, digits=0),
        Figure("10,000 cues: desk painted, slowest of 2", max(crowded_opened), "s"),
        Figure("… zoom", min(crowded.zoom), "frames/s", at_least=FRAMES, digits=1),
        Figure("… scroll", min(crowded.scroll), "frames/s", at_least=FRAMES, digits=1),
        Figure("spectrogram of the track drawn in", drawn, "s of one core", digits=0),
    ]
    details = {"opened": opened, "plain": vars(plain), "rich": vars(rich), "crowded": vars(crowded)}
    return tell("The desk of a long track", figures, as_json=options.json, **json.loads(json.dumps(details)))


if __name__ == "__main__":
    sys.exit(main())
