"""Commands: what a person asks of a device on a page, sent over its socket, answered by it within seconds."""

from typing import Any

from django.db import transaction

from capture_agent.protocol import Command, RecordError
from studio.accounts.models import User
from studio.datasets.models import CaptureDevice
from studio.errors import Refused
from studio.services import capture_devices
from studio.services.capture_desk import DeviceAway
from studio.services.capture_hub import hub

ANSWER_SECONDS = 10.0
SILENT = "“{name}” did not answer within {seconds:.0f} s. Look whether it is still heard from, then try again."
# What others on the project are told of, too.
TOLD = {"start": "device.started", "stop": "device.stopped"}


def send(device: CaptureDevice, name: str, args: dict[str, Any], *, by: User) -> None:
    """Raises Refused: 422 names a wrong argument, 409 when it is away or says no, 504 when it does not answer."""
    try:
        Command(id="check", name=name, args=args)
    except RecordError as error:
        raise Refused(str(error), field=error.field or "args") from error
    try:
        answer = hub.ask_from_thread(device.pk, name, args, seconds=ANSWER_SECONDS)
    except DeviceAway as error:
        raise Refused(_away(device), status=409) from error
    except TimeoutError as error:
        raise Refused(SILENT.format(name=device.name, seconds=ANSWER_SECONDS), status=504) from error
    if not answer.is_ok:
        raise Refused(answer.error or f"“{device.name}” did not do it and did not say why.", status=409)
    if name in TOLD:
        with transaction.atomic():
            capture_devices.tell(CaptureDevice.objects.get(pk=device.pk), TOLD[name], by=by)


def _away(device: CaptureDevice) -> str:
    if device.last_seen_at is None or not device.hello:
        return f"“{device.name}” has not connected yet. Start “phosphene-capture run” on it."
    return f"“{device.name}” is not connected. What it was told before goes on, and its shots come when it is back."
