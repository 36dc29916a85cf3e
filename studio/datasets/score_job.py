"""The job `score_portraits`: decodes each new portrait once, and makes its small pictures and its scores from that.

A job takes up to 500 portraits that have no scores yet, the newest first, so that a sitting under way is seen while an
old folder is still being worked through. When it is done and some are left, the next one queues up behind other work.
Where the worker has many hands, further jobs ("lanes") help with a long line.
"""

import math
import time
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet

from studio.datasets.face_models import current_version
from studio.datasets.models import Dataset, Portrait
from studio.events.models import EventCounter
from studio.jobs import queue
from studio.jobs.handlers import HANDLERS, JobFailed
from studio.jobs.models import Job, State

KIND = "score_portraits"
PER_JOB = 500
# As many portraits are written at a time: about a second of work.
PER_WRITE = 10
# A second job beside the first pays from here on.
PER_LANE = 200
LOOK_SECONDS = 0.25


@transaction.atomic
def queue_scoring(dataset: Dataset, *, by: Any = None) -> None:
    """See to it that what has no scores gets them. Call it in the transaction of the change, as often as you like."""
    _wait_for_others(dataset)
    at_work = Job.objects.filter(kind=KIND, subject=dataset.subject, state__in=[State.QUEUED, State.RUNNING])
    busy = {payload["lane"] for payload in at_work.values_list("payload", flat=True)}
    lanes = max(1, settings.WORKER_HANDS - 1)  # one hand stays free for other work
    waiting = len(unscored(dataset).values_list("pk")[: lanes * PER_LANE]) if busy != set(range(lanes)) else 0
    for lane in range(min(lanes, math.ceil(waiting / PER_LANE))):
        if lane not in busy:
            _enqueue(dataset, lane=lane, lanes=lanes, by=by)


def score_again(dataset: Dataset, *, by: Any = None) -> int:
    """Score all that another model has scored. Decisions stay; so do the old scores until the new ones come."""
    version = current_version()
    with transaction.atomic():
        count = Portrait.objects.filter(dataset=dataset).exclude(scored_by__in=["", version]).update(scored_by="")
        queue_scoring(dataset, by=by)
    return count


def unscored(dataset: Dataset, *, lane: int = 0, lanes: int = 1) -> "QuerySet[Portrait]":
    """Portraits without scores. Lane 0 takes any, the newest first; the others share them out, the oldest first."""
    rows = Portrait.objects.filter(dataset=dataset, scored_by="")
    if lane == 0:
        return rows.order_by("-id")
    if lanes > 2:
        rows = rows.annotate(share=F("id") % (lanes - 1)).filter(share=lane - 1)
    return rows.order_by("id")


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs. Returns {"scored": n, "broken": n}."""
    from studio.datasets.faces import FaceModelError
    from studio.datasets.score_write import Scorer

    dataset = Dataset.objects.filter(pk=context.payload["dataset_id"]).first()
    if dataset is None:
        return {"scored": 0, "broken": 0}
    lane, lanes = context.payload["lane"], context.payload["lanes"]
    try:
        scorer = Scorer(dataset, context)
    except FaceModelError as error:
        raise JobFailed(str(error)) from error
    scorer.name_the_killer()
    while scorer.done < PER_JOB:
        rows = list(unscored(dataset, lane=lane, lanes=lanes).select_related("original")[:PER_WRITE])
        if rows:
            left = unscored(dataset, lane=lane, lanes=lanes).values_list("pk")[: PER_JOB - scorer.done]
            scorer.score(rows, total=scorer.done + len(left))
        elif lane or not _more_arrive(dataset, context):
            break
    scorer.forget_note()
    return {"scored": scorer.done - scorer.broken, "broken": scorer.broken}


def follow(job: Job) -> None:
    """When a job is done and portraits are left, the next one takes them: called in the transaction of every change."""
    if job.state != State.DONE:
        return
    dataset = Dataset.objects.filter(pk=job.payload["dataset_id"], binned_at=None).first()
    if dataset is not None:
        queue_scoring(dataset, by=job.created_by)


def _enqueue(dataset: Dataset, *, lane: int, lanes: int, by: Any) -> Job:
    return queue.enqueue(
        KIND,
        project_id=dataset.project_id,
        title=f"Pictures and scores of “{dataset.name}”",
        payload={"dataset_id": str(dataset.pk), "lane": lane, "lanes": lanes},
        runs_on=Job.RunsOn.WORKER,
        subject=dataset.subject,
        created_by=by,
        unit="portraits",
    )


def _more_arrive(dataset: Dataset, context: Any) -> bool:
    """Wait a few seconds for the next shot of a sitting, unless other work is waiting: a job for each would be many."""
    until = time.monotonic() + settings.SCORING_LINGER_SECONDS
    while time.monotonic() < until and not queue.has_work(runs_on=Job.RunsOn.WORKER, kinds=list(HANDLERS)):
        time.sleep(LOOK_SECONDS)
        context.raise_if_cancelled()
        if unscored(dataset).exists():
            return True
    return False


def _wait_for_others(dataset: Dataset) -> None:
    """Arrivals and ends of jobs of a project come one after the other, so that no portrait falls between two jobs.

    Every event takes this lock anyway; on SQLite a transaction that writes has all of the database.
    """
    if connection.features.has_select_for_update:
        list(EventCounter.objects.select_for_update().filter(pk=dataset.project_id))
