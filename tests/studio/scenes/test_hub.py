"""The preview hub: credits on both legs, one slot per preview, drivers and followers, services that come and go."""

import asyncio
import uuid
from dataclasses import replace
from typing import Any

import pytest

from gpu_service.protocol import (
    Credit,
    FrameHeader,
    PreviewClose,
    PreviewDrive,
    PreviewOpen,
    PreviewStateMessage,
    PreviewUpdate,
    SceneSpec,
    TrackRef,
    pack_frame,
    unpack_frame,
)
from studio.scenes import preview as preview_module
from studio.scenes import viewer as viewer_module
from studio.scenes.preview import Hub
from studio.scenes.preview_state import Preview, Sight
from studio.scenes.viewer import MAX_WAITING_BYTES, Viewer

SCENE, PROJECT = uuid.uuid4(), uuid.uuid4()


class FakeService:
    """A Sender that remembers what it was told."""

    def __init__(self, *, name: str = "Attic GPU", slots: int = 2) -> None:
        self.service_id, self.name, self.slots = uuid.uuid4(), name, slots
        self.told: list[Any] = []
        self.credits: list[Credit] = []

    def send(self, message: Any) -> None:
        self.told.append(message)

    def credit(self, message: Credit) -> None:
        self.credits.append(message)

    def heard(self, kind: type) -> list[Any]:
        return [message for message in self.told if isinstance(message, kind)]


class Page:
    """One viewer. While `is_stalled`, its transport takes nothing."""

    def __init__(self, *, name: str = "Ines", person_id: uuid.UUID | None = None) -> None:
        self.frames: list[bytes] = []
        self.notices: list[dict[str, Any]] = []
        self.may_flow = asyncio.Event()
        self.may_flow.set()
        self.viewer = Viewer(
            person_id=person_id or uuid.uuid4(), person_name=name, send_bytes=self._bytes, send_json=self._json
        )
        self.viewer.start()

    async def _bytes(self, data: bytes) -> None:
        await self.may_flow.wait()
        self.frames.append(data)

    async def _json(self, notice: dict[str, Any]) -> None:
        await self.may_flow.wait()
        self.notices.append(notice)

    def said(self, kind: str) -> dict[str, Any]:
        """The last notice of a kind."""
        return next(notice for notice in reversed(self.notices) if notice["type"] == kind)

    def seconds(self) -> list[float]:
        return [unpack_frame(frame)[0].seconds for frame in self.frames]


def sight(**changes: Any) -> Sight:
    spec = SceneSpec(
        visualizer="test-lines",
        parameters={"alpha": 0.25},
        tracks=[TrackRef(sha256="a" * 64, name="Undertow", duration_seconds=60.0)],
        width=512,
        height=256,
        duration_seconds=60.0,
    )
    return Sight(spec=spec.model_copy(update=changes), inputs=[])


def join(hub: Hub, page: Page, *, scene: uuid.UUID = SCENE, **which: uuid.UUID | None) -> Preview:
    return hub.join(page.viewer, scene_id=scene, project_id=PROJECT, sight=sight(), width=256, **which)


def play(hub: Hub, page: Page, preview: Preview, *, seconds: float = 0.0, playing: bool = True) -> None:
    hub.drive(page.viewer, preview, seconds=seconds, rate=1.0, is_playing=playing, lead=0.25, loop=None)


def frame(preview: Preview, *, seconds: float, revision: int | None = None, size: int = 100) -> bytes:
    header = FrameHeader(
        preview_id=preview.id,
        revision=preview.revision if revision is None else revision,
        frame=round(seconds * 30),
        pts_us=round(seconds * 1e6),
        width=256,
        height=128,
    )
    return pack_frame(header, b"x" * size)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
async def hub():
    hub = Hub()
    yield hub
    for preview in hub.previews.values():
        for viewer in preview.viewers:
            await viewer.stop()


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


async def test_moved_parameters_reach_the_service_before_they_are_saved(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    hub.move(preview, {"alpha": 0.7})
    assert service.heard(PreviewUpdate)[-1].parameters == {"alpha": 0.7}


async def test_a_saved_scene_is_drawn_and_the_hand_that_moves_keeps_its_value(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    hub.move(preview, {"alpha": 0.7})
    hub.scene_seen(SCENE, sight(parameters={"alpha": 0.5, "seed": 3}))
    update = service.heard(PreviewUpdate)[-1]
    assert update.scene.parameters == {"alpha": 0.7, "seed": 3}


async def test_a_change_that_was_undone_before_it_was_seen_saved_leaves_the_picture_soon(hub, monkeypatch):
    monkeypatch.setattr("studio.scenes.unsaved.UNSAVED_SECONDS", 0.05)
    monkeypatch.setattr("studio.scenes.preview.HOUSEKEEPING_SECONDS", 0.02)
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    hub.move(preview, {"alpha": 0.7})
    await asyncio.sleep(0.1)
    assert service.heard(PreviewUpdate)[-1].parameters == {"alpha": 0.7}  # a hand that holds still keeps its value
    hub.move(preview, {"alpha": 0.8})
    hub.scene_seen(SCENE, replace(sight(), revision=3))  # saved and undone: two revisions on, and as it was
    await asyncio.sleep(0.2)
    assert service.heard(PreviewUpdate)[-1].scene.parameters == {"alpha": 0.25}


async def test_a_scene_that_is_saved_unchanged_disturbs_nothing(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    revision = preview.revision
    hub.scene_seen(SCENE, sight())
    assert preview.revision == revision
    assert not service.heard(PreviewUpdate)


async def test_another_shape_of_the_scene_is_another_shape_of_the_preview(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    join(hub, page)
    hub.scene_seen(SCENE, sight(width=512, height=512))
    update = service.heard(PreviewUpdate)[-1]
    assert (update.width, update.height) == (256, 256)


async def test_a_wrong_field_found_by_the_service_is_told_to_the_page(hub):
    service, page = FakeService(), Page()
    hub.attach(service)
    preview = join(hub, page)
    said = PreviewStateMessage(
        preview_id=preview.id, state="failed", message="The range is upside down.", field="parameters.range"
    )
    hub.heard(service, said)
    await settle()
    assert {"type": "error", "field": "parameters.range", "message": "The range is upside down."} in page.notices


async def test_what_is_no_frame_is_said_to_be_none(hub):
    with pytest.raises(ValueError, match="frame"):
        hub.frame(FakeService(), b"hello")
