"""The preview hub with several pages: who drives, who follows, who comes back."""

import asyncio
import uuid

import pytest

from gpu_service.protocol import PreviewClose, unpack_frame
from studio.scenes import preview as preview_module
from tests.studio.scenes.hub_parts import FakeService, Page, frame, join, play, settle
from tests.studio.scenes.hub_parts import hub as hub


async def test_followers_see_what_the_driver_sees_and_move_nothing(hub):
    service, driver, follower = FakeService(), Page(name="Ines"), Page(name="Jonah")
    hub.attach(service)
    preview = join(hub, driver)
    assert join(hub, follower, follow=preview.id) is preview
    play(hub, driver, preview, seconds=5.0, playing=False)
    play(hub, follower, preview, seconds=50.0)
    assert preview.clock.now() == 5.0
    hub.credit(driver.viewer, preview, 1)
    hub.credit(follower.viewer, preview, 1)
    hub.frame(service, frame(preview, seconds=5.0))
    await settle()
    assert len(driver.frames) == len(follower.frames) == 1
    assert follower.said("preview")["driver_name"] == "Ines"
    assert follower.said("preview")["is_driver"] is False


async def test_followers_are_told_where_the_driver_is(hub):
    driver, follower = Page(name="Ines"), Page(name="Jonah")
    preview = join(hub, driver)
    play(hub, driver, preview, seconds=5.0, playing=False)
    join(hub, follower, follow=preview.id)
    await settle()
    assert follower.said("clock") == {"type": "clock", "seconds": 5.0, "rate": 1.0, "playing": False, "loop": None}
    hub.drive(driver.viewer, preview, seconds=8.0, rate=0.5, is_playing=True, lead=0.2, loop=(8.0, 10.0))
    await settle()
    assert follower.said("clock")["seconds"] == pytest.approx(8.0, abs=0.2)
    assert (follower.said("clock")["rate"], follower.said("clock")["playing"]) == (0.5, True)
    assert follower.said("clock")["loop"] == (8.0, 10.0)
    assert not [notice for notice in driver.notices if notice["type"] == "clock"]


async def test_a_driver_that_reloads_drives_again_and_its_followers_stay_with_it(hub):
    ines = uuid.uuid4()
    driver, follower = Page(name="Ines", person_id=ines), Page(name="Jonah")
    preview = join(hub, driver)
    join(hub, follower, follow=preview.id)
    play(hub, driver, preview, seconds=5.0)
    hub.leave(driver.viewer, preview)
    await settle()
    assert follower.said("preview")["is_driver"] is False
    assert follower.said("clock")["playing"] is False
    other_tab, back = Page(name="Ines", person_id=ines), Page(name="Ines", person_id=ines)
    assert join(hub, other_tab) is not preview
    assert join(hub, back, resume=preview.id) is preview
    play(hub, back, preview, seconds=6.0)
    await settle()
    assert follower.said("clock")["seconds"] == pytest.approx(6.0, abs=0.2)
    assert follower.said("preview")["driver_name"] == "Ines"
    await driver.viewer.stop()


async def test_nobody_takes_the_place_of_a_driver_that_is_there(hub):
    ines = uuid.uuid4()
    driver, copy = Page(person_id=ines), Page(person_id=ines)
    preview = join(hub, driver)
    play(hub, driver, preview)
    assert join(hub, copy, resume=preview.id) is not preview
    stranger = Page()
    hub.leave(driver.viewer, preview)
    assert join(hub, stranger, resume=preview.id) is not preview
    await driver.viewer.stop()


async def test_a_follower_drives_when_the_driver_goes(hub):
    driver, follower = Page(name="Ines"), Page(name="Jonah")
    preview = join(hub, driver)
    join(hub, follower, follow=preview.id)
    hub.leave(driver.viewer, preview, comes_back=False)
    await settle()
    assert follower.said("preview")["is_driver"] is True
    await driver.viewer.stop()


async def test_a_follower_drives_when_the_driver_does_not_come_back(hub, monkeypatch):
    monkeypatch.setattr(preview_module, "KEEP_DRIVER_SECONDS", 0.0)
    monkeypatch.setattr(preview_module, "HOUSEKEEPING_SECONDS", 0.01)
    driver, follower = Page(name="Ines"), Page(name="Jonah")
    preview = join(hub, driver)
    join(hub, follower, follow=preview.id)
    hub.leave(driver.viewer, preview)
    await asyncio.sleep(0.1)
    assert follower.said("preview")["is_driver"] is True
    assert follower.said("preview")["driver_name"] == "Jonah"
    await driver.viewer.stop()


async def test_a_page_that_reloads_gets_its_picture_back_at_once(hub):
    service, before, person = FakeService(), None, uuid.uuid4()
    hub.attach(service)
    before = Page(person_id=person)
    preview = join(hub, before)
    hub.credit(before.viewer, preview, 1)
    hub.frame(service, frame(preview, seconds=7.0))
    await settle()
    hub.leave(before.viewer, preview)
    await before.viewer.stop()
    after = Page(person_id=person)
    assert join(hub, after) is preview
    await settle()
    assert after.seconds() == pytest.approx([7.0])
    assert not service.heard(PreviewClose)


async def test_a_second_device_starts_with_the_picture_of_the_first(hub):
    service, first, second = FakeService(), Page(), Page()
    hub.attach(service)
    preview = join(hub, first)
    hub.credit(first.viewer, preview, 1)
    hub.frame(service, frame(preview, seconds=7.0))
    other = join(hub, second)
    await settle()
    assert other is not preview
    assert unpack_frame(second.frames[0])[0].preview_id == other.id
