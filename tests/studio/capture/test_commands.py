"""Commands by the API: forwarded to the living device, with its answer or a sentence why not."""

import asyncio

import pytest
from asgiref.sync import sync_to_async

from studio.events.models import Event
from studio.services import capture_commands
from tests.studio.capture.devices import FakeDevice

pytestmark = pytest.mark.django_db(transaction=True)
in_thread = sync_to_async


@pytest.fixture
def editor(as_user, member):
    return as_user(member("editor"))


def order(client, device, name, args=None):
    return client.call("POST", f"/devices/{device.pk}/commands", {"name": name, "args": args or {}})


async def ordered(client, device, name, args=None):
    """The request runs in a thread of its own, as under a server."""
    return await asyncio.to_thread(order, client, device, name, args)


async def test_a_command_reaches_the_device_and_its_answer_the_page(paired, editor):
    device = await FakeDevice(paired[1]).attach()
    args = {"settings": {"iso": 200, "shutter_us": 8000}}
    asked = asyncio.create_task(ordered(editor, paired[0], "configure", args))
    heard = await device.obey("configure")
    answer = await asked
    assert heard["args"] == args
    assert answer.status_code == 200, answer.content
    assert answer.json()["device"]["state"] == "online"
    await device.leave()


async def test_what_the_device_refuses_is_told_in_its_own_words(paired, editor):
    device = await FakeDevice(paired[1]).attach()
    asked = asyncio.create_task(ordered(editor, paired[0], "start"))
    await device.obey("start", error="There is a test shot to accept or retake first.")
    answer = await asked
    assert (answer.status_code, answer.json()["detail"]) == (409, "There is a test shot to accept or retake first.")
    await device.leave()


async def test_start_and_stop_are_told_to_the_project_with_who_it_was(paired, editor, project):
    device = await FakeDevice(paired[1]).attach()
    for name in ("start", "pause", "stop"):
        asked = asyncio.create_task(ordered(editor, paired[0], name))
        await device.obey(name)
        assert (await asked).status_code == 200
    told = await in_thread(lambda: list(Event.objects.exclude(actor_id=None).values_list("kind", flat=True)))()
    assert told == ["device.started", "device.stopped"]
    await device.leave()


async def test_a_device_that_is_away_is_a_409_with_what_goes_on(paired, editor):
    never = await ordered(editor, paired[0], "start")
    assert never.status_code == 409
    assert "has not connected yet" in never.json()["detail"]
    device = await FakeDevice(paired[1]).attach()
    await device.leave()
    away = await ordered(editor, paired[0], "stop")
    assert away.status_code == 409
    assert "is not connected" in away.json()["detail"]


async def test_a_device_that_goes_away_before_it_answers_is_a_409(paired, editor):
    device = await FakeDevice(paired[1]).attach()
    asked = asyncio.create_task(ordered(editor, paired[0], "pause"))
    await device.hear("command", name="pause")
    await device.leave()
    assert (await asked).status_code == 409


async def test_a_silent_device_is_a_504_and_its_late_answer_is_nobodys(paired, editor, monkeypatch):
    monkeypatch.setattr(capture_commands, "ANSWER_SECONDS", 0.3)
    device = await FakeDevice(paired[1]).attach()
    answer = await ordered(editor, paired[0], "pause")
    assert answer.status_code == 504
    assert "did not answer" in answer.json()["detail"]
    await device.obey("pause")
    monkeypatch.setattr(capture_commands, "ANSWER_SECONDS", 10)
    asked = asyncio.create_task(ordered(editor, paired[0], "stop"))
    await device.obey("stop")
    assert (await asked).status_code == 200
    await device.leave()


@pytest.mark.parametrize(
    ("name", "args", "field"),
    [
        ("configure", {"settings": {"iso": 9000}}, "iso"),
        ("configure", {"settings": {"resolution": [9000, 10]}}, "resolution"),
        ("start", {"prompt": "x" * 301}, "prompt"),
        ("start", {"append": "yes"}, "append"),
        ("reboot", {}, "name"),
    ],
)
async def test_a_wrong_argument_never_reaches_the_device(name, args, field, paired, editor):
    device = await FakeDevice(paired[1]).attach()
    answer = await ordered(editor, paired[0], name, args)
    assert answer.status_code == 422
    assert answer.json()["field"] == field, answer.content
    assert await device.socket.receive_nothing(timeout=0.1)
    await device.leave()


async def test_viewers_and_strangers_command_nothing(paired, as_user, member, person):
    device = await FakeDevice(paired[1]).attach()
    viewer, stranger = await in_thread(member)("viewer"), await in_thread(person)("Stranger")
    for user, status in ((viewer, 403), (stranger, 404), (None, 401)):
        client = await in_thread(as_user)(user)
        assert (await ordered(client, paired[0], "start")).status_code == status
    assert await device.socket.receive_nothing(timeout=0.1)
    await device.leave()
