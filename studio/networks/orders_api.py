"""What render services make of snapshots, under /api/v1: sheets, directions, harvests, exports."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Status

from gpu_service.protocol import DirectionsOrder, HarvestOrder
from studio.accounts.auth import person_of
from studio.blobs.models import Blob
from studio.blobs.serve import IMMUTABLE, blob_response
from studio.errors import Refused
from studio.jobs.models import Job
from studio.jobs.out import job_out
from studio.networks import directions, exports, harvests, sheets
from studio.networks.api import network_or_404
from studio.networks.models import Directions, Harvest, Sheet, Snapshot, SnapshotExport
from studio.networks.present_made import directions_out, export_out, harvest_out, sheet_out
from studio.networks.sheet_orders import key_of, sheet_of
from studio.networks.snapshots_api import snapshot_or_404
from studio.networks.vector_schemas import (
    DirectionsIn,
    DirectionsList,
    DirectionsOrdered,
    DirectionsOut,
    DirectionsPatch,
    HarvestList,
    HarvestOrdered,
    HarvestOut,
    SheetsIn,
    SheetsOut,
    SnapshotExportIn,
    SnapshotExportList,
    SnapshotExportOrdered,
)
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, thing_or_404

router = Router(tags=["snapshots"])
PROJECT = "snapshot__network__project"
MADE_BY = ("snapshot__network", "created_by")


@router.post("/networks/{uuid:network_id}/sheets", response=SheetsOut)
def order_sheets(request: HttpRequest, network_id: UUID, order: SheetsIn) -> dict[str, Any]:
    """The same vectors through several snapshots of a project, a sheet for each. Whoever may look may ask."""
    network = network_or_404(request, network_id)
    rows = Snapshot.objects.select_related("network", "blob").filter(network__project=network.project_id)
    found = {snapshot.pk: snapshot for snapshot in rows.filter(pk__in=order.snapshot_ids)}
    if any(snapshot_id not in found for snapshot_id in order.snapshot_ids):
        raise Refused("A chosen snapshot is not in this project. Choose another.", field="snapshot_ids")
    sheet = sheet_of(order.vectors, tile=order.tile, look=order.look, columns=order.columns)
    chosen = [found[snapshot_id] for snapshot_id in dict.fromkeys(order.snapshot_ids)]
    made = sheets.order_sheets(chosen, sheet, by=person_of(request))
    return {"key": key_of(sheets.KIND, sheet), "items": [sheet_out(row) for row in made]}


@router.get("/sheets/{uuid:sheet_id}", response={200: bytes})
def get_sheet(request: HttpRequest, sheet_id: UUID) -> HttpResponseBase:
    """The pictures as one JPEG. It never changes."""
    sheet = thing_or_404(request.user, Sheet.objects.select_related("blob", "snapshot"), sheet_id, path=PROJECT)
    return _file(request, sheet.blob, f"{sheet.snapshot.name} sheet.jpg", "image/jpeg", is_shown=True)


@router.get("/snapshots/{uuid:snapshot_id}/directions", response=DirectionsList)
def list_directions(request: HttpRequest, snapshot_id: UUID) -> dict[str, Any]:
    """Oldest first."""
    rows = Directions.objects.select_related(*MADE_BY).filter(snapshot=snapshot_or_404(request, snapshot_id))
    return {"items": [directions_out(row) for row in rows.order_by("created_at", "id")]}


@router.post("/snapshots/{uuid:snapshot_id}/directions", response={202: DirectionsOrdered})
def find_directions(request: HttpRequest, snapshot_id: UUID, order: DirectionsIn) -> Status[dict[str, Any]]:
    """Let a render service find directions. The same order twice is one."""
    snapshot = snapshot_or_404(request, snapshot_id, may=EDIT)
    wanted = DirectionsOrder(method=order.method, count=order.count)
    found, job = directions.find_directions(snapshot, wanted, by=person_of(request))
    return Status(202, {"directions": directions_out(found), "job": _job(job)})


@router.patch("/directions/{uuid:directions_id}", response=DirectionsOut)
def name_directions(request: HttpRequest, directions_id: UUID, patch: DirectionsPatch) -> dict[str, Any]:
    rows = Directions.objects.select_related(*MADE_BY)
    found = thing_or_404(request.user, rows, directions_id, may=EDIT, path=PROJECT)
    return directions_out(directions.name_directions(found, patch.names, by=person_of(request)))


@router.get("/snapshots/{uuid:snapshot_id}/harvests", response=HarvestList)
def list_harvests(
    request: HttpRequest, snapshot_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The newest first; with `binned`, those in the bin."""
    snapshot = snapshot_or_404(request, snapshot_id)
    rows = Harvest.objects.select_related(*MADE_BY).filter(snapshot=snapshot, binned_at__isnull=not binned)
    page, go_on = page_of(rows, after=after, newest_first=True)
    return {"items": [harvest_out(row) for row in page], "next": go_on}


