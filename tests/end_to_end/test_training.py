"""A training as a person watches it: a run is begun, its sheet changes, its service dies, its newest snapshot plays.

The tests of this file are one walk and run in their order: each begins where the one before ended. The run is of 64
pixels and 2 kimg, its networks slimmer than the preset's. It is stopped when all has been seen; left alone to its end
it takes a minute more on two cores (soak).
"""

import base64
import io
import json
import os
import re
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from gpu_service.portraits.dataset import write_portraits
from tests.end_to_end import walk
from tests.end_to_end.conftest import RunningStudio, wait_for
from tests.end_to_end.test_faults import descendants

pytestmark = pytest.mark.browser
SIDE, PORTRAITS, FEW = 64, 48, 9
KIMG, EVERY_KIMG = 2, 0.3
# What makes the networks slim and a step quick; each is typed into its field.
SLIM = {"channel_base": "512", "channel_max": "16", "d_channel_base": "512", "d_channel_max": "16"}
SLIM |= {"z_dim": "32", "w_dim": "32", "path_weight": "0", "snapshot_kimg": str(EVERY_KIMG), "kimg": str(KIMG)}
SLIM |= {"tick_kimg": "0.05"}
SHEET = "[data-sheet] canvas"
SECOND = "Another seed"


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sample portraits in the form that training reads."""
    out = tmp_path_factory.mktemp("portraits") / "sample portraits.zip"
    write_portraits(out, count=PORTRAITS, size_px=SIDE, seed=0, processes=os.cpu_count() or 1)
    return out


@pytest.fixture(scope="module")
def page(owner: Page) -> Iterator[Page]:
    """A tab of the owner at the training of the demo's project."""
    page = owner.context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(f"{page.url}: {fault.stack or fault}"))
    walk.go_in_demo(page, owner, "training/")
    yield page
    assert faults == []
    page.close()


def run_now(page: Page) -> dict[str, Any]:
    """The run whose page this is, as the API tells it."""
    found = re.search(r"/training/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return walk.api(page, f"/training/runs/{found.group(1)}")


def samples_now(page: Page) -> list[dict[str, Any]]:
    return walk.api(page, f"/training/runs/{run_now(page)['id']}/samples")["items"]


def sheet(page: Page) -> np.ndarray:
    """What stands on the stage, float64 [H, W, 3], 0…1."""
    url: str = page.evaluate("(where) => document.querySelector(where).toDataURL('image/png')", SHEET)
    opened = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")
    return np.asarray(opened, np.float64) / 255


def shown_kimg(page: Page) -> float:
    return float(page.locator("[data-sheet]").get_attribute("data-sheet") or "nan")


def apart(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one - other).mean())


def services(studio: RunningStudio) -> set[int]:
    """The processes of the studio's render service: none for a moment after it was killed."""
    return {pid for pid, line in descendants(studio.process.pid).items() if "gpu_service serve" in line}


def until(page: Page, what: str, seconds: float, probe: Any) -> dict[str, Any]:
    """The run as soon as `probe` says so of it. A run that failed is told at once."""

    def look() -> dict[str, Any] | None:
        now = run_now(page)
        assert now["state"] != "failed", now["sentence"]
        return now if probe(now) else None

    return wait_for(look, seconds, what)


def test_an_empty_list_says_what_to_do_and_a_zip_is_taken(page: Page, portraits: Path):
    expect(page.get_by_role("heading", name="Nothing trained yet")).to_be_visible()
    page.get_by_role("link", name="Train a network").first.click()
    expect(page.get_by_role("button", name="Start training")).to_have_attribute("aria-disabled", "true")
    chosen = send(page, portraits)
    expect(chosen).to_contain_text(f"{PORTRAITS} pictures, {SIDE} × {SIDE}")


def test_a_folder_is_packed_and_sent_and_what_is_no_picture_is_named(page: Page, portraits: Path, tmp_path: Path):
    folder = tmp_path / "a few portraits"
    with zipfile.ZipFile(portraits) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.endswith(".png")][:FEW])
    names = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.png"))
    (folder / "dataset.json").write_text(json.dumps({"labels": [[name, at % 2] for at, name in enumerate(names)]}))
    (folder / "notes.txt").write_text("These are portraits.")
    walk.choose_file(page, "Send a folder", folder)
    chosen = page.get_by_role("radio", name=re.compile("a few portraits"))
    expect(chosen).to_have_attribute("aria-checked", "true", timeout=walk.BUSY)
    expect(chosen).to_contain_text(f"{FEW} pictures, {SIDE} × {SIDE}, 2 classes")
    expect(page.get_by_text("1 file is no picture that training reads and was left out: notes.txt.")).to_be_visible()
    page.get_by_role("button", name="Dismiss").click()
    page.get_by_role("radio", name=re.compile("sample portraits")).first.click()


