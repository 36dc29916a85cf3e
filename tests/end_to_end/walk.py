"""Steps that a person takes in the browser, named as a person would name them."""

import base64
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page

from gpu_service.music.ffmpeg import find_ffmpeg
from tests.end_to_end.conftest import RunningStudio, wait_for

AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Milliseconds in which lists and pictures arrive; what is still on its way is a skeleton, which counts as well.
SETTLED = 300
BUSY = 90_000  # milliseconds that a slow machine may take for a step


def new_person(browser: Browser) -> tuple[BrowserContext, Page]:
    """A browser of one's own: no cookies, nothing remembered."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    return context, page


def project_of(page: Page) -> str:
    found = re.search(r"/p/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return found.group(1)


def go(page: Page, studio: RunningStudio, place: str) -> None:
    page.goto(f"{studio.url}/p/{project_of(page)}/{place}")


def go_in_demo(page: Page, owner: Page, place: str = "") -> None:
    """To a place of the demo's project, wherever other walks have led the owner."""
    demo = next(one for one in api(owner, "/projects")["items"] if one["is_demo"])
    page.goto(urljoin(owner.url, f"/p/{demo['id']}/{place}"))


@contextmanager
def own_browser_in_demo(browser: Browser, owner: Page) -> Iterator[Page]:
    """The owner in a browser with a viewport of its own, at the demo's project."""
    context, page = new_person(browser)
    context.add_cookies(owner.context.cookies())
    try:
        go_in_demo(page, owner)
        yield page
    finally:
        context.close()


def choose_file(page: Page, button: str, *paths: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).first.click()
    chooser.value.set_files(list(paths))


def send_track(page: Page, owner: Page, path: Path) -> dict[str, Any]:
    """A track of a walk's own, in the project of the demo, when it is analysed."""
    go_in_demo(page, owner, "tracks/")
    choose_file(page, "Add tracks", path)

    def is_ready() -> dict[str, Any] | None:
        tracks = api(page, f"/projects/{project_of(page)}/tracks")["items"]
        return next((one for one in tracks if one["name"] == path.stem and one["state"] == "ready"), None)

    return wait_for(is_ready, 180, "the analysis")


def drop_file(page: Page, path: Path) -> None:
    """Let go of a file over the page, as a hand with a mouse would."""
    carried = page.evaluate_handle(
        """([name, text]) => {
            const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
            const carried = new DataTransfer()
            carried.items.add(new File([bytes], name))
            return carried
        }""",
        [path.name, base64.b64encode(path.read_bytes()).decode()],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", event, {"dataTransfer": carried})


def preview_stats(page: Page) -> dict[str, Any]:
    """What the preview counts: shown, dropped, delayMs, firstFrameMs, fps."""
    return page.evaluate("() => window.phosphene?.preview?.stats ?? {}") or {}


def wait_for_frames(page: Page, more_than: int, seconds: float = 90) -> dict[str, Any]:
    wait_for(lambda: preview_stats(page).get("shown", 0) > more_than, seconds, f"more than {more_than} preview frames")
    return preview_stats(page)


def sound_position(page: Page) -> float:
    """Seconds into the track, as the audio element says."""
    return float(
        page.evaluate("() => Math.max(0, ...[...document.querySelectorAll('audio')].map((one) => one.currentTime))")
    )


def api(page: Page, path: str) -> Any:
    """What the API answers to the person of this page."""
    return page.evaluate("async (path) => (await fetch('/api/v1' + path)).json()", path)


def post(page: Page, path: str, body: Any) -> Any:
    """What the API answers to a change that the person of this page asks for."""
    script = """async ([path, body]) => {
        const csrf = JSON.parse(document.querySelector('#page-data').textContent).csrf
        const headers = { 'X-CSRFToken': csrf, 'Content-Type': 'application/json' }
        return (await fetch('/api/v1' + path, { method: 'POST', headers, body: JSON.stringify(body) })).json()
    }"""
    return page.evaluate(script, [path, body])


def status_of(page: Page, path: str, method: str = "GET", body: str | None = None) -> int:
    """The status that the person of this page gets, with their own CSRF token."""
    script = """async ([path, method, body]) => {
        const csrf = JSON.parse(document.querySelector('#page-data').textContent).csrf
        const headers = { 'X-CSRFToken': csrf, 'Content-Type': 'application/json' }
        return (await fetch('/api/v1' + path, { method, headers, ...(body ? { body } : {}) })).status
    }"""
    return int(page.evaluate(script, [path, method, body]))


def film_facts(path: Path) -> str:
    """What ffmpeg says of a file."""
    return subprocess.run([find_ffmpeg(), "-hide_banner", "-i", path], capture_output=True, text=True).stderr


def film_pictures(path: Path, side: int = 64) -> np.ndarray:
    """Every frame of a film, small. [frames, side, side, 3] uint8"""
    command = [
        find_ffmpeg(),
        "-v",
        "error",
        "-i",
        path,
        "-vf",
        f"scale={side}:{side}:flags=area",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-",
    ]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, side, side, 3)


def wait_for_film(page: Page, render_id: str, seconds: float) -> dict[str, Any]:
    def finished() -> dict[str, Any] | None:
        now = api(page, f"/renders/{render_id}")
        assert now["state"] not in ("failed", "cancelled"), now["error"]
        return now if now["state"] == "done" else None

    return wait_for(finished, seconds, "the film")


def serious_faults(page: Page, name: str) -> list[str]:
    """What axe calls serious or critical here, in both themes: the page, the rule, and the first places."""
    page.emulate_media(reduced_motion="reduce")  # else colours are measured on their way
    page.wait_for_timeout(SETTLED)
    script = """async () => {
        const found = []
        const root = document.documentElement
        const before = root.dataset.theme
        for (const theme of ['dark', 'light']) {
            root.dataset.theme = theme
            await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
            // What is wrong in the second theme and not in the first is a matter of colour.
            const rules = theme === 'light' ? { runOnly: ['color-contrast', 'link-in-text-block'] } : {}
            const { violations } = await axe.run(document, { resultTypes: ['violations'], ...rules })
            for (const { id, help, impact, nodes } of violations)
                if (impact === 'serious' || impact === 'critical')
                    found.push(`${theme}: ${id} (${help}): ${nodes.slice(0, 4).map(({ html }) => html).join('; ')}`)
        }
        root.dataset.theme = before
        return found
    }"""
    if not page.evaluate("() => Boolean(window.axe)"):
        page.evaluate(AXE.read_text())
    faults = page.evaluate(script)
    page.emulate_media(reduced_motion="null")
    return [f"{name} {fault}" for fault in faults]
