"""Datasets, sessions and the files of portraits under /api/v1. 404 for strangers, 403 for a role too small."""

from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from ninja import Router, Status
from pydantic import Field

from studio.accounts.auth import person_of
from studio.datasets import counts, rules, sessions
from studio.datasets.models import CaptureDevice, CaptureSession, Dataset, Portrait
from studio.datasets.portrait_out import JOINS
from studio.datasets.present import dataset_out, portrait_facts_out, session_out
from studio.datasets.schemas import (
    DatasetIn,
    DatasetList,
    DatasetOut,
    DatasetPatch,
    PortraitFactsOut,
    SessionList,
    SessionOut,
    SessionPatch,
)
from studio.datasets.serve import file_response
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404

router = Router(tags=["datasets"])
FileName = Literal["thumb", "view", "original"]


@router.get("/projects/{uuid:project_id}/datasets", response=DatasetList)
def list_datasets(
    request: HttpRequest, project_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The datasets of a project, oldest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = Dataset.objects.filter(project_id=project_id, binned_at__isnull=not binned)
    page, go_on = page_of(rows, after=after)
    return {"items": [dataset_out(dataset) for dataset in page], "next": go_on}


@router.post("/projects/{uuid:project_id}/datasets", response={201: DatasetOut})
def add_dataset(request: HttpRequest, project_id: UUID, order: DatasetIn) -> Status[dict[str, Any]]:
    project = project_or_404(request.user, project_id, may=EDIT)
    return Status(
        201, dataset_out(rules.make_dataset(project.pk, name=order.name, note=order.note, by=person_of(request)))
    )


@router.get("/datasets/{uuid:dataset_id}", response=DatasetOut)
def get_dataset(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    return dataset_out(dataset_or_404(request, dataset_id))


@router.patch("/datasets/{uuid:dataset_id}", response=DatasetOut)
def change_dataset(request: HttpRequest, dataset_id: UUID, patch: DatasetPatch) -> dict[str, Any]:
    """Change name or note. 409 with the present dataset when somebody else did so since `revision`."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    values = patch.dict(exclude_unset=True)
    return dataset_out(
        rules.change_dataset(dataset, values, revision=values.pop("revision", None), by=person_of(request))
    )


@router.delete("/datasets/{uuid:dataset_id}", response=DatasetOut)
def bin_dataset(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Versions that were made of it stay."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    return dataset_out(rules.bin_dataset(dataset, is_binned=True, by=person_of(request)))


@router.post("/datasets/{uuid:dataset_id}/restore", response=DatasetOut)
def restore_dataset(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """Bring it back. 422 when another has taken its name."""
    dataset = dataset_or_404(request, dataset_id, may=EDIT)
    return dataset_out(rules.bin_dataset(dataset, is_binned=False, by=person_of(request)))


@router.get("/datasets/{uuid:dataset_id}/sessions", response=SessionList)
def list_sessions(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """Its sessions in the order of their beginning."""
    dataset = dataset_or_404(request, dataset_id)
    seen = counts.of_sessions(dataset)
    rows = CaptureSession.objects.filter(dataset=dataset).select_related("device")
    return {"items": [session_out(session, seen.get(session.pk)) for session in rows]}


@router.get("/devices/{uuid:device_id}/sessions", response=SessionList)
def list_sessions_of_device(
    request: HttpRequest, device_id: UUID, limit: Annotated[int, Field(ge=1, le=50)] = 5
) -> dict[str, Any]:
    """The newest sessions that a capture device photographed, each as soon as it was told of.

    Pictures that the device only handed on (`phosphene-capture upload`) are no session of its camera.
    """
    device = thing_or_404(request.user, CaptureDevice.objects.filter(revoked_at=None), device_id)
    rows = CaptureSession.objects.filter(device=device, dataset__binned_at=None).select_related("device", "dataset")
    newest = rows.exclude(camera={}).order_by("-created_at", "-id")[:limit]
    return {"items": [session_out(session, counts.of_session(session)) for session in newest]}


@router.get("/sessions/{uuid:session_id}", response=SessionOut)
def get_session(request: HttpRequest, session_id: UUID) -> dict[str, Any]:
    """One session, by the id that its device chose. 404 until the device has told of it."""
    session = thing_or_404(request.user, CaptureSession, session_id, path="dataset__project")
    return session_out(session, counts.of_session(session))


@router.patch("/sessions/{uuid:session_id}", response=SessionOut)
def change_session(request: HttpRequest, session_id: UUID, patch: SessionPatch) -> dict[str, Any]:
    """Change name, prompt or place. 409 with the present session when somebody else did so since `revision`."""
    session = thing_or_404(request.user, CaptureSession, session_id, may=EDIT, path="dataset__project")
    values = {name: value for name, value in patch.dict(exclude_unset=True).items() if value is not None}
    revision = values.pop("revision", None)
    changed = sessions.change_session(session, values, revision=revision, by=person_of(request))
    return session_out(changed, counts.of_session(changed))


@router.get("/portraits/{int:portrait_id}", response=PortraitFactsOut)
def get_portrait(request: HttpRequest, portrait_id: int) -> dict[str, Any]:
    """One portrait with all that is known of it."""
    rows = Portrait.objects.select_related("session__device", *JOINS)
    return portrait_facts_out(thing_or_404(request.user, rows, portrait_id, path="dataset__project"))


@router.get("/portraits/{int:portrait_id}/files/{name}", response={200: bytes}, url_name="portrait_file")
def get_portrait_file(request: HttpRequest, portrait_id: int, name: FileName) -> HttpResponseBase:
    """The small picture for the grid, the one for the loupe, or the original without its metadata, as a download."""
    rows = Portrait.objects.select_related("original", "thumb", "view")
    return file_response(request, thing_or_404(request.user, rows, portrait_id, path="dataset__project"), name)


def dataset_or_404(request: HttpRequest, dataset_id: UUID, *, may: str = VIEW) -> Dataset:
    return thing_or_404(request.user, Dataset, dataset_id, may=may)
