"""What a render service says and hands in while it trains, under /api/v1/service. Each call is answered by a wish."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from gpu_service.protocol import ReportRequest, SnapshotRequest, Wish
from studio.services.models import ServiceToken
from studio.services.tokens import ServiceAuth
from studio.services.work import name_of, own_or_404, take_artifact
from studio.training import reports

router = Router(tags=["render services"], auth=ServiceAuth())


@router.post("/training/{uuid:job_id}/reports", response=Wish)
def report(request: HttpRequest, job_id: UUID, said: ReportRequest) -> Wish:
    """What happened since the last time, and what people wish. 409 when another holds the lease."""
    token = _token(request)
    own_or_404(token, "job", job_id)
    return reports.take_reports(job_id, said, service=name_of(token))


@router.post("/training/{uuid:job_id}/snapshots", response=Wish)
def hand_in(request: HttpRequest, job_id: UUID, said: SnapshotRequest) -> Wish:
    """A snapshot with its files, and the newest checkpoint. The same kimg again is a success without a change."""
    token = _token(request)
    own_or_404(token, "job", job_id)
    known = reports.has_snapshot(job_id, said.fence, said.made.kimg)
    if known is not None:
        return known
    with transaction.atomic():
        files = {item.name: take_artifact(token, item) for item in said.artifacts}
        return reports.take_snapshot(job_id, said, files, service=name_of(token))


def _token(request: HttpRequest) -> ServiceToken:
    return request.service_token  # type: ignore[attr-defined]
