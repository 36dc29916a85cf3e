"""The explorer's answer to a moving hand: from a slider to its picture, in a browser, with the demo's network.

    python bench/explorer.py [--seconds 8] [--rounds 3] [--json]

A studio of its own with the demo; Chromium opens the demo network's explorer, 256 × 256, and drags the slider of
truncation to and fro by mouse moves, sixty a second. The page itself notes each message, and the moment at which a
picture of the studio's answer to it was on the canvas. It sends no more than one message per picture: the second figure
counts from the hand's move, with the waiting for the picture before. Gate: p95 ≤ 120 ms.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from _figures import Figure, tell
from _studio import chromium, demo_studio, open_demo_scene

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page

from tests.end_to_end import walk
from tests.end_to_end.conftest import wait_for

GATE_MS = 120.0
MOVE_SECONDS = 1 / 60
SWING = 0.3  # of the slider's width, to both sides of where it stands
SLIDER = "Truncation"


def open_explorer(page: Page) -> None:
    """From the demo scene to the explorer of its network, until it shows a picture."""
    networks = walk.api(page, f"/projects/{walk.project_of(page)}/networks")["items"]
    origin = page.evaluate("() => location.origin")
    page.goto(f"{origin}/p/{walk.project_of(page)}/networks/{networks[0]['id']}/explore/")
    page.get_by_role("slider", name=SLIDER).first.wait_for()
    wait_for(lambda: page.evaluate("() => document.querySelector('[data-revision]') !== null"), 90, "the first picture")
    page.wait_for_timeout(3000)  # its small pictures are drawn


def drag(page: Page, seconds: float) -> dict[str, Any]:
    """To and fro, and what the page counted."""
    box = page.get_by_role("slider", name=SLIDER).first.bounding_box()
    assert box is not None
    middle, height = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(middle, height)
    page.mouse.down()
    began, step = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < seconds:
        swing = 1 - abs((passed * 0.5) % 2 - 1)  # two seconds from end to end
        page.mouse.move(middle + (2 * swing - 1) * SWING * box["width"], height)
        step += 1
        time.sleep(max(0.0, step * MOVE_SECONDS - (time.perf_counter() - began)))
    page.mouse.up()
    page.wait_for_timeout(700)
    figures: dict[str, Any] = page.evaluate("() => window.phosphene_hand()")
    return figures


def measure(*, seconds: float, rounds: int) -> tuple[list[Figure], dict[str, Any]]:
    """One studio, one page, the drag several times."""
    with demo_studio() as studio, chromium() as browser:
        page = open_demo_scene(browser, studio)
        open_explorer(page)
        drag(page, 2.0)  # warm
        found = []
        for _ in range(rounds):
            page.reload()
            open_explorer(page)
            found.append(drag(page, seconds))

    def middle(name: str) -> float:
        return statistics.median(one[name] for one in found)

    figures = [
        Figure("explorer: slider to picture, p95", middle("p95Ms"), "ms", at_most=GATE_MS, digits=0),
        Figure("explorer: slider to picture, median", middle("p50Ms"), "ms", digits=0),
        Figure("explorer: hand to picture, with the picture before, p95", middle("p95FromMoveMs"), "ms", digits=0),
        Figure("explorer: pictures a second", middle("count") / seconds, "pictures/s", digits=1),
    ]
    return figures, {"rounds": found}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    figures, details = measure(seconds=options.seconds, rounds=options.rounds)
    title = f"Explorer of the demo's network in Chromium, dragged for {options.seconds:g} s"
    return tell(title, figures, as_json=options.json, **details)


if __name__ == "__main__":
    sys.exit(main())
