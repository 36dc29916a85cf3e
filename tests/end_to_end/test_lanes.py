"""Lanes in the browser: one click in silence stands under the playhead in every lane, from the whole to the sample."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import RunningStudio, wait_for
from tests.end_to_end.walk import BUSY, api, go, own_browser_in_demo, send_track

pytestmark = pytest.mark.browser

RATE, SECONDS, CLICK = 44_100, 4, 54_321
# How far the wheel is turned at the playhead before each look: all of it, a second, 20 ms, samples.
TURNS = (4000, -900, -2000, -4000)
# Of a lane's picture: the columns whose upper part is brightest, in CSS px from the left edge of the time axis.
BRIGHTEST = """([lane, top, bottom]) => {
    const canvas = document.querySelector(`.lt[data-lane=${lane}] canvas`)
    const { width, height } = canvas
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height)
    const ground = [11, 12, 14]
    const sums = Array.from({ length: width }, (_, x) => {
        let sum = 0
        for (let y = Math.round(top * height); y < bottom * height; y++) {
            const at = (y * width + x) * 4
            for (let part = 0; part < 3; part++) {
                sum += Math.max(0, data[at + part] - ground[part]) * (data[at + 3] / 255)
            }
        }
        return sum
    })
    const most = Math.max(...sums)
    const seen = sums.flatMap((sum, x) => sum > 0.85 * most ? [x] : [])
    return { most, left: seen[0] / devicePixelRatio, right: (seen.at(-1) + 1) / devicePixelRatio }
}"""
PLAYHEAD = "() => new DOMMatrix(getComputedStyle(document.querySelector('.playhead')).transform).e"


@pytest.fixture(scope="module")
def desk(studio: RunningStudio, browser, owner: Page, tmp_path_factory: pytest.TempPathFactory):
    """The desk of a track of our own: silence with one click, its analysis done, its playhead on the click."""
    samples = np.zeros((SECONDS * RATE, 2))
    samples[CLICK] = 0.9
    held = io.BytesIO()
    soundfile.write(held, samples, RATE, "PCM_16", format="WAV")
    path = Path(tmp_path_factory.mktemp("click")) / "one click.wav"
    path.write_bytes(held.getvalue())
    with own_browser_in_demo(browser, owner) as page:
        track = send_track(page, owner, path)
        go(page, studio, f"tracks/{track['id']}/?t={CLICK / RATE:.9f}")
        expect(page.locator(".lt[data-lane=wave] canvas")).to_be_visible(timeout=BUSY)
        yield page


def turn(page: Page, pixels: float) -> None:
    """The wheel at the playhead."""
    axis = page.locator(".timearea").bounding_box()
    assert axis is not None
    page.mouse.move(axis["x"] + page.evaluate(PLAYHEAD), axis["y"] + 150)
    page.mouse.wheel(0, pixels)


def brightest(page: Page, lane: str, top: float, bottom: float) -> tuple[float, float]:
    found = page.evaluate(BRIGHTEST, [lane, top, bottom])
    return (found["left"], found["right"]) if found["most"] else (np.nan, np.nan)


def test_a_click_stands_under_the_playhead_in_every_lane_at_four_zooms(desk: Page):
    desk.get_by_role("button", name="Lanes").click()
    desk.get_by_role("menuitem", name="Spectrogram").click()
    for number, pixels in enumerate(TURNS):
        turn(desk, pixels)

        def is_there() -> bool:
            x = desk.evaluate(PLAYHEAD)
            left, right = brightest(desk, "wave", 0.03, 0.3)  # the upper end of the click
            low, high = brightest(desk, "spectrogram", 0.02, 0.4)  # its treble
            # At last a point of five pixels; before that columns of one pixel and peaks of one.
            return bool(left - 2 <= x <= right + 2 and right - left <= 9 and low - 2 <= x <= high + 2)

        wait_for(is_there, BUSY / 1000, f"the click under the playhead at zoom {number}")
    # Only the last zoom shows samples, and has asked for them.
    expect(desk.locator(".lt[data-lane=wave] .lane-note")).to_be_hidden()


def test_a_second_curve_lies_over_a_lane_in_a_hue_of_its_own_and_stays(desk: Page):
    turn(desk, 9000)
    desk.get_by_label("Second curve over Loudness").select_option("brightness")
    legend = desk.locator(".lh[data-lane=loudness] .overlay-legend")
    expect(legend).to_have_text("Brightness")
    wait_for(
        lambda: api(desk, "/me")["preferences"].get("lanes", {}).get("overlays") == {"loudness": "brightness"},
        BUSY / 1000,
        "the lanes to be kept with the account",
    )
    desk.reload()
    expect(legend).to_have_text("Brightness", timeout=BUSY)
    expect(desk.locator(".lh[data-lane=spectrogram]")).to_be_visible()


def test_a_lane_is_made_higher_by_hand_and_by_key_and_moved_above_the_waveform(desk: Page):
    lane = desk.locator(".lt[data-lane=spectrogram]")
    grip = desk.get_by_role("separator", name="Height of Spectrogram")
    place = grip.bounding_box()
    before = lane.bounding_box()
    assert place is not None
    assert before is not None
    desk.mouse.move(place["x"] + 40, place["y"] + 4)
    desk.mouse.down()
    desk.mouse.move(place["x"] + 40, place["y"] + 30, steps=4)
    desk.mouse.move(place["x"] + 40, place["y"] + 64, steps=4)
    desk.mouse.up()
    expect(grip).to_have_attribute("aria-valuenow", str(round(before["height"] + 60)))
    grip.press("ArrowUp")
    expect(grip).to_have_attribute("aria-valuenow", str(round(before["height"] + 52)))
    head = desk.locator(".lh[data-lane=spectrogram]")
    head.press("Alt+ArrowUp")
    desk.wait_for_function("""() => {
        const lanes = [...document.querySelectorAll('.lh')].map((one) => one.dataset.lane)
        return lanes.indexOf('spectrogram') < lanes.indexOf('wave')
    }""")
    expect(head).to_be_focused()
