"""Slow stages of a plan: ordered once for a whole project, worked out by one service, fetched by all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from pydantic import ValidationError

from gpu_service.protocol import StageAnswer, StageDone, StageRequest
from studio.blobs.models import Blob
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import Job, Segment, State
from studio.projects.models import Project
from studio.renders.models import RenderInput
from studio.scenes.preview import hub
from studio.services.models import RenderService, ServiceToken, StageResult
from studio.services.tokens import holder_of

KIND = "prepare_stage"
ANSWERS = {State.QUEUED: "queued", State.RUNNING: "running", State.FAILED: "failed"}


@dataclass(frozen=True)
class Errand:
    """On whose behalf a service asks: the project, and the files that this work may read."""

    project_id: UUID
    files: frozenset[str]


def errand_of(token: ServiceToken, *, lease_kind: str | None, lease_id: UUID | None, preview_id: UUID | None) -> Errand:
    """The lease or the preview that needs the stage. 404 when it is not this service's."""
    if preview_id is not None:
        for service in RenderService.objects.filter(token=token):
            if preview := hub.preview_drawn_by(service.id, preview_id):
                return Errand(preview.project_id, frozenset(item.sha256 for item in preview.sight.inputs))
        raise Http404
    holder = holder_of(token)
    if lease_id is None:
        raise Http404
    if lease_kind == "segment":
        segment = Segment.objects.select_related("job").filter(pk=lease_id, leased_by=holder).first()
        job = segment.job if segment and segment.state == State.RUNNING else None
    else:
        job = Job.objects.filter(pk=lease_id, leased_by=holder, state=State.RUNNING).first()
    if job is None or job.project_id is None:
        raise Http404
    files = set(RenderInput.objects.filter(render__job=job).values_list("blob_id", flat=True))
    return Errand(job.project_id, frozenset(files | {item["sha256"] for item in job.payload.get("inputs", ())}))


def look(errand: Errand, key: str) -> StageAnswer:
    """How the stage stands. 404 when nobody has ordered it."""
    answer = _answer(errand.project_id, key)
    if answer is None:
        raise Http404
    return answer


def order(errand: Errand, key: str, request: StageRequest) -> StageAnswer:
    """Find the result, or queue the one job that makes it."""
    if request.order.key != key:
        raise Refused("The address and the order name different stages.", field="order.key")
    if not {item.sha256 for item in request.inputs} <= errand.files:
        raise Refused("The order names a file that this work does not have.", field="inputs")
    with transaction.atomic():
        # Two services that need the same stage at the same moment must not both order it.
        Project.objects.select_for_update().get(pk=errand.project_id)
        answer = _answer(errand.project_id, key)
        if answer is None:
            payload = request.order.model_dump(mode="json")
            payload["inputs"] = [item.model_dump(mode="json") for item in request.inputs]
            queue.enqueue(
                KIND,
                project_id=errand.project_id,
                title=request.order.title,
                payload=payload,
                runs_on=Job.RunsOn.SERVICE,
            )
            answer = _answer(errand.project_id, key)
    assert answer is not None
    return answer


def keep(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    """A service finished a stage: its result serves every preview and film of the project."""
    try:
        done = StageDone.model_validate(result)
    except ValidationError as error:
        raise Refused("The result of this job names no stage.", field="result") from error
    if done.key != job.payload.get("key") or done.artifact not in artifacts:
        raise Refused("The result is of another stage, or came without its file.", field="result")
    assert job.project_id is not None
    StageResult.objects.update_or_create(
        project_id=job.project_id,
        key=done.key,
        defaults={
            "visualizer": job.payload["visualizer"],
            "stage": job.payload["stage"],
            "blob": artifacts[done.artifact],
            "job_id": job.id,
        },
    )


def _answer(project_id: UUID, key: str) -> StageAnswer | None:
    found = StageResult.objects.select_related("blob").filter(project_id=project_id, key=key).first()
    if found is not None:
        return StageAnswer(state="ready", sha256=found.blob_id, size=found.blob.size, job_id=found.job_id)
    rows = Job.objects.filter(project_id=project_id, kind=KIND, payload__key=key, state__in=list(ANSWERS))
    job = rows.order_by("-created_at").first()
    if job is None:
        return None
    return StageAnswer.model_validate(
        {
            "state": ANSWERS[State(job.state)],
            "job_id": job.id,
            "done": job.done,
            "total": job.total,
            "message": job.error or job.message,
        }
    )
