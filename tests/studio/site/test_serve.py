"""The whole studio as a real process: floods, stalled downloads, a database that goes away."""

import asyncio
import base64
import contextlib
import json
import os
import socket
import time

import pytest
import websockets

from tests.services import postgres, redis
from tests.studio.agent import Agent, token_of
from tests.studio.capture.devices import hello, shot
from tests.studio.datasets.conftest import picture
from tests.studio.site.conftest import studio_on

PIECE = 4 * 1024 * 1024


def make_project(studio):
    return studio.call("POST", "/projects", json={"name": "Saltworks"}).json()["id"]


def upload(studio, project, data):
    """Send a track by tus; returns its address in the API."""
    said = {"filename": "song.wav", "project": project, "kind": "track"}
    coded = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    tus = {"Tus-Resumable": "1.0.0"}
    begun = studio.call("POST", "/uploads", headers=tus | {"Upload-Length": str(len(data)), "Upload-Metadata": coded})
    assert begun.status_code == 201, begun.text
    address = begun.headers["Location"].removeprefix("/api/v1")
    headers = tus | {"Content-Type": "application/offset+octet-stream"}
    for start in range(0, len(data), PIECE):
        offset = {"Upload-Offset": str(start)}
        sent = studio.call("PATCH", address, headers=headers | offset, content=data[start : start + PIECE])
        assert sent.status_code == 204, sent.text
    track = studio.call("GET", f"/projects/{project}/tracks").json()["items"][0]
    return f"/tracks/{track['id']}"


