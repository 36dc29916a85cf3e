"""The demo scene's preview in a browser, against the same frames drawn and sent nowhere.

    python bench/preview.py [--seconds 20] [--rounds 5] [--json]

A studio of its own with the demo; Chromium opens the demo scene. While the page stands open and paused, a drawing
process like the service's own draws the scene's frames to JPEG and drops them, before and after the page plays: the
mean is “drawing alone with the page open”. Shown ÷ min(scene's rate, that) is the ratio. First frame: the scene's page
reloaded, everything warm; from joining the preview, and beside it from navigation. Slider: from Enter in the field of a
parameter that only `draw` reads to other pixels on the canvas.
Gates of issue 2: 0.85, 0.7 s, 0.5 s; DESIGN.md §7 aims at 0.9, 0.5 s and 150 ms from drawing to the screen.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from _figures import Figure, tell
from _studio import chromium, demo_studio, open_demo_scene

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Page

from gpu_service.executors.base import SceneOrder
from gpu_service.executors.local import LocalExecutor
from gpu_service.file_hash import file_sha256
from gpu_service.protocol import SceneSpec, SnapshotRef, TrackRef
from gpu_service.settings import read_settings
from tests.end_to_end import walk
from tests.end_to_end.conftest import wait_for

GATE_SHARE, GATE_FIRST, GATE_SLIDER, GOAL_TO_SCREEN = 0.85, 700.0, 500.0, 150.0
WARM_UP_SECONDS, ALONE_SECONDS = 2.0, 5.0
TOGETHER = 4
FIELD, OTHER_VALUE = "Truncation ψ", "0.35"

# Runs before the page's own scripts. `first`: when the first picture was shown, on the page's clock from navigation.
# `slider`: from Enter to other pixels on the canvas, milliseconds.
WATCHER = """
window.bench = { first: null, slider: null }
const small = new OffscreenCanvas(32, 32).getContext('2d', { willReadFrequently: true })
const pixels = () => {
  const picture = document.querySelector('canvas.picture')
  if (!picture) return ''
  small.drawImage(picture, 0, 0, 32, 32)
  return small.getImageData(0, 0, 32, 32).data.join()
}
const untilFirst = (now) => {
  if ((window.phosphene?.preview?.stats.shown ?? 0) > 0) window.bench.first = now
  else requestAnimationFrame(untilFirst)
}
requestAnimationFrame(untilFirst)
window.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return
  const [began, before] = [event.timeStamp, pixels()]
  window.bench.slider = null
  const untilOther = (now) => {
    if (pixels() !== before) window.bench.slider = performance.now() - began
    else requestAnimationFrame(untilOther)
  }
  requestAnimationFrame(untilOther)
}, true)
"""


@dataclass(frozen=True)
class Played:
    """What the page counted while it played. Rates in frames a second, times in milliseconds."""

    shown_per_second: float
    dropped: int
    delay: float
    to_screen: float
    to_screen_worst: float
    lead: float


def fetch_scene(page: Page, folder: Path) -> tuple[SceneSpec, dict[str, Path]]:
    """The scene that the page shows, at the size that it shows, and its files."""
    scene: dict[str, Any] = walk.api(page, f"/scenes/{page.url.rstrip('/').rpartition('/')[2]}")
    song = _download(page, f"/tracks/{scene['track_id']}/files/original", folder / "track")
    snapshots = [
        _download(page, f"/snapshots/{snapshot_id}/file", folder / f"{number}.safetensors")
        for number, snapshot_id in enumerate(scene["snapshot_ids"])
    ]
    width, height = page.evaluate(
        "() => { const seen = document.querySelector('canvas.picture'); return [seen.width, seen.height] }"
    )
    seconds = scene["track"]["duration_seconds"]
    spec = SceneSpec(
        visualizer=scene["visualizer"],
        parameters=scene["parameters"],
        tracks=[TrackRef(sha256=file_sha256(song), name="track", duration_seconds=seconds)],
        snapshots=[SnapshotRef(sha256=file_sha256(path), name=path.name) for path in snapshots],
        width=width,
        height=height,
        fps=scene["fps"],
        duration_seconds=seconds,
    )
    return spec, {file_sha256(path): path for path in [song, *snapshots]}


def _download(page: Page, path: str, to: Path) -> Path:
    origin = page.evaluate("() => location.origin")
    answer = page.request.get(f"{origin}/api/v1{path}")
    if not answer.ok:
        sys.exit(f"{path} answered {answer.status}.")
    to.write_bytes(answer.body())
    return to


class Alone:
    """The service's drawing and JPEG in a drawing process of our own; what it draws goes nowhere."""

    def __init__(self, scene: SceneSpec, files: Mapping[str, Path], folder: Path) -> None:
        self.scene = scene
        self.settings = read_settings({"GPU_DATA": str(folder / "gpu")})
        self.executor = LocalExecutor(self.settings)
        order = SceneOrder("alone", scene, files)
        self.executor.prepare(order, report=lambda _title, _share: None).result(120)
        self._draw(WARM_UP_SECONDS)

    def frames_per_second(self) -> float:
        return self._draw(ALONE_SECONDS)

    def _draw(self, seconds: float) -> float:
        began, drawn = time.perf_counter(), 0
        while time.perf_counter() - began < seconds:
            frames = [(drawn + step) % self.scene.frames for step in range(TOGETHER)]
            drawn += len(self.executor.draw("alone", frames, jpeg_quality=self.settings.preview_quality).result(60))
        return drawn / (time.perf_counter() - began)