def test_the_plan_follows_every_setting_and_a_mistake_is_a_sentence_at_its_field(page: Page):
    plan = page.locator("[data-planned]")
    expect(plan).to_have_attribute("data-planned", "true", timeout=walk.BUSY)
    open_settings(page)
    fill(page, "batch", "7000")
    expect(setting(page, "batch").get_by_role("alert")).to_have_text("From 2 to 512.")
    fill(page, "batch", "16")
    fill(page, "mbstd_group", "5")
    expect(setting(page, "batch").get_by_role("alert")).to_contain_text("does not divide into groups of 5")
    expect(page.get_by_role("button", name="Start training")).to_have_attribute("aria-disabled", "true")
    fill(page, "mbstd_group", "4")
    expect(page.locator("[data-setting] [role=alert]")).to_have_count(0)
    slim_down(page)
    expect(setting(page, "channel_base")).to_have_attribute("data-value", "512")
    expect(setting(page, "tick_kimg")).to_have_attribute("data-value", "0.05")
    expect(plan).to_have_attribute("data-planned", "true")
    expect(plan).to_contain_text(re.compile(rf"Length\s*{KIMG} kimg"))
    expect(plan).to_contain_text(re.compile(r"Disk\s*about"))


def send(page: Page, portraits: Path) -> Any:
    """The zip is sent and chosen. Its card"""
    walk.choose_file(page, "Send a zip", portraits)
    chosen = page.get_by_role("radio", name=re.compile("sample portraits")).first
    expect(chosen).to_have_attribute("aria-checked", "true", timeout=walk.BUSY)
    return chosen


def open_settings(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^Small")).click()
    expect(page.locator("[data-planned]")).to_have_attribute("data-planned", "true", timeout=walk.BUSY)
    for group in ("Run", "Networks", "Learning"):
        page.get_by_role("group", name=group, exact=True).get_by_role("button").first.click()


def slim_down(page: Page) -> None:
    for name, text in SLIM.items():
        fill(page, name, text)
    for figure in ("Sharpness", "Diversity", "Patch distance"):  # each takes longer than the steps between snapshots
        setting(page, "metrics").get_by_role("button", name=figure).click()


def begin(page: Page) -> None:
    page.get_by_label("Name", exact=True).fill("Portraits, small")
    button = page.get_by_role("button", name="Start training")
    expect(button).not_to_have_attribute("aria-disabled", "true", timeout=walk.BUSY)
    button.click()
    page.wait_for_url(re.compile(r"/training/[0-9a-f-]{36}/"))


def setting(page: Page, name: str) -> Any:
    return page.locator(f"[data-setting='{name}']")


def fill(page: Page, name: str, text: str) -> None:
    field = setting(page, name).get_by_role("textbox")
    field.fill(text)
    field.press("Enter")


def test_a_run_starts_and_its_sheet_changes_while_one_looks(page: Page):
    begin(page)
    expect(page.locator(SHEET)).to_be_visible(timeout=2 * walk.BUSY)
    wait_for(lambda: sheet(page).max() > 0, 60, "the first sheet's picture")  # a canvas is empty before it is drawn on
    first, begun = sheet(page), shown_kimg(page)
    # Who looks at the newest sheet is shown the next one as it comes.
    wait_for(lambda: shown_kimg(page) > begun and apart(first, sheet(page)) > 0.01, 120, "another sheet")
    expect(page.get_by_role("slider", name="Snapshot")).to_be_visible()
    expect(page.locator(".curve canvas").first).to_be_visible()
    assert run_now(page)["tick"]["loss_d"] > 0


def test_its_film_is_moved_by_keys(page: Page):
    page.keyboard.press("Home")
    expect(page.locator("[data-sheet]")).to_have_attribute("data-sheet", "0")
    earliest = sheet(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-sheet]")).not_to_have_attribute("data-sheet", "0")
    assert apart(earliest, sheet(page)) > 0.005
    page.keyboard.press("End")
    newest = max(one["kimg"] for one in samples_now(page))
    assert shown_kimg(page) >= newest - EVERY_KIMG - 0.01


def test_a_killed_service_is_started_again_and_the_run_goes_on_where_its_checkpoint_is(
    page: Page, studio: RunningStudio
):
    (killed,), before = services(studio), run_now(page)
    assert before["kimg"] < KIMG, "It was through before it could be killed."
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: services(studio) - {killed}, 60, "another service")
    until(
        page,
        "the run to go on",
        240,
        lambda now: now["kimg"] > before["kimg"] and now["snapshots"] > before["snapshots"],
    )
    # The page heard of it without being loaded again.
    wait_for(lambda: shown_kimg(page) > before["kimg"], 60, "a sheet made after it")
    kimgs = [one["kimg"] for one in samples_now(page)]
    assert kimgs == sorted(set(kimgs)), "No snapshot was made twice."


