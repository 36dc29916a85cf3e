"""The preview hub and its services: they come and go, and their places are shared out."""

import asyncio
import uuid

from gpu_service.protocol import PreviewClose, PreviewOpen
from studio.scenes import preview as preview_module
from tests.studio.scenes.hub_parts import FakeService, Page, frame, join, settle
from tests.studio.scenes.hub_parts import hub as hub


async def test_without_a_service_the_page_is_told_and_begins_by_itself_later(hub):
    page, service = Page(), FakeService()
    preview = join(hub, page)
    await settle()
    assert page.notices[-1]["state"] == "waiting"
    assert "No render service" in page.notices[-1]["message"]
    hub.attach(service)
    assert service.heard(PreviewOpen)[0].preview_id == preview.id


async def test_a_service_that_goes_away_leaves_the_picture_and_comes_back(hub):
    page, service = Page(), FakeService()
    hub.attach(service)
    preview = join(hub, page)
    hub.credit(page.viewer, preview, 4)
    hub.frame(service, frame(preview, seconds=1.0))
    await settle()
    hub.detach(service)
    await settle()
    assert page.notices[-1]["state"] == "away"
    assert "Attic GPU went away" in page.notices[-1]["message"]
    assert preview.newest is not None
    back = FakeService()
    hub.attach(back)
    assert back.heard(PreviewOpen)[0].preview_id == preview.id
    assert sum(credit.n for credit in back.credits) == page.viewer.room


async def test_frames_of_a_service_that_lost_the_preview_are_not_shown(hub):
    page, service, other = Page(), FakeService(), FakeService(name="Cellar GPU")
    hub.attach(service)
    preview = join(hub, page)
    hub.credit(page.viewer, preview, 4)
    hub.frame(other, frame(preview, seconds=1.0))
    await settle()
    assert page.frames == []


async def test_the_oldest_unwatched_preview_makes_room(hub, monkeypatch):
    service = FakeService(slots=2)
    hub.attach(service)
    pages = [Page() for _ in range(3)]
    previews = [join(hub, page, scene=uuid.uuid4()) for page in pages[:2]]
    pages[0].viewer.heard_at -= 60
    newest = join(hub, pages[2], scene=uuid.uuid4())
    assert service.heard(PreviewClose)[0].preview_id == previews[0].id
    assert newest.sender is service
    await settle()
    assert pages[0].notices[-1]["state"] == "paused"


async def test_a_paused_preview_goes_on_when_somebody_looks_again(hub):
    service = FakeService(slots=1)
    hub.attach(service)
    first, second = Page(), Page()
    paused = join(hub, first, scene=uuid.uuid4())
    first.viewer.heard_at -= 60
    other = join(hub, second, scene=uuid.uuid4())
    second.viewer.heard_at -= 60
    hub.credit(first.viewer, paused, 2)
    assert paused.sender is service
    assert other.sender is None


async def test_when_every_place_is_watched_the_next_page_waits_its_turn(hub):
    service = FakeService(slots=1)
    hub.attach(service)
    first, second = Page(), Page()
    taken = join(hub, first, scene=uuid.uuid4())
    waiting = join(hub, second, scene=uuid.uuid4())
    await settle()
    assert "place is taken" in second.notices[-1]["message"]
    hub.leave(first.viewer, taken)
    await first.viewer.stop()
    hub.credit(second.viewer, waiting, 1)
    assert waiting.sender is service


async def test_a_preview_that_nobody_comes_back_to_is_closed(hub, monkeypatch):
    monkeypatch.setattr(preview_module, "KEEP_UNWATCHED_SECONDS", 0.05)
    monkeypatch.setattr(preview_module, "HOUSEKEEPING_SECONDS", 0.02)
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    hub.leave(page.viewer, preview)
    await page.viewer.stop()
    await asyncio.sleep(0.2)
    assert hub.previews == {}
    assert service.heard(PreviewClose)
