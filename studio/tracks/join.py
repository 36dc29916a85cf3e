"""Several tracks as one, in the order given (GANce's repeated --wav): the job `join_tracks` makes their original."""

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from studio.accounts.models import User
from studio.blobs.store import local_path, own_name, put_path
from studio.errors import Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job
from studio.tracks.analyse import queue_analysis
from studio.tracks.models import Track
from studio.tracks.present import track_out

KIND = "join_tracks"


@transaction.atomic
def join_tracks(project_id: UUID, track_ids: Sequence[UUID], *, name: str, by: User) -> Track:
    """A new track from these, the same one several times if asked. Raises Refused for one that cannot be joined."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 255:
        raise Refused("Give the track a name of 1 to 255 characters.", field="name")
    found = {track.id: track for track in Track.objects.filter(project_id=project_id, pk__in=track_ids)}
    missing = next((one for one in track_ids if one not in found or found[one].original_id is None), None)
    if missing is not None:
        raise Refused("One of these tracks is not in this project, or its file is not kept.", field="track_ids")
    parts = [found[one] for one in track_ids]
    track = Track.objects.create(
        project_id=project_id,
        name=name,
        created_by=by,
        facts={"joined_from": [{"id": str(part.id), "name": part.name} for part in parts]},
    )
    job = queue.enqueue(
        KIND,
        project_id=project_id,
        title=f"Joining {len(parts)} tracks into “{name}”",
        payload={"track_id": str(track.id), "parts": [str(part.id) for part in parts]},
        runs_on=Job.RunsOn.WORKER,
        subject=track.subject,
        created_by=by,
        total=100,
        unit="%",
    )
    track.job_id = job.id
    track.save(update_fields=["job_id"])
    record(project_id, "track.added", subject=track.subject, payload=track_out(track), actor=by)
    return track


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. The analysis of what was made follows by itself."""
    from gpu_service.music.errors import MusicError

    track = Track.objects.get(pk=context.payload["track_id"])
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=scratch, prefix="joined-") as folder, ExitStack() as stack:
        paths = [_named(UUID(pk), Path(folder), stack) for pk in context.payload["parts"]]
        try:
            made = _write(paths, Path(folder), context)
        except MusicError as error:
            raise JobFailed(str(error), retry=isinstance(error.__cause__, OSError)) from error
        blob = put_path(made, move=True)
    with transaction.atomic():
        context.raise_if_lost()
        track.original, track.original_name = blob, f"{track.name[:240]}{made.suffix}"
        track.save(update_fields=["original", "original_name"])
        queue_analysis(track, by=track.created_by)
        record(track.project_id, "track.changed", subject=track.subject, payload=track_out(track))
    return {"track_id": str(track.id)}


def _write(paths: list[Path], folder: Path, context: Any) -> Path:
    from gpu_service.music.decode import concatenate
    from gpu_service.music.lossless import write_lossless

    def report(share: float) -> None:
        context.progress(round(50 + 50 * share), 100, "Writing the joined sound")
        context.raise_if_cancelled()

    context.progress(0, 100, "Unpacking the tracks")
    sound = concatenate(paths, pcm_path=folder / "joined.pcm")
    context.raise_if_cancelled()
    return write_lossless(sound, folder, progress=report)


def _named(pk: UUID, folder: Path, stack: ExitStack) -> Path:
    """The original under the person's own name for it, so that sentences quote that."""
    part = Track.objects.select_related("original").get(pk=pk)
    if part.original is None:
        raise JobFailed(f"The file of “{part.name}” is not kept any more. Join the others.")
    link = folder / str(pk) / own_name(part.original_name)
    link.parent.mkdir(exist_ok=True)
    if not link.is_symlink():
        link.symlink_to(stack.enter_context(local_path(part.original)).absolute())
    return link
