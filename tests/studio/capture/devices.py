"""A pretended capture device on a real consumer: it says what a real one says, as the protocol's own records."""

import io
import json
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from channels.testing import WebsocketCommunicator
from PIL import Image

from capture_agent.protocol import (
    LIVE,
    Answer,
    CameraInfo,
    CaptureSettings,
    EffectiveSettings,
    Frame,
    Hello,
    Measures,
    Network,
    Shot,
    SpoolCounts,
    Status,
    TestShot,
)
from studio.accounts.models import User
from studio.datasets import devices
from studio.datasets.models import CaptureDevice
from studio.projects.models import Project
from tests.studio.services.sockets import dial

SESSION = "11111111-2222-4333-8444-555555555555"


def now() -> str:
    return datetime.now(UTC).isoformat()


def jpeg(shade: int = 128, side: int = 16) -> bytes:
    """A real JPEG of one grey."""
    kept = io.BytesIO()
    Image.new("L", (side, side), shade).save(kept, "JPEG")
    return kept.getvalue()


def hello(**changes: Any) -> Hello:
    said: dict[str, Any] = {
        "version": "0.1.0",
        "device_id": str(uuid.uuid4()),
        "name": "Tripod Pi",
        "host": "tripod",
        "camera": CameraInfo(name="HQ, imx477", kind="picamera2"),
        "now": now(),
    }
    return Hello(**{**said, **changes})


def status(state: str = "idle", **changes: Any) -> Status:
    said: dict[str, Any] = {
        "state": state,
        "wished": CaptureSettings(),
        "free_bytes": 21_400_000_000,
        "floor_bytes": 512 * 2**20,
        "spool": SpoolCounts(waiting=118),
        "network": Network(bits_per_second=2_100_000, last_ok_at=now()),
        "shots_left": 14_900,
    }
    return Status(**{**said, **changes})


def measures(**changes: Any) -> Measures:
    return Measures(**{"sharpness": 66.0, "brightness": 48.0, "clipped": 1.5, "faces": 1, **changes})


def shot(sequence: int, *, session_id: str = SESSION, **changes: Any) -> Shot:
    return Shot(
        session_id=session_id,
        sequence=sequence,
        name=f"faces_{sequence}.jpeg",
        sha256=f"{sequence:064x}",
        taken_at=now(),
        measures=measures(**changes),
        effective=EffectiveSettings(exposure_us=7996),
    )


def test_shot() -> TestShot:
    return TestShot(measures=measures(), effective=EffectiveSettings(exposure_us=7996))


test_shot.__test__ = False  # type: ignore[attr-defined]


def frame(kind: int = LIVE, shade: int = 128) -> bytes:
    return Frame(kind, int(time.time() * 1000), jpeg(shade)).to_bytes()


def add(project: Project, by: User, name: str = "Tripod Pi") -> tuple[CaptureDevice, str]:
    """A paired device and its token."""
    return devices.pair(project, name=name, by=by)


class FakeDevice:
    """Attached to the studio by the socket that a real one dials."""

    def __init__(self, token: str) -> None:
        self.socket: WebsocketCommunicator = dial("/ws/device", token)
        self.welcome: dict[str, Any] = {}

    async def attach(self, **changes: Any) -> "FakeDevice":
        await self.socket.connect()
        await self.say(hello(**changes))
        self.welcome = await self.hear("welcome")
        return self

    async def say(self, message: Any) -> None:
        await self.socket.send_to(text_data=message.to_json())

    async def show(self, data: bytes) -> None:
        await self.socket.send_to(bytes_data=data)

    async def hear(self, kind: str, **wanted: Any) -> dict[str, Any]:
        """The next message of that type with those values."""
        for _ in range(40):
            message = json.loads(await self.socket.receive_from(timeout=3))
            if message["type"] == kind and all(message.get(name) == value for name, value in wanted.items()):
                return message
        raise AssertionError(f"The studio did not say {kind}.")

    async def obey(self, name: str, *, error: str = "") -> dict[str, Any]:
        """Hear that command and answer it."""
        command = await self.hear("command", name=name)
        await self.say(Answer(command_id=command["id"], ok=not error, error=error))
        return command

    async def leave(self) -> None:
        await self.socket.disconnect()