def test_the_newest_snapshot_plays_with_the_track_of_the_demo(page: Page):
    until(page, "a snapshot", 60, lambda now: now["snapshots"] > 1)
    run = page.url
    page.get_by_role("button", name="Preview newest with a track").click()
    page.wait_for_url(re.compile(r"/scenes/[0-9a-f-]{36}/"))
    assert walk.wait_for_frames(page, 0, seconds=120)["shown"] > 0
    page.goto(run)


@pytest.mark.soak
def test_left_alone_it_ends(page: Page, portraits: Path):
    page.goto(re.sub(r"(/p/[^/]+/).*", r"\1training/new/", page.url))
    send(page, portraits)
    open_settings(page)
    slim_down(page)
    begin(page)
    done = until(page, "the end of the run", 240, lambda now: now["state"] == "done")
    assert done["kimg"] == pytest.approx(KIMG, abs=0.05)
    expect(page.locator("[data-state='done']").first).to_be_visible()


def test_stopped_it_keeps_its_snapshots_in_the_network(page: Page):
    if run_now(page)["state"] != "done":
        page.get_by_role("button", name="Stop", exact=True).click()
        until(page, "the run to stop", 120, lambda now: now["state"] == "stopped")
        expect(page.get_by_role("button", name="Resume")).to_be_visible()
    kept = [one["kimg"] for one in samples_now(page)]
    network = walk.api(page, f"/networks/{run_now(page)['network_id']}")
    assert [one["kimg"] for one in network["snapshots"]] == kept
    page.get_by_role("link", name="Open network").click()
    expect(page.get_by_role("grid", name="Growth")).to_be_visible()


def test_two_runs_lie_over_each_other(page: Page):
    """A second run of the same settings but for its seed, compared with the first one."""
    first, second = begun_again(page)
    page.goto(re.sub(r"(/p/[^/]+/).*", r"\1training/", page.url))
    page.get_by_role("button", name="Compare", exact=True).click()
    for name in (first["name"], SECOND):
        page.get_by_role("button", name=f"Compare {name}").first.click()
    page.get_by_role("link", name="Compare 2").click()
    expect(page.locator(".runkey")).to_have_text([first["name"], SECOND])
    plot = page.get_by_role("img", name=re.compile(f"^Loss.*{first['name']} .*, {SECOND} "))
    expect(plot.first).to_be_visible()
    hues = page.locator(".runkey i").evaluate_all("(keys) => keys.map((key) => getComputedStyle(key).backgroundColor)")
    assert len(set(hues)) == 2
    for hue in hues:
        wait_for(lambda hue=hue: has_colour(plot.first.locator("canvas"), hue), 30, f"a line of {hue}")
    expect(page.get_by_role("table", name="Settings that differ")).to_contain_text("Seed")
    stopped = json.dumps({"wanted": "stop"})
    assert walk.status_of(page, f"/training/runs/{second['id']}", "PATCH", stopped) == 200


def begun_again(page: Page) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first run and the second one, which has told of its first steps when this ends."""
    runs = f"/projects/{walk.project_of(page)}/training/runs"
    first = walk.api(page, runs)["items"][0]
    config = first["config"] | {"seed": 7}
    order = {"name": SECOND, "upload_id": first["version"]["id"], "fit": "exact", "config": config}
    made = walk.post(page, runs, order)
    wait_for(
        lambda: walk.api(page, f"/training/runs/{made['id']}/ticks?most=10")["columns"].get("kimg", [])[1:],
        120,
        "two ticks of the second run",
    )
    return first, made


def has_colour(canvas: Any, hue: str) -> bool:
    """Whether some dots of what is drawn are of that colour, "rgb(…)"."""
    url: str = canvas.evaluate("(canvas) => canvas.toDataURL('image/png')")
    drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"), np.float64)
    wanted = [float(part) for part in re.findall(r"[\d.]+", hue)[:3]] + [255]
    return int((np.abs(drawn - wanted).max(-1) < 12).sum()) > 3
