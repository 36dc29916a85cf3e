"""The two sockets: hello and welcome, frames on their own line, dialled again when cut, a refusal read aloud."""

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from gpu_service.protocol import (
    Cancel,
    Credit,
    FramesHello,
    Hello,
    Ping,
    Pong,
    PreviewDrive,
    PreviewOpen,
    PreviewStateMessage,
    Refused,
    Welcome,
    parse_service_message,
    unpack_frame,
)
from gpu_service.protocol import Work as WorkQueued
from gpu_service.serve import instance_id
from gpu_service.session import Session, run_session
from gpu_service.settings import Settings, read_settings
from gpu_service.visualizers import VISUALIZERS
from gpu_service.work import Work
from tests.gpu_service.session.test_work import until


class Sockets:
    """A studio's two sockets. `answer` is what a hello gets."""

    def __init__(self) -> None:
        self.hellos: list[Hello] = []
        self.heard: list[Any] = []
        self.frames: list[bytes] = []
        self.control: ServerConnection | None = None
        self.picture: ServerConnection | None = None
        self.answer: Any = None
        self.attach_id = uuid.uuid4()
        self.answers = asyncio.Event()
        self.answers.set()

    async def handle(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        assert socket.request.headers["Authorization"] == "Bearer secret"
        if socket.request.path == "/ws/service/control":
            await self._control(socket)
        else:
            await self._pictures(socket)

    async def _control(self, socket: ServerConnection) -> None:
        hello = parse_service_message(await socket.recv())
        assert isinstance(hello, Hello)
        self.hellos.append(hello)
        await self.answers.wait()
        answer = self.answer or Welcome(attach_id=self.attach_id, service_id=uuid.uuid4())
        await socket.send(answer.model_dump_json())
        self.control = socket
        async for text in socket:
            self.heard.append(parse_service_message(text))

    async def _pictures(self, socket: ServerConnection) -> None:
        first = parse_service_message(await socket.recv())
        assert first == FramesHello(attach_id=self.attach_id)
        self.picture = socket
        async for message in socket:
            assert isinstance(message, bytes)
            self.frames.append(message)


class FakeWork:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.looks, self.cancelled = 0, list[uuid.UUID]()
        self.segments: dict[Any, Any] = {}
        self.chores: dict[Any, Any] = {}

    def look(self) -> None:
        self.looks += 1

    def cancel(self, lease_id: uuid.UUID) -> None:
        self.cancelled.append(lease_id)


@pytest.fixture
async def sockets() -> AsyncIterator[tuple[Sockets, int]]:
    made = Sockets()
    async with serve(made.handle, "127.0.0.1", 0) as server:
        yield made, server.sockets[0].getsockname()[1]


@pytest.fixture
async def attached(sockets, bench, monkeypatch, tmp_path) -> AsyncIterator[tuple[Sockets, FakeWork]]:
    monkeypatch.setattr("gpu_service.session.pause_seconds", lambda _attempt: 0.02)
    studio, port = sockets
    work = FakeWork()
    session = Session(settings_of(tmp_path, port), bench=bench, work=work, instance_id=uuid.uuid4())  # type: ignore[arg-type]
    async with running(session.run()):
        yield studio, work


def settings_of(folder: Path, port: int) -> Settings:
    return replace(
        read_settings({"GPU_DATA": str(folder)}), studio=f"http://127.0.0.1:{port}", token="secret", name="Attic"
    )


@contextlib.asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_nothing_is_claimed_before_the_studio_has_welcomed_the_service(sockets, studio, bench, tmp_path):
    lines, port = sockets
    lines.answers.clear()
    work = Work(bench)
    session = Session(settings_of(tmp_path, port), bench=bench, work=work, instance_id=uuid.uuid4())
    async with running(run_session(session, work)):
        await until(lambda: lines.hellos)
        await asyncio.sleep(0.05)
        assert studio.posted("/claims") == []
        lines.answers.set()
        await until(lambda: studio.posted("/claims"))


async def test_it_says_what_it_is_and_looks_for_work(attached):
    studio, work = attached
    await until(lambda: studio.picture)
    hello = studio.hellos[0]
    assert hello.name == "Attic"
    assert [info.name for info in hello.catalogue] == list(VISUALIZERS)
    assert hello.devices[0].kind == "cpu"
    assert work.looks >= 1


async def test_a_preview_is_drawn_on_the_frames_socket_and_told_on_the_other(attached, little, bench):
    from tests.gpu_service.session.fakes import FakeStudio

    studio, _ = attached
    await until(lambda: studio.picture)
    assert isinstance(bench.client.http._transport.handler.__self__, FakeStudio)
    files = [bench.client.http._transport.handler.__self__.add_file(p.read_bytes()) for p in little.files.values()]
    preview = uuid.uuid4()
    opened = PreviewOpen(preview_id=preview, scene=little.scene(), width=64, height=48, inputs=files)
    await studio.control.send(opened.model_dump_json())
    drive = PreviewDrive(preview_id=preview, revision=1, seconds=0.5, playing=False)
    await studio.control.send(drive.model_dump_json())
    await until(lambda: any(isinstance(said, PreviewStateMessage) and said.state == "running" for said in studio.heard))
    assert studio.frames == []
    await studio.picture.send(Credit(preview_id=preview, n=2).model_dump_json())
    await until(lambda: studio.frames)
    header, picture = unpack_frame(studio.frames[-1])
    assert (header.preview_id, header.frame, picture) == (preview, 5, b"jpeg")


async def test_orders_reach_those_they_are_for(attached):
    studio, work = attached
    await until(lambda: studio.picture)
    before, lease = work.looks, uuid.uuid4()
    for message in (WorkQueued(), Cancel(kind="segment", id=lease), Ping()):
        await studio.control.send(message.model_dump_json())
    await studio.control.send('{"type": "from the future"}')
    await until(lambda: Pong() in studio.heard)
    assert work.cancelled == [lease]
    assert work.looks == before + 1


@pytest.mark.parametrize("which", ["control", "picture"])
async def test_a_cut_line_is_dialled_again(attached, which):
    studio, _ = attached
    await until(lambda: studio.picture)
    lost = getattr(studio, which)
    studio.picture = None
    await lost.close()
    await until(lambda: len(studio.hellos) == 2 and studio.picture)


async def test_a_refusal_is_logged_as_the_studio_said_it(attached, caplog):
    studio, _ = attached
    studio.answer = Refused(sentence="Protocol 1 is spoken here. Update the render service.")
    with caplog.at_level(logging.ERROR):
        await until(lambda: studio.control)
        await studio.control.close()
        await until(lambda: "Update the render service." in caplog.text)


def test_a_service_is_known_again_by_its_data_folder(tmp_path):
    first = instance_id(tmp_path)
    assert instance_id(tmp_path) == first
    (tmp_path / "instance").write_text("damaged")
    assert instance_id(tmp_path) != first
