"""Pages that look at a device: who may, what they hear, and that a page which reads nothing costs nothing (F18–F21)."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.contrib.sessions.models import Session

from capture_agent.protocol import LIVE, TEST_SHOT
from studio.projects.models import Membership, Project, Role
from studio.services import capture_desk, capture_devices
from studio.services.capture_hub import hub
from studio.services.capture_watcher import MAX_SHOTS, Watcher
from tests.studio.capture.devices import SESSION, FakeDevice, frame, shot, status, test_shot
from tests.studio.services.sockets import close_code, next_json, page_socket, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async


def address(device, project) -> str:
    return f"/ws/projects/{project.pk}/capture/{device.pk}"


@pytest.fixture
def cookie(owner) -> str:
    return sign_in(owner)


async def look(paired, project, cookie, *, credits: int = 0):
    page = page_socket(address(paired[0], project), cookie)
    connected, _ = await page.connect()
    assert connected
    if credits:
        await page.send_json_to({"type": "live", "on": True})
        await page.send_json_to({"type": "credit", "n": credits})
    return page


async def next_picture(page) -> bytes:
    for _ in range(40):
        event = await page.receive_output(timeout=3)
        if event.get("bytes"):
            return event["bytes"]
    raise AssertionError("No picture came.")


async def words(page, *, seconds: float = 0.3) -> list:
    """Everything that comes until it is quiet: dicts and pictures."""
    heard = []
    while not await page.receive_nothing(timeout=seconds):
        event = await page.receive_output()
        heard.append(event["bytes"] if event.get("bytes") else json.loads(event["text"]))
    return heard


async def test_a_page_hears_how_the_device_stands_and_every_shot_in_order(paired, project, cookie):
    device = await FakeDevice(paired[1]).attach()
    page = await look(paired, project, cookie)
    await next_json(page, "line", is_online=True)
    await device.say(status("shooting", taken=1, session_id=SESSION))
    said = await next_json(page, "status", state="shooting")
    assert (said["taken"], said["spool"]["waiting"], said["shots_left"]) == (1, 118, 14_900)
    assert said["at"], "when the studio heard it: the device's clock may be wrong"
    for number in range(1, 6):
        await device.say(shot(number, sharpness=60.0 + number))
    shots = []
    while len(shots) < 5:
        shots += (await next_json(page, "shots"))["shots"]
    assert [(each["sequence"], each["measures"]["sharpness"]) for each in shots] == [(n, 60.0 + n) for n in range(1, 6)]
    await device.leave()
    await next_json(page, "line", is_online=False)
    await page.disconnect()


async def test_a_page_that_opens_late_finds_what_was_said_before(paired, project, cookie, settings):
    settings.SOCKET_MESSAGES_PER_SECOND = 1000
    device = await FakeDevice(paired[1]).attach()
    await device.say(status("testing"))
    for number in range(1, 301):
        await device.say(shot(number))
    await device.say(test_shot())
    await device.show(frame(TEST_SHOT, 90))
    await device.leave()
    page = await look(paired, project, cookie)
    await next_json(page, "line", is_online=False)
    await next_json(page, "status", state="testing")
    await next_json(page, "test_shot")
    shots = (await next_json(page, "shots"))["shots"]
    assert [each["sequence"] for each in shots] == list(range(301 - MAX_SHOTS, 301))
    assert (await next_picture(page))[0] == TEST_SHOT
    await page.disconnect()


async def test_shots_of_the_session_before_are_not_mixed_in(paired, project, cookie):
    device = await FakeDevice(paired[1]).attach()
    await device.say(shot(1))
    await device.say(shot(1, session_id="99999999-2222-4333-8444-555555555555"))
    page = await look(paired, project, cookie)
    assert len((await next_json(page, "shots"))["shots"]) == 1
    await page.disconnect()
    await device.leave()


async def test_a_live_picture_is_drawn_only_when_somebody_can_take_it(paired, project, cookie):
    device = await FakeDevice(paired[1]).attach()
    page = await look(paired, project, cookie, credits=3)
    assert (await device.hear("command", name="live"))["args"] == {"on": True}
    assert (await device.hear("credit"))["frames"] == capture_desk.MOST_GRANTED
    for shade in (10, 20, 30):
        sent = frame(LIVE, shade)
        await device.show(sent)
        assert await next_picture(page) == sent
    assert (await device.hear("credit"))["frames"] >= 1
    await device.show(frame(LIVE, 40))
    assert await page.receive_nothing(timeout=0.2), "three were asked for"
    await page.send_json_to({"type": "credit", "n": 1})
    assert await next_picture(page)
    await page.disconnect()
    await device.leave()


async def test_without_a_page_that_looks_no_picture_is_asked_for(paired, project, cookie):
    device = await FakeDevice(paired[1]).attach()
    page = await look(paired, project, cookie)
    await page.send_json_to({"type": "credit", "n": 5})
    assert await device.socket.receive_nothing(timeout=0.3), "a hidden page has credit, but does not look"
    await page.disconnect()
    await device.leave()


async def test_the_live_view_goes_off_a_while_after_the_last_page_and_stays_on_across_a_reload(
    paired, project, cookie, monkeypatch
):
    monkeypatch.setattr(capture_desk, "UNWATCHED_SECONDS", 0.4)
    device = await FakeDevice(paired[1]).attach()
    page = await look(paired, project, cookie, credits=1)
    await device.hear("command", name="live")
    await page.disconnect()
    again = await look(paired, project, cookie, credits=1)
    await asyncio.sleep(0.6)
    await again.send_json_to({"type": "live", "on": False})
    command = await device.hear("command", name="live")
    assert command["args"] == {"on": False}
    await again.disconnect()
    await device.leave()


async def test_a_device_that_comes_back_is_asked_for_pictures_at_once(paired, project, cookie):
    page = await look(paired, project, cookie, credits=2)
    device = await FakeDevice(paired[1]).attach()
    await next_json(page, "line", is_online=True)
    assert (await device.hear("command", name="live"))["args"] == {"on": True}
    assert (await device.hear("credit"))["frames"] == 2
    await page.disconnect()
    await device.leave()


async def test_a_stalled_page_costs_one_picture_and_slows_nobody():
    """The transport takes nothing; meanwhile the device sends 1,000 pictures and 1,000 shots."""
    gate = asyncio.Event()
    sent = []

    async def stalled(message) -> None:
        sent.append(message)
        await gate.wait()

    async def quick(message) -> None:
        sent.append(message)

    desk = capture_desk.Desk()
    slow = Watcher(send_json=stalled, send_bytes=stalled, on_room=desk.grant)
    fast = Watcher(send_json=quick, send_bytes=quick, on_room=desk.grant)
    tasks = [asyncio.create_task(slow.deliver()), asyncio.create_task(fast.deliver())]
    for watcher in (slow, fast):
        desk.enter(watcher)
        watcher.look(wants_live=True)
        watcher.give(8)
    for number in range(1000):
        desk.picture(LIVE, bytes([LIVE]) + number.to_bytes(8, "big"))
        desk.shot({"session_id": SESSION, "sequence": number})
        fast.give(1)
        await asyncio.sleep(0)
    assert len(slow._pictures) == 1, "the newest alone"
    assert slow._pictures[LIVE][1:] == (999).to_bytes(8, "big")
    assert len(slow._shots) <= MAX_SHOTS
    assert len([each for each in sent if isinstance(each, bytes)]) > 900, "the other page saw nearly all"
    for task in tasks:
        task.cancel()


async def test_a_stalled_page_asks_the_device_for_nothing(monkeypatch):
    monkeypatch.setattr("studio.services.capture_watcher.STALLED_SECONDS", 0.01)
    asked = []

    class Line:
        device_id = attach_id = None

        def command(self, *said) -> None: ...

        def end(self, code) -> None: ...

        def credit(self, frames: int) -> None:
            asked.append(frames)

    async def never(message) -> None:
        await asyncio.sleep(60)

    desk = capture_desk.Desk()
    desk.attach(Line())
    page = Watcher(send_json=never, send_bytes=never, on_room=desk.grant)
    task = asyncio.create_task(page.deliver())
    desk.enter(page)
    page.look(wants_live=True)
    page.give(8)
    await asyncio.sleep(0.05)
    desk.grant()
    assert asked == []
    task.cancel()


@pytest.mark.parametrize("origin", [None, (b"origin", b"http://evil.example")])
async def test_a_page_needs_this_sites_origin(origin, paired, project, cookie):
    page = page_socket(address(paired[0], project), cookie, origin=origin)
    assert not (await page.connect())[0]


async def test_a_signed_out_page_opens_nothing(paired, project, cookie):
    await in_thread(Session.objects.all().delete)()
    for said in (None, cookie, "x"):
        page = page_socket(address(paired[0], project), said)
        assert not (await page.connect())[0]


async def test_a_stranger_and_a_wrong_project_open_nothing(paired, project, owner, person, cookie):
    stranger = await in_thread(person)("Stranger")
    page = page_socket(address(paired[0], project), await in_thread(sign_in)(stranger))
    assert not (await page.connect())[0]
    other = await in_thread(Project.objects.create)(name="Other")
    await in_thread(Membership.objects.create)(project=other, user=owner, role=Role.OWNER)
    page = page_socket(address(paired[0], other), cookie)
    assert not (await page.connect())[0], "a device is found only under its own project"


async def test_a_revoked_device_is_nowhere(paired, project, owner, cookie):
    await in_thread(capture_devices.revoke)(paired[0], by=owner)
    page = page_socket(address(paired[0], project), cookie)
    assert not (await page.connect())[0]


async def test_rights_that_are_withdrawn_end_the_live_view(paired, project, member):
    viewer = await in_thread(member)("viewer")
    device = await FakeDevice(paired[1]).attach()
    page = await look(paired, project, await in_thread(sign_in)(viewer), credits=4)
    await device.show(frame())
    assert await next_picture(page)
    await in_thread(Membership.objects.filter(user=viewer).delete)()
    assert await close_code(page) == 4403
    await page.disconnect()
    assert hub.desk(paired[0].pk).watchers == []
    await device.leave()


@pytest.mark.parametrize("message", [{}, {"type": "credit"}, {"type": "credit", "n": "x"}, {"type": "live", "on": 1}])
async def test_nonsense_from_a_page_changes_nothing(message, paired, project, cookie):
    device = await FakeDevice(paired[1]).attach()
    page = await look(paired, project, cookie)
    await page.send_json_to(message)
    assert await device.socket.receive_nothing(timeout=0.2)
    await page.send_json_to({"type": "ping"})
    assert await next_json(page, "ping")
    await page.disconnect()
    await device.leave()


async def test_too_large_and_too_many_words_of_a_page_end_it(paired, project, cookie, settings):
    page = await look(paired, project, cookie)
    await page.send_to(text_data="x" * (64 * 1024 + 1))
    assert await close_code(page) == 1009
    settings.SOCKET_MESSAGES_PER_SECOND = 5
    page = await look(paired, project, cookie)
    for _ in range(12):
        await page.send_json_to({"type": "credit", "n": 1})
    assert await close_code(page) == 1008


async def test_a_test_shot_is_forgotten_when_it_was_decided(paired, project, cookie):
    device = await FakeDevice(paired[1]).attach()
    witness = await look(paired, project, cookie)
    await device.say(status("testing"))
    await device.say(test_shot())
    await device.show(frame(TEST_SHOT))
    assert (await next_picture(witness))[0] == TEST_SHOT
    await device.say(status("idle"))
    await next_json(witness, "status", state="idle")
    page = await look(paired, project, cookie)
    heard = await words(page)
    assert {each["type"] for each in heard if isinstance(each, dict)} == {"line", "status"}
    assert not [each for each in heard if isinstance(each, bytes)]
    await witness.disconnect()
    await page.disconnect()
    await device.leave()
