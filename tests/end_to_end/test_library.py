"""The library as a person culls in it: photos come in, are scored, marked by keys, filtered, frozen and exported."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from PIL import Image, ImageFilter, ImageOps
from playwright.sync_api import Page, expect

from tests.end_to_end import walk
from tests.end_to_end.conftest import wait_for

pytestmark = pytest.mark.browser
SHOTS = 24
SIDE_PX = 640


@pytest.fixture(scope="module")
def photos(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A sitting: one face sharp, the same out of focus, two people, nobody; two seconds apart, each file its own."""
    folder = tmp_path_factory.mktemp("sitting")
    names = ("obama_official.jpg", "astronaut.png", "two_people.jpg", "coffee_noface.png")
    faces = [ImageOps.exif_transpose(Image.open(sample_data / "portraits" / name)).convert("RGB") for name in names]
    made = []
    for shot in range(SHOTS):
        picture = ImageOps.fit(faces[shot % 4], (SIDE_PX, SIDE_PX), centering=(0.5, 0.1 + shot / 200))
        if shot % 8 in (0, 1):
            picture = picture.filter(ImageFilter.GaussianBlur(2.5))
        exif = Image.Exif()
        exif.get_ifd(0x8769)[36867] = f"2026:11:18 20:07:{2 * shot:02d}"
        made.append(folder / f"shot_{shot:02d}.jpg")
        picture.save(made[-1], quality=92, exif=exif)
    return made


@pytest.fixture(scope="module")
def desk(owner: Page, photos: list[Path]) -> Iterator[Page]:
    """A tab of the owner, at a new dataset into which the sitting has been sent, and scored."""
    page = owner.context.new_page()
    page.set_default_timeout(30_000)
    walk.go_in_demo(page, owner, "library/")
    page.get_by_role("button", name="New dataset").first.click()
    page.get_by_label("Name").fill("ines")
    page.get_by_role("button", name="Make it").click()
    page.wait_for_url(re.compile(r"/library/[0-9a-f-]{36}/"))
    walk.choose_file(page, "Choose files", *photos)
    expect(page.get_by_text(f"{SHOTS} photos arrived.")).to_be_visible(timeout=walk.BUSY)
    wait_for(lambda: dataset(page)["counts"]["scored"] == SHOTS, 90, "the scores")
    yield page
    page.close()


def dataset(page: Page) -> dict[str, Any]:
    return walk.api(page, f"/datasets/{dataset_id(page)}")


def dataset_id(page: Page) -> str:
    return re.search(r"/library/([0-9a-f-]{36})/", page.url).group(1)


def portraits(page: Page, **wanted: Any) -> list[dict[str, Any]]:
    """What the API answers to this filter, newest first as the page shows it."""
    said = quote(json.dumps({"descending": True, **wanted}))
    return walk.api(page, f"/datasets/{dataset_id(page)}/portraits?filter={said}")["items"]


def sharp_edge(page: Page) -> int:
    """A sharpness in the midst of those with one face."""
    found = sorted(one["sharpness"] for one in portraits(page, faces=[1, 1]))
    return round((found[0] + found[-1]) / 2)


def verdicts(page: Page) -> dict[str, int]:
    counts = dataset(page)["counts"]
    return {name: counts[name] for name in ("picked", "rejected", "unreviewed")}


def show(page: Page, search: str = "") -> None:
    page.goto(re.sub(r"\?.*", "", page.url) + search)
    expect(page.locator(".grid-view[data-shows]")).to_be_attached()


def tab(page: Page, name: str, count: int) -> None:
    expect(page.get_by_role("button", name=f"{name} {count}", exact=True)).to_be_visible()


def test_the_same_photos_again_are_not_sent_again(desk: Page, photos: list[Path]):
    with desk.expect_file_chooser() as chooser:
        desk.get_by_role("button", name="Add photos").click()
    chooser.value.set_files(photos[:5])
    expect(desk.get_by_text("All 5 photos were here already.")).to_be_visible(timeout=walk.BUSY)
    assert dataset(desk)["counts"]["all"] == SHOTS


