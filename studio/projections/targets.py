"""Videos and pictures that people send to be projected: the worker looks at each before it can be used."""

import io
import tempfile
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from PIL import Image

from studio.accounts.models import User
from studio.blobs.models import Blob, Upload
from studio.blobs.store import local_path, own_name, put_bytes
from studio.blobs.uploads import Became
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job, State
from studio.projections.models import ProjectionTarget
from studio.projections.tell import tell_target

KIND = "look_at_target"
THUMB_SIDE = 256
TargetState = ProjectionTarget.State
PORTRAITS = "“{name}” is a zip. Send a video or a picture, or choose a version of a dataset."


def finished(upload: Upload, blob: Blob) -> Became:
    """It is there. Runs inside the transaction that ends the upload."""
    target = ProjectionTarget.objects.create(
        pk=upload.pk, project_id=upload.project_id, name=upload.name, blob=blob, created_by=upload.user
    )
    target.job_id = queue.enqueue(
        KIND,
        project_id=upload.project_id,
        title=f"Looking at “{upload.name}”",
        payload={"target_id": str(target.pk)},
        runs_on=Job.RunsOn.WORKER,
        subject=target.subject,
        created_by=upload.user,
    ).id
    target.save(update_fields=["job_id"])
    tell_target(target, "projection.target.added", by=upload.user)
    return Became(f"/p/{upload.project_id}/projections/new/?target={upload.pk}")


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs."""
    from gpu_service.errors import RenderError

    target = ProjectionTarget.objects.select_related("blob").get(pk=context.payload["target_id"])
    if target.blob is None:
        raise JobFailed(target.sentence, is_final=True)
    with ExitStack() as stack:
        path = _named(target, stack)
        try:
            facts, picture = _look(path)
        except RenderError as error:
            raise JobFailed(str(error), retry=error.retry, is_final=not error.retry) from error
        if facts["kind"] == "portraits":
            raise JobFailed(PORTRAITS.format(name=target.name), is_final=True)
        thumbnail = put_bytes(_thumbnail(picture))
    with transaction.atomic():
        context.raise_if_lost()
        target.facts, target.thumbnail, target.state = facts, thumbnail, TargetState.READY
        target.sentence = ""
        target.save(update_fields=["facts", "thumbnail", "state", "sentence"])
        tell_target(target)
    return {"target_id": str(target.pk)}


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job."""
    target = ProjectionTarget.objects.filter(job_id=job.pk).first()
    if target is None or target.state == TargetState.READY:
        return
    state = TargetState.REFUSED if job.state in (State.FAILED, State.CANCELLED) else TargetState.LOOKING
    sentence = (job.error or job.message) if state == TargetState.REFUSED else ""
    if (target.state, target.sentence) == (state, sentence):
        return
    target.state, target.sentence = state, sentence
    if state == TargetState.REFUSED and not job.may_retry:
        target.blob = None
    target.save(update_fields=["state", "sentence", "blob"])
    tell_target(target)


def put_into_bin(target: ProjectionTarget, *, is_binned: bool, by: User) -> ProjectionTarget:
    """Projections that look for it keep it."""
    with transaction.atomic():
        target.binned_at = timezone.now() if is_binned else None
        target.save(update_fields=["binned_at"])
        tell_target(target, "projection.target.removed" if is_binned else "projection.target.restored", by=by)
    return target


def _look(path: Path) -> tuple[dict[str, Any], Image.Image]:
    """Its facts, every frame counted, and its first picture."""
    from gpu_service.projection.target import choose, open_target

    target = open_target(path)
    info = target.info
    side = min(max(info.width, info.height), THUMB_SIDE)
    first = choose(info, fps=None, frames=1)
    with closing(target.frames(shape=(side, side), fit="pad", choice=first)) as frames:  # type: ignore[type-var]
        picture = Image.fromarray(next(iter(frames)))
    facts = {
        "kind": info.kind,
        "width": info.width,
        "height": info.height,
        "fps": str(info.fps),
        "frames": info.frames,
        "seconds": float(info.frames / info.fps) if info.kind == "video" else None,
        "notes": list(info.notes),
    }
    return facts, picture


def _thumbnail(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def _named(target: ProjectionTarget, stack: ExitStack) -> Path:
    """The file under the person's own name for it, so that sentences quote that."""
    assert target.blob is not None
    scratch = settings.STUDIO_DATA / "tmp"
    scratch.mkdir(parents=True, exist_ok=True)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=scratch, prefix="target-")))
    link = folder / own_name(target.name)
    link.symlink_to(stack.enter_context(local_path(target.blob)).absolute())
    return link
