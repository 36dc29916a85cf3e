"""The beat grid by keyboard: halved, nudged, tapped, locked, found anew in a part, and all of it taken back."""

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, expect

from tests.end_to_end.conftest import wait_for
from tests.end_to_end.walk import api, go_in_demo, own_browser_in_demo, send_track

pytestmark = pytest.mark.browser
RATE, SECONDS, FIRST, BPM = 22_050, 14.0, 0.4, 120.0


@pytest.fixture(scope="module")
def page(browser, owner: Page, tmp_path_factory):
    """A track of one's own that clicks at 120 bpm, open on its desk."""
    path = tmp_path_factory.mktemp("grid") / "Even clicks.wav"
    sound = np.zeros(round(RATE * SECONDS), np.float32)
    burst = np.random.default_rng(2).standard_normal(400) * np.exp(-np.arange(400) / 80) * 0.3
    for start in (np.arange(FIRST, SECONDS - 0.2, 60 / BPM) * RATE).astype(int):
        sound[start : start + 400] += burst
    soundfile.write(path, sound, RATE)
    with own_browser_in_demo(browser, owner) as page:
        track = send_track(page, owner, path)
        go_in_demo(page, owner, f"tracks/{track['id']}/")
        expect(page.locator(".bar-marker")).to_have_count(1)
        page.track = track["id"]
        yield page


def grid(page: Page):
    return api(page, f"/tracks/{page.track}/grid")


def becomes(page: Page, probe, what: str):
    """Wait until the studio's grid is so. -> the grid"""
    return wait_for(lambda: probe(now := grid(page)) and now, 15, what)


def read_seconds(page: Page) -> float:
    """Where the playhead stands, as the transport's clock says."""
    minutes, seconds = page.locator("[data-clock]").first.inner_text().split(":")
    return 60 * int(minutes) + float(seconds)


def bpm(page: Page) -> float:
    return float(page.get_by_label("Tempo, bpm").input_value())


def test_keys_halve_double_and_nudge_and_undo_takes_a_row_of_nudges_back_at_once(page: Page):
    before = grid(page)
    assert bpm(page) == pytest.approx(BPM, abs=0.05)
    page.keyboard.press("/")
    half = becomes(page, lambda now: len(now["beats"]) < 0.6 * len(before["beats"]), "half the beats")
    assert bpm(page) == pytest.approx(BPM / 2, abs=0.05)
    assert half["markers"][0]["seconds"] == pytest.approx(before["markers"][0]["seconds"], abs=1e-6)
    page.keyboard.press("\\")
    becomes(page, lambda now: len(now["beats"]) > 1.8 * len(half["beats"]), "twice the beats")
    for _ in range(3):
        page.keyboard.press(".")
    at = before["markers"][0]["seconds"]
    becomes(page, lambda now: abs(now["markers"][0]["seconds"] - at - 0.03) < 1e-6, "a grid 30 ms later")
    page.keyboard.press("Control+z")
    becomes(page, lambda now: abs(now["markers"][0]["seconds"] - at) < 1e-6, "the grid where it was")


def test_taps_suggest_and_change_nothing_until_they_are_taken(page: Page):
    before = grid(page)["markers"]
    for _ in range(7):
        page.keyboard.press("b")
        page.wait_for_timeout(400)
    card = page.locator(".tap-card")
    expect(card).to_contain_text("from 7 taps")
    assert grid(page)["markers"] == before
    page.keyboard.press("Shift+B")
    tapped = becomes(page, lambda now: abs(now["markers"][0]["bpm"] - before[0]["bpm"]) > 5, "the tapped tempo")
    assert 80 < tapped["markers"][0]["bpm"] < 160
    expect(card).to_have_count(0)
    page.keyboard.press("Control+z")
    becomes(page, lambda now: abs(now["markers"][0]["bpm"] - before[0]["bpm"]) < 1e-6, "the tempo before")


def test_a_locked_grid_says_so_and_stays(page: Page):
    before = grid(page)["markers"]
    page.keyboard.press("Shift+L")
    becomes(page, lambda now: now["is_locked"], "a lock")
    page.keyboard.press("/")
    expect(page.get_by_text("The grid is locked, so nothing was changed.")).to_be_visible()
    assert grid(page)["markers"] == before
    page.keyboard.press("Shift+L")
    becomes(page, lambda now: not now["is_locked"], "no lock")


