"""What services do with a render: claim segments of it, fix its code path, commit what they drew, or give it back."""

import base64
import binascii
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from gpu_service.protocol import CodePath, InputRef, Recipe, Thumb, recipe_sha256
from studio.blobs.models import Blob
from studio.blobs.store import put_bytes
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import Segment
from studio.jobs.segments import frames_done
from studio.renders.models import Render, RenderThumb, SegmentFilm
from studio.renders.rate import measure
from studio.renders.tell import tell, tell_progress, tell_segment

JPEG_START = b"\xff\xd8\xff"
# Out of memory halves a batch or so each time; after this many revisions something else is wrong.
MAX_REVISIONS = 6


def render_of(job_id: UUID) -> Render:
    return Render.objects.select_related("job", "join_job", "film").get(job_id=job_id)


def inputs_of(render: Render) -> list[InputRef]:
    rows = render.inputs.select_related("blob")
    return [InputRef(sha256=row.blob_id, size=row.blob.size, name=row.name, role=row.role) for row in rows]


def segment_claimed(segment: Segment) -> Render:
    """Pages see whose turn it is."""
    render = render_of(segment.job_id)
    with transaction.atomic():
        tell_segment(render, segment, [])
    return render


def renew(lease: queue.Lease, *, done: int | None, message: str | None) -> queue.RenewAnswer:
    """Hold a segment, and tell pages how far it is, at most twice a second. Raises LeaseLost."""
    with transaction.atomic():
        answer = queue.renew_segment(lease, progress=queue.Progress(done=done, message=message))
        if not answer.cancel:
            render = Render.objects.get(job__segments=lease.id)
            measure(render, frames_done(render.job))
            tell_progress(render)
    return answer


def fix_code_path(render_id: UUID, code_path: CodePath) -> Recipe:
    """The first who draws says how; everybody after gets what was said."""
    with transaction.atomic():
        render = Render.objects.select_for_update(of=("self",)).get(pk=render_id)
        recipe = Recipe.model_validate(render.recipe)
        if recipe.code_path is None:
            recipe = recipe.model_copy(update={"code_path": code_path})
            _keep_recipe(render, recipe)
    return recipe


def commit(
    segment_id: UUID,
    fence: int,
    *,
    film: Blob,
    frames: int,
    seconds_drawing: float,
    seconds_encoding: float,
    thumbs: Sequence[Thumb],
) -> bool:
    """Keep a segment. True when new, False when the same was there. Raises LeaseLost, SegmentConflict or Refused."""
    segment = Segment.objects.get(pk=segment_id)
    if frames != segment.end_frame - segment.first_frame:
        wanted = segment.end_frame - segment.first_frame
        raise Refused(f"Segment {segment.index} has {wanted} frames, and {frames} were sent.", field="frames")
    pictures = [(thumb.frame, _picture(thumb, segment)) for thumb in thumbs]
    with transaction.atomic():
        is_new = queue.commit_segment(
            segment_id, fence, sha256=film.sha256, frames=frames, seconds_drawing=seconds_drawing
        )
        if is_new:
            SegmentFilm.objects.update_or_create(
                segment_id=segment_id, defaults={"blob": film, "seconds_encoding": seconds_encoding}
            )
            render = render_of(segment.job_id)
            kept = [
                RenderThumb.objects.update_or_create(render=render, frame=frame, defaults={"blob": put_bytes(data)})[0]
                for frame, data in pictures
            ]
            segment.refresh_from_db()
            measure(render, frames_done(render.job))
            tell_segment(render, segment, kept)
            tell_progress(render)
    return is_new


def give_back(lease: queue.Lease, *, message: str, retry: bool, code_path: CodePath | None) -> None:
    """A segment could not be drawn. With another code path the whole film is drawn anew that way. Raises LeaseLost."""
    with transaction.atomic():
        segment = queue.fail_segment(lease, message=message, retry=retry or code_path is not None)
        render = render_of(segment.job_id)
        if code_path is not None and render.recipe_revision < MAX_REVISIONS:
            _redraw(render, code_path)
        segment.refresh_from_db()
        tell_segment(render, segment, [])


def _redraw(render: Render, code_path: CodePath) -> None:
    """A film is drawn one way from its first frame to its last: a new revision of the recipe begins it again."""
    recipe = Recipe.model_validate(render.recipe)
    _keep_recipe(render, recipe.model_copy(update={"code_path": code_path, "revision": recipe.revision + 1}))
    SegmentFilm.objects.filter(segment__job_id=render.job_id).delete()
    render.thumbs.all().delete()
    queue.redraw_segments(render.job)
    tell(render, "render.redrawn")


def _keep_recipe(render: Render, recipe: Recipe) -> None:
    render.recipe, render.recipe_revision = recipe.model_dump(mode="json"), recipe.revision
    render.recipe_sha256 = recipe_sha256(recipe)
    render.save(update_fields=["recipe", "recipe_revision", "recipe_sha256"])


def _picture(thumb: Thumb, segment: Segment) -> bytes:
    try:
        data = base64.b64decode(thumb.jpeg_base64, validate=True)
    except binascii.Error as error:
        raise Refused("A thumbnail is not base64.", field="thumbs") from error
    if not data.startswith(JPEG_START) or not segment.first_frame <= thumb.frame < segment.end_frame:
        raise Refused("A thumbnail is no JPEG of a frame of this segment.", field="thumbs")
    return data


def note_finished(render: Render, film: Blob) -> None:
    """The film is whole."""
    with transaction.atomic():
        Render.objects.filter(pk=render.pk).update(film=film, finished_at=Now(), frames_per_second=None)
        tell(render, "render.changed")
