"""The socket of a device: who may dial, what is refused and with which sentence, what is kept, when it ends."""

import asyncio
import json
import time

import pytest
from asgiref.sync import sync_to_async

from capture_agent.protocol import MAX_JPEG_BYTES, PROTOCOL_VERSION
from studio.datasets.models import CaptureDevice
from studio.events.models import Event
from studio.services import capture_devices
from tests.studio.capture.devices import FakeDevice, add, frame, hello, measures, shot, status
from tests.studio.services.sockets import close_code, dial, page_socket, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async


@in_thread
def row() -> CaptureDevice:
    return CaptureDevice.objects.get()


@in_thread
def state() -> str:
    return capture_devices.device_out(CaptureDevice.objects.get())["state"]


async def refused(socket) -> tuple[str, int]:
    """The sentence and the code with which the studio hangs up."""
    said = json.loads(await socket.receive_from(timeout=3))
    assert said["type"] == "refused"
    return said["sentence"], await close_code(socket)


async def test_a_device_says_hello_and_is_online_until_it_leaves(paired):
    assert await state() == "new"
    device = await FakeDevice(paired[1]).attach(name="Tripod Pi")
    assert device.welcome["protocol"] == PROTOCOL_VERSION
    assert device.welcome["server_now"].startswith("20")
    kept = await row()
    assert (kept.hello["camera"]["name"], kept.hello["host"]) == ("HQ, imx477", "tripod")
    assert await state() == "online"
    await device.leave()
    assert await state() == "away"


@pytest.mark.parametrize("token", ["", "phd_wrong", "phs_wrong", "phd_" + "x" * 5000])
async def test_an_unknown_token_is_refused_with_a_sentence(token, paired):
    socket = dial("/ws/device", token)
    await socket.connect()
    sentence, code = await refused(socket)
    assert "Pair the device again" in sentence
    assert code == 4401


async def test_a_persons_cookie_opens_no_device_socket(owner):
    socket = page_socket("/ws/device", await in_thread(sign_in)(owner))
    await socket.connect()
    assert (await refused(socket))[1] == 4401


async def test_another_protocol_is_refused_with_both_versions(paired):
    socket = dial("/ws/device", paired[1])
    await socket.connect()
    await socket.send_json_to({"type": "hello", "protocol": 99, "whatever": 1})
    sentence, code = await refused(socket)
    assert sentence == f"The device speaks protocol 99, this studio speaks {PROTOCOL_VERSION}. Update the studio."
    assert code == 1003
    assert (await row()).hello == {}


async def test_the_first_message_is_a_hello(paired):
    socket = dial("/ws/device", paired[1])
    await socket.connect()
    await socket.send_to(text_data=status().to_json())
    assert await refused(socket) == ("The first message is a hello.", 1003)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", 1003),
        ("[1]", 1003),
        ('{"type": "nothing"}', 1003),
        ('{"type": "status", "state": "asleep"}', 1003),
        ("[" * 60_000, 1003),
        (hello().to_json(), 1003),
        ("x" * (64 * 1024 + 1), 1009),
    ],
    ids=["no JSON", "a list", "unknown", "a wrong value", "deep", "a second hello", "too large"],
)
async def test_what_is_no_message_ends_the_line(text, code, paired):
    device = await FakeDevice(paired[1]).attach()
    await device.socket.send_to(text_data=text)
    assert await close_code(device.socket) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\x01" + b"\x00" * 8 + b"no jpeg", 1003),
        (b"\x09" + frame()[1:], 1003),
        (frame()[:9], 1003),
        (frame()[:9] + b"\xff\xd8" + b"\x00" * MAX_JPEG_BYTES, 1003),
        (b"\x00" * (2 * 2**20), 1009),
    ],
    ids=["no JPEG", "unknown kind", "head alone", "JPEG too large", "too large"],
)
async def test_what_is_no_picture_ends_the_line(data, code, paired):
    device = await FakeDevice(paired[1]).attach()
    await device.show(data)
    assert await close_code(device.socket) == code


