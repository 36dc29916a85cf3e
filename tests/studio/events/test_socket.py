"""The events socket as a page meets it, through the whole ASGI application."""

import asyncio
import json
import uuid
from contextlib import asynccontextmanager

import pytest
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.sessions.models import Session
from django.db import transaction

from studio.asgi import application
from studio.events import live
from studio.events.record import record
from studio.projects.models import Membership

pytestmark = pytest.mark.django_db(transaction=True)
HOST = b"testserver"


@pytest.fixture
def cookie(as_user):
    """The session cookie of a person who has just signed in."""

    @database_sync_to_async
    def make(user):
        client = as_user(user)
        name, morsel = next(iter(client.cookies.items()))
        return f"{name}={morsel.value}".encode()

    return make


def line(path, *, cookie=None, origin=b"http://testserver"):
    headers = [(b"host", HOST)]
    headers += [(b"origin", origin)] if origin else []
    headers += [(b"cookie", cookie)] if cookie else []
    return WebsocketCommunicator(application, path, headers=headers)


@asynccontextmanager
async def opened(project, cookie, query=""):
    socket = line(f"/ws/projects/{project.pk}/events{query}", cookie=cookie)
    connected, _ = await socket.connect(timeout=5)
    assert connected
    try:
        yield socket
    finally:
        await socket.disconnect()


async def heard(socket, kind, *, seconds=5.0):
    """The next message of that type."""
    async with asyncio.timeout(seconds):
        while True:
            message = json.loads(await socket.receive_from(timeout=seconds))
            if message["type"] == kind:
                return message


async def close_code(socket, *, seconds=5.0):
    """Read on until the studio closes; returns the code, and what was said before."""
    said = []
    async with asyncio.timeout(seconds):
        while True:
            output = await socket.receive_output(timeout=seconds)
            if output["type"] == "websocket.close":
                return output["code"], said
            said.append(json.loads(output["text"]))


@database_sync_to_async
def happens(project, kind="cue.added", count=1):
    for _ in range(count):
        with transaction.atomic():
            record(project.pk, kind, subject="cue:1", payload={"label": "drop"})


async def test_a_page_hears_of_a_change(project, owner, cookie):
    async with opened(project, await cookie(owner)) as socket:
        await heard(socket, "presence")
        await happens(project)
        message = await heard(socket, "events")
    assert [event["kind"] for event in message["events"]] == ["cue.added"]
    assert message["last"] == message["events"][-1]["number"]


async def test_a_page_that_was_away_gets_everything_since(project, owner, cookie):
    await happens(project, count=450)
    numbers = []
    async with opened(project, await cookie(owner), "?since=3") as socket:
        while not numbers or numbers[-1] < 450:
            numbers += [event["number"] for event in (await heard(socket, "events"))["events"]]
    assert numbers == list(range(4, 451))


async def test_events_of_another_project_are_not_heard(project, owner, cookie):
    class Other:
        pk = uuid.uuid4()

    async with opened(project, await cookie(owner)) as socket:
        await happens(Other)
        await happens(project, "cue.removed")
        message = await heard(socket, "events")
    assert [event["kind"] for event in message["events"]] == ["cue.removed"]


async def test_everybody_sees_who_is_here(project, owner, member, cookie):
    viewer = await database_sync_to_async(member)("viewer")
    viewer_cookie = await cookie(viewer)
    async with opened(project, await cookie(owner)) as socket:
        async with opened(project, viewer_cookie):
            while len((await heard(socket, "presence"))["people"]) < 2:
                pass
        assert [person["name"] for person in (await heard(socket, "presence"))["people"]] == ["Ines"]


async def test_everybody_sees_where_the_others_are(project, owner, member, cookie):
    editor = await cookie(await database_sync_to_async(member)("editor"))
    track, cue = str(uuid.uuid4()), str(uuid.uuid4())
    here = {"type": "here", "page": "b", "track_id": track, "seconds": 61.3, "is_playing": True, "selection": [cue]}
    async with opened(project, await cookie(owner)) as ines:
        async with opened(project, editor) as other:
            await other.send_to(text_data=json.dumps(here))
            (place,) = (await heard(ines, "places"))["places"]
            assert (place["page"], place["track_id"], place["seconds"], place["selection"]) == ("b", track, 61.3, [cue])
            assert (place["person"]["name"], place["is_playing"], place["rate"]) == ("The-editor", True, 1.0)
            for number in range(30):
                await other.send_to(text_data=json.dumps({**here, "seconds": number}))
            told = [await heard(ines, "places")]
            while told[-1]["places"][0]["seconds"] != 29:
                told.append(await heard(ines, "places"))
            assert len(told) < 15, "many words in a moment are told together"
        assert (await heard(ines, "places"))["places"] == []