def test_keys_cull_from_the_newest_on_and_a_reload_goes_on_where_one_stopped(desk: Page):
    show(desk)
    tab(desk, "Unreviewed", SHOTS)
    order = [one["id"] for one in portraits(desk)]
    for key in ("p", "x", "p"):  # each leads on to the next portrait
        desk.keyboard.press(key)
    desk.keyboard.press("4")
    expect(desk.locator(".cell .corner.pick:visible")).to_have_count(2)
    expect(desk.locator(".cell.reject")).to_have_count(1)
    wait_for(lambda: verdicts(desk) == {"picked": 2, "rejected": 1, "unreviewed": SHOTS - 3}, 10, "the decisions")

    def decided() -> list[tuple[int, int]]:
        found = {one["id"]: (one["verdict"], one["stars"]) for one in portraits(desk)}
        return [found[one] for one in order[:4]]

    wait_for(lambda: decided() == [(1, 0), (-1, 0), (1, 0), (0, 4)], 10, "the stars")
    desk.reload()
    tab(desk, "Unreviewed", SHOTS - 3)
    expect(desk.locator('[data-rank="0"]')).to_have_attribute("aria-label", re.compile("undecided, 4 stars"))


def test_undo_holds_after_the_reload(desk: Page):
    for left in ({"picked": 2, "rejected": 1}, {"picked": 1, "rejected": 1}, {"picked": 1, "rejected": 0}):
        desk.keyboard.press("Control+z")
        wait_for(lambda left=left: left.items() <= verdicts(desk).items(), 10, f"{left}")
    desk.keyboard.press("Control+Shift+z")
    wait_for(lambda: verdicts(desk)["rejected"] == 1, 10, "the rejected one again")
    tab(desk, "Rejected", 1)


def test_undo_and_redo_say_what_they_would_do(desk: Page):
    show(desk)
    desk.keyboard.press("p")
    expect(desk.get_by_role("button", name="Undo: picked 1 portrait")).to_be_visible()
    desk.keyboard.press("Control+z")
    expect(desk.get_by_role("button", name="Redo: picked 1 portrait")).to_be_visible()


def test_on_a_phone_the_sessions_lie_over_the_grid_until_one_is_chosen(desk: Page):
    phone = desk.context.new_page()
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto(re.sub(r"\?.*", "", desk.url) + "?filter=%7B%7D")
    column = phone.get_by_label("Sessions, views and versions")
    expect(column).to_be_hidden()
    phone.get_by_role("button", name="Sessions", exact=True).click()
    column.get_by_role("button", name=re.compile("Uploads of|18 November")).first.click()
    expect(column).to_be_hidden()
    expect(phone).to_have_url(re.compile("sessions"))
    tab(phone, "All", SHOTS)
    phone.close()


def test_all_of_a_filter_is_rejected_and_taken_back(desk: Page):
    show(desk)
    before = verdicts(desk)
    desk.locator(".grid-view").focus()
    desk.keyboard.press("Control+a")
    expect(desk.get_by_text(f"{before['unreviewed']} chosen")).to_be_visible()
    desk.locator('[data-rank="1"]').click(modifiers=["Control"])
    expect(desk.get_by_text(f"{before['unreviewed'] - 1} chosen")).to_be_visible()
    desk.keyboard.press("x")
    expect(desk.get_by_text(f"Rejected {before['unreviewed'] - 1} portraits.")).to_be_visible()
    assert verdicts(desk)["unreviewed"] == 1
    tab(desk, "Unreviewed", 1)
    desk.keyboard.press("Control+z")
    tab(desk, "Unreviewed", before["unreviewed"])
    assert verdicts(desk) == before


def test_a_range_is_chosen_with_shift(desk: Page):
    show(desk)
    desk.locator('[data-rank="2"]').click()
    desk.locator('[data-rank="7"]').click(modifiers=["Shift"])
    expect(desk.get_by_text("6 chosen")).to_be_visible()
    desk.keyboard.press("Shift+ArrowLeft")
    expect(desk.get_by_text("5 chosen")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.get_by_text("chosen")).to_have_count(0)
    desk.keyboard.press("Shift+A")
    expect(desk.get_by_text(f"{verdicts(desk)['unreviewed']} chosen")).to_be_visible()
    desk.keyboard.press("Escape")


def test_filters_by_faces_and_sharpness_have_addresses_and_true_counts(desk: Page):
    show(desk)
    desk.get_by_role("button", name="Filter", exact=True).click()
    desk.get_by_role("menuitem", name="Faces").click()
    desk.get_by_role("radio", name=re.compile("^One face")).click()
    desk.keyboard.press("Escape")
    one_face = portraits(desk, faces=[1, 1])
    assert 0 < len(one_face) < SHOTS
    tab(desk, "All", len(one_face))
    edge = sharp_edge(desk)
    desk.locator(".filterpanel .histo .plot").first.dblclick()
    desk.get_by_label("Sharpness in the face, from").last.fill(str(edge))
    desk.keyboard.press("Enter")
    sharp = portraits(desk, faces=[1, 1], sharpness=[edge, None])
    assert 0 < len(sharp) < len(one_face)
    tab(desk, "All", len(sharp))
    expect(desk.get_by_role("button", name=re.compile(f"^Sharpness {edge} and more"))).to_be_visible()
    address = desk.url
    desk.go_back()
    tab(desk, "All", len(one_face))
    desk.goto(address)
    tab(desk, "All", len(sharp))


