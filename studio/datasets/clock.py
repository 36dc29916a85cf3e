"""When a portrait was taken, by the studio's clock. A device's own may be years off; its count of shots never is."""

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from studio.datasets.models import CaptureSession, Portrait

# <name>_<MM-DD-YYYY_HH-MM-SS-ffffff>.jpeg, where the name may hold underscores itself.
NAMED = re.compile(r"^(?P<name>.*)_(?P<moment>\d\d-\d\d-\d{4}_\d\d-\d\d-\d\d-\d{1,6})(?:\.\w{1,5})?$", re.DOTALL)
# Names carry no time zone, so that a picture of this morning may look as if it came from tomorrow.
AHEAD = timedelta(hours=26)
STEP = timedelta(milliseconds=1)


def offset_seconds(device_now: datetime | None) -> float:
    """What must be added to that device's clock; 0 when it did not tell."""
    return (timezone.now() - aware(device_now)).total_seconds() if device_now else 0.0


def taken_at(session: CaptureSession, *, sequence: int, said: str, otherwise: datetime | None) -> datetime:
    """What the device said, put right by its offset; else `otherwise`, else now. Never far ahead of now.

    In a session that counts its shots the order is the count's, whatever the clock did in between.
    """
    now = timezone.now()
    moment = _shifted(aware(datetime.fromisoformat(said)), session.clock_offset_seconds) if said else otherwise
    if moment is None or moment > now + AHEAD:
        moment = now
    return _in_order(session, sequence, moment) if sequence else moment


def moment_said(text: str) -> datetime | None:
    """A time as it was written in metadata, which may be none, or none of this world."""
    return _shifted(aware(datetime.fromisoformat(text)), 0.0) if text else None


def moment_in_name(name: str) -> datetime | None:
    """Pitraiture's name of a file -> its time, taken for UTC. None for any other name."""
    match = NAMED.match(name)
    if match is None:
        return None
    try:
        return datetime.strptime(match["moment"], "%m-%d-%Y_%H-%M-%S-%f").replace(tzinfo=UTC)
    except ValueError:
        return None


def set_in_name(name: str) -> str | None:
    """Pitraiture's name of a file -> the name of its set."""
    match = NAMED.match(name)
    return match["name"] if match else None


def aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _shifted(moment: datetime, seconds: float) -> datetime | None:
    try:
        return (moment + timedelta(seconds=seconds)).astimezone(UTC)
    except (OverflowError, ValueError):
        return None


def _in_order(session: CaptureSession, sequence: int, moment: datetime) -> datetime:
    rows = Portrait.objects.filter(session=session).values_list("taken_at", flat=True)
    before = rows.filter(sequence__lt=sequence, sequence__gt=0).order_by("-sequence").first()
    after = rows.filter(sequence__gt=sequence).order_by("sequence").first()
    if before is not None and moment <= before:
        moment = before + STEP
    if after is not None and moment >= after:
        moment = before + (after - before) / 2 if before is not None else after - STEP
    return moment
