"""A render as the API and its events show it. Its state follows from its two jobs and its film."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.db.models import Sum

from gpu_service.protocol import SceneSpec
from studio.errors import Refused
from studio.jobs.models import Job, Segment, State
from studio.jobs.out import queue_place, rate_of
from studio.renders.models import Render, RenderThumb
from studio.scenes.spec import sight_of

# Before so much is drawn, a rate is a guess: the page says "Measuring speed".
MEASURED_SHARE = 0.05


def state_of(render: Render) -> str:
    """queued, running, joining, done, failed or cancelled."""
    if render.film_id:
        return "done"
    join = render.join_job
    if render.job.state != State.DONE or join is None:
        return "joining" if render.job.state == State.DONE else render.job.state
    return join.state if join.state in (State.FAILED, State.CANCELLED) else "joining"


def short_out(render: Render) -> dict[str, Any]:
    """What changes often: everything but segments and thumbnails."""
    state, job = state_of(render), render.job
    speaking = render.join_job if state in ("joining", "failed", "cancelled") and render.join_job else job
    rate = (render.frames_per_second or rate_of(job)) if state == "running" else None
    done = render.frames_total if state in ("joining", "done") else _frames_done(render, state)
    is_measured = rate and done >= MEASURED_SHARE * render.frames_total
    return {
        "id": str(render.id),
        "project_id": str(render.project_id),
        "scene_id": str(render.scene_id) if render.scene_id else None,
        "scene_name": render.scene_name,
        "track_name": render.track_name,
        "name": render.name,
        "state": state,
        "quality": render.quality,
        "width": render.width,
        "height": render.height,
        "fps": render.fps,
        "first_frame": render.first_frame,
        "end_frame": render.end_frame,
        "frames_total": render.frames_total,
        "frames_done": done,
        "frames_per_second": rate,
        "seconds_left": (render.frames_total - done) / rate if is_measured and rate else None,
        "queue_place": queue_place(job),
        "film_url": f"/api/v1/renders/{render.id}/film" if render.film else None,
        "film_size": render.film.size if render.film else None,
        "recipe_url": f"/api/v1/renders/{render.id}/recipe",
        "recipe_revision": render.recipe_revision,
        "recipe_sha256": render.recipe_sha256,
        "job_id": str(job.id),
        "created_by": str(render.created_by_id) if render.created_by_id else None,
        "created_at": render.created_at,
        "started_at": job.started_at,
        "finished_at": render.finished_at or (speaking.finished_at if state in ("failed", "cancelled") else None),
        "seconds_taken": _seconds_taken(render),
        "error": speaking.error if state == "failed" else "",
        "message": _message(state, speaking),
        "is_binned": render.binned_at is not None,
    }


def render_out(render: Render, *, attached: bool) -> dict[str, Any]:
    """`attached`: whether a service is there to draw it. `stale`: whether the scene has changed since."""
    segments = Segment.objects.filter(job_id=render.job_id).order_by("index")
    return {
        **short_out(render),
        "attached": attached,
        "stale": is_stale(render),
        "segments": [segment_out(segment) for segment in segments],
        "thumbs": thumbs_out(render, render.thumbs.all()),
    }


def segment_out(segment: Segment) -> dict[str, Any]:
    return {
        "index": segment.index,
        "state": segment.state,
        "first_frame": segment.first_frame,
        "end_frame": segment.end_frame,
        "attempts": segment.attempts,
        "done": segment.done,
    }


def thumbs_out(render: Render, thumbs: Iterable[RenderThumb]) -> list[dict[str, Any]]:
    fps = Fraction(render.fps)
    return [
        {
            "frame": thumb.frame,
            "seconds": round(float(thumb.frame / fps), 4),
            "url": f"/api/v1/renders/{render.id}/thumbs/{thumb.frame}",
        }
        for thumb in thumbs
    ]


def is_stale(render: Render) -> bool:
    """Whether the scene would give another film now, its size aside."""
    scene = render.scene
    if scene is None or scene.binned_at is not None:
        return False
    try:
        now = sight_of(scene).spec
    except Refused:
        return True
    then = SceneSpec.model_validate(render.recipe["scene"])
    return now != then.model_copy(update={"width": now.width, "height": now.height})


def _frames_done(render: Render, state: str) -> int:
    """While it runs, frames drawn; while it rests, only those that are kept."""
    segments = Segment.objects.filter(job_id=render.job_id)
    if state != "running":
        segments = segments.filter(state=State.DONE)
    return int(segments.aggregate(total=Sum("done"))["total"] or 0)


def _message(state: str, job: Job) -> str:
    if state == "joining":
        return job.message or "Joining the segments"
    return job.message


def _seconds_taken(render: Render) -> float | None:
    start, end = render.job.started_at, render.finished_at
    return round((end - start).total_seconds(), 1) if start and end else None
