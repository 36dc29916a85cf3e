"""The agent against a studio that speaks the real protocol over a real socket: commands, pictures, broken lines."""

import asyncio
import contextlib
import dataclasses
import itertools
import socket
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import Server, ServerConnection, serve

from capture_agent import agent as agent_module
from capture_agent.agent import RESTART, Agent
from capture_agent.errors import CameraLost
from capture_agent.protocol import (
    PROTOCOL_VERSION,
    Answer,
    Command,
    Credit,
    Frame,
    Hello,
    Network,
    Refused,
    Shot,
    Status,
    TestShot,
    Warning,
    Welcome,
    parse_device_message,
)
from capture_agent.settings import Settings, read_settings
from capture_agent.spool import Spool

SMALL = {"resolution": [320, 320], "countdown_seconds": 0, "number_of_photos": 5}
SOON = 20.0


class Studio:
    """What a studio does with one device, and what it heard."""

    def __init__(self, *, server_now: str = "", refuse: str = "") -> None:
        self.heard: list[Any] = []
        self.hellos: list[Hello] = []
        self.tokens: list[str | None] = []
        self.line: ServerConnection | None = None
        self.port = 0
        self._server: Server | None = None
        self._news = asyncio.Condition()
        self._ids = itertools.count(1)
        self._now, self._refuse = server_now, refuse

    async def open(self) -> None:
        self._server = await serve(self._meet, "127.0.0.1", self.port, close_timeout=1)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _meet(self, line: ServerConnection) -> None:
        assert line.request is not None
        self.tokens.append(line.request.headers.get("Authorization"))
        hello = parse_device_message(await line.recv())
        assert isinstance(hello, Hello)
        self.hellos.append(hello)
        if self._refuse:
            await line.send(Refused(sentence=self._refuse).to_json())
            return
        await line.send(Welcome(studio="Low Tide", server_now=self._now or hello.now).to_json())
        self.line = line
        await self._note(hello)
        async for said in line:
            await self._note(Frame.from_bytes(said) if isinstance(said, bytes) else parse_device_message(said))

    async def _note(self, message: Any) -> None:
        async with self._news:
            self.heard.append(message)
            self._news.notify_all()

    def all(self, kind: type) -> list[Any]:
        return [message for message in self.heard if isinstance(message, kind)]

    async def until(self, is_there: Callable[[], Any]) -> Any:
        async with asyncio.timeout(SOON), self._news:
            await self._news.wait_for(lambda: bool(is_there()))
        return is_there()

    async def command(self, name: str, /, **args: Any) -> Answer:
        command = Command(id=str(next(self._ids)), name=name, args=args)
        assert self.line is not None
        await self.line.send(command.to_json())
        answers = await self.until(lambda: [each for each in self.all(Answer) if each.command_id == command.id])
        return answers[0]


class NoUploads:
    def start(self) -> None: ...

    def stop(self, timeout: float = 0) -> None: ...

    def wake(self) -> None: ...

    def network(self) -> Network:
        return Network(bits_per_second=1_000_000)

    def warnings(self) -> tuple[Warning, ...]:
        return (Warning(kind="upload", sentence="Nothing is sent here."),)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    variables = {
        "CONFIG": str(tmp_path / "config"),
        "STATE": str(tmp_path / "state"),
        "STUDIO": "http://127.0.0.1:1",
        "TOKEN": "phd_secret",
        "DEVICE_ID": "6b0e9d9c-6d1e-4c53-8f05-0f9d6c6b5a01",
        "NAME": "Tripod",
    }
    return read_settings({f"PHOSPHENE_CAPTURE_{name}": value for name, value in variables.items()})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_module, "FIRST_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(agent_module, "LONGEST_PAUSE_SECONDS", 0.2)


@contextlib.asynccontextmanager
async def running(settings: Settings, studio: Studio, *, camera: str = "fake") -> AsyncIterator[asyncio.Task[int]]:
    settings = dataclasses.replace(settings, studio_url=f"http://127.0.0.1:{studio.port}")
    with Spool(settings.spool_dir, floor_bytes=1) as spool:
        device = Agent(settings, spool=spool, uploads=NoUploads(), camera=camera)
        task = asyncio.create_task(device.run())
        try:
            yield task
        finally:
            device.end()
            await task


