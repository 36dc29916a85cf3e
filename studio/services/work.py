"""Claims and what comes of them: a service takes a segment or a job, holds it, hands in the result or gives it back."""

from collections.abc import Callable, Mapping
from typing import Any, Literal
from uuid import UUID

from django.db import transaction
from django.http import Http404
from pydantic import ValidationError

from gpu_service.protocol import (
    Artifact,
    Claim,
    ClaimedJob,
    ClaimedSegment,
    ClaimRequest,
    InputRef,
    JobFinish,
    LeaseFail,
    Recipe,
    RenewAnswer,
    RenewRequest,
    SegmentCommit,
    SnapshotsResult,
)
from gpu_service.protocol import Lease as LeaseTold
from studio.blobs.models import Blob, Upload
from studio.errors import Refused
from studio.jobs import queue
from studio.jobs.models import Job, Segment, State
from studio.networks import imports, results, rules
from studio.networks.models import SnapshotImport
from studio.projections import orders as projecting
from studio.projections import reports as projected
from studio.renders import debug_films, draw
from studio.renders.order import JOB_KIND as RENDER
from studio.scenes import curves
from studio.services import stages
from studio.services.models import RenderService, ServiceToken
from studio.services.tokens import holder_of
from studio.training import orders, reports, tries

LeaseKind = Literal["segment", "job"]


def claim(token: ServiceToken, order: ClaimRequest) -> Claim | None:
    """The oldest job of those kinds, jobs before segments because they are short; None when nothing waits."""
    holder = holder_of(token)
    kinds = [kind for kind in order.kinds if kind != RENDER]
    if kinds and (lease := queue.claim(runs_on=Job.RunsOn.SERVICE, kinds=kinds, holder=holder)):
        return _job_claim(lease, token)
    if RENDER in order.kinds and (lease := queue.claim_segment(holder=holder, kinds=[RENDER])):
        return _segment_claim(lease)
    return None


def renew(token: ServiceToken, kind: LeaseKind, lease_id: UUID, said: RenewRequest) -> RenewAnswer:
    """Raises LeaseLost."""
    own_or_404(token, kind, lease_id)
    lease = queue.Lease(kind=kind, id=lease_id, fence=said.fence)
    if kind == "segment":
        answer = draw.renew(lease, done=said.done, message=said.message)
    else:
        # How far these are, their own reports tell.
        is_reported = Job.objects.filter(pk=lease_id, kind__in=[orders.KIND, projecting.KIND]).exists()
        progress = queue.Progress(done=said.done, total=said.total, message=said.message)
        answer = queue.renew(lease, progress=None if is_reported else progress)
    return RenewAnswer(seconds=answer.seconds, cancel=answer.cancel)


def commit(token: ServiceToken, segment_id: UUID, said: SegmentCommit) -> None:
    """Raises LeaseLost or SegmentConflict."""
    segment = own_or_404(token, "segment", segment_id)
    if segment.state == State.DONE and segment.fence == said.fence:
        # The answer to the first commit got lost on its way; its upload is used up already.
        queue.commit_segment(segment_id, said.fence, sha256=said.sha256, frames=said.frames)
        return
    with transaction.atomic():
        film = _take_upload(token, said.upload_id, said.sha256)
        draw.commit(
            segment_id,
            said.fence,
            film=film,
            frames=said.frames,
            seconds_drawing=said.seconds_drawing,
            seconds_encoding=said.seconds_encoding,
            thumbs=said.thumbs,
        )


def finish(token: ServiceToken, job_id: UUID, said: JobFinish) -> None:
    """Raises LeaseLost, or Refused when the result is not what such a job makes."""
    job = own_or_404(token, "job", job_id)
    lease = queue.Lease(kind="job", id=job_id, fence=said.fence)
    with transaction.atomic():
        ended = queue.finish(lease, result=said.result)
        if job.state == State.DONE:
            return  # the answer to the first finish got lost on its way
        artifacts = {item.name: take_artifact(token, item) for item in said.artifacts}
        FINISHERS[job.kind](ended, said.result, artifacts)


