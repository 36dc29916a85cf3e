"""Another file for a track: a longer mix, a mended master. Grid, cues and scenes stay; the old file rules until the new
one has been read and analysed, so that a wrong one takes nothing away.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from studio.blobs.models import Blob, Upload
from studio.blobs.store import forget
from studio.blobs.uploads import Coming, Start, UploadRefused
from studio.errors import Refused
from studio.events.record import record
from studio.jobs.models import ENDED, Job
from studio.tracks.edits import tell_edited
from studio.tracks.models import Cue, Stem, Track
from studio.tracks.present import stem_out, track_out

NO_TRACK = "There is no such track in this project any more. Send the file as a track of its own."
BUSY = "“{name}” is being analysed. Replace its file when that is done."
NOT_TAKEN = "“{file}” did not take the place of the sound: {sentence}"
STEM_SLACK_SECONDS = 0.5


def begins(coming: Coming) -> Start:
    """Before anything is sent: whether there is a track to take the file. Raises Refused."""
    if not coming.target.get("track"):
        return Start(dict(coming.target))
    try:
        pk = UUID(str(coming.target["track"]))
    except ValueError as error:
        raise Refused(NO_TRACK, field="track") from error
    track = Track.objects.filter(pk=pk, project_id=coming.project_id, binned_at=None).first()
    if track is None:
        raise Refused(NO_TRACK, field="track")
    if _is_busy(track):
        raise Refused(BUSY.format(name=track.name), field="track", status=409)
    return Start({"track": str(track.pk)})


def replace_file(upload: Upload, blob: Blob) -> str:
    """It is there: read it. Runs inside the transaction that ends the upload. -> the track's address"""
    from studio.tracks.analyse import queue_analysis

    track = Track.objects.select_for_update(of=("self",)).filter(pk=upload.target["track"]).first()
    if track is None:
        raise UploadRefused(NO_TRACK, field="track")
    if _is_busy(track):
        raise UploadRefused(BUSY.format(name=track.name), field="track")
    track.incoming, track.incoming_name, track.upload_id = blob, upload.name, upload.pk
    track.save(update_fields=["incoming", "incoming_name", "upload_id"])
    queue_analysis(track, by=upload.user)
    _tell(track)
    return f"/p/{track.project_id}/tracks/{track.pk}/"


def take_place(track: Track) -> None:
    """The new file has been read: all that was made of it, kept on `track` so far, rules from here on."""
    if track.incoming is None:
        return
    track.original, track.original_name = track.incoming, track.incoming_name
    track.incoming, track.incoming_name = None, ""
    track.revision += 1
    made = ("peaks", "overview", "duration_seconds", "sample_rate", "channels", "codec", "proxy")
    track.save(update_fields=["original", "original_name", "incoming", "incoming_name", "revision", *made])
    for stem in Stem.objects.select_related("track", "blob").filter(track=track, binned_at=None):
        if abs((stem.duration_seconds or 0.0) - (track.duration_seconds or 0.0)) > STEM_SLACK_SECONDS:
            stem.binned_at = timezone.now()
            stem.save(update_fields=["binned_at"])
            record(track.project_id, "stem.removed", subject=stem.subject, payload=stem_out(stem))
    # Some may lie behind the end now, or within it again.
    cues = list(Cue.objects.filter(track=track, binned_at=None))
    tell_edited(track, edit_id=None, title="Another file", cues=cues, removed=[], revision=None, by=None)


def give_up(track: Track, sentence: str, *, may_retry: bool) -> None:
    """The new file is none: the track stays as it was, with a word about it."""
    blob, said = track.incoming, NOT_TAKEN.format(file=track.incoming_name, sentence=sentence)
    with transaction.atomic():
        track.warnings = [said]
        if not may_retry:
            track.incoming, track.incoming_name = None, ""
            refused = {"blob": None, "state": Upload.State.REFUSED, "error": sentence}
            Upload.objects.filter(pk__in=[track.upload_id] if track.upload_id else []).update(**refused)
        track.save(update_fields=["warnings", "incoming", "incoming_name"])
        _tell(track)
    if blob is not None and not may_retry:
        forget(blob)


def _is_busy(track: Track) -> bool:
    return Job.objects.filter(subject=track.subject, kind="analyse_track").exclude(state__in=ENDED).exists()


def _tell(track: Track) -> None:
    record(track.project_id, "track.changed", subject=track.subject, payload=track_out(track))
