"""The heartbeat: a service that says nothing any more is away within seconds; one that is only busy is not."""

import pytest
from asgiref.sync import sync_to_async

from studio.services import watch as watch_module
from studio.services.present import services_out
from tests.studio.services.sockets import FakeService, close_code, next_json, watch

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async


async def test_a_service_that_answers_nothing_is_away_within_a_few_pings(token, scene, cookie, monkeypatch):
    monkeypatch.setattr(watch_module, "LOOK_SECONDS", 0.02)
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    # It reads its pings, as a socket's buffer does for a frozen program, and says nothing.
    for _ in range(watch_module.MOST_UNANSWERED):
        await service.hear("ping")
    assert "Attic GPU went away" in (await next_json(page, "preview", state="away"))["message"]
    assert (await in_thread(services_out)())["state"] == "away"
    assert await close_code(service.control) == watch_module.SILENT
    await page.disconnect()
    await service.leave()


@pytest.mark.parametrize("answer", ["pong", "frame"])
async def test_a_service_that_says_anything_at_all_stays(token, scene, cookie, monkeypatch, answer):
    monkeypatch.setattr(watch_module, "LOOK_SECONDS", 0.02)
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    opened = await service.hear("preview.open")
    for _ in range(3 * watch_module.MOST_UNANSWERED):
        await service.hear("ping")
        if answer == "pong":
            await service.control.send_json_to({"type": "pong"})
        else:
            # Busy drawing: its pictures say that it lives.
            await service.draw(opened["preview_id"], seconds=0.0, revision=opened["revision"])
    assert (await in_thread(services_out)())["state"] == "attached"
    await page.disconnect()
    await service.leave()
