"""Jobs as the activity page sees them."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpRequest
from ninja import Router, Schema

from studio.jobs import queue
from studio.jobs.handlers import QUIET
from studio.jobs.models import Job, State
from studio.jobs.out import JobOut, job_out
from studio.projects.access import EDIT, VIEW, project_or_404

router = Router(tags=["jobs"])
PAGE = 50


class JobPage(Schema):
    items: list[JobOut]
    next: str | None


@router.get("/projects/{uuid:project_id}/jobs", response=JobPage)
def list_jobs(
    request: HttpRequest, project_id: UUID, after: UUID | None = None, state: str | None = None
) -> dict[str, Any]:
    """The project's jobs, newest first, fifty at a time; `after` is the last id of the page before.

    Of those that come by the dozen (sheets of pictures) the failed ones alone.
    """
    project_or_404(request.user, project_id)
    rows = Job.objects.filter(~Q(kind__in=QUIET) | Q(state=State.FAILED), project_id=project_id)
    if state:
        rows = rows.filter(state__in=state.split(","))
    last = rows.filter(pk=after).values_list("created_at", flat=True).first() if after else None
    if last is not None:
        rows = rows.filter(created_at__lte=last).exclude(created_at=last, id__lte=after)
    found = list(rows.order_by("-created_at", "id")[: PAGE + 1])
    page = found[:PAGE]
    return {"items": [job_out(job) for job in page], "next": str(page[-1].id) if len(found) > PAGE else None}


@router.get("/jobs/{uuid:job_id}", response=JobOut)
def get_job(request: HttpRequest, job_id: UUID) -> JobOut:
    """One job. 404 for strangers."""
    return job_out(_job_or_404(request, job_id))


@router.post("/jobs/{uuid:job_id}/cancel", response=JobOut)
def cancel_job(request: HttpRequest, job_id: UUID) -> JobOut:
    """Stop a job. What it has finished is kept."""
    return job_out(queue.cancel(_job_or_404(request, job_id, may=EDIT), by=request.user))


@router.post("/jobs/{uuid:job_id}/retry", response=JobOut)
def retry_job(request: HttpRequest, job_id: UUID) -> JobOut:
    """Try a job again that failed or was stopped; 409 for any other."""
    return job_out(queue.retry(_job_or_404(request, job_id, may=EDIT), by=request.user))


def _job_or_404(request: HttpRequest, job_id: UUID, *, may: str = VIEW) -> Job:
    job = Job.objects.filter(pk=job_id).first()
    if job is None or job.project_id is None:
        raise Http404
    project_or_404(request.user, job.project_id, may=may)
    return job
