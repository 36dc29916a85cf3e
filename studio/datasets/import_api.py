"""What became of archives, file by file, under /api/v1."""

from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from studio.datasets.api import dataset_or_404
from studio.datasets.models import ArchivedFile, ArchiveImport
from studio.datasets.schemas import ImportedFileList, ImportList, ImportOut
from studio.projects.access import thing_or_404

router = Router(tags=["datasets"])
PAGE = 500
NEWEST = 50


@router.get("/datasets/{uuid:dataset_id}/imports", response=ImportList)
def list_imports(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """The archives that were sent into a dataset, the newest fifty first."""
    rows = ArchiveImport.objects.filter(dataset=dataset_or_404(request, dataset_id))
    return {"items": list(rows.order_by("-created_at", "id")[:NEWEST])}


@router.get("/imports/{uuid:import_id}", response=ImportOut)
def get_import(request: HttpRequest, import_id: UUID) -> ArchiveImport:
    return thing_or_404(request.user, ArchiveImport, import_id, path="dataset__project")


@router.get("/imports/{uuid:import_id}/files", response=ImportedFileList)
def list_imported_files(
    request: HttpRequest,
    import_id: UUID,
    fate: Literal["taken", "known", "refused"] | None = None,
    after: int | None = None,
) -> dict[str, Any]:
    """The fate of each file, in the order of the archive, five hundred at a time."""
    coming = thing_or_404(request.user, ArchiveImport, import_id, path="dataset__project")
    rows = ArchivedFile.objects.filter(archive=coming)
    rows = rows.filter(fate=fate) if fate else rows
    rows = rows.filter(position__gt=after) if after is not None else rows
    found = list(rows.order_by("position")[: PAGE + 1])
    return {"items": found[:PAGE], "next": found[PAGE - 1].position if len(found) > PAGE else None}