def test_a_loupe_has_an_address_and_keys(desk: Page):
    third, fourth = portraits(desk, verdict="unreviewed")[2:4]
    show(desk, f"?at={third['id']}&view=loupe")
    expect(desk.locator(f".pane[data-shows='{third['id']}'][data-large='true']")).to_be_visible()
    desk.keyboard.press("ArrowRight")
    expect(desk.locator(f".pane[data-shows='{fourth['id']}']")).to_be_visible()
    desk.keyboard.press("z")
    expect(desk.locator(".pane.full")).to_be_visible()
    desk.keyboard.press("c")
    expect(desk.locator(".pane")).to_have_count(2)
    faults = walk.serious_faults(desk, "compare")
    desk.keyboard.press("g")
    expect(desk.locator(".pane")).to_have_count(0)
    assert [*faults, *walk.serious_faults(desk, "grid")] == []
    expect(desk).to_have_url(re.compile("at="))


def test_another_tab_sees_decisions_arrive(desk: Page):
    show(desk, "?filter=%7B%7D")
    target = portraits(desk, descending=False)[5]
    other = desk.context.new_page()
    other.goto(re.sub(r"\?.*", "", desk.url) + f"?filter=%7B%7D&at={target['id']}&view=loupe")
    expect(other.locator(f".pane[data-shows='{target['id']}']")).to_be_visible()
    other.keyboard.press("p")
    expect(desk.locator('[data-rank="5"]')).to_have_attribute("aria-label", re.compile("picked"))
    other.close()


def test_a_version_is_frozen_exported_and_read_back(desk: Page, tmp_path: Path):
    wanted = {"faces": [1, 1], "sharpness": [sharp_edge(desk), None]}
    show(desk, "?filter=" + quote(json.dumps(wanted)))
    sharp = len(portraits(desk, **wanted))
    desk.get_by_role("button", name="Freeze as version 1").click()
    desk.get_by_label("Size", exact=True).select_option("64")
    desk.get_by_label("Cut", exact=True).select_option("centre")
    expect(desk.locator(".cropgrid img").first).to_be_visible()
    desk.get_by_role("button", name="Freeze version 1").click()
    panel = desk.get_by_role("dialog", name="Version 1")
    row = panel.locator(".exportrow").filter(has_text="Zip for training")
    row.get_by_role("button", name="Make").click(timeout=walk.BUSY)
    with desk.expect_download(timeout=walk.BUSY) as download:
        row.get_by_role("link", name="Download").click(timeout=walk.BUSY)
    path = tmp_path / "version.zip"
    download.value.save_as(path)
    with zipfile.ZipFile(path) as archive:
        pictures = [name for name in archive.namelist() if name.endswith(".png")]
        assert len(pictures) == sharp
        assert {Image.open(io.BytesIO(archive.read(name))).size for name in pictures} == {(64, 64)}
        assert json.loads(archive.read("dataset.json")) is not None


def test_what_is_put_in_the_bin_comes_back(desk: Page):
    show(desk, "?filter=%7B%7D")
    desk.locator('[data-rank="0"]').click()
    desk.keyboard.press("Delete")
    expect(desk.get_by_text("Put 1 portrait in the bin.")).to_be_visible()
    tab(desk, "All", SHOTS - 1)
    desk.keyboard.press("Control+z")
    tab(desk, "All", SHOTS)
    assert dataset(desk)["counts"]["binned"] == 0


def test_a_selection_is_downloaded_without_gps(desk: Page, tmp_path: Path):
    show(desk, "?filter=%7B%7D")
    desk.locator('[data-rank="3"]').click(modifiers=["Control"])
    desk.get_by_role("button", name="More").last.click()
    with desk.expect_download() as download:
        desk.get_by_role("menuitem", name="Download the originals").click()
    download.value.save_as(tmp_path / "chosen.zip")
    with zipfile.ZipFile(tmp_path / "chosen.zip") as archive:
        (name,) = [one for one in archive.namelist() if one.endswith(".jpg")]
        assert Image.open(io.BytesIO(archive.read(name))).size == (SIDE_PX, SIDE_PX)


def test_nobody_without_the_project_sees_a_portrait(desk: Page):
    address = desk.url.split("/p/")[0] + portraits(desk)[0]["thumb_url"]
    assert httpx.get(address).status_code in (401, 403, 404)
