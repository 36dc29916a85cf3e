"""Stems of a track that people send: each is unpacked once by the worker, and must be as long as its track."""

import tempfile
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.blobs.models import Blob, Upload
from studio.blobs.store import local_path, own_name
from studio.blobs.uploads import Became, Coming, Start, UploadRefused
from studio.errors import Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job, State
from studio.tracks.models import Stem, Track
from studio.tracks.present import stem_out

KIND = "check_stem"
LONGEST_NAME, MOST_STEMS = 40, 16
SLACK_SECONDS = 0.5
NO_TRACK = "There is no such track in this project. Choose another."
NO_NAME = "Give the stem a name of 1 to {most} characters, such as drums or vocals."
NOT_READY = "“{name}” is still being unpacked. Send its stems when that is done."
TOO_MANY = "“{name}” has {most} stems already. Remove one first."
OTHER_LENGTH = (
    "“{file}” lasts {theirs:.2f} s and “{track}” {ours:.2f} s. A stem begins and ends with its track: "
    "they may differ by half a second."
)


def begins(coming: Coming) -> Start:
    """Before anything is sent: whose stem it is, and how it is called. Raises Refused."""
    try:
        track_id = UUID(str(coming.target.get("track", "")))
    except ValueError as error:
        raise Refused(NO_TRACK, field="track") from error
    track = Track.objects.filter(pk=track_id, project_id=coming.project_id, binned_at=None).first()
    if track is None:
        raise Refused(NO_TRACK, field="track")
    if not track.duration_seconds:
        raise Refused(NOT_READY.format(name=track.name), field="track")
    name = clean(coming.target.get("stem") or PurePath(coming.name.replace("\\", "/")).stem[:LONGEST_NAME])
    if Stem.objects.filter(track=track, binned_at=None).exclude(name=name).count() >= MOST_STEMS:
        raise Refused(TOO_MANY.format(name=track.name, most=MOST_STEMS), field="track")
    return Start({"track": str(track.pk), "stem": name})


def clean(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Refused(NO_NAME.format(most=LONGEST_NAME), field="stem")
    return name


def finished(upload: Upload, blob: Blob) -> Became:
    """It is there. Runs inside the transaction that ends the upload."""
    track = Track.objects.filter(pk=upload.target["track"]).first()
    if track is None:
        raise UploadRefused(NO_TRACK, field="track")
    stem = Stem.objects.create(
        pk=upload.pk,
        track=track,
        name=upload.target["stem"],
        blob=blob,
        original_name=upload.name,
        created_by=upload.user,
    )
    stem.job_id = queue.enqueue(
        KIND,
        project_id=track.project_id,
        title=f"Stem “{stem.name}” of “{track.name}”",
        payload={"stem_id": str(stem.pk)},
        runs_on=Job.RunsOn.WORKER,
        subject=stem.subject,
        created_by=upload.user,
    ).id
    stem.save(update_fields=["job_id"])
    _tell(stem, "stem.added", by=upload.user)
    return Became(f"/p/{track.project_id}/tracks/{track.pk}/")


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs: unpack it as any track, and compare the lengths."""
    from gpu_service.music.decode import decode
    from gpu_service.music.errors import MusicError

    stem = Stem.objects.select_related("track", "blob").get(pk=context.payload["stem_id"])
    if stem.blob is None:
        raise JobFailed(stem.sentence, is_final=True)
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="stem-") as folder, local_path(stem.blob) as path:
        named = Path(folder) / own_name(stem.original_name)
        named.symlink_to(path.absolute())
        try:
            sound = decode(named, pcm_path=Path(folder) / "stem.pcm")
        except MusicError as error:
            raise JobFailed(str(error), retry=error.retry, is_final=not error.retry) from error
    ours = stem.track.duration_seconds or 0.0
    if abs(sound.duration_seconds - ours) > SLACK_SECONDS:
        said = {"file": stem.original_name, "theirs": sound.duration_seconds, "track": stem.track.name, "ours": ours}
        raise JobFailed(OTHER_LENGTH.format(**said), is_final=True)
    with transaction.atomic():
        context.raise_if_lost()
        _take_place(stem)
        stem.state, stem.sentence, stem.duration_seconds = Stem.State.READY, "", sound.duration_seconds
        stem.save(update_fields=["state", "sentence", "duration_seconds"])
        _tell(stem, "stem.changed")
    return {"stem_id": str(stem.pk)}


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job."""
    stem = Stem.objects.select_related("track").filter(job_id=job.pk).first()
    if stem is None or stem.state == Stem.State.READY:
        return
    is_refused = job.state in (State.FAILED, State.CANCELLED)
    stem.state = Stem.State.REFUSED if is_refused else Stem.State.CHECKING
    stem.sentence = (job.error or job.message) if is_refused else ""
    if is_refused and not job.may_retry:
        stem.blob = None
    stem.save(update_fields=["state", "sentence", "blob"])
    _tell(stem, "stem.changed")


def put_into_bin(stem: Stem, *, is_binned: bool, by: User) -> Stem:
    """Routes that follow it stay, and are warned of. Raises Refused where another of that name took its place."""
    with transaction.atomic():
        same = Stem.objects.filter(track=stem.track, name=stem.name, binned_at=None).exclude(pk=stem.pk)
        if not is_binned and same.exists():
            raise Refused(f"There is another stem called “{stem.name}” now. Remove that one first.", status=409)
        stem.binned_at = timezone.now() if is_binned else None
        stem.save(update_fields=["binned_at"])
        _tell(stem, "stem.removed" if is_binned else "stem.restored", by=by)
    return stem


def _take_place(stem: Stem) -> None:
    """Former ones of the same name go into the bin."""
    for former in Stem.objects.select_related("track").filter(track=stem.track, name=stem.name, binned_at=None):
        if former.pk != stem.pk:
            former.binned_at = timezone.now()
            former.save(update_fields=["binned_at"])
            _tell(former, "stem.removed")


def _tell(stem: Stem, kind: str, *, by: User | None = None) -> None:
    record(stem.track.project_id, kind, subject=stem.subject, payload=stem_out(stem), actor=by)
