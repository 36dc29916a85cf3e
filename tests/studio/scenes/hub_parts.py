"""The preview hub, with pages and services that only remember what they were told."""

import asyncio
import uuid
from typing import Any

import pytest

from gpu_service.protocol import Credit, FrameHeader, SceneSpec, TrackRef, pack_frame, unpack_frame
from studio.scenes.preview import Hub
from studio.scenes.preview_state import Preview, Sight
from studio.scenes.viewer import Viewer

SCENE, PROJECT = uuid.uuid4(), uuid.uuid4()


class FakeService:
    """A Sender that remembers what it was told."""

    def __init__(self, *, name: str = "Attic GPU", slots: int = 2) -> None:
        self.service_id, self.name, self.slots = uuid.uuid4(), name, slots
        self.told: list[Any] = []
        self.credits: list[Credit] = []

    def send(self, message: Any) -> None:
        self.told.append(message)

    def credit(self, message: Credit) -> None:
        self.credits.append(message)

    def heard(self, kind: type) -> list[Any]:
        return [message for message in self.told if isinstance(message, kind)]


class Page:
    """One viewer. While `is_stalled`, its transport takes nothing."""

    def __init__(self, *, name: str = "Ines", person_id: uuid.UUID | None = None) -> None:
        self.frames: list[bytes] = []
        self.notices: list[dict[str, Any]] = []
        self.may_flow = asyncio.Event()
        self.may_flow.set()
        self.viewer = Viewer(
            person_id=person_id or uuid.uuid4(), person_name=name, send_bytes=self._bytes, send_json=self._json
        )
        self.viewer.start()

    async def _bytes(self, data: bytes) -> None:
        await self.may_flow.wait()
        self.frames.append(data)

    async def _json(self, notice: dict[str, Any]) -> None:
        await self.may_flow.wait()
        self.notices.append(notice)

    def said(self, kind: str) -> dict[str, Any]:
        """The last notice of a kind."""
        return next(notice for notice in reversed(self.notices) if notice["type"] == kind)

    def seconds(self) -> list[float]:
        return [unpack_frame(frame)[0].seconds for frame in self.frames]


def sight(**changes: Any) -> Sight:
    spec = SceneSpec(
        visualizer="test-lines",
        parameters={"alpha": 0.25},
        tracks=[TrackRef(sha256="a" * 64, name="Undertow", duration_seconds=60.0)],
        width=512,
        height=256,
        duration_seconds=60.0,
    )
    return Sight(spec=spec.model_copy(update=changes), inputs=[])


def join(hub: Hub, page: Page, *, scene: uuid.UUID = SCENE, **which: uuid.UUID | None) -> Preview:
    return hub.join(page.viewer, scene_id=scene, project_id=PROJECT, sight=sight(), width=256, **which)


def play(hub: Hub, page: Page, preview: Preview, *, seconds: float = 0.0, playing: bool = True) -> None:
    hub.drive(page.viewer, preview, seconds=seconds, rate=1.0, is_playing=playing, lead=0.25, loop=None)


def frame(preview: Preview, *, seconds: float, revision: int | None = None, size: int = 100) -> bytes:
    header = FrameHeader(
        preview_id=preview.id,
        revision=preview.revision if revision is None else revision,
        frame=round(seconds * 30),
        pts_us=round(seconds * 1e6),
        width=256,
        height=128,
    )
    return pack_frame(header, b"x" * size)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.fixture
async def hub():
    hub = Hub()
    yield hub
    for preview in hub.previews.values():
        for viewer in preview.viewers:
            await viewer.stop()
