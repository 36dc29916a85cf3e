"""The sockets of services and previews together: hello to picture, cancel, revocation, and what is refused."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from gpu_service.protocol import ClaimRequest
from studio.jobs import queue
from studio.jobs.models import Job, Segment
from studio.projects.models import Membership
from studio.renders.order import Order, Range, start_render
from studio.scenes.edit import change_scene
from studio.scenes.models import VisualizerCatalogue
from studio.services import tokens, work
from studio.services.models import RenderService
from studio.services.present import services_out
from studio.tracks.models import Track
from studio.tracks.rules import rename_track
from tests.studio.services.sockets import (
    PROTOCOL_VERSION,
    FakeService,
    close_code,
    dial,
    hello,
    next_frame,
    next_json,
    page_socket,
    sign_in,
    watch,
)

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async


async def test_a_service_says_hello_and_the_pages_know_its_visualizers(token):
    service = await FakeService(token[1]).attach()
    assert service.welcome["type"] == "welcome"
    assert service.welcome["protocol"] == PROTOCOL_VERSION
    entry = await in_thread(VisualizerCatalogue.objects.get)(name="test-lines")
    assert entry.entry["schema"]["properties"]["alpha"]["maximum"] == 1
    assert (await in_thread(services_out)())["state"] == "attached"
    await service.leave()
    state = await in_thread(services_out)()
    assert (state["state"], state["items"][0]["name"]) == ("away", "Attic GPU")
    assert state["since"]


async def test_another_protocol_is_refused_with_both_versions(token):
    control = dial("/ws/service/control", token[1])
    await control.connect()
    await control.send_json_to(hello(protocol=99))
    said = await control.receive_json_from()
    assert said["type"] == "refused"
    assert "protocol 99" in said["sentence"]
    assert f"protocol {PROTOCOL_VERSION}" in said["sentence"]
    assert await close_code(control) == 1003


@pytest.mark.parametrize("path", ["/ws/service/control", "/ws/service/frames"])
async def test_an_unknown_token_is_refused(path, db):
    socket = dial(path, "phs_wrong")
    await socket.connect()
    assert (await socket.receive_json_from())["type"] == "refused"
    assert await close_code(socket) == 4401


async def test_a_persons_cookie_opens_no_service_socket(cookie):
    socket = page_socket("/ws/service/control", cookie)
    await socket.connect()
    assert (await socket.receive_json_from())["type"] == "refused"


async def test_frames_of_an_unknown_attachment_are_refused(token):
    frames = dial("/ws/service/frames", token[1])
    await frames.connect()
    await frames.send_json_to({"type": "frames", "attach_id": "00000000-0000-0000-0000-000000000000"})
    assert await close_code(frames) == 4409


async def test_a_picture_goes_from_the_service_to_the_page_untouched(token, scene, cookie):
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    opened = await service.hear("preview.open")
    assert opened["scene"]["parameters"]["alpha"] == 0.25
    assert {item["role"] for item in opened["inputs"]} == {"track", "snapshot"}
    credit = await service.frames.receive_json_from(timeout=3)
    assert (credit["type"], credit["n"]) == ("credit", 4)
    sent = await service.draw(opened["preview_id"], seconds=0.0, revision=opened["revision"])
    assert await next_frame(page) == sent
    await page.disconnect()
    await service.leave()


async def test_the_driver_moves_the_services_clock(token, scene, cookie):
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    await service.hear("preview.drive")
    await page.send_json_to({"type": "drive", "seconds": 4.5, "rate": 1, "playing": True, "lead": 0.3, "loop": [4, 6]})
    drive = await service.hear("preview.drive")
    assert drive["seconds"] == pytest.approx(4.5, abs=0.2)
    assert (drive["playing"], drive["lead"], drive["loop"]) == (True, 0.3, [4.0, 6.0])
    await page.disconnect()
    await service.leave()


async def test_a_moved_slider_reaches_the_service_and_a_wrong_value_comes_back(token, scene, cookie):
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    await service.hear("preview.open")
    await page.send_json_to({"type": "parameters", "values": {"alpha": 0.8}})
    assert (await service.hear("preview.update"))["parameters"] == {"alpha": 0.8}
    await page.send_json_to({"type": "parameters", "values": {"alpha": 8}})
    assert (await next_json(page, "error"))["field"] == "parameters.alpha"
    await page.disconnect()
    await service.leave()


async def test_a_moved_route_reaches_the_service_whole_and_a_wrong_one_comes_back(token, scene, cookie):
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    await service.hear("preview.open")
    route = {"id": "a", "parameter": "alpha", "source": {"kind": "onset"}, "amount": 0.4}
    await page.send_json_to({"type": "routes", "routes": {"a": route}})
    update = await service.hear("preview.update")
    assert ([one["amount"] for one in update["routes"]], update["parameters"]) == ([0.4], None)
    await page.send_json_to({"type": "routes", "routes": {"a": {**route, "parameter": "seed"}}})
    assert (await next_json(page, "error"))["field"] == "routes.a.parameter"
    await page.send_json_to({"type": "routes", "routes": {"a": None}})
    assert (await service.hear("preview.update"))["routes"] == []
    await page.disconnect()
    await service.leave()


async def test_what_somebody_saves_elsewhere_is_drawn(token, scene, owner, cookie):
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    await service.hear("preview.open")
    await in_thread(change_scene)(scene.id, {"revision": 1, "parameters": {"seed": 7}}, by=owner)
    assert (await service.hear("preview.update"))["scene"]["parameters"]["seed"] == 7
    await page.disconnect()
    await service.leave()


async def test_a_viewer_watches_and_plays_but_moves_no_slider(token, scene, member):
    viewer = await in_thread(member)("viewer")
    service = await FakeService(token[1]).attach()
    page = await watch(scene, await in_thread(sign_in)(viewer))
    await service.hear("preview.open")
    await page.send_json_to({"type": "parameters", "values": {"alpha": 0.8}})
    assert "not change" in (await next_json(page, "error"))["message"]
    await page.disconnect()
    await service.leave()


async def test_the_page_hears_that_the_service_went_away_and_came_back(token, scene, cookie):
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    opened = await service.hear("preview.open")
    await service.say(opened["preview_id"], "running")
    await next_json(page, "preview", state="running")
    await service.leave()
    away = await next_json(page, "preview", state="away")
    assert "Attic GPU went away" in away["message"]
    back = await FakeService(token[1]).attach()
    assert (await back.hear("preview.open"))["preview_id"] == opened["preview_id"]
    await page.disconnect()
    await back.leave()


async def test_queued_work_is_told_at_once(token, scene, owner):
    service = await FakeService(token[1]).attach()
    await in_thread(start_render)(scene, Order(Range()), by=owner)
    assert (await service.hear("work"))["type"] == "work"
    await service.leave()


async def test_a_stopped_film_is_told_to_whoever_draws_it(token, scene, owner):
    service = await FakeService(token[1]).attach()
    render = await in_thread(start_render)(scene, Order(Range()), by=owner)
    claim = await in_thread(work.claim)(token[0], ClaimRequest(kinds=["render_segment"], device="cpu"))
    await in_thread(queue.cancel)(await in_thread(Job.objects.get)(pk=render.job_id), by=owner)
    cancel = await service.hear("cancel")
    assert (cancel["kind"], cancel["id"]) == ("segment", str(claim.lease.id))
    await service.leave()


async def test_a_revoked_token_closes_its_sockets(token):
    service = await FakeService(token[1]).attach()
    await in_thread(tokens.revoke)(token[0])
    assert await close_code(service.control) == 4401
    assert await close_code(service.frames) == 4401


async def test_a_service_that_dials_in_anew_replaces_its_former_self(token):
    said = hello()
    first = await FakeService(token[1]).attach(**said)
    second = await FakeService(token[1]).attach(**said)
    assert await close_code(first.control) == 4409
    await first.control.disconnect()
    row = await in_thread(RenderService.objects.get)()
    assert row.state == "attached"
    assert str(row.attach_id) == second.welcome["attach_id"]
    await second.leave()


async def test_rights_that_are_withdrawn_close_the_picture(token, scene, member, settings):
    viewer = await in_thread(member)("viewer")
    page = await watch(scene, await in_thread(sign_in)(viewer))
    await in_thread(Membership.objects.filter(user=viewer).delete)()
    assert await close_code(page) == 4403


@pytest.mark.parametrize("origin", [None, (b"origin", b"http://evil.example")])
async def test_a_preview_needs_this_sites_origin(scene, cookie, origin):
    page = page_socket(f"/ws/scenes/{scene.id}/preview", cookie, origin=origin)
    connected, _ = await page.connect()
    assert not connected


async def test_a_stranger_opens_no_preview(scene, person):
    stranger = await in_thread(person)("Stranger")
    page = page_socket(f"/ws/scenes/{scene.id}/preview", await in_thread(sign_in)(stranger))
    connected, _ = await page.connect()
    assert not connected


@pytest.mark.parametrize(
    "message",
    [
        {"type": "join", "width": "wide"},
        {"type": "join", "follow": "nobody"},
        {"type": "drive"},
        {"type": "drive", "seconds": "now"},
        {"type": "drive", "seconds": 1, "loop": 5},
        {"type": "credit"},
        {"type": "credit", "n": None},
        {"type": "size", "width": None},
        {"type": "parameters", "values": 3},
        {"type": "sing"},
        {},
    ],
)
async def test_a_message_that_makes_no_sense_is_answered_and_nothing_breaks(scene, cookie, message):
    page = await watch(scene, cookie)
    await page.send_json_to(message)
    assert (await next_json(page, "error"))["message"].endswith(".")
    await page.send_json_to({"type": "join", "width": 128})
    assert (await next_json(page, "preview"))["preview_id"]
    await page.disconnect()


async def test_bytes_that_are_no_frame_close_the_frames_socket(token):
    service = await FakeService(token[1]).attach()
    await service.frames.send_to(bytes_data=b"not a frame")
    assert await close_code(service.frames) == 1003
    await asyncio.sleep(0)
    await service.control.disconnect()


async def test_a_restarted_embedded_service_finds_its_work_free_at_once(scene, owner):
    text = await in_thread(tokens.issue_embedded)()
    token = await in_thread(tokens.living_token)(text)
    said = hello(run_id="00000000-0000-0000-0000-000000000001")
    first = await FakeService(text).attach(**said)
    await in_thread(start_render)(scene, Order(Range()), by=owner)
    order = ClaimRequest(kinds=["render_segment"], device="cpu")
    held = await in_thread(work.claim)(token, order)
    await first.leave()
    again = await FakeService(text).attach(**said)
    assert (await in_thread(Segment.objects.get)(pk=held.lease.id)).attempts == 1
    assert (await in_thread(work.claim)(token, order)).lease.id != held.lease.id, "a broken line ends no lease"
    await again.leave()
    restarted = await FakeService(text).attach(**{**said, "run_id": "00000000-0000-0000-0000-000000000002"})
    assert (await in_thread(work.claim)(token, order)).lease.id == held.lease.id
    await restarted.leave()


async def test_a_preview_begins_by_itself_once_the_track_is_unpacked(token, scene, cookie):
    tracks = Track.objects.filter(pk=scene.track_id)
    await in_thread(tracks.update)(duration_seconds=None)
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    assert "still being unpacked" in (await next_json(page, "preview"))["message"]
    await in_thread(tracks.update)(duration_seconds=10.0)
    await in_thread(rename_track)(await in_thread(tracks.get)(), name="Done", revision=None, by=None)
    assert (await service.hear("preview.open"))["scene"]["duration_seconds"] == 10.0
    await page.disconnect()
    await service.leave()


async def test_what_cannot_be_drawn_any_more_is_told_and_drawn_again_once_it_can(token, scene, owner, cookie):
    service = await FakeService(token[1]).attach()
    page = await watch(scene, cookie)
    first = await service.hear("preview.open")
    kept = [str(one) for one in await in_thread(list)(scene.places.values_list("snapshot_id", flat=True))]
    await in_thread(change_scene)(scene.id, {"revision": 1, "snapshot_ids": []}, by=owner)
    while (told := await next_json(page, "preview"))["state"] != "failed":
        pass
    assert (told["preview_id"], "needs" in told["message"]) == (None, True)
    await in_thread(change_scene)(scene.id, {"revision": 2, "snapshot_ids": kept, "parameters": {"seed": 7}}, by=owner)
    again = await service.hear("preview.update")
    assert again["scene"]["parameters"]["seed"] == 7
    assert (again["preview_id"], len(again["scene"]["snapshots"])) == (first["preview_id"], len(kept))
    await page.disconnect()
    await service.leave()


async def test_an_editor_who_becomes_a_viewer_moves_no_slider_any_more(token, scene, member):
    editor = await in_thread(member)("editor")
    service = await FakeService(token[1]).attach()
    page = await watch(scene, await in_thread(sign_in)(editor))
    await service.hear("preview.open")
    await page.send_json_to({"type": "parameters", "values": {"alpha": 0.8}})
    await service.hear("preview.update")
    await in_thread(Membership.objects.filter(user=editor).update)(role="viewer")
    await asyncio.sleep(0.4)
    await page.send_json_to({"type": "parameters", "values": {"alpha": 0.9}})
    assert "not change" in (await next_json(page, "error"))["message"]
    await page.disconnect()
    await service.leave()