def play(page: Page, seconds: float) -> Played:
    """Press Play, wait for the first moving pictures, count."""
    page.keyboard.press("Home")
    page.get_by_role("button", name="Play").first.click()
    wait_for(lambda: walk.sound_position(page) > 0.5, 30, "the sound")
    before, began = walk.preview_stats(page), page.evaluate("() => performance.now()")
    moments = []
    while page.evaluate("() => performance.now()") - began < seconds * 1000:
        page.wait_for_timeout(1000)
        moments.append(walk.preview_stats(page))
    after, ended = walk.preview_stats(page), page.evaluate("() => performance.now()")
    page.get_by_role("button", name="Pause").first.click()
    return Played(
        shown_per_second=(after["shown"] - before["shown"]) * 1000 / (ended - began),
        dropped=after["dropped"] - before["dropped"],
        delay=statistics.median(one["delayMs"] for one in moments),
        to_screen=statistics.median(one["drawToScreenMs"] for one in moments),
        to_screen_worst=max(one["drawToScreenMs"] for one in moments),
        lead=moments[-1]["leadMs"],
    )


def first_frames(page: Page, rounds: int) -> tuple[list[float], list[float]]:
    """-> milliseconds from joining the preview, milliseconds from navigation, a pair of each for every reload"""
    joined, navigated = [], []
    for _ in range(rounds):
        page.reload(wait_until="commit")
        page.wait_for_function("() => window.bench?.first != null")
        joined.append(walk.preview_stats(page)["firstFrameMs"])
        navigated.append(page.evaluate("() => window.bench.first"))
        page.wait_for_timeout(1000)
    return joined, navigated


def slider_responses(page: Page, rounds: int) -> list[float]:
    """Milliseconds; the field's value and another in turn, so the scene ends as it was."""
    field = page.get_by_role("textbox", name=FIELD)
    own, found = field.input_value(), []
    for number in range(rounds * 2):
        field.fill(own if number % 2 else OTHER_VALUE)
        page.evaluate("() => { window.bench.slider = null }")
        field.press("Enter")
        page.wait_for_function("() => window.bench.slider != null")
        found.append(page.evaluate("() => window.bench.slider"))
        page.wait_for_timeout(700)
    return found


def measure(*, seconds: float, rounds: int) -> tuple[list[Figure], dict[str, Any]]:
    """One studio, one page, everything in turn."""
    with demo_studio() as studio, chromium() as browser, tempfile.TemporaryDirectory() as name:
        page = open_demo_scene(browser, studio, script=WATCHER)
        walk.wait_for_frames(page, 0)
        alone = Alone(*fetch_scene(page, Path(name)), Path(name))
        try:
            before = alone.frames_per_second()
            played = play(page, seconds)
            page.wait_for_timeout(500)
            after = alone.frames_per_second()
        finally:
            alone.executor.close()
        joined, navigated = first_frames(page, rounds)
        sliders = slider_responses(page, rounds)
    return report(alone.scene, played, (before + after) / 2, joined, navigated, sliders), {
        "alone_before_and_after": [before, after],
        "first_frame_from_join_ms": joined,
        "first_frame_from_navigation_ms": navigated,
        "slider_ms": sliders,
    }


def report(
    scene: SceneSpec, played: Played, alone: float, joined: list[float], navigated: list[float], sliders: list[float]
) -> list[Figure]:
    rate = float(scene.frame_rate)
    shown, median = played.shown_per_second, statistics.median
    return [
        Figure("preview: shown ÷ min(scene's rate, drawing alone)", shown / min(rate, alone), at_least=GATE_SHARE),
        Figure(f"preview: shown, {scene.width} × {scene.height}, scene's rate {rate:g}", shown, "frames/s"),
        Figure("preview: drawing alone with the page open", alone, "frames/s"),
        Figure("preview: first frame warm, from joining", median(joined), "ms", at_most=GATE_FIRST, digits=0),
        Figure("preview: first frame warm, from navigation", median(navigated), "ms", digits=0),
        Figure("preview: slider to another picture", median(sliders), "ms", at_most=GATE_SLIDER, digits=0),
        Figure("preview: slider, slowest", max(sliders), "ms", at_most=GATE_SLIDER, digits=0),
        Figure("preview: dropped while playing", played.dropped, "frames", digits=0),
        Figure("preview: delay behind the sound, mean", played.delay, "ms", digits=0),
        Figure(f"preview: p95 draw to screen (goal {GOAL_TO_SCREEN:.0f} ms)", played.to_screen, "ms", digits=0),
        Figure("preview: p95 draw to screen, worst second", played.to_screen_worst, "ms", digits=0),
        Figure("preview: how far ahead is drawn", played.lead, "ms", digits=0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rounds", type=int, default=5, help="reloads, and pairs of slider moves")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    figures, details = measure(seconds=options.seconds, rounds=options.rounds)
    return tell(f"Demo scene in Chromium, played {options.seconds:g} s", figures, as_json=options.json, **details)


if __name__ == "__main__":
    sys.exit(main())