def test_a_second_tempo_is_typed_into_the_table_and_removed_by_key(page: Page):
    page.keyboard.press("Home")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("t")
    becomes(page, lambda now: len(now["markers"]) == 2, "two markers")
    field = page.get_by_role("table", name="Tempo markers").locator("tr").nth(2).locator("input").nth(3)
    field.fill("90")
    field.press("Enter")
    two = becomes(page, lambda now: now["markers"][1]["bpm"] == 90, "the typed tempo")
    after = [beat for beat in two["beats"] if beat >= two["markers"][1]["seconds"] - 1e-6]
    assert np.diff(after) == pytest.approx(60 / 90, abs=1e-5)
    page.locator("h3", has_text="Beat grid").click()
    page.keyboard.press("Shift+T")
    becomes(page, lambda now: len(now["markers"]) == 1, "one marker")


def test_a_part_is_found_anew_looked_at_and_taken_as_one_edit(page: Page):
    page.keyboard.press("y")
    wrong = becomes(page, lambda now: abs(now["markers"][0]["bpm"] - BPM * 2 / 3) < 0.1, "a wrong tempo")
    page.keyboard.press("Home")
    page.keyboard.press("[")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("]")
    page.keyboard.press("Shift+R")
    expect(page.get_by_role("button", name="Take these beats")).to_be_visible(timeout=60_000)
    assert grid(page)["markers"] == wrong["markers"]
    page.keyboard.press("Shift+Enter")
    found = becomes(page, lambda now: now["markers"][0]["bpm"] != wrong["markers"][0]["bpm"], "the beats found anew")
    assert found["markers"][0]["bpm"] == pytest.approx(BPM, abs=0.1)
    beats = (found["markers"][0]["seconds"] - FIRST) / (60 / BPM)
    assert beats == pytest.approx(round(beats), abs=0.01)
    assert found["markers"][-1]["bpm"] == pytest.approx(BPM * 2 / 3, abs=0.1)
    page.keyboard.press("Control+z")
    becomes(page, lambda now: now["markers"] == wrong["markers"], "the grid before")


def test_a_loop_of_a_quarter_beat_is_played_from_a_tape(page: Page):
    """Two elements cannot pass the sound to and fro so fast: its turns are written one after the other, and played."""
    page.keyboard.press("Home")
    for key in ("ArrowRight", "ArrowRight", "[", *["Alt+ArrowRight"] * 12, "]", "Alt+ArrowLeft", "Space"):
        page.keyboard.press(key)
    taped = "[...document.querySelectorAll('audio[src^=\"blob:\"]')].find((one) => !one.paused)?.currentTime"
    first = wait_for(lambda: page.evaluate(taped), 10, "a tape that plays")
    wait_for(lambda: page.evaluate(taped) > first + 0.5, 10, "several turns of the tape")
    places = []
    for _ in range(8):
        places.append(read_seconds(page))
        page.wait_for_timeout(40)
    page.keyboard.press("l")
    wait_for(lambda: page.evaluate(taped) is None, 10, "the track's own sound after the loop")
    wait_for(lambda: read_seconds(page) > max(places) + 0.05, 10, "what comes behind the loop")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    assert max(places) - min(places) < 0.14


LISTEN = """() => {
    const connect = AudioNode.prototype.connect
    AudioNode.prototype.connect = function (to, ...more) {
        if (to === this.context.destination) {
            window.heard = new AnalyserNode(this.context)
            connect.call(this, window.heard)
        }
        return connect.call(this, to, ...more)
    }
}"""
LOUDNESS = """() => {
    const samples = new Float32Array(2048)
    window.heard?.getFloatTimeDomainData(samples)
    return Math.max(...samples)
}"""


def test_two_parts_are_heard_on_one_clock_without_elements_of_their_own(page: Page):
    page.keyboard.press("Home")
    page.get_by_role("button", name="Volume").click()
    page.get_by_role("button", name="Harmonic and percussive").click()
    solo = page.get_by_role("button", name="Solo")
    expect(solo).to_have_count(2, timeout=60_000)
    page.evaluate(LISTEN)
    for one in (0, 1):
        solo.nth(one).click()
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    # What was connected last is where the parts flow together.
    wait_for(lambda: page.evaluate(LOUDNESS) > 0.02, 15, "a stroke of the parts")
    assert page.locator("audio[data-part]").count() == 0
    page.keyboard.press("Space")
