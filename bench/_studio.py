"""A studio with its demo and a browser before it, for benches that measure what a person sees."""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from playwright.sync_api import Browser, Page, sync_playwright

from tests.end_to_end.conftest import CHROMIUM_FLAGS, RunningStudio, chromium_path, start_studio, stop_studio

# A slow machine may take this long for a step, milliseconds.
PATIENCE = 90_000


@contextmanager
def demo_studio() -> Iterator[RunningStudio]:
    """A studio of one's own in a folder that is thrown away. Its processes end with the block."""
    with tempfile.TemporaryDirectory(prefix="phosphene-bench-") as folder:
        studio = start_studio(Path(folder) / "data")
        try:
            yield studio
        finally:
            stop_studio(studio)


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def open_demo_scene(browser: Browser, studio: RunningStudio, *, script: str = "") -> Page:
    """Sign in by the link, which leads to the demo scene. `script` runs in every page before its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(script)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.goto(studio.sign_in_link)
    page.wait_for_url(re.compile(r"/p/[0-9a-f-]{36}/scenes/[0-9a-f-]{36}/"))
    return page
