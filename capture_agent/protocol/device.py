"""What a device says to the studio."""

from dataclasses import dataclass
from typing import ClassVar

from capture_agent.protocol.facts import (
    PROTOCOL_VERSION,
    STATES,
    CameraInfo,
    Measures,
    Message,
    Network,
    SpoolCounts,
    Warning,
)
from capture_agent.protocol.records import (
    hex_text,
    listed,
    maybe,
    number,
    one_of,
    record,
    text,
    time_text,
    uuid_text,
    whole,
    yes_no,
)
from capture_agent.protocol.settings import CaptureSettings, EffectiveSettings


@dataclass(frozen=True)
class Hello(Message):
    """The first message of a connection. `now` is the device's own clock, which may be wrong by years."""

    type: ClassVar[str] = "hello"
    version: str = text(40)
    device_id: str = uuid_text()
    name: str = text(100)
    host: str = text(255)
    camera: CameraInfo = record(CameraInfo)
    now: str = time_text()
    protocol: int = whole(0, 1_000_000, PROTOCOL_VERSION)


@dataclass(frozen=True)
class Status(Message):
    """How the device stands. `rate`: photos per second of this burst; `shots_left`: what fits above the floor."""

    type: ClassVar[str] = "status"
    state: str = one_of(STATES)
    wished: CaptureSettings = record(CaptureSettings)
    free_bytes: int = whole(0, 10**15)
    floor_bytes: int = whole(0, 10**15)
    spool: SpoolCounts = record(SpoolCounts)
    network: Network = record(Network)
    effective: EffectiveSettings | None = maybe(record(EffectiveSettings))
    session_id: str | None = maybe(uuid_text())
    taken: int = whole(0, 10**9, 0)
    wanted: int = whole(0, 10**9, 0)
    rate: float = number(0, 10_000, 0.0)
    seconds_left: float | None = maybe(number(0, 1e9))
    shots_left: int | None = maybe(whole(0, 10**9))
    is_live: bool = yes_no(False)
    warnings: tuple[Warning, ...] = listed(record(Warning), 20)
    last: Measures | None = maybe(record(Measures))


@dataclass(frozen=True)
class Shot(Message):
    """A picture is safely on the device's disk. The picture itself comes by upload."""

    type: ClassVar[str] = "shot"
    session_id: str = uuid_text()
    sequence: int = whole(1, 10**9)
    name: str = text(300)
    sha256: str = hex_text(64)
    taken_at: str = time_text()
    measures: Measures = record(Measures)
    effective: EffectiveSettings = record(EffectiveSettings)


@dataclass(frozen=True)
class TestShot(Message):
    """A test shot waits for accept or retake; a binary TEST_SHOT frame with a smaller picture of it follows."""

    __test__: ClassVar[bool] = False  # pytest: not a test
    type: ClassVar[str] = "test_shot"
    measures: Measures = record(Measures)
    effective: EffectiveSettings = record(EffectiveSettings)


@dataclass(frozen=True)
class Answer(Message):
    """What became of a command; `error` is a sentence when `ok` is false."""

    type: ClassVar[str] = "answer"
    command_id: str = text(64, least=1)
    ok: bool = yes_no()
    error: str = text(500, "")