def stalled_download(studio, path):
    """A request whose answer nobody reads."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    line.connect(("127.0.0.1", studio.port))
    line.sendall(f"GET /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {studio.cookie}\r\n\r\n".encode())
    assert b"200 OK" in line.recv(100)
    return line


def until(probe, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(Exception):
            if probe():
                return True
        time.sleep(0.1)
    return False


def test_stalled_downloads_of_a_stored_file_cost_no_memory(studio):
    data = os.urandom(40 * 1024 * 1024)
    track = upload(studio, make_project(studio), data)
    path = f"{track}/files/original"
    assert studio.call("GET", path, headers={"Range": "bytes=1000000-1000009"}).content == data[1_000_000:1_000_010]
    before = studio.megabytes()
    with contextlib.ExitStack() as lines:
        for _ in range(5):
            lines.enter_context(stalled_download(studio, path))
        time.sleep(3)
        assert studio.megabytes() - before < 20
        assert studio.call("GET", path).content == data


def events_line(studio, project):
    address = f"ws://127.0.0.1:{studio.port}/ws/projects/{project}/events"
    return websockets.connect(
        address, origin=studio.url, additional_headers={"Cookie": studio.cookie}, max_size=None, ping_interval=None
    )


async def closed_with(line):
    """The code with which the studio closes."""
    async with asyncio.timeout(15):
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await line.recv()
    return line.close_code


async def flood_and_oversize(studio, project):
    async with events_line(studio, project) as line:
        with contextlib.suppress(websockets.ConnectionClosed):
            await line.send("x" * (2 * 1024 * 1024))
        assert await closed_with(line) == 1009
    async with events_line(studio, project) as line:
        with contextlib.suppress(websockets.ConnectionClosed):
            await line.send("x" * 10_000 for _ in range(20))  # fragments, each of them small
        assert await closed_with(line) == 1009
    async with events_line(studio, project) as line:
        with contextlib.suppress(websockets.ConnectionClosed):
            for _ in range(10_000):
                await line.send("{}")
        assert await closed_with(line) == 1008
    async with events_line(studio, project) as line:
        await line.send('{"type": "ping"}')
        async with asyncio.timeout(10):
            while json.loads(await line.recv())["type"] != "ping":
                pass


def test_oversize_fragmented_and_flooding_messages_close_their_socket_and_nothing_else(studio):
    project = make_project(studio)
    asyncio.run(flood_and_oversize(studio, project))
    assert studio.process.poll() is None
    assert studio.http.get("/healthz").status_code == 200


def pair_device(studio, project):
    """The token of a device, by the way a device and a person go."""
    begun = studio.call("POST", "/capture/pairings", json={"device_name": "Tripod Pi"}).json()
    made = studio.call("POST", f"/projects/{project}/devices", json={"code": begun["code"]})
    assert made.status_code == 201, made.text
    collected = studio.call("POST", f"/capture/pairings/{begun['id']}/collect", json={"secret": begun["secret"]})
    return made.json()["id"], collected.json()["token"]


def device_line(studio, token):
    headers = {"Authorization": f"Bearer {token}"}
    return websockets.connect(
        f"ws://127.0.0.1:{studio.port}/ws/device", additional_headers=headers, max_size=None, ping_interval=None
    )


async def abuse_as_a_device(studio, token):
    for pieces in (["x" * 2**21], ["x" * 10_000] * 20, [b"\x01" * 2**21], [b"\x01" * 16_384] * 100):
        async with device_line(studio, token) as line:
            await line.send(hello().to_json())
            with contextlib.suppress(websockets.ConnectionClosed):
                await line.send(iter(pieces))
            assert await closed_with(line) == 1009
    async with device_line(studio, token) as line:
        await line.send(hello().to_json())
        with contextlib.suppress(websockets.ConnectionClosed):
            for number in range(10_000):
                await line.send(shot(number + 1).to_json())
        assert await closed_with(line) == 1008
    async with device_line(studio, token) as line:
        before = studio.megabytes()
        with contextlib.suppress(websockets.ConnectionClosed):
            for _ in range(64):  # a message without an end is not gathered for ever
                await line.send(iter([b"\x01" * 2**20] * 64))
        assert await closed_with(line) == 1009
        assert studio.megabytes() - before < 40


def test_a_device_that_sends_too_much_is_hung_up_and_nothing_else_happens(studio):
    project = make_project(studio)
    device, token = pair_device(studio, project)
    asyncio.run(abuse_as_a_device(studio, token))
    assert studio.process.poll() is None
    assert until(lambda: studio.call("GET", f"/devices/{device}").json()["state"] == "away")


async def hears_of_a_change(studio, project, meanwhile):
    """Whether an open page still hears of changes after `meanwhile`."""
    async with events_line(studio, project) as line:
        await line.recv()  # it is open for certain
        await asyncio.to_thread(meanwhile)
        assert await asyncio.to_thread(until, lambda: studio.call("GET", "/me").status_code == 200)
        await asyncio.to_thread(studio.call, "PATCH", f"/projects/{project}", json={"name": "After the storm"})
        async with asyncio.timeout(20):
            while True:
                message = json.loads(await line.recv())
                if message["type"] == "events":
                    return any(event["kind"] == "project.changed" for event in message["events"])


def test_a_database_that_goes_away_is_said_and_comes_back(tmp_path):
    with contextlib.ExitStack() as servers:
        database, redis_url = servers.enter_context(postgres()), servers.enter_context(redis())
        settings = {"STUDIO_DATABASE_URL": database.url, "STUDIO_REDIS_URL": redis_url}
        studio = servers.enter_context(studio_on(tmp_path, **settings))
        project = make_project(studio)
        agent, data = Agent(studio.url, token_of(studio), project), picture(1)
        agent.announce()
        address = agent.begin(data).headers["Location"]

        def storm() -> None:
            database.stop()
            waits = agent.piece(address, 0, data)
            assert (waits.status_code, waits.headers["Retry-After"]) == (503, "5")
            answer = studio.call("GET", "/projects")
            assert answer.status_code == 503
            assert answer.headers["Retry-After"] == "5"
            assert answer.json()["detail"].startswith("The database of the studio is away. Nothing was lost")
            assert studio.http.get("/healthz").status_code == 200
            assert studio.http.get("/readyz").status_code == 503
            assert studio.http.get(f"/p/{project}/").status_code == 503
            database.start()

        assert asyncio.run(hears_of_a_change(studio, project, storm))
        assert studio.http.get("/readyz").status_code == 200
        # F16: the device kept its picture meanwhile, and is done with it now.
        assert agent.send(data)
        agent.close()


@pytest.mark.parametrize("origin", ["http://evil.example", None])
def test_a_foreign_or_missing_origin_is_refused_by_the_real_server(studio, origin):
    project = make_project(studio)

    async def knock() -> int:
        address = f"ws://127.0.0.1:{studio.port}/ws/projects/{project}/events"
        try:
            async with websockets.connect(address, origin=origin, additional_headers={"Cookie": studio.cookie}):
                return 101
        except websockets.InvalidStatus as refusal:
            return refusal.response.status_code

    assert asyncio.run(knock()) == 403
