"""Networks as a person brings them: many files at once, each with its fate; growth, comparing, the bin, exports."""

import os
import pickle
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import load_file

from gpu_service.snapshots.reader import read_network
from tests.end_to_end import walk
from tests.end_to_end.conftest import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LONG = 400  # seconds that a busy machine may take to read and draw all files
KINDS = {"sg2a": "StyleGAN2", "sg2-": "StyleGAN2", "rosi": "StyleGAN2", "sg3t": "StyleGAN3-T", "sg3r": "StyleGAN3-R"}


class Runs:
    """Leaves a trace where a reader runs what it reads."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.trace),)


@pytest.fixture(scope="module")
def files(sample_data: Path) -> list[Path]:
    found = sorted(path for path in (sample_data / "snapshots").iterdir() if path.suffix in (".pkl", ".pt"))
    assert len(found) == 10
    return found


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile") / "trace"


@pytest.fixture(scope="module")
def networks(owner: Page, files: list[Path], trace: Path) -> Iterator[Page]:
    """A tab of the owner at the networks of a project of its own, into which all files were sent at once."""
    page = owner.context.new_page()
    page.set_default_timeout(30_000)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(owner.url)
    project = walk.post(page, "/projects", {"name": "Many networks"})["id"]
    page.goto(re.sub(r"/p/[^/]+/.*", f"/p/{project}/networks/", owner.url))
    hostile = trace.with_name("portraits-000400.pkl")
    hostile.write_bytes(pickle.dumps(Runs(trace)))
    walk.choose_file(page, "Import snapshots", *files, hostile)
    wait_for(lambda: all_decided(page, len(files) + 1), LONG, "the fate of each file")
    yield page
    assert faults == []
    page.close()


def fates(page: Page) -> dict[str, dict[str, Any]]:
    """What the studio says about each file, by name."""
    return {one["name"]: one for one in walk.api(page, f"/projects/{walk.project_of(page)}/snapshot-imports")["items"]}


def all_decided(page: Page, many: int) -> bool:
    states = [one["state"] for one in fates(page).values()]
    return len(states) == many and not {"waiting", "reading"} & set(states)


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("table", name="What became of each file").get_by_role("row").filter(has_text=name)


def network(page: Page, name: str) -> dict[str, Any]:
    listed = walk.api(page, f"/projects/{walk.project_of(page)}/networks")["items"]
    return next(one for one in listed if one["name"] == name)


def open_network(page: Page, name: str, search: str = "") -> None:
    page.goto(re.sub(r"(/p/[^/]+/).*", rf"\1networks/{network(page, name)['id']}/{search}", page.url))
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def drawn(pictures: Locator) -> bool:
    """Whether every picture of that place has arrived."""
    return bool(pictures.evaluate_all("all => all.length > 0 && all.every((one) => one.naturalWidth > 0)"))


def test_each_file_of_a_drop_has_its_fate_in_the_table(networks: Page, files: list[Path]):
    for path in files:
        line = row(networks, path.name)
        expect(line).to_contain_text(KINDS[path.name[:4]])
        expect(line).to_contain_text("128, 128")
        expect(line.get_by_role("link", name=path.stem, exact=True)).to_be_visible()
    expect(row(networks, "sg2ada-128-labels.pkl").get_by_role("cell").nth(5)).to_have_text("5")
    expect(row(networks, "sg2ada-256.pkl").get_by_role("cell").nth(4)).to_have_text("256²")
    expect(networks.get_by_role("status").filter(has_text="10 kept, 1 refused")).to_be_visible()


def test_a_hostile_file_is_refused_with_its_reason_and_nothing_of_it_ran(networks: Page, trace: Path):
    line = row(networks, "portraits-000400.pkl")
    expect(line.get_by_role("alert")).to_contain_text("asks to run a program while it is read")
    assert not trace.exists()
    line.get_by_role("button", name="Dismiss portraits-000400.pkl").click()
    expect(line).to_have_count(0)
    wait_for(lambda: "portraits-000400.pkl" not in fates(networks), 10, "the dismissal")


def test_snapshots_of_one_training_are_put_together_by_hand_and_grow_by_kimg(networks: Page):
    open_network(networks, "sg2-from-sg3-repo-64", "?tab=snapshots")
    networks.get_by_role("button", name="More about sg2-from-sg3-repo-64").first.click()
    networks.get_by_role("menuitem", name="Move to another network…").click()
    dialog = networks.get_by_role("dialog")
    dialog.get_by_label("Network").select_option(label="sg2ada-64")
    dialog.get_by_role("button", name="Move it").click()
    expect(dialog).to_have_count(0)
    open_network(networks, "sg2ada-64", "?tab=snapshots")
    for name, kimg in (("sg2ada-64", "800"), ("sg2-from-sg3-repo-64", "200")):
        table = networks.get_by_role("table", name="Snapshots", exact=True)
        table.get_by_role("button", name=f"More about {name}").click()
        networks.get_by_role("menuitem", name="Name, kimg, tags, notes…").click()
        dialog.get_by_label("Thousand images seen").fill(kimg)
        dialog.get_by_role("button", name="Save").click()
        expect(dialog).to_have_count(0)
    assert [one["kimg"] for one in network(networks, "sg2ada-64")["snapshots"]] == [200, 800]
    networks.get_by_role("tab", name="Growth").click()
    grid = networks.get_by_role("grid", name="Growth")
    expect(grid.get_by_role("columnheader")).to_have_text(["200", "800"])
    expect(grid.get_by_role("gridcell")).to_have_count(16)
    wait_for(lambda: grid.locator("img").count() == 16 and drawn(grid.locator("img")), LONG, "the growth pictures")


def test_the_arrows_walk_through_the_growth(networks: Page):
    open_network(networks, "sg2ada-64")
    grid = networks.get_by_role("grid", name="Growth")
    grid.focus()
    networks.keyboard.press("ArrowLeft")
    networks.keyboard.press("ArrowDown")
    expect(grid.get_by_role("gridcell", name="kimg 200, Seed 1")).to_have_attribute("aria-selected", "true")
    panel = networks.get_by_role("complementary", name="Snapshot")
    expect(panel.get_by_role("heading", name="kimg 200")).to_be_visible()
    expect(panel.get_by_text("159,336")).to_be_visible()
    expect(networks).to_have_url(re.compile(r"row=1"))


def test_the_chosen_picture_is_drawn_as_large_as_the_network_draws(networks: Page):
    open_network(networks, "sg2ada-256")
    picture = networks.get_by_role("complementary", name="Snapshot").get_by_role("img", name="sg2ada-256, Seed 0")
    wait_for(lambda: picture.evaluate("image => image.naturalWidth") == 256, LONG, "the large picture")


def test_two_snapshots_are_compared_on_the_same_vector(networks: Page):
    open_network(networks, "sg2ada-64")
    networks.get_by_role("button", name="Compare", exact=True).click()
    comparison = networks.get_by_role("region", name="Comparison")
    pictures = comparison.locator("figure img")
    wait_for(lambda: pictures.count() == 2 and drawn(pictures), LONG, "both pictures")
    assert pictures.nth(0).get_attribute("src") != pictures.nth(1).get_attribute("src")
    comparison.get_by_role("button", name="Swipe").click()
    swipe = comparison.get_by_role("slider")
    swipe.press("ArrowRight")
    expect(swipe).to_have_value("51")
    comparison.get_by_role("button", name="Difference").click()
    expect(comparison.get_by_text("Black is the same.")).to_be_visible()
    networks.go_back()
    expect(networks.get_by_role("grid", name="Growth")).to_be_visible()


def test_a_snapshot_in_the_bin_comes_back_by_undo(networks: Page):
    open_network(networks, "sg2ada-64", "?tab=snapshots")
    table = networks.get_by_role("table", name="Snapshots", exact=True)
    table.get_by_role("button", name="More about sg2ada-64").click()
    networks.get_by_role("menuitem", name="Put in the bin").click()
    expect(table.get_by_role("row")).to_have_count(2)
    assert len(network(networks, "sg2ada-64")["snapshots"]) == 1
    networks.get_by_role("button", name="Undo").click()
    expect(table.get_by_role("row")).to_have_count(3)
    assert [one["kimg"] for one in network(networks, "sg2ada-64")["snapshots"]] == [200, 800]


@pytest.mark.parametrize("form", ["State dict", "Rosinality"])
def test_an_export_reads_back_to_equal_numbers(networks: Page, tmp_path: Path, form: str):
    open_network(networks, "rosinality-64-converted")
    networks.get_by_role("button", name=f"Export: {form}").click()
    exported = download(networks, form, tmp_path / "exported.pt", wait_seconds=LONG)
    ours = load_file(download(networks, "Safetensors", tmp_path / "ours.safetensors"))
    back = read_network(exported).tensors
    assert back.keys() == ours.keys()
    for name, numbers in ours.items():
        np.testing.assert_allclose(back[name], numbers, rtol=1e-6, atol=1e-7, err_msg=name)


def download(page: Page, title: str, to: Path, *, wait_seconds: float = 30) -> Path:
    link = page.get_by_role("link", name=f"Download: {title}")
    expect(link).to_be_visible(timeout=wait_seconds * 1000)
    with page.expect_download() as coming:
        link.click()
    coming.value.save_as(to)
    return to


@pytest.mark.parametrize("is_beside", [False, True], ids=["the browser's hash", "a hash beside the page"])
def test_the_same_file_again_is_known_and_not_sent(networks: Page, files: list[Path], is_beside: bool):
    """Large files, and those of a page without https, are hashed beside the page."""
    sent: list[str] = []
    page = networks.context.new_page()
    page.on("request", lambda request: sent.append(request.url) if request.method == "PATCH" else None)
    if is_beside:
        page.add_init_script("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
    page.goto(re.sub(r"(/p/[^/]+/).*", r"\1networks/", networks.url))
    name = "sg3r-64.pkl" if is_beside else "sg3t-64.pkl"
    walk.choose_file(page, "Import snapshots", next(path for path in files if path.name == name))
    wait_for(lambda: "known" in states_of(page, name), LONG, "the second fate of the file")
    expect(page.get_by_role("status").filter(has_text="known already")).to_be_visible()
    expect(row(page, name).filter(has_text="This file is in the project already")).to_have_count(1)
    assert sent == []
    page.close()


def states_of(page: Page, name: str) -> set[str]:
    listed = walk.api(page, f"/projects/{walk.project_of(page)}/snapshot-imports")["items"]
    return {one["state"] for one in listed if one["name"] == name}