@pytest.fixture
async def studio() -> AsyncIterator[Studio]:
    studio = Studio()
    await studio.open()
    yield studio
    await studio.close()


async def test_a_sitting_from_the_browser(settings: Settings, studio: Studio):
    async with running(settings, studio):
        hello = await studio.until(lambda: studio.hellos)
        assert (hello[0].name, hello[0].camera.kind, hello[0].protocol) == ("Tripod", "fake", PROTOCOL_VERSION)
        assert studio.tokens == ["Bearer phd_secret"]
        await studio.until(lambda: studio.line)
        assert (await studio.command("configure", settings=SMALL)).ok
        assert (await studio.command("test_shot")).ok
        await studio.until(lambda: studio.all(TestShot) and studio.all(Frame))
        assert studio.all(Frame)[0].kind == 2
        assert (await studio.command("retake")).ok
        assert (await studio.command("accept")).ok
        refused = await studio.command("accept")
        assert (refused.ok, refused.error) == (False, "There is no test shot to accept.")
        assert (await studio.command("start", name="Ines")).ok
        await studio.until(lambda: len(studio.all(Shot)) == 5)
        last = await studio.until(lambda: [s for s in studio.all(Status) if s.spool.waiting == 5 and s.state == "idle"])
        assert last[-1].effective.exposure_us == 1000
        assert last[-1].wished.resolution == (320, 320)
        assert last[-1].network.bits_per_second == 1_000_000
        assert [each.sentence for each in last[-1].warnings] == ["Nothing is sent here."]
    names = sorted(path.name for path in settings.spool_dir.rglob("*.jpeg"))
    assert names == sorted(shot.name for shot in studio.all(Shot))


async def test_live_frames_flow_against_credit_only(settings: Settings, studio: Studio):
    async with running(settings, studio):
        await studio.until(lambda: studio.line)
        await studio.command("configure", settings=SMALL)
        await studio.command("live", on=True)
        await asyncio.sleep(0.4)
        assert not studio.all(Frame)
        assert studio.line is not None
        await studio.line.send(Credit(frames=3).to_json())
        await studio.until(lambda: len(studio.all(Frame)) == 3)
        await asyncio.sleep(0.4)
        assert len(studio.all(Frame)) == 3
        stamps = [frame.taken_ms for frame in studio.all(Frame)]
        assert stamps == sorted(stamps)
        assert stamps[-1] - stamps[0] >= 150


async def test_a_burst_goes_on_while_the_studio_is_away(settings: Settings, studio: Studio):
    async with running(settings, studio):
        await studio.until(lambda: studio.line)
        await studio.command("configure", settings=SMALL | {"number_of_photos": 8, "interval_seconds": 0.15})
        await studio.command("start")
        await studio.until(lambda: len(studio.all(Shot)) >= 2)
        await studio.close()
        studio.heard.clear()
        await asyncio.sleep(1.5)
        await studio.open()
        await studio.until(lambda: [each for each in studio.all(Status) if each.state == "idle"])
        assert studio.all(Status)[-1].spool.waiting == 8
        assert len(studio.hellos) == 2
        # What was shot meanwhile is told, in order, before how the device stands now.
        assert [shot.sequence for shot in studio.all(Shot)][-3:] == [6, 7, 8]
        assert len(studio.all(Shot)) >= 5


async def test_the_settings_of_last_time_come_back(settings: Settings, studio: Studio):
    async with running(settings, studio):
        await studio.until(lambda: studio.line)
        await studio.command("configure", settings=SMALL | {"dataset_name": "april"})
    studio.heard.clear()
    async with running(settings, studio):
        status = await studio.until(lambda: studio.all(Status))
    assert (status[0].wished.dataset_name, status[0].wished.resolution) == ("april", (320, 320))


