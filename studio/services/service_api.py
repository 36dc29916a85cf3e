"""What render services ask over HTTP, under /api/v1/service: claim, renew, fetch, commit, finish, fail.

Bearer service token, no cookie. A lease that was lost answers 409; a file that is not of the service's own work, 404.
"""

from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Status

from gpu_service.protocol import (
    Claim,
    ClaimRequest,
    CodePathFix,
    JobFinish,
    LeaseFail,
    Recipe,
    RenewAnswer,
    RenewRequest,
    SegmentCommit,
    StageAnswer,
    StageRequest,
)
from studio.blobs.models import Blob
from studio.blobs.serve import blob_response
from studio.renders import draw
from studio.renders.models import Render
from studio.services import stages, work
from studio.services.inputs import may_fetch
from studio.services.models import ServiceToken
from studio.services.tokens import ServiceAuth, holder_of

router = Router(tags=["render services"], auth=ServiceAuth())
LeaseKind = Literal["segment", "job"]


@router.post("/claims", response={200: Claim, 204: None}, by_alias=True)
def claim(request: HttpRequest, order: ClaimRequest) -> Status[Any]:
    """Something to do, with all that it takes; 204 when there is nothing."""
    found = work.claim(_token(request), order)
    return Status(200, found) if found is not None else Status(204, None)


@router.post("/leases/{kind}/{uuid:lease_id}/renew", response=RenewAnswer)
def renew(request: HttpRequest, kind: LeaseKind, lease_id: UUID, said: RenewRequest) -> RenewAnswer:
    """Hold the lease for longer, and tell how far the work is."""
    return work.renew(_token(request), kind, lease_id, said)


@router.post("/leases/{kind}/{uuid:lease_id}/fail", response={204: None})
def fail(request: HttpRequest, kind: LeaseKind, lease_id: UUID, said: LeaseFail) -> Status[None]:
    """Give the work back, with the reason."""
    work.fail(_token(request), kind, lease_id, said)
    return Status(204, None)


@router.post("/segments/{uuid:segment_id}/commit", response={204: None})
def commit(request: HttpRequest, segment_id: UUID, said: SegmentCommit) -> Status[None]:
    """Hand in a drawn segment. The same again is a success without a change; another content is refused."""
    work.commit(_token(request), segment_id, said)
    return Status(204, None)


@router.post("/jobs/{uuid:job_id}/finish", response={204: None})
def finish(request: HttpRequest, job_id: UUID, said: JobFinish) -> Status[None]:
    """Hand in what a job made."""
    work.finish(_token(request), job_id, said)
    return Status(204, None)


@router.post("/renders/{uuid:render_id}/code_path", response=Recipe)
def fix_code_path(request: HttpRequest, render_id: UUID, said: CodePathFix) -> Recipe:
    """Fix how the film is computed, before its first frame. Whoever comes later gets what was fixed."""
    holder = holder_of(_token(request))
    if not Render.objects.filter(
        pk=render_id, job__segments__leased_by=holder, job__segments__state="running"
    ).exists():
        raise Http404
    return draw.fix_code_path(render_id, said.code_path)


@router.get("/inputs/{sha256}", response={200: bytes})
def get_input(request: HttpRequest, sha256: str) -> HttpResponseBase:
    """A file that the service's own work needs, by Range."""
    blob = Blob.objects.filter(pk=sha256).first() if may_fetch(_token(request), sha256) else None
    if blob is None:
        raise Http404
    return blob_response(request, blob, name=sha256, content_type="application/octet-stream", attachment=True)


@router.get("/stages/{key}", response=StageAnswer)
def get_stage(
    request: HttpRequest,
    key: str,
    lease_kind: LeaseKind | None = None,
    lease_id: UUID | None = None,
    preview_id: UUID | None = None,
) -> StageAnswer:
    """How a slow stage stands. 404 when nobody has ordered it."""
    errand = stages.errand_of(_token(request), lease_kind=lease_kind, lease_id=lease_id, preview_id=preview_id)
    return stages.look(errand, key)


@router.post("/stages/{key}", response=StageAnswer)
def order_stage(request: HttpRequest, key: str, said: StageRequest) -> StageAnswer:
    """Find the result of a slow stage, or order it once for everybody."""
    errand = stages.errand_of(
        _token(request), lease_kind=said.lease_kind, lease_id=said.lease_id, preview_id=said.preview_id
    )
    return stages.order(errand, key, said)


def _token(request: HttpRequest) -> ServiceToken:
    return request.service_token  # type: ignore[attr-defined]
