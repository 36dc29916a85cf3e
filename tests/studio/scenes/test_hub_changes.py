"""The preview hub and changes of a scene: hands that move, what is saved, what is undone."""

import asyncio
from dataclasses import replace

import pytest

from gpu_service.protocol import PreviewStateMessage, PreviewUpdate
from tests.studio.scenes.hub_parts import SCENE, FakeService, Page, join, settle, sight
from tests.studio.scenes.hub_parts import hub as hub


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