@router.post("/snapshots/{uuid:snapshot_id}/harvests", response={202: HarvestOrdered})
def start_harvest(request: HttpRequest, snapshot_id: UUID, order: HarvestOrder) -> Status[dict[str, Any]]:
    """Draw random pictures until enough pass."""
    snapshot = snapshot_or_404(request, snapshot_id, may=EDIT)
    harvest, job = harvests.start_harvest(snapshot, order, by=person_of(request))
    return Status(202, {"harvest": harvest_out(harvest), "job": job_out(job)})


@router.get("/harvests/{uuid:harvest_id}/sheet", response={200: bytes})
def get_harvest_sheet(request: HttpRequest, harvest_id: UUID) -> HttpResponseBase:
    """All its pictures as one JPEG."""
    harvest = _harvest_or_404(request, harvest_id)
    return _file(request, harvest.sheet, f"{harvest.snapshot.name} harvest.jpg", "image/jpeg", is_shown=True)


@router.get("/harvests/{uuid:harvest_id}/zip", response={200: bytes})
def get_harvest_zip(request: HttpRequest, harvest_id: UUID) -> HttpResponseBase:
    """Each picture as PNG with JSON beside it, from which it can be drawn again."""
    harvest = _harvest_or_404(request, harvest_id)
    return _file(request, harvest.zip, f"{harvest.snapshot.name} harvest.zip", "application/zip")


@router.delete("/harvests/{uuid:harvest_id}", response=HarvestOut)
def bin_harvest(request: HttpRequest, harvest_id: UUID) -> dict[str, Any]:
    """Put it into the bin; one that is still at work stops."""
    harvest = _harvest_or_404(request, harvest_id, may=EDIT)
    return harvest_out(harvests.bin_harvest(harvest, is_binned=True, by=person_of(request)))


@router.post("/harvests/{uuid:harvest_id}/restore", response=HarvestOut)
def restore_harvest(request: HttpRequest, harvest_id: UUID) -> dict[str, Any]:
    harvest = _harvest_or_404(request, harvest_id, may=EDIT)
    return harvest_out(harvests.bin_harvest(harvest, is_binned=False, by=person_of(request)))


@router.get("/snapshots/{uuid:snapshot_id}/exports", response=SnapshotExportList)
def list_exports(request: HttpRequest, snapshot_id: UUID) -> dict[str, Any]:
    rows = SnapshotExport.objects.select_related("blob", *MADE_BY)
    return {"items": [export_out(row) for row in rows.filter(snapshot=snapshot_or_404(request, snapshot_id))]}


@router.post("/snapshots/{uuid:snapshot_id}/exports", response={202: SnapshotExportOrdered})
def start_export(request: HttpRequest, snapshot_id: UUID, order: SnapshotExportIn) -> Status[dict[str, Any]]:
    """Let a render service write the weights in another tool's form. The same order twice is one."""
    snapshot = snapshot_or_404(request, snapshot_id, may=EDIT)
    export, job = exports.start_export(snapshot, order.form, by=person_of(request))
    return Status(202, {"export": export_out(export), "job": _job(job)})


@router.get("/exports/{uuid:export_id}/weights", response={200: bytes})
def get_export(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file, a plain state_dict. 404 until it is written."""
    export = thing_or_404(request.user, SnapshotExport.objects.select_related("blob"), export_id, path=PROJECT)
    exports.note_asked(export)
    return _file(request, export.blob, export.name, "application/octet-stream")


def _harvest_or_404(request: HttpRequest, harvest_id: UUID, *, may: str = VIEW) -> Harvest:
    rows = Harvest.objects.select_related("sheet", "zip", *MADE_BY)
    return thing_or_404(request.user, rows, harvest_id, may=may, path=PROJECT)


def _file(
    request: HttpRequest, blob: Blob | None, name: str, content_type: str, *, is_shown: bool = False
) -> HttpResponseBase:
    if blob is None:
        raise Http404
    cache = IMMUTABLE if is_shown else "private, no-cache"
    return blob_response(request, blob, name=name, content_type=content_type, attachment=not is_shown, cache=cache)


def _job(job: Job | None) -> Any:
    return job_out(job) if job else None