async def test_too_many_messages_end_the_line(paired, settings):
    settings.SOCKET_MESSAGES_PER_SECOND = 20
    device = await FakeDevice(paired[1]).attach()
    for number in range(60):
        await device.say(shot(number + 1))
    assert await close_code(device.socket) == 1008


async def test_a_revoked_device_is_hung_up_within_a_second(paired, owner):
    device = await FakeDevice(paired[1]).attach()
    await in_thread(capture_devices.revoke)(paired[0], by=owner)
    async with asyncio.timeout(2):
        sentence, code = await refused(device.socket)
    assert "revoked" in sentence
    assert code == 4401
    await device.leave()
    again = dial("/ws/device", paired[1])
    await again.connect()
    assert (await refused(again))[1] == 4401


async def test_a_device_that_dials_anew_replaces_its_former_self(paired):
    first = await FakeDevice(paired[1]).attach()
    second = await FakeDevice(paired[1]).attach()
    assert await close_code(first.socket) == 4409
    await first.leave()
    assert await state() == "online", "the late end of the first does not mark the second away"
    await second.say(status(taken=3))
    await asyncio.sleep(0.8)
    assert (await row()).status["taken"] == 3
    await second.leave()
    assert await state() == "away"


async def test_the_status_is_kept_at_most_twice_a_second_and_its_newest_at_last(paired, monkeypatch):
    kept = []
    note = capture_devices.note_status
    monkeypatch.setattr(capture_devices, "note_status", lambda *said: (kept.append(said[2]), note(*said)))
    device = await FakeDevice(paired[1]).attach()
    began = time.monotonic()
    for taken in range(100):
        await device.say(status("shooting", taken=taken))
        await asyncio.sleep(0.012)
    await asyncio.sleep(0.7)
    written = [each for each in kept if each is not None]
    assert 1 <= len(written) <= (time.monotonic() - began) / 0.5, "100 were said"
    assert (await row()).status["taken"] == 99
    await device.say(status("idle", taken=100))
    await device.leave()
    assert (await row()).status["taken"] == 100, "what was said last before the line broke is known"


async def test_the_project_hears_that_a_device_came_and_went_but_not_of_every_status(paired):
    device = await FakeDevice(paired[1]).attach()
    for number in range(20):
        await device.say(status(taken=number))
        await device.say(shot(number + 1))
    await device.leave()
    events = await in_thread(lambda: list(Event.objects.order_by("number")))()
    assert [(event.kind, event.payload["state"]) for event in events] == [
        ("device.changed", "online"),
        ("device.changed", "away"),
    ]


async def test_measures_of_a_shot_are_numbers_within_limits(paired):
    device = await FakeDevice(paired[1]).attach()
    said = shot(1).to_json().replace(f'"sharpness": {measures().sharpness}', '"sharpness": 1e9')
    await device.socket.send_to(text_data=said)
    sentence, code = await refused(device.socket)
    assert "sharpness" in sentence
    assert code == 1003


async def test_a_device_of_a_project_in_the_bin_is_not_known(paired, project):
    from django.utils import timezone

    project.binned_at = timezone.now()
    await in_thread(project.save)()
    socket = dial("/ws/device", paired[1])
    await socket.connect()
    assert (await refused(socket))[1] == 4401


async def test_two_devices_are_told_apart(paired, project, owner):
    _, token = await in_thread(add)(project, owner, "Window Pi")
    first, second = await FakeDevice(paired[1]).attach(), await FakeDevice(token).attach(host="window")
    await second.leave()
    shown = await in_thread(
        lambda: {one.name: capture_devices.device_out(one) for one in CaptureDevice.objects.all()}
    )()
    assert (shown["Tripod Pi"]["state"], shown["Window Pi"]["state"]) == ("online", "away")
    assert shown["Window Pi"]["hello"]["host"] == "window"
    await first.leave()