async def test_a_lost_camera_ends_the_program_and_the_next_one_goes_on(
    settings: Settings, studio: Studio, monkeypatch: pytest.MonkeyPatch
):
    from capture_agent.cameras.fake import FakeCamera

    photograph, taken = FakeCamera.photograph, itertools.count(1)

    def lose(self: FakeCamera) -> Any:
        if next(taken) == 3:
            raise CameraLost("The camera's memory ran out.")
        return photograph(self)

    monkeypatch.setattr(FakeCamera, "photograph", lose)
    async with running(settings, studio) as task:
        await studio.until(lambda: studio.line)
        await studio.command("configure", settings=SMALL)
        await studio.command("start")
        async with asyncio.timeout(SOON):
            assert await task == RESTART
    async with running(settings, studio):
        await studio.until(lambda: len(studio.all(Shot)) == 5)
    assert [shot.sequence for shot in studio.all(Shot)] == [1, 2, 3, 4, 5]
    assert len({shot.session_id for shot in studio.all(Shot)}) == 1


async def test_without_a_camera_the_device_is_there_and_says_why(settings: Settings, studio: Studio, tmp_path: Path):
    async with running(settings, studio, camera=f"folder:{tmp_path / 'nothing'}"):
        await studio.until(lambda: studio.line)
        assert studio.hellos[0].camera.kind == "none"
        answer = await studio.command("test_shot")
        assert "folder of pictures" in answer.error
        status = await studio.until(lambda: studio.all(Status))
        assert status[-1].warnings[0].kind == "camera"


async def test_a_clock_wrong_by_years_is_told(settings: Settings):
    studio = Studio(server_now="2029-11-21T12:00:00+00:00")
    await studio.open()
    async with running(settings, studio):
        await studio.until(lambda: studio.line)
        await studio.command("live", on=True)
        found = await studio.until(lambda: [w for s in studio.all(Status) for w in s.warnings if w.kind == "clock"])
    assert "years slow" in found[0].sentence
    await studio.close()


async def test_a_refusal_is_read_and_not_hammered(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(agent_module, "REFUSED_PAUSE_SECONDS", 30.0)
    studio = Studio(refuse="This device was revoked.")
    await studio.open()
    async with running(settings, studio):
        async with asyncio.timeout(SOON):
            while "This device was revoked." not in caplog.text:
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)
        assert len(studio.hellos) == 1
    await studio.close()


async def test_a_camera_that_hangs_is_not_told_as_alive(
    settings: Settings, studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """systemd hears nothing more, and its watchdog ends the process."""
    from capture_agent.cameras.fake import FakeCamera

    released = threading.Event()
    monkeypatch.setattr(agent_module, "CAMERA_SILENT_SECONDS", 1.5)
    monkeypatch.setattr(FakeCamera, "photograph", lambda self: released.wait(SOON))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(2.0)
        watched = dataclasses.replace(settings, notify_socket=str(tmp_path / "notify"), watchdog_seconds=0.6)
        async with running(watched, studio):
            await studio.until(lambda: studio.line)
            assert studio.line is not None
            await studio.line.send(Command(id="x", name="test_shot").to_json())
            await asyncio.sleep(2.0)
            ear.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while ear.recv(1000):
                    pass
            await asyncio.sleep(1.0)
            with pytest.raises(BlockingIOError):
                ear.recv(1000)
            released.set()


async def test_systemd_hears_signs_of_life(settings: Settings, studio: Studio, tmp_path: Path):
    path = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(path))
        ear.settimeout(SOON)
        watched = dataclasses.replace(settings, notify_socket=str(path), watchdog_seconds=0.6)
        async with running(watched, studio):
            heard = [await asyncio.to_thread(ear.recv, 1000) for _ in range(4)]
        rest = await asyncio.to_thread(ear.recv, 1000)
        while rest != b"STOPPING=1":
            rest = await asyncio.to_thread(ear.recv, 1000)
    assert b"READY=1" in heard
    assert sum(each.startswith(b"WATCHDOG=1") for each in heard) == 3
