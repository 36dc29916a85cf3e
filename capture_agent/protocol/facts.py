"""What messages speak of: the camera, the spool, the line, a picture in numbers; and the limits of the protocol."""

import json
from dataclasses import dataclass
from typing import ClassVar

from capture_agent.protocol.records import Record, listed, maybe, number, one_of, pair, text, time_text, whole

PROTOCOL_VERSION = 1
MAX_MESSAGE_BYTES = 64 * 1024
MAX_CREDIT = 16
LIVE_FRAMES_PER_SECOND = 10  # at most
STATUS_SECONDS = 1.0  # how often a device at work says how it stands
IDLE_STATUS_SECONDS = 10.0

STATES = ("idle", "previewing", "testing", "countdown", "shooting", "paused")
WARNING_KINDS = ("face", "focus", "light", "space", "camera", "network", "clock", "upload")


@dataclass(frozen=True)
class Message(Record):
    """The base of all messages; `type` tells them apart."""

    type: ClassVar[str] = ""

    def to_json(self) -> str:
        return json.dumps({"type": self.type, **self.as_dict()}, ensure_ascii=False, allow_nan=False)


@dataclass(frozen=True)
class CameraInfo(Record):
    """`controls` are the settings that this camera obeys, by their names in CaptureSettings."""

    name: str = text(100)
    kind: str = text(40)
    max_resolution: tuple[int, int] = pair(1, 65_535, 65_535, default=(4056, 3040))
    controls: tuple[str, ...] = listed(text(40), 20)


@dataclass(frozen=True)
class SpoolCounts(Record):
    """Shots on the device by where they stand; `bytes` of all that are not done."""

    waiting: int = whole(0, 10**9, 0)
    sending: int = whole(0, 10**9, 0)
    blocked: int = whole(0, 10**9, 0)
    done: int = whole(0, 10**9, 0)
    bytes: int = whole(0, 10**15, 0)


@dataclass(frozen=True)
class Network(Record):
    """The line to the studio as the uploads find it. `bits_per_second` 0 is unknown."""

    bits_per_second: int = whole(0, 10**12, 0)
    last_ok_at: str | None = maybe(time_text())


@dataclass(frozen=True)
class Warning(Record):
    """Something a person at the camera should mend now."""

    kind: str = one_of(WARNING_KINDS)
    sentence: str = text(300)


@dataclass(frozen=True)
class Measures(Record):
    """A picture in numbers. `faces` is None where the device does not look for faces; the studio does that anyway.

    sharpness 0 to 100, brightness = mean luma 0 to 100, clipped = percent of pixels that are black or burnt out.
    """

    sharpness: float = number(0, 100)
    brightness: float = number(0, 100)
    clipped: float = number(0, 100)
    faces: int | None = maybe(whole(0, 10_000))
