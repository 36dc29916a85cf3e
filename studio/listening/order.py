"""Parts are ordered once for everybody and made by the worker: copies of the stems, and the split of the track."""

from typing import Any

from django.db import transaction

from studio.accounts.models import User
from studio.errors import Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.listening.models import Part
from studio.tracks.models import Stem, Track

KIND = "make_parts"
SPLIT = ("harmonic", "percussive")
STATES = {State.QUEUED: "waiting", State.RUNNING: "working"}
NO_FILE = "The file of “{name}” is not kept, so that nothing can be split off it. Send it again."


def parts_of(track: Track) -> list[Part]:
    """Those whose stem is still there."""
    rows = Part.objects.select_related("stem").filter(track=track)
    return [row for row in rows if row.stem is None or row.stem.binned_at is None]


@transaction.atomic
def order(track: Track, *, split: bool, by: User) -> list[Part]:
    """Queue one job for all that is not there yet: every stem, and with `split` both halves. Raises Refused."""
    Track.objects.select_for_update().get(pk=track.pk)
    wanted = [_part_of(stem) for stem in Stem.objects.filter(track=track, binned_at=None, state=Stem.State.READY)]
    if split:
        if track.original_id is None:
            raise Refused(NO_FILE.format(name=track.name), status=409)
        wanted += [_split_part(track, name) for name in SPLIT]
    missing = [part for part in wanted if not _is_there(part) and not _is_on_its_way(part)]
    if missing:
        job = queue.enqueue(
            KIND,
            project_id=track.project_id,
            title=f"Parts of “{track.name}” to listen to",
            payload={"track_id": str(track.pk), "parts": [str(part.pk) for part in missing]},
            runs_on=Job.RunsOn.WORKER,
            subject=track.subject,
            created_by=by,
            total=100,
            unit="%",
        )
        for part in missing:
            part.blob, part.job_id = None, job.id
            part.source = _source_of(part)
            part.save()
    return parts_of(track)


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job: pages look again when it has ended."""
    if job.state in ENDED and job.project_id is not None:
        payload = {"track_id": job.payload["track_id"]}
        record(job.project_id, "parts.changed", subject=job.subject, payload=payload)


def part_out(part: Part) -> dict[str, Any]:
    job = Job.objects.filter(pk=part.job_id).first() if part.job_id else None
    state = "ready" if part.blob_id else STATES.get(State(job.state), "failed") if job else "waiting"
    return {
        "id": str(part.id),
        "track_id": str(part.track_id),
        "name": part.name,
        "stem_id": str(part.stem_id) if part.stem_id else None,
        "state": state,
        "share": job.done / job.total if job and job.total else 0.0,
        "sentence": (job.error or job.message) if job and state == "failed" else "",
        "job_id": str(part.job_id) if part.job_id else None,
        # New content has another address, so that browsers may keep what they have.
        "url": f"/api/v1/parts/{part.id}/sound?of={part.blob_id[:16]}" if part.blob_id else None,
    }


def _part_of(stem: Stem) -> Part:
    part, _ = Part.objects.get_or_create(stem=stem, defaults={"track": stem.track, "name": stem.name})
    return part


def _split_part(track: Track, name: str) -> Part:
    part, _ = Part.objects.get_or_create(track=track, stem=None, name=name)
    return part


def _source_of(part: Part) -> str:
    return (part.stem.blob_id if part.stem else part.track.original_id) or ""


def _is_there(part: Part) -> bool:
    return part.blob_id is not None and part.source == _source_of(part)


def _is_on_its_way(part: Part) -> bool:
    return part.job_id is not None and Job.objects.filter(pk=part.job_id).exclude(state__in=ENDED).exists()
