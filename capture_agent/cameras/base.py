"""What every camera offers. One configuration serves the live view and the photographs: modes are never switched."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from capture_agent.protocol import CameraInfo, CaptureSettings, EffectiveSettings

LIVE_WIDTH_PX = 640
EXPOSURE_CONTROLS = ("iso", "shutter_us", "red_gain", "blue_gain")


@dataclass(frozen=True)
class Photo:
    """A JPEG, when it was taken by this device's clock (with its zone), and what the camera says of it."""

    jpeg: bytes
    taken_at: datetime
    effective: EffectiveSettings


class Camera(Protocol):
    """Used from one thread. Every method may raise CameraError, or CameraLost when only a new process can help."""

    info: CameraInfo

    def configure(self, settings: CaptureSettings) -> None:
        """Take these settings on. Returns when the next picture will show them."""

    def live(self) -> Photo:
        """The newest view, about 640 px wide."""

    def photograph(self) -> Photo:
        """A picture whose exposure began after this call, at the resolution of the settings."""

    def close(self) -> None: ...


class CameraKind(Protocol):
    """A class of cameras, as the registry holds it."""

    def __call__(self, place: str) -> Camera: ...

    def places(self) -> list[str]:
        """What can be opened on this machine; raises CameraError with the reason when there is nothing."""


def local_now() -> datetime:
    """Now, in this device's zone: file names show its local time."""
    return datetime.now(UTC).astimezone()


def live_size(resolution: tuple[int, int]) -> tuple[int, int]:
    """Width and height of the live view, even, in the shape of the photograph and never larger. [px, px]"""
    width, height = resolution
    scale = min(1.0, LIVE_WIDTH_PX / max(width, height))
    return max(2, round(width * scale) // 2 * 2), max(2, round(height * scale) // 2 * 2)
