"""Every message between a capture device and the studio: the contract. Standard library only.

Text: one JSON object per message, told apart by `type`, at most MAX_MESSAGE_BYTES. Binary, device to studio: one JPEG
with a head. Live frames flow only against credit, so that a slow line never queues them.
"""

from capture_agent.protocol.device import Answer, Hello, Shot, Status, TestShot
from capture_agent.protocol.facts import (
    IDLE_STATUS_SECONDS,
    LIVE_FRAMES_PER_SECOND,
    MAX_CREDIT,
    MAX_MESSAGE_BYTES,
    PROTOCOL_VERSION,
    STATES,
    STATUS_SECONDS,
    WARNING_KINDS,
    CameraInfo,
    Measures,
    Message,
    Network,
    SpoolCounts,
    Warning,
)
from capture_agent.protocol.frames import LIVE, MAX_JPEG_BYTES, TEST_SHOT, Frame
from capture_agent.protocol.parse import (
    DeviceMessage,
    ProtocolError,
    StudioMessage,
    mismatch_sentence,
    parse_device_message,
    parse_studio_message,
)
from capture_agent.protocol.records import Record, RecordError
from capture_agent.protocol.settings import LARGEST, CaptureSettings, EffectiveSettings
from capture_agent.protocol.studio import COMMANDS, Command, Configure, Credit, Live, Nothing, Refused, Start, Welcome

__all__ = [
    "COMMANDS",
    "IDLE_STATUS_SECONDS",
    "LARGEST",
    "LIVE",
    "LIVE_FRAMES_PER_SECOND",
    "MAX_CREDIT",
    "MAX_JPEG_BYTES",
    "MAX_MESSAGE_BYTES",
    "PROTOCOL_VERSION",
    "STATES",
    "STATUS_SECONDS",
    "TEST_SHOT",
    "WARNING_KINDS",
    "Answer",
    "CameraInfo",
    "CaptureSettings",
    "Command",
    "Configure",
    "Credit",
    "DeviceMessage",
    "EffectiveSettings",
    "Frame",
    "Hello",
    "Live",
    "Measures",
    "Message",
    "Network",
    "Nothing",
    "ProtocolError",
    "Record",
    "RecordError",
    "Refused",
    "Shot",
    "SpoolCounts",
    "Start",
    "Status",
    "StudioMessage",
    "TestShot",
    "Warning",
    "Welcome",
    "mismatch_sentence",
    "parse_device_message",
    "parse_studio_message",
]