@pytest.mark.parametrize(
    "wrong", [{"seconds": -1}, {"seconds": 1e9}, {"page": ""}, {"track_id": "x"}, {"rate": 0}, {"selection": ["x"]}]
)
async def test_a_place_that_cannot_be_is_not_told(project, owner, cookie, wrong):
    async with opened(project, await cookie(owner)) as ines, opened(project, await cookie(owner)) as other:
        await other.send_to(text_data=json.dumps({"type": "here", "page": "b", **wrong}))
        await other.send_to(text_data=json.dumps({"type": "ping"}))
        await heard(other, "ping")
        await other.send_to(text_data=json.dumps({"type": "here", "page": "c"}))
        (place,) = (await heard(ines, "places"))["places"]
        assert place["page"] == "c"


async def test_news_that_are_no_event_reach_every_page(project, owner, cookie):
    async with opened(project, await cookie(owner)) as socket:
        await heard(socket, "presence")
        live.broadcast({"type": "services", "state": "attached", "items": []})
        assert (await heard(socket, "services"))["state"] == "attached"


@pytest.mark.parametrize(
    "origin", [None, b"http://evil.example", b"null", b"https://testserver.evil.example", b"http://testserver:81"]
)
async def test_a_foreign_or_missing_origin_is_refused_at_the_handshake(project, owner, cookie, origin):
    socket = line(f"/ws/projects/{project.pk}/events", cookie=await cookie(owner), origin=origin)
    assert (await socket.connect(timeout=5))[0] is False


async def test_nobody_is_refused_at_the_handshake(project):
    assert (await line(f"/ws/projects/{project.pk}/events").connect(timeout=5))[0] is False


async def test_an_expired_session_is_refused_at_the_handshake(project, owner, cookie):
    old = await cookie(owner)
    await database_sync_to_async(Session.objects.update)(expire_date="2020-01-01T00:00:00Z")
    assert (await line(f"/ws/projects/{project.pk}/events", cookie=old).connect(timeout=5))[0] is False


async def test_a_stranger_and_an_unknown_project_are_refused_alike(project, person, cookie):
    stranger = await database_sync_to_async(person)("Stranger")
    strange_cookie = await cookie(stranger)
    for pk in (project.pk, uuid.uuid4()):
        assert (await line(f"/ws/projects/{pk}/events", cookie=strange_cookie).connect(timeout=5))[0] is False


@pytest.mark.parametrize("path", ["/ws/nonsense", "/", "/ws/projects/1/events", "/ws/service/nonsense"])
async def test_an_address_that_is_no_socket_is_refused(path):
    assert (await line(path).connect(timeout=5))[0] is False


async def test_rights_withdrawn_close_the_socket_and_nothing_is_heard_after(project, owner, cookie):
    async with opened(project, await cookie(owner)) as socket:
        await heard(socket, "presence")
        await database_sync_to_async(Membership.objects.all().delete)()
        code, _ = await close_code(socket)
        await happens(project)
        assert code == 4403
        assert await socket.receive_nothing(timeout=0.3)


async def test_signing_out_elsewhere_closes_the_socket(project, owner, cookie):
    async with opened(project, await cookie(owner)) as socket:
        await database_sync_to_async(Session.objects.all().delete)()
        assert (await close_code(socket))[0] == 4401


async def test_a_changed_password_closes_the_sockets_of_other_sessions(project, owner, cookie):
    async with opened(project, await cookie(owner)) as socket:
        owner.set_password("another-long-password")
        await database_sync_to_async(owner.save)()
        assert (await close_code(socket))[0] == 4401


@pytest.mark.parametrize(
    ("text", "code"), [("x" * (64 * 1024 + 1), 1009), ("no json", 1003), ("[1]", 1003), ("[" * 60_000, 1003)]
)
async def test_a_message_that_is_too_large_or_no_json_closes_the_socket(project, owner, cookie, text, code):
    async with opened(project, await cookie(owner)) as socket:
        await socket.send_to(text_data=text)
        assert (await close_code(socket))[0] == code


async def test_a_flood_of_messages_closes_the_socket(project, owner, cookie):
    async with opened(project, await cookie(owner)) as socket:
        for _ in range(500):
            await socket.send_to(text_data='{"type":"nothing"}')
        assert (await close_code(socket))[0] == 1008


async def test_a_page_that_asks_is_answered(project, owner, cookie):
    async with opened(project, await cookie(owner)) as socket:
        await socket.send_to(text_data='{"type":"ping"}')
        assert await heard(socket, "ping")
