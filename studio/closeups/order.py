"""Close-ups are ordered once for everybody, made by the worker, and go when nobody has looked for a while."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.closeups.models import CloseUp
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import Job, State
from studio.tracks.models import Track

KIND = "close_up"
KEPT = timedelta(days=30)
STATES = {State.QUEUED: "waiting", State.RUNNING: "working"}
TITLES = {"spectrogram": "Spectrogram of “{name}”", "samples": "Samples of “{name}”"}
NO_FILE = "The file of “{name}” is not kept, so that nothing more can be made of it. Send it again."


def order(track: Track, kind: str, *, again: bool, by: User) -> CloseUp:
    """Find it as it is, or queue the one job that makes it. Raises Refused."""
    with transaction.atomic():
        Track.objects.select_for_update().get(pk=track.pk)
        row, _ = CloseUp.objects.select_related("blob").get_or_create(track=track, kind=kind)
        if _is_to_be_made(row, track, again=again):
            if track.original_id is None:
                raise Refused(NO_FILE.format(name=track.name), status=409)
            row.blob, row.facts, row.source = None, {}, track.original_id
            row.job_id = queue.enqueue(
                KIND,
                project_id=track.project_id,
                title=TITLES[kind].format(name=track.name),
                payload={"close_up_id": row.pk},
                runs_on=Job.RunsOn.WORKER,
                subject=track.subject,
                created_by=by,
                total=100,
                unit="%",
            ).id
        row.used_at = timezone.now()
        row.save()
    return row


def close_up_out(row: CloseUp) -> dict[str, Any]:
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
    state = "ready" if row.blob_id else STATES.get(State(job.state), "failed") if job else "waiting"
    return {
        "track_id": str(row.track_id),
        "kind": row.kind,
        "state": state,
        "sentence": (job.error or job.message) if job and state in ("failed", "working") else "",
        "job_id": str(row.job_id) if row.job_id else None,
        # New content has another address, so that browsers may keep what they have.
        "url": f"/api/v1/tracks/{row.track_id}/{row.kind}/{row.blob_id[:16]}" if row.blob_id else None,
        "facts": row.facts,
    }


def purge(*, now: datetime | None = None) -> int:
    """What nobody has looked at in a while; it is made again when somebody does."""
    return CloseUp.objects.filter(used_at__lt=(now or timezone.now()) - KEPT).delete()[0]


def _is_to_be_made(row: CloseUp, track: Track, *, again: bool) -> bool:
    if row.blob_id is not None:
        return track.original_id is not None and row.source != track.original_id
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
    if job is None or job.state in (State.CANCELLED, State.DONE):
        return True
    return row.source != track.original_id or (again and job.state == State.FAILED)
