"""The main job: a track goes in, a preview streams, a film comes out. Two people, a real browser, real files.

The tests of this file are one walk and run in their order: each begins where the one before ended.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from gpu_service.file_hash import file_sha256
from gpu_service.music.ffmpeg import find_ffmpeg
from gpu_service.music.musicality import changes, measure_musicality
from tests.end_to_end import walk
from tests.end_to_end.conftest import RunningStudio, wait_for

pytestmark = pytest.mark.browser
# From the dropped track on every step stands on it.
with_music = pytest.mark.usefixtures("sample_data")

FRAMES = 60  # two seconds of the person's own film


@pytest.fixture(scope="module")
def friend(browser: Browser) -> Iterator[Page]:
    context, page = walk.new_person(browser)
    yield page
    context.close()


def test_the_link_opens_the_demo_and_play_moves_the_picture_with_the_sound(owner: Page):
    owner.get_by_role("button", name=re.compile(r"^Play")).click()
    walk.wait_for_frames(owner, 30)
    assert walk.sound_position(owner) > 0.5
    owner.get_by_role("button", name=re.compile(r"^Pause")).click()


def test_the_link_works_once(browser: Browser, studio: RunningStudio, owner: Page):
    context, page = walk.new_person(browser)
    page.goto(studio.sign_in_link)
    expect(page).not_to_have_url(re.compile(r"/p/"))
    context.close()


def test_a_slider_that_only_draw_reads_changes_the_standing_picture(owner: Page):
    picture = owner.get_by_role("img", name="Preview")
    before = walk.wait_for_frames(owner, 0)["shown"]
    seen = picture.screenshot()
    owner.get_by_role("textbox", name="Truncation ψ").fill("0.35")
    owner.keyboard.press("Enter")
    walk.wait_for_frames(owner, before, 30)
    wait_for(lambda: picture.screenshot() != seen, 15, "another picture")
    owner.keyboard.press("Control+z")


def test_a_reload_loses_nothing(owner: Page):
    owner.get_by_role("textbox", name="Push of a hit").fill("1.25")
    owner.keyboard.press("Enter")
    wait_for(
        lambda: walk.api(owner, f"/scenes/{scene_id(owner)}")["parameters"]["push"] == 1.25, 15, "the edit to be saved"
    )
    owner.reload()
    expect(owner.get_by_role("textbox", name="Push of a hit")).to_have_value("1.25")
    walk.wait_for_frames(owner, 0)
    owner.get_by_role("textbox", name="Push of a hit").fill("1")
    owner.keyboard.press("Enter")
    wait_for(
        lambda: walk.api(owner, f"/scenes/{scene_id(owner)}")["parameters"]["push"] == 1, 15, "the edit to be saved"
    )


def test_a_phone_that_is_turned_keeps_its_picture(owner: Page):
    owner.set_viewport_size({"width": 390, "height": 844})
    walk.wait_for_frames(owner, 0)
    expect(owner.get_by_role("img", name="Preview")).to_be_visible()
    expect(owner.get_by_role("button", name=re.compile("^Render services"))).to_be_visible()
    owner.set_viewport_size({"width": 1440, "height": 900})
    walk.wait_for_frames(owner, 0)
    expect(owner.get_by_role("img", name="Preview")).to_be_visible()


def test_the_demo_film_moves_with_its_music(owner: Page, studio: RunningStudio, tmp_path: Path):
    order = {"range": {"kind": "whole"}, "quality": "draft", "width": 64, "height": 64}
    owner_scene = scene_id(owner)
    made = owner.evaluate(
        """async ([path, body]) => {
            const csrf = JSON.parse(document.querySelector('#page-data').textContent).csrf
            const headers = { 'X-CSRFToken': csrf, 'Content-Type': 'application/json' }
            return (await fetch('/api/v1' + path, { method: 'POST', headers, body })).json()
        }""",
        [f"/scenes/{owner_scene}/renders", json.dumps(order)],
    )
    film = walk.wait_for_film(owner, made["id"], 150)
    path = tmp_path / "demo.mp4"
    path.write_bytes(owner.request.get(studio.url + film["film_url"]).body())
    pictures = walk.film_pictures(path)
    assert len(pictures) == film["frames_total"]
    command = [find_ffmpeg(), "-v", "error", "-i", path, "-ac", "1", "-ar", "22050", "-f", "f32le", "-"]
    mono = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.float32)
    measured = measure_musicality(changes(pictures), mono, 22_050)
    assert measured.onset.r >= 0.6
    assert measured.onset.share >= 0.75
    assert measured.energy.z >= 2


def test_a_project_of_ones_own(owner: Page, studio: RunningStudio):
    owner.goto(f"{studio.url}/projects/")
    owner.get_by_role("button", name="New project").click()
    owner.get_by_role("dialog").get_by_role("textbox").fill("Low Tide")
    owner.keyboard.press("Enter")
    owner.wait_for_url(re.compile(r"/p/"))
    expect(owner.get_by_role("heading", name="Low Tide").first).to_be_visible()


def test_a_second_person_comes_by_link_and_only_looks(owner: Page, friend: Page, studio: RunningStudio):
    walk.go(owner, studio, "settings/#people")
    owner.get_by_role("combobox", name="Role of the invited person").select_option("viewer")
    owner.get_by_role("button", name="Make a link").click()
    link = owner.get_by_role("textbox", name="Link for a viewer").input_value()
    friend.goto(link)
    friend.get_by_label("Name").fill("Jonah")
    friend.get_by_label("E-mail").fill("jonah@example.org")
    friend.get_by_label("Password").fill("a tide that turns at nine")
    friend.get_by_role("button", name=re.compile("^Join")).click()
    friend.wait_for_url(re.compile(r"/p/"))
    expect(friend.get_by_role("heading", name="Low Tide").first).to_be_visible()
    expect(friend.get_by_role("button", name="Add track")).to_have_count(0)
    project = walk.project_of(friend)
    assert walk.status_of(friend, f"/projects/{project}", "PATCH", '{"name": "Mine"}') == 403
    demo = next(one for one in walk.api(owner, "/projects")["items"] if one["is_demo"])
    assert walk.status_of(friend, f"/projects/{demo['id']}") == 404


def test_a_dropped_track_is_drawn_and_analysed(owner: Page, studio: RunningStudio, sample_data: Path):
    walk.go(owner, studio, "tracks/")
    expect(owner.get_by_text("Drop music here")).to_be_visible()
    walk.drop_file(owner, sample_data / "music" / "vibe_ace.ogg")
    expect(owner.get_by_text("Analysed")).to_be_visible(timeout=walk.BUSY)
    owner.get_by_role("link", name=re.compile("vibe_ace")).first.click()
    owner.wait_for_url(re.compile(r"/tracks/[0-9a-f-]{36}/"))
    track = walk.api(owner, f"/tracks/{thing_id(owner)}")
    assert track["duration_seconds"] == pytest.approx(61.46, abs=0.05)
    assert {name for name, url in track["files"].items() if url} >= {"proxy", "peaks", "lanes", "analysis", "original"}
    for lane in ("Loudness", "Onsets", "Chroma"):
        expect(owner.get_by_role("group", name=re.compile(f"^{lane}\\. "))).to_be_visible()


@with_music
def test_a_text_file_named_mp3_is_refused_with_a_sentence(owner: Page, studio: RunningStudio, tmp_path: Path):
    notes = tmp_path / "notes.mp3"
    notes.write_text("Remember to buy milk.\n" * 40)
    here = owner.url
    walk.go(owner, studio, "tracks/")
    walk.choose_file(owner, "Add tracks", notes)
    refusal = owner.get_by_text(re.compile("is text, not sound")).filter(visible=True)
    expect(refusal.first).to_be_visible(timeout=walk.BUSY)
    owner.goto(here)


@with_music
def test_cues_are_set_named_and_stay(owner: Page):
    expect(owner.get_by_role("button", name=re.compile(r"^Play"))).to_be_visible()
    # There is nothing to snap to before the grid is there.
    expect(owner.locator(".bpm .num").first).to_contain_text("bpm", timeout=walk.BUSY)
    owner.get_by_role("slider", name="Playhead").focus()
    for _ in range(8):
        owner.keyboard.press("ArrowRight")
    owner.keyboard.press("m")
    track = thing_id(owner)
    # Its name is asked for at once, and stays open while the studio stores the cue.
    expect(owner.get_by_role("textbox", name="Name of the cue").first).to_be_focused()
    owner.keyboard.type("the vibes ")
    wait_for(lambda: len(walk.api(owner, f"/tracks/{track}/cues")["items"]) == 1, 15, "the cue")
    owner.keyboard.type("enter")
    owner.keyboard.press("Enter")
    wait_for(lambda: walk.api(owner, f"/tracks/{track}/cues")["items"][0]["label"] == "the vibes enter", 15, "the name")
    cue = walk.api(owner, f"/tracks/{track}/cues")["items"][0]
    beats = walk.api(owner, f"/tracks/{track}/grid")["beats"]
    assert min(abs(np.array(beats) - cue["seconds"])) < 0.005
    owner.reload()
    expect(owner.get_by_text("the vibes enter").first).to_be_visible()


@with_music
def test_a_double_click_sets_a_cue_and_opens_the_name_of_one(owner: Page):
    track = thing_id(owner)
    before = len(walk.api(owner, f"/tracks/{track}/cues")["items"])
    owner.get_by_role("group", name="Cues", exact=True).dblclick(position={"x": 600, "y": 12})
    wait_for(lambda: len(walk.api(owner, f"/tracks/{track}/cues")["items"]) == before + 1, 15, "the cue")
    owner.keyboard.press("Escape")
    owner.locator("[data-cue].on").dblclick()
    owner.keyboard.type("by mouse")
    owner.keyboard.press("Enter")
    expect(owner.locator("[data-cue]", has_text="by mouse")).to_be_visible()
    owner.keyboard.press("Delete")
    wait_for(lambda: len(walk.api(owner, f"/tracks/{track}/cues")["items"]) == before, 15, "the cue to go")


@with_music
def test_the_friend_sees_the_cue_and_cannot_move_it(owner: Page, friend: Page):
    friend.goto(owner.url)
    expect(friend.get_by_text("the vibes enter").first).to_be_visible()
    cue = walk.api(friend, f"/tracks/{thing_id(owner)}/cues")["items"][0]
    assert walk.status_of(friend, f"/cues/{cue['id']}", "DELETE") == 403


def test_a_stylegan2_file_becomes_a_network(owner: Page, studio: RunningStudio, sample_data: Path):
    walk.go(owner, studio, "networks/")
    walk.choose_file(owner, "Import snapshots", sample_data / "snapshots" / "sg2ada-256.pkl")
    project = walk.project_of(owner)
    found = wait_for(
        lambda: [one for one in walk.api(owner, f"/projects/{project}/networks")["items"] if one["snapshots"]],
        90,
        "the network",
    )
    snapshot = found[0]["snapshots"][0]
    assert (snapshot["kind"], snapshot["resolution"], snapshot["z_dim"]) == ("stylegan2", 256, 128)


@with_music
def test_a_scene_of_ones_own_is_previewed(owner: Page, studio: RunningStudio):
    walk.go(owner, studio, "scenes/")
    owner.get_by_role("button", name="New scene").first.click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Undertow")
    dialog.get_by_label("Size").select_option(label="256²")
    dialog.get_by_role("button", name="Make it").click()
    owner.wait_for_url(re.compile(r"/scenes/[0-9a-f-]{36}/"))
    owner.get_by_role("button", name=re.compile(r"^Play")).click()
    walk.wait_for_frames(owner, 5)
    owner.get_by_role("button", name=re.compile(r"^Pause")).click()


@with_music
def test_a_film_is_rendered_watched_and_downloaded(owner: Page, studio: RunningStudio, tmp_path: Path):
    scene = scene_id(owner)
    owner.get_by_role("button", name="Render film").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("How much").select_option(label="The first seconds")
    dialog.get_by_label("Seconds", exact=True).fill("2")
    dialog.get_by_label("Size").select_option(index=1)
    dialog.get_by_role("button", name="Render", exact=True).click()
    project = walk.project_of(owner)
    render = wait_for(lambda: walk.api(owner, f"/projects/{project}/renders")["items"], 20, "the render")[0]
    owner.goto(f"{studio.url}/p/{project}/renders/{render['id']}/")
    expect(owner.get_by_text(re.compile(r"segments kept|Frame \d+|Waiting|queue|Done")).first).to_be_visible()
    owner.reload()  # in the middle of the render: nothing is lost
    film = walk.wait_for_film(owner, render["id"], 150)
    expect(owner.get_by_role("link", name="Download", exact=True)).to_be_visible(timeout=walk.BUSY)
    assert walk.serious_faults(owner, "film") == []
    owner.wait_for_function("() => document.querySelector('video')?.readyState >= 2")
    owner.evaluate("() => document.querySelector('video').play()")
    owner.wait_for_function("() => document.querySelector('video').currentTime > 0.3")
    with owner.expect_download() as download:
        owner.get_by_role("link", name="Download", exact=True).click()
    path = tmp_path / "film.mp4"
    download.value.save_as(path)
    facts = walk.film_facts(path)
    assert "Video: h264" in facts
    assert "yuv420p" in facts
    assert "128x128" in facts
    assert "Audio: aac" in facts
    assert "Duration: 00:00:02.0" in facts
    pictures = walk.film_pictures(path)
    assert len(pictures) == film["frames_total"] == FRAMES
    assert np.abs(np.diff(pictures.astype(np.int16), axis=0)).mean(axis=(1, 2, 3)).max() > 0.2
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    recipe = owner.request.get(studio.url + film["recipe_url"]).json()
    assert recipe["scene"]["visualizer"] == "noise-blend"
    assert walk.api(owner, f"/scenes/{scene}")["id"] == scene


@with_music
def test_rendering_again_from_the_recipe_gives_the_same_frames(owner: Page, studio: RunningStudio, tmp_path: Path):
    first = walk.api(owner, f"/renders/{thing_id(owner)}")
    owner.get_by_role("button", name="Render again from this recipe").click()
    owner.wait_for_url(lambda url: first["id"] not in url)
    again = walk.wait_for_film(owner, thing_id(owner), 150)
    films = [tmp_path / "first.mp4", tmp_path / "again.mp4"]
    for path, film in zip(films, (first, again), strict=True):
        path.write_bytes(owner.request.get(studio.url + film["film_url"]).body())
    before, after = (walk.film_pictures(path) for path in films)
    assert [frame for frame in range(len(before)) if not np.array_equal(before[frame], after[frame])] == []
    assert file_sha256(films[0]) == file_sha256(films[1])


@with_music
def test_a_removed_friend_sees_nothing_more(owner: Page, friend: Page, studio: RunningStudio):
    seen = friend.url
    walk.go(owner, studio, "settings/#people")
    owner.get_by_role("button", name="Remove").click()
    owner.get_by_role("dialog").get_by_role("button", name="Remove").click()
    wait_for(lambda: walk.status_of(friend, f"/projects/{walk.project_of(owner)}") == 404, 15, "the door to close")
    friend.goto(seen)
    expect(friend.get_by_text("There is nothing here, or it is not shared with you.")).to_be_visible()


def scene_id(page: Page) -> str:
    return thing_id(page)


def thing_id(page: Page) -> str:
    """The id at the end of the page's address."""
    return re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", page.url)[-1]
