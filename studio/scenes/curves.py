"""The curves of a scene, ordered once for the same content: what its lanes and live plots show."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from gpu_service.protocol import FilesResult, canonical_json
from gpu_service.protocol.scene_jobs import SIGNALS_VERSION, CurvesOrder
from studio.accounts.models import User
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.models import ENDED, Job, State
from studio.scenes.models import Scene, SceneCurves
from studio.scenes.spec import sight_of

KIND = "scene_curves"
KEPT = timedelta(days=14)
STATES = {State.QUEUED: "waiting", State.RUNNING: "working"}
NO_FILE = "The result of this job holds no curves."
# Curves do not depend on how large a picture is.
SIDE = 64


def order_curves(scene: Scene, *, again: bool, by: User) -> SceneCurves:
    """Find the file of the scene as it is now, or queue the one job that makes it. Raises Refused."""
    sight = sight_of(scene)
    spec = sight.spec.model_copy(update={"width": SIDE, "height": SIDE})
    order = CurvesOrder(scene=spec, signals_version=SIGNALS_VERSION)
    key = key_of(order)
    with transaction.atomic():
        Scene.objects.select_for_update().get(pk=scene.pk)
        row, _ = SceneCurves.objects.get_or_create(scene=scene, key=key, defaults={"project_id": scene.project_id})
        if row.blob_id is None and _is_to_be_made(row, again=again):
            _cancel_older(row, by=by)
            payload = order.model_dump(mode="json")
            payload["inputs"] = [item.model_dump(mode="json") for item in sight.inputs]
            row.job_id = queue.enqueue(
                KIND,
                project_id=scene.project_id,
                title=f"Curves of “{scene.name}”",
                payload=payload,
                runs_on=Job.RunsOn.SERVICE,
                subject=scene.subject,
                created_by=by,
            ).id
        row.used_at = timezone.now()
        row.save(update_fields=["job_id", "used_at"])
    return row


def key_of(order: CurvesOrder) -> str:
    return hashlib.sha256(canonical_json(order).encode()).hexdigest()


def curves_out(row: SceneCurves) -> dict[str, Any]:
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
    state = "ready" if row.blob_id else STATES.get(State(job.state), "failed") if job else "waiting"
    return {
        "scene_id": str(row.scene_id),
        "key": row.key,
        "state": state,
        "sentence": (job.error or job.message) if job and state == "failed" else "",
        "job_id": str(row.job_id) if row.job_id else None,
        "url": f"/api/v1/scenes/{row.scene_id}/curves/{row.key}" if row.blob_id else None,
    }


def follow(job: Job) -> None:
    """Called in the transaction of every change of such a job; its end with a result is told by `keep`."""
    row = SceneCurves.objects.filter(job_id=job.pk).first()
    if row is not None and job.state != State.DONE:
        _tell(row)


def keep(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    """A service has made them. Call it in the transaction that ends the job."""
    row = SceneCurves.objects.filter(job_id=job.pk).first()
    if row is None:
        return
    row.blob = file_in(result, artifacts, "curves", NO_FILE)
    row.save(update_fields=["blob"])
    _tell(row)


def file_in(result: dict[str, Any], artifacts: Mapping[str, Blob], role: str, sentence: str) -> Blob:
    """The one file that such a job hands in. Raises Refused."""
    try:
        return artifacts[FilesResult.model_validate(result).files[role]]
    except (ValidationError, KeyError) as error:
        raise Refused(sentence, field="result") from error


def purge(*, now: datetime | None = None) -> int:
    """Files that nobody has asked for in a while; they can be made again."""
    return SceneCurves.objects.filter(used_at__lt=(now or timezone.now()) - KEPT).delete()[0]


def _is_to_be_made(row: SceneCurves, *, again: bool) -> bool:
    job = Job.objects.filter(pk=row.job_id).first() if row.job_id else None
    if job is None or job.state == State.CANCELLED or job.state == State.DONE:
        return True
    return again and job.state == State.FAILED


def _cancel_older(row: SceneCurves, *, by: User) -> None:
    """What waits for a former state of the scene is of no use any more."""
    former = SceneCurves.objects.filter(scene=row.scene_id, blob=None).exclude(pk=row.pk)
    for job in Job.objects.filter(pk__in=former.values("job_id")).exclude(state__in=ENDED):
        queue.end_unheld(job, by=by)


def _tell(row: SceneCurves) -> None:
    record(row.project_id, "scene.curves", subject=f"scene:{row.scene_id}", payload=curves_out(row))
