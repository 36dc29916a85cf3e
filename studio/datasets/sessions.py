"""Capture sessions: a device's own, announced by it; one a day for what people upload; one per set of an archive."""

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from studio.accounts.models import User
from studio.datasets import clock, counts
from studio.datasets.models import CaptureDevice, CaptureSession, Dataset
from studio.datasets.present import session_out
from studio.errors import Conflict, Refused
from studio.events.record import record

Source = CaptureSession.Source
DEVICE_WORDS = ("name", "prompt", "place", "camera", "started_at", "ended_at")


def upload_session(dataset: Dataset, *, file_name: str, by: User | None) -> CaptureSession:
    """The session of a picture that a person sends: of its set and day by Pitraiture's name, else today's uploads.

    The id follows from set and day, so that two cannot be made.
    """
    if (named := set_session(dataset, file_name, source=Source.UPLOAD, by=by)) is not None:
        return named
    today = timezone.now().astimezone(UTC)
    return ensure(
        dataset,
        uuid5(dataset.pk, f"upload {today:%Y-%m-%d}"),
        source=Source.UPLOAD,
        name=f"Uploads of {today.day} {today:%B %Y}",
        started_at=today,
        by=by,
    )


def set_session(dataset: Dataset, file_name: str, *, source: str, by: User | None) -> CaptureSession | None:
    """One session per set and day of taking, whichever way its pictures come; None for a name that tells neither."""
    moment, name = clock.moment_in_name(file_name), clock.set_in_name(file_name)
    if moment is None or name is None:
        return None
    name = PurePosixPath(name.replace("\\", "/")).name or "Set"
    begin_of_day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    session_id = uuid5(dataset.pk, f"set {name} {moment:%Y-%m-%d}")
    session = ensure(dataset, session_id, source=source, name=name, started_at=begin_of_day, by=by)
    if session.started_at == begin_of_day or moment < session.started_at:
        CaptureSession.objects.filter(pk=session.pk).update(started_at=moment)
        session.started_at = moment
    return session


def ensure(
    dataset: Dataset, session_id: UUID, *, source: str, name: str, started_at: datetime, by: User | None
) -> CaptureSession:
    """The session with that id, made and told of unless it is there. Inside a transaction."""
    session, is_new = CaptureSession.objects.get_or_create(
        pk=session_id,
        defaults={
            "dataset": dataset,
            "source": source,
            "name": name[:200],
            "started_at": started_at,
            "created_by": by,
        },
    )
    if is_new:
        tell(session, "session.added", by=by)
    return session


@transaction.atomic
def announce_session(
    session_id: UUID, *, dataset: Dataset, device: CaptureDevice | None, by: User | None, said: dict[str, Any]
) -> CaptureSession:
    """A device's session as it describes it; the same again changes only what differs. Raises Http404 for a foreign id.

    `said` holds name, prompt, place, camera, started_at, ended_at and device_now, by the device's own clock.
    """
    offset = clock.offset_seconds(said.get("device_now"))
    words = {name: said[name] for name in DEVICE_WORDS if said.get(name) is not None}
    for name in ("started_at", "ended_at"):
        if name in words:
            words[name] = _by_our_clock(words[name], offset)
    session = CaptureSession.objects.select_for_update().filter(pk=session_id).first()
    if session is None:
        session = CaptureSession.objects.create(
            pk=session_id,
            dataset=dataset,
            device=device,
            source=Source.DEVICE if device else Source.UPLOAD,
            created_by=by,
            clock_offset_seconds=offset,
            **words,
        )
        tell(session, "session.added", by=by)
        return session
    is_own = session.device_id == device.pk if device else session.device_id is None
    if session.dataset_id != dataset.pk or not is_own:
        raise Http404
    # A restart of the same session must not move its beginning by a second's doubt about the clock.
    words.pop("started_at", None)
    changed = {name: value for name, value in words.items() if getattr(session, name) != value}
    if said.get("device_now") is not None:
        session.clock_offset_seconds = offset
    for name, value in changed.items():
        setattr(session, name, value)
    session.revision += bool(changed)
    session.save(update_fields=[*changed, "clock_offset_seconds", "revision"])
    if changed:
        tell(session, "session.changed", by=by)
    return session


@transaction.atomic
def change_session(
    session: CaptureSession, values: dict[str, Any], *, revision: int | None, by: User
) -> CaptureSession:
    """Name, prompt or place by a person. Raises Conflict when somebody changed it since `revision`."""
    session = CaptureSession.objects.select_for_update(of=("self",)).get(pk=session.pk)
    if revision is not None and revision != session.revision:
        raise Conflict(f"“{session}” was changed a moment ago.", current=session_out(session))
    for name, value in values.items():
        setattr(session, name, " ".join(value.split()))
    session.revision += 1
    session.save(update_fields=[*values, "revision"])
    tell(session, "session.changed", by=by)
    return session


def tell(session: CaptureSession, kind: str, *, by: User | None) -> None:
    payload = session_out(session, counts.of_session(session))
    record(session.dataset.project_id, kind, subject=session.subject, payload=payload, actor=by)


def _by_our_clock(moment: datetime, offset: float) -> datetime:
    try:
        ours = clock.aware(moment) + timedelta(seconds=offset)
    except OverflowError as error:
        raise Refused("started_at: this is no time of this world.", field="started_at") from error
    return min(ours, timezone.now())
