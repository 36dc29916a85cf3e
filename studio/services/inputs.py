"""Which files a service may fetch: those of the work that it holds now, and of the previews that it draws now."""

from studio.jobs.models import Job, State
from studio.networks.models import SnapshotImport
from studio.renders.models import RenderInput
from studio.scenes.preview import hub
from studio.services.models import RenderService, ServiceToken, StageResult
from studio.services.tokens import holder_of, projects_leased_by


def may_fetch(token: ServiceToken, sha256: str) -> bool:
    """A hash is not a key: without work that needs the file, it is not there."""
    return (
        _is_of_segment(token, sha256)
        or _is_of_job(token, sha256)
        or _is_of_preview(token, sha256)
        or _is_stage(token, sha256)
    )


def services_of(token: ServiceToken) -> list[RenderService]:
    return list(RenderService.objects.filter(token=token, state=RenderService.State.ATTACHED))


def _is_of_segment(token: ServiceToken, sha256: str) -> bool:
    rows = RenderInput.objects.filter(
        blob_id=sha256, render__job__segments__state=State.RUNNING, render__job__segments__leased_by=holder_of(token)
    )
    return rows.exists()


def _is_of_job(token: ServiceToken, sha256: str) -> bool:
    jobs = list(Job.objects.filter(state=State.RUNNING, leased_by=holder_of(token)))
    if SnapshotImport.objects.filter(original_id=sha256, job_id__in=[job.id for job in jobs]).exists():
        return True
    return any(item["sha256"] == sha256 for job in jobs for item in job.payload.get("inputs", ()))


def _is_of_preview(token: ServiceToken, sha256: str) -> bool:
    return any(sha256 in hub.inputs_open_on(service.id) for service in services_of(token))


def _is_stage(token: ServiceToken, sha256: str) -> bool:
    projects = projects_leased_by(token)
    for service in services_of(token):
        projects |= hub.projects_open_on(service.id)
    return StageResult.objects.filter(blob_id=sha256, project_id__in=projects).exists()
