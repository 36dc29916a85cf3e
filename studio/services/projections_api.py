"""What a render service says and hands in while it projects, under /api/v1/service. Each call is answered by a wish."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja import Router

from gpu_service.protocol.projection import FramesDone, ProjectionReport, ProjectionWish
from studio.projections import reports
from studio.services.models import ServiceToken
from studio.services.tokens import ServiceAuth
from studio.services.work import name_of, own_or_404, take_artifact

router = Router(tags=["render services"], auth=ServiceAuth())


@router.post("/projections/{uuid:job_id}/reports", response=ProjectionWish)
def report(request: HttpRequest, job_id: UUID, said: ProjectionReport) -> ProjectionWish:
    """What happened since the last time, and what people wish. 409 when another holds the lease."""
    token = _token(request)
    own_or_404(token, "job", job_id)
    return reports.take_reports(job_id, said, service=name_of(token))


@router.post("/projections/{uuid:job_id}/frames", response=ProjectionWish)
def hand_in(request: HttpRequest, job_id: UUID, said: FramesDone) -> ProjectionWish:
    """Frames that are found, with their file and picture. The same frames again: a success without a change."""
    token = _token(request)
    own_or_404(token, "job", job_id)
    known = reports.has_frames(job_id, said)
    if known is not None:
        return known
    with transaction.atomic():
        files = {name: take_artifact(token, item) for name, item in said.artifacts.items()}
        return reports.take_frames(job_id, said, files, service=name_of(token))


def _token(request: HttpRequest) -> ServiceToken:
    return request.service_token  # type: ignore[attr-defined]