def fail(token: ServiceToken, kind: LeaseKind, lease_id: UUID, said: LeaseFail) -> None:
    """Raises LeaseLost."""
    row = own_or_404(token, kind, lease_id)
    lease = queue.Lease(kind=kind, id=lease_id, fence=said.fence)
    if kind == "segment":
        draw.give_back(lease, message=said.message, retry=said.retry, code_path=said.code_path)
        return
    # The same input fails again: nobody is offered another try.
    is_bad_input = said.kind_of_failure == "bad_input"
    with transaction.atomic():
        job = queue.fail(lease, message=said.message, retry=said.retry and not is_bad_input, may_retry=not is_bad_input)
        if is_bad_input and row.kind == imports.KIND and job.state == State.FAILED:
            imports.refuse_import(job, said.message)
        if said.kind_of_failure == "diverged" and row.kind == orders.KIND:
            reports.diverged(job)


def _job_claim(lease: queue.Lease, token: ServiceToken) -> Claim:
    job = lease.job
    assert job is not None
    if begun := {orders.KIND: reports.begun, projecting.KIND: projected.begun}.get(job.kind):
        begun(job, service=name_of(token))
    coming = SnapshotImport.objects.select_related("original").filter(job_id=job.id).first()
    inputs = [InputRef.model_validate(item) for item in job.payload.get("inputs", ())]
    if coming is not None and coming.original is not None:
        file = coming.original
        inputs.append(InputRef(sha256=file.sha256, size=file.size, name=coming.name, role="original"))
    return Claim(lease=_told(lease), job=_claimed(job), inputs=inputs)


def name_of(token: ServiceToken) -> str:
    """What people call the service: the name that it last said, or its token's before it has said any."""
    newest = RenderService.objects.filter(token=token).order_by("state", "-attached_at").first()  # attached ones first
    return newest.name if newest is not None else token.name


def _segment_claim(lease: queue.Lease) -> Claim:
    segment = lease.segment
    assert segment is not None
    render = draw.segment_claimed(segment)
    return Claim(
        lease=_told(lease),
        job=_claimed(segment.job),
        segment=ClaimedSegment(
            id=segment.id, index=segment.index, first_frame=segment.first_frame, end_frame=segment.end_frame
        ),
        recipe=Recipe.model_validate(render.recipe),
        inputs=draw.inputs_of(render),
    )


def _claimed(job: Job) -> ClaimedJob:
    payload = {name: value for name, value in job.payload.items() if name != "inputs"}  # the claim has them
    return ClaimedJob.model_validate({"id": job.id, "kind": job.kind, "project_id": job.project_id, "payload": payload})


def _told(lease: queue.Lease) -> LeaseTold:
    return LeaseTold(
        id=lease.id, kind=lease.kind, fence=lease.fence, seconds=lease.seconds, renew_seconds=lease.renew_seconds
    )


def own_or_404(token: ServiceToken, kind: LeaseKind, lease_id: UUID) -> Any:
    """The row. Raises LeaseLost when another token holds it now."""
    row = (Segment if kind == "segment" else Job).objects.filter(pk=lease_id).first()
    if row is None:
        raise Http404
    if row.leased_by not in ("", holder_of(token)):
        raise queue.LeaseLost
    return row


def take_artifact(token: ServiceToken, item: Artifact) -> Blob:
    return _take_upload(token, item.upload_id, item.sha256)


def _take_upload(token: ServiceToken, upload_id: UUID, sha256: str) -> Blob:
    """The file of a finished upload of this service; the upload itself is used up. Call it inside a transaction."""
    upload = Upload.objects.select_related("blob").filter(pk=upload_id, service_id=token.pk).first()
    if upload is None or upload.blob is None:
        raise Refused("That upload is not here, or it is not complete. Send the file again.", field="upload_id")
    if upload.blob.sha256 != sha256:
        raise Refused("The upload holds another file than the one that was named.", field="sha256")
    blob = upload.blob
    upload.delete()
    return blob


def _keep_snapshots(job: Job, result: dict[str, Any], artifacts: Mapping[str, Blob]) -> None:
    try:
        found = SnapshotsResult.model_validate(result)
    except ValidationError as error:
        raise Refused("The result of this job names no snapshots.", field="result") from error
    keep = imports.keep_import if job.kind == imports.KIND else rules.keep_pattern
    keep(job, found, artifacts)


FINISHERS: dict[str, Callable[[Job, dict[str, Any], Mapping[str, Blob]], None]] = {
    imports.KIND: _keep_snapshots,
    rules.PATTERN: _keep_snapshots,
    stages.KIND: stages.keep,
    **dict.fromkeys(results.KINDS, results.keep),
    orders.KIND: reports.keep,
    tries.KIND: tries.keep,
    projecting.KIND: projected.keep,
    projecting.REVIEW: projected.keep_review,
    curves.KIND: curves.keep,
    debug_films.KIND: debug_films.keep,
}
