"""The job `find_beats`: the detector hears a part of a track alone and proposes. It changes nothing."""

import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from studio.accounts.models import User
from studio.blobs.store import local_path
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import ENDED, Job, State
from studio.tracks.analyse import markers_from
from studio.tracks.models import Track

KIND = "find_beats"
# Of gpu_service.music.part, which takes seconds to load.
SHORTEST_SECONDS, LONGEST_SECONDS = 4.0, 1_800.0


@transaction.atomic
def order(track: Track, *, start: float, end: float, by: User) -> Job:
    """Queue it. Raises Refused for a part that cannot be heard, and while another is being heard."""
    if track.proxy_id is None or track.duration_seconds is None:
        raise Refused(f"“{track.name}” is still being unpacked. Find beats when that is done.", status=409)
    start, end = max(0.0, start), min(end, track.duration_seconds)
    if not end - start >= SHORTEST_SECONDS:
        raise Refused(f"Choose a part of at least {SHORTEST_SECONDS:g} seconds.", field="to_seconds")
    if end - start > LONGEST_SECONDS:
        raise Refused(f"Choose a part of up to {LONGEST_SECONDS / 60:g} minutes.", field="to_seconds")
    if Job.objects.filter(kind=KIND, subject=track.subject).exclude(state__in=ENDED).exists():
        raise Refused(f"Beats of “{track.name}” are being found already. Wait a moment.", status=409)
    return queue.enqueue(
        KIND,
        project_id=track.project_id,
        title=f"Beats in a part of “{track.name}”",
        payload={"track_id": str(track.id), "start": start, "end": end},
        runs_on=Job.RunsOn.WORKER,
        subject=track.subject,
        created_by=by,
        total=100,
        unit="%",
    )


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. -> markers, doubtful stretches, or the sentence why there are none"""
    from gpu_service.music.errors import MusicError
    from gpu_service.music.part import find_part

    def progress(share: float) -> None:
        context.progress(round(100 * share), 100, "Finding beats")
        context.raise_if_cancelled()

    start, end = context.payload["start"], context.payload["end"]
    track = Track.objects.select_related("proxy").get(pk=context.payload["track_id"])
    if track.proxy is None:
        raise JobFailed(f"The playback copy of “{track.name}” is not kept. Analyse it again.", is_final=True)
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="part-") as folder, local_path(track.proxy) as path:
        try:
            found = find_part(path, start=start, end=end, pcm_path=Path(folder) / "part.pcm", progress=progress)
        except MusicError as error:
            raise JobFailed(str(error), retry=error.retry) from error
    return {
        "markers": [marker.as_json() for marker in markers_from(found.tempo)],
        "unsure": [stretch.to_json() for stretch in found.unsure],
        "no_beats": found.no_beats,
    }


def found_out(job: Job) -> dict[str, Any]:
    """How far it is, and what was found once it is done."""
    result = job.result if job.state == State.DONE and job.result else {}
    return {
        "state": job.state,
        "share": job.done / job.total if job.total else 0.0,
        "error": job.error or (job.message if job.state == State.CANCELLED else ""),
        "from_seconds": job.payload["start"],
        "to_seconds": job.payload["end"],
        "markers": result.get("markers", []),
        "unsure": result.get("unsure", []),
        "no_beats": result.get("no_beats"),
    }
