"""Tracks come from uploads; they are renamed, binned, brought back and analysed again."""

from pathlib import Path, PurePath
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.blobs.models import Blob, Upload
from studio.blobs.store import put_path
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.jobs.models import ENDED, Job
from studio.tracks import replace
from studio.tracks.analyse import KIND, queue_analysis
from studio.tracks.models import Track
from studio.tracks.present import track_out


def track_from_upload(upload: Upload, blob: Blob) -> str:
    """A finished upload of the kind `track` becomes one, or the new file of another. -> the track's address"""
    if upload.target.get("track"):
        return replace.replace_file(upload, blob)
    with transaction.atomic():
        track = Track.objects.create(
            project_id=upload.project_id,
            name=PurePath(upload.name.replace("\\", "/")).stem[:255] or "Track",
            original=blob,
            original_name=upload.name,
            upload_id=upload.id,
            created_by=upload.user,
        )
        queue_analysis(track, by=upload.user)
        _tell(track, "track.added", by=upload.user)
    return f"/p/{track.project_id}/tracks/{track.id}/"


def new_track(project_id: UUID, *, file: Path, name: str, by: User) -> Track:
    """A track from a file of our own, not analysed yet. The file is given away."""
    file_name = file.name
    with transaction.atomic():
        track = Track.objects.create(
            project_id=project_id, name=name, original=put_path(file, move=True), original_name=file_name, created_by=by
        )
        _tell(track, "track.added", by=by)
    return track


def rename_track(track: Track, *, name: str, revision: int | None, by: User) -> Track:
    """Raises Conflict when somebody else renamed it since `revision`."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 255:
        raise Refused("Give the track a name of 1 to 255 characters.", field="name")
    with transaction.atomic():
        track = Track.objects.select_for_update(of=("self",)).select_related("original").get(pk=track.pk)
        if revision is not None and revision != track.revision:
            raise Conflict(f"“{track.name}” was changed a moment ago.", current=track_out(track))
        track.name = name
        track.revision += 1
        track.save(update_fields=["name", "revision"])
        _tell(track, "track.changed", by=by)
    return track


def bin_track(track: Track, *, is_binned: bool, by: User) -> Track:
    with transaction.atomic():
        track.binned_at = timezone.now() if is_binned else None
        track.save(update_fields=["binned_at"])
        _tell(track, "track.removed" if is_binned else "track.restored", by=by)
    return track


def analyse_again(track: Track, *, by: User) -> Track:
    """Queue the analysis once more. What a person edited in the grid stays."""
    if track.original is None:
        raise Refused(f"The file of “{track.name}” was refused and is not kept. Send another.", status=409)
    with transaction.atomic():
        jobs = Job.objects.filter(kind=KIND, subject=track.subject)
        if jobs.exclude(state__in=ENDED).exists():
            raise Refused(f"“{track.name}” is being analysed already.", status=409)
        queue_analysis(track, by=by)
        track.refresh_from_db()
    return track


def _tell(track: Track, kind: str, *, by: User | None) -> None:
    record(track.project_id, kind, subject=track.subject, payload=track_out(track), actor=by)
