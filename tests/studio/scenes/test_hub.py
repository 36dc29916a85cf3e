"""The preview hub hands frames on: credits on both legs, one slot per preview, nobody waits for a stalled page."""

import asyncio

import pytest

from gpu_service.protocol import PreviewDrive, PreviewOpen
from studio.scenes import viewer as viewer_module
from studio.scenes.viewer import MAX_WAITING_BYTES
from tests.studio.scenes.hub_parts import FakeService, Page, frame, join, play, settle
from tests.studio.scenes.hub_parts import hub as hub


async def test_a_page_that_joins_gets_a_preview_of_the_scenes_shape(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    opened = service.heard(PreviewOpen)[0]
    assert (opened.preview_id, opened.width, opened.height) == (preview.id, 256, 128)
    await settle()
    assert page.notices[-1]["is_driver"] is True
    assert page.notices[-1]["state"] == "preparing"


async def test_a_frame_is_drawn_only_when_somebody_can_take_it(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    assert service.credits == []
    hub.credit(page.viewer, preview, 3)
    assert [credit.n for credit in service.credits] == [3]
    for seconds in (0.0, 0.1, 0.2):
        hub.frame(service, frame(preview, seconds=seconds))
        await settle()
    assert page.seconds() == pytest.approx([0.0, 0.1, 0.2])
    assert sum(credit.n for credit in service.credits) == 3
    hub.credit(page.viewer, preview, 1)
    assert sum(credit.n for credit in service.credits) == 4


async def test_a_burst_of_frames_arrives_whole_when_there_is_credit_for_it(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    hub.credit(page.viewer, preview, 8)
    for index in range(8):
        hub.frame(service, frame(preview, seconds=index / 30))
    await settle()
    assert len(page.frames) == 8


async def test_without_credit_only_the_newest_frame_waits(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    for index in range(50):
        hub.frame(service, frame(preview, seconds=index / 30))
    await settle()
    assert page.frames == []
    hub.credit(page.viewer, preview, 5)
    await settle()
    assert page.seconds() == pytest.approx([49 / 30], abs=1e-5)


async def test_frames_whose_time_has_passed_are_dropped(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    play(hub, page, preview, seconds=10.0)
    page.may_flow.clear()
    hub.credit(page.viewer, preview, 8)
    for seconds in (9.9, 10.0, 10.1, 10.2):
        hub.frame(service, frame(preview, seconds=seconds))
    preview.clock.seconds = 20.0
    hub.frame(service, frame(preview, seconds=20.1))
    page.may_flow.set()
    await settle()
    assert page.seconds()[-1] == pytest.approx(20.1)
    assert len(page.frames) <= 2


async def test_a_stalled_page_costs_no_memory_and_no_frame_of_the_others(hub):
    service, quick, stalled = FakeService(), Page(), Page(name="Jonah")
    hub.attach(service)
    preview = join(hub, quick)
    join(hub, stalled, follow=preview.id)
    stalled.may_flow.clear()
    hub.credit(stalled.viewer, preview, 64)
    for index in range(200):
        hub.credit(quick.viewer, preview, 1)
        hub.frame(service, frame(preview, seconds=index / 30, size=100_000))
        await settle()
    assert len(quick.frames) == 200
    assert quick.seconds() == pytest.approx([index / 30 for index in range(200)], abs=1e-5)
    assert sum(len(waiting.data) for waiting in stalled.viewer._waiting) <= MAX_WAITING_BYTES


async def test_nothing_is_drawn_for_a_page_that_takes_nothing(hub, monkeypatch):
    monkeypatch.setattr(viewer_module, "STALLED_SECONDS", 0.01)
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    page.may_flow.clear()
    hub.credit(page.viewer, preview, 4)
    for index in range(50):
        hub.frame(service, frame(preview, seconds=index / 30))
        await asyncio.sleep(0.001)
    assert sum(credit.n for credit in service.credits) <= 5
    page.may_flow.set()
    await settle()
    assert page.seconds()[-1] == pytest.approx(49 / 30, abs=1e-5)


async def test_after_a_seek_what_was_drawn_for_the_old_place_is_not_shown(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    play(hub, page, preview, seconds=0.0)
    hub.credit(page.viewer, preview, 8)
    old = frame(preview, seconds=0.2)
    play(hub, page, preview, seconds=30.0)
    hub.frame(service, old)
    hub.frame(service, frame(preview, seconds=30.1))
    await settle()
    assert page.seconds() == pytest.approx([30.1])
    assert service.heard(PreviewDrive)[-1].revision == preview.revision
