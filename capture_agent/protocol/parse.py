"""Text of a socket to a message, or a sentence why it is none."""

import json
from typing import Any

from capture_agent.protocol.device import Answer, Hello, Shot, Status, TestShot
from capture_agent.protocol.facts import MAX_MESSAGE_BYTES, PROTOCOL_VERSION
from capture_agent.protocol.records import RecordError
from capture_agent.protocol.studio import Command, Credit, Refused, Welcome

DeviceMessage = Hello | Status | Shot | TestShot | Answer
StudioMessage = Welcome | Refused | Command | Credit
_DEVICE: dict[str, type[Any]] = {kind.type: kind for kind in (Hello, Status, Shot, TestShot, Answer)}
_STUDIO: dict[str, type[Any]] = {kind.type: kind for kind in (Welcome, Refused, Command, Credit)}


def parse_device_message(given: str | bytes) -> DeviceMessage:
    """What a device said. Raises ProtocolError for anything else."""
    return _parse(given, _DEVICE)


def parse_studio_message(given: str | bytes) -> StudioMessage:
    """What the studio said. Raises ProtocolError for anything else."""
    return _parse(given, _STUDIO)


class ProtocolError(ValueError):
    """What came is no message of this protocol; the sentence may be shown and sent back."""


def mismatch_sentence(device_protocol: int) -> str | None:
    """What a studio answers to a hello of another protocol; None when they agree."""
    if device_protocol == PROTOCOL_VERSION:
        return None
    older = "the capture device" if device_protocol < PROTOCOL_VERSION else "the studio"
    return f"The device speaks protocol {device_protocol}, this studio speaks {PROTOCOL_VERSION}. Update {older}."


def _parse(given: str | bytes, kinds: dict[str, type[Any]]) -> Any:
    size = len(given.encode("utf-8", "surrogatepass")) if isinstance(given, str) else len(given)
    if size > MAX_MESSAGE_BYTES:
        raise ProtocolError(f"A message has at most {MAX_MESSAGE_BYTES} bytes.")
    try:
        said = json.loads(given)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("A message is one JSON object.") from error
    kind = kinds.get(said["type"]) if isinstance(said, dict) and isinstance(said.get("type"), str) else None
    if kind is None:
        raise ProtocolError(f"A message needs a type: {', '.join(kinds)}.")
    try:
        return kind.from_dict(said)
    except RecordError as error:
        raise ProtocolError(f"{kind.type}: {error}") from error
