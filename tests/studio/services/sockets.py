"""A pretended render service and a pretended page, on real consumers."""

import json
import uuid
from typing import Any

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from gpu_service.protocol import (
    PROTOCOL_VERSION,
    Device,
    FrameHeader,
    FramesHello,
    Hello,
    Preset,
    PreviewStateMessage,
    SnapshotNeeds,
    VisualizerInfo,
    pack_frame,
)
from studio.accounts.models import User
from studio.asgi import application
from studio.scenes.models import Scene
from tests.studio.features import SCHEMA

ORIGIN = (b"origin", b"http://testserver")


def hello(**changes: Any) -> dict[str, Any]:
    """What a small service says first."""
    entry = VisualizerInfo(
        name="test-lines",
        title="Lines",
        version="2",
        summary="Draws lines.",
        schema=SCHEMA,
        presets=[Preset(name="calm", title="Calm", summary="", values={"alpha": 0.1})],
        snapshots=SnapshotNeeds(min=1, max=8, kinds=["cppn"]),
    )
    said = Hello(
        version="0.1.0",
        name="Attic GPU",
        instance_id=uuid.uuid4(),
        devices=[Device(name="CPU", kind="cpu", memory_bytes=2**33)],
        catalogue=[entry],
        preview_slots=2,
        kinds=["render_segment"],
    )
    return {**json.loads(said.model_dump_json()), **changes}


def dial(path: str, token: str, *extra: tuple[bytes, bytes]) -> WebsocketCommunicator:
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"host", b"testserver"), *extra]
    return WebsocketCommunicator(application, path, headers=headers)


class FakeService:
    """Both sockets of a service."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.control = dial("/ws/service/control", token)
        self.frames = dial("/ws/service/frames", token)
        self.welcome: dict[str, Any] = {}

    async def attach(self, **changes: Any) -> "FakeService":
        await self.control.connect()
        await self.control.send_json_to(hello(**changes))
        self.welcome = await self.control.receive_json_from()
        await self.frames.connect()
        told = FramesHello(attach_id=self.welcome["attach_id"])
        await self.frames.send_to(text_data=told.model_dump_json())
        return self

    async def hear(self, kind: str, *, within: int = 30) -> dict[str, Any]:
        """The next message of that type."""
        for _ in range(within):
            message = await self.control.receive_json_from(timeout=3)
            if message["type"] == kind:
                return message
        raise AssertionError(f"The studio did not say {kind}.")

    async def draw(self, preview_id: str, *, seconds: float, revision: int, payload: bytes = b"jpeg") -> bytes:
        header = FrameHeader(
            preview_id=uuid.UUID(preview_id),
            revision=revision,
            frame=round(seconds * 30),
            pts_us=round(seconds * 1e6),
            width=256,
            height=256,
        )
        data = pack_frame(header, payload)
        await self.frames.send_to(bytes_data=data)
        return data

    async def say(self, preview_id: str, state: str) -> None:
        said = PreviewStateMessage.model_validate({"preview_id": preview_id, "state": state})
        await self.control.send_to(text_data=said.model_dump_json())

    async def leave(self) -> None:
        await self.frames.disconnect()
        await self.control.disconnect()


def page_socket(path: str, cookie: str | None, *, origin: tuple[bytes, bytes] | None = ORIGIN) -> WebsocketCommunicator:
    headers = [(b"host", b"testserver")]
    if origin is not None:
        headers.append(origin)
    if cookie is not None:
        headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
    return WebsocketCommunicator(application, path, headers=headers)


def sign_in(user: User) -> str:
    """The session cookie of somebody who has just signed in."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


async def watch(scene: Scene, cookie: str, *, credits: int = 4) -> WebsocketCommunicator:
    """A page that looks at a scene."""
    page = page_socket(f"/ws/scenes/{scene.id}/preview", cookie)
    connected, _ = await page.connect()
    assert connected
    await page.send_json_to({"type": "join", "width": 256})
    await page.send_json_to({"type": "credit", "n": credits})
    return page


async def next_json(socket: WebsocketCommunicator, kind: str, **wanted: Any) -> dict[str, Any]:
    """The next JSON message of that type with those values; pictures in between are passed over."""
    for _ in range(40):
        event = await socket.receive_output(timeout=3)
        if event["type"] == "websocket.close":
            raise AssertionError(f"Closed with {event.get('code')}.")
        if event.get("text"):
            message = json.loads(event["text"])
            if message["type"] == kind and all(message.get(name) == value for name, value in wanted.items()):
                return message
    raise AssertionError(f"No message {kind} {wanted} came.")


async def next_frame(socket: WebsocketCommunicator) -> bytes:
    for _ in range(40):
        event = await socket.receive_output(timeout=3)
        if event.get("bytes"):
            return event["bytes"]
    raise AssertionError("No picture came.")


async def close_code(socket: WebsocketCommunicator, *, timeout: float = 5) -> int:
    while True:
        event = await socket.receive_output(timeout=timeout)
        if event["type"] == "websocket.close":
            return int(event["code"])


__all__ = [
    "PROTOCOL_VERSION",
    "FakeService",
    "close_code",
    "dial",
    "hello",
    "next_frame",
    "next_json",
    "page_socket",
    "sign_in",
    "watch",
]
