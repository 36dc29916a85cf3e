"""People around one track: comments with answers, a link for a guest, and following another's playhead."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end import walk

pytestmark = pytest.mark.browser


def open_track(page: Page, owner: Page) -> None:
    walk.go_in_demo(page, owner, "tracks/")
    page.get_by_role("link", name="First Light").first.click()
    page.get_by_role("tab", name=re.compile("Comments")).wait_for()


def test_a_guest_hears_the_track_by_a_link_and_answers_a_comment(browser: Browser, owner: Page) -> None:
    with walk.own_browser_in_demo(browser, owner) as page:
        open_track(page, owner)
        page.get_by_role("tab", name=re.compile("Comments")).click()
        page.get_by_label(re.compile("^Comment at")).fill("The bass could enter a beat later")
        page.get_by_role("button", name="Comment", exact=True).click()
        thread = page.locator(".thread", has_text="a beat later")
        thread.wait_for()
        expect(page.locator(".comment-pin")).not_to_have_count(0)

        page.get_by_role("button", name="Share").click()
        page.get_by_label("For whom").fill("The label")
        page.get_by_role("button", name="Make a link").click()
        link = page.locator(".secret input").input_value()

        context, guest = walk.new_person(browser)
        guest.goto(link)
        guest.get_by_role("button", name="Play").click()
        expect(guest.locator(".phone-clock")).not_to_have_text("0:00.00")
        guest.get_by_role("button", name="Pause").click()
        guest.locator(".thread", has_text="a beat later").get_by_role("button", name="Answer").click()
        guest.get_by_label("Your name").fill("Mara")
        guest.get_by_label("Answer Owner").fill("Yes, please")
        guest.get_by_role("button", name="Answer", exact=True).last.click()
        expect(guest.locator(".thread", has_text="a beat later")).to_contain_text("Yes, please")
        expect(guest.locator(".said-by", has_text="Yes, please")).to_contain_text("Guest")
        # The answer reaches the desk by itself.
        page.keyboard.press("Escape")
        expect(thread).to_contain_text("Yes, please")
        expect(thread).to_contain_text("Guest")

        thread.get_by_role("button", name="Resolve").click()
        expect(thread).to_have_count(0)
        page.get_by_role("button", name="Share").click()
        page.get_by_role("button", name="Take back").first.click()
        page.get_by_text("Taken back").first.wait_for()
        guest.reload()
        guest.get_by_text("This link was taken back. Ask who sent it for a new one.").wait_for()
        context.close()


def test_one_follows_the_playhead_of_another(browser: Browser, owner: Page) -> None:
    with walk.own_browser_in_demo(browser, owner) as ahead, walk.own_browser_in_demo(browser, owner) as behind:
        open_track(ahead, owner)
        open_track(behind, owner)
        behind.get_by_role("button", name=re.compile("^Follow Owner")).last.click()
        ahead.locator("body").click(position={"x": 700, "y": 22})
        ahead.keyboard.press("End")
        # A playhead of somebody else stands in the lanes, and ours goes where it goes.
        expect(behind.locator(".other-head")).not_to_have_count(0)
        expect(behind.locator("[data-clock]")).to_have_text("0:31.22")
        ahead.keyboard.press("Home")
        expect(behind.locator("[data-clock]")).to_have_text("0:00.00")
        behind.locator("body").click(position={"x": 700, "y": 22})
        behind.keyboard.press("ArrowRight")  # their own hand: no longer along
        ahead.keyboard.press("End")
        time.sleep(0.6)
        expect(behind.locator("[data-clock]")).not_to_have_text("0:31.22")


def test_a_scene_shows_who_is_on_its_track_and_what_they_have_chosen(browser: Browser, owner: Page) -> None:
    with walk.own_browser_in_demo(browser, owner) as desk, walk.own_browser_in_demo(browser, owner) as scene:
        open_track(desk, owner)
        walk.go_in_demo(scene, owner, "scenes/")
        scene.get_by_role("link", name="First Light").first.click()
        desk.get_by_role("listbox", name="Cues").get_by_role("option").first.click()
        label = desk.get_by_label("Name of this cue").input_value()
        expect(scene.locator(".cue[data-theirs]")).to_contain_text(label)
        scene.get_by_role("button", name=re.compile("^Follow Owner")).last.click()
        desk.locator("[data-clock]").click()
        desk.keyboard.press("End")
        expect(scene.locator("[data-clock]")).to_have_text("0:31.22")


def test_on_a_phone_one_reads_and_writes_comments(browser: Browser, owner: Page) -> None:
    with walk.own_browser_in_demo(browser, owner) as phone:
        phone.set_viewport_size({"width": 390, "height": 844})
        walk.go_in_demo(phone, owner, "tracks/")
        phone.get_by_role("link", name="First Light").first.click()
        phone.get_by_role("tab", name=re.compile("Comments")).click()
        box = phone.get_by_label(re.compile("^Comment at"))
        box.fill("Ask @own")
        phone.get_by_role("option", name="@Owner").wait_for()
        box.press("Enter")  # takes the name that is offered
        phone.keyboard.type("about this")
        expect(box).to_have_value("Ask @Owner about this")
        phone.get_by_role("button", name="Comment", exact=True).click()
        thread = phone.locator(".thread", has_text="about this")
        expect(thread.locator(".mention")).to_have_text("@Owner")
        thread.get_by_role("button", name="Resolve").click()
        expect(thread).to_have_count(0)
