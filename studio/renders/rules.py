"""Stopping a render, going on with it, renaming and binning it."""

from django.db import transaction
from django.utils import timezone

from studio.accounts.models import User
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.renders.models import Render
from studio.renders.present import state_of
from studio.renders.tell import tell


def cancel(render: Render, *, by: User) -> Render:
    """Stop it. Finished segments are kept for going on later. Raises Refused when it has ended."""
    active = _active_job(render)
    if active is None:
        raise Refused(f"“{render.name}” has ended already.", status=409)
    queue.cancel(active, by=by)
    return _fresh(render)


def retry(render: Render, *, by: User) -> Render:
    """Go on where it stopped: only what is missing is drawn. Raises Refused when it neither failed nor was stopped."""
    if state_of(render) not in (State.FAILED, State.CANCELLED):
        raise Refused("Only a render that failed or was stopped can go on.", status=409)
    is_drawn = render.job.state == State.DONE and render.join_job is not None
    queue.retry(render.join_job if is_drawn and render.join_job else render.job, by=by)
    return _fresh(render)


def rename(render: Render, *, name: str, by: User) -> Render:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 255:
        raise Refused("Give the render a name of 1 to 255 characters.", field="name")
    with transaction.atomic():
        Render.objects.filter(pk=render.pk).update(name=name)
        tell(render, "render.changed", by=by)
    return _fresh(render)


def bin_render(render: Render, *, is_binned: bool, by: User) -> Render:
    """Into the bin, or out of it. One that still runs is stopped first."""
    with transaction.atomic():
        active = _active_job(render) if is_binned else None
        if active is not None:
            queue.cancel(active, by=by)
        Render.objects.filter(pk=render.pk).update(binned_at=timezone.now() if is_binned else None)
        tell(render, "render.removed" if is_binned else "render.restored", by=by)
    return _fresh(render)


def _active_job(render: Render) -> Job | None:
    jobs = (render.job, render.join_job)
    return next((job for job in jobs if job is not None and job.state not in ENDED), None)


def _fresh(render: Render) -> Render:
    return Render.objects.select_related("job", "join_job", "film", "scene__track__original").get(pk=render.pk)
