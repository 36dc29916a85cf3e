"""Pins, paths and what was ordered, as the API and its events show them."""

from typing import Any
from uuid import UUID

from studio.networks.models import Directions, Harvest, OrderState, Pin, PinPath, Sheet, SnapshotExport
from studio.networks.order_models import Ordered


def pin_out(pin: Pin) -> dict[str, Any]:
    return {
        "id": str(pin.id),
        "project_id": str(pin.network.project_id),
        "network_id": str(pin.network_id),
        "snapshot_id": str(pin.snapshot_id),
        "name": pin.name,
        "vector": pin.vector,
        "look": pin.look,
        "note": pin.note,
        "thumbnail_url": _sheet_url(pin.sheet),
        **_made_by(pin),
        "revision": pin.revision,
        "is_binned": pin.binned_at is not None,
    }


def path_out(path: PinPath) -> dict[str, Any]:
    return {
        "id": str(path.id),
        "project_id": str(path.network.project_id),
        "network_id": str(path.network_id),
        "snapshot_id": str(path.snapshot_id),
        "name": path.name,
        "waypoints": waypoints_of(path),
        "interpolation": path.interpolation,
        "loop": path.loop,
        **_made_by(path),
        "revision": path.revision,
        "is_binned": path.binned_at is not None,
    }


def waypoints_of(path: PinPath) -> list[dict[str, Any]]:
    """Where a waypoint is a pin, the pin's vector as it is now; its last known one when the pin is gone."""
    ids = [UUID(point["pin_id"]) for point in path.waypoints if point["pin_id"]]
    pins = {str(pk): vector for pk, vector in Pin.objects.filter(pk__in=ids).values_list("pk", "vector")}
    return [{**point, "vector": pins.get(point["pin_id"], point["vector"])} for point in path.waypoints]


def sheet_out(sheet: Sheet) -> dict[str, Any]:
    return {**_order(sheet), "key": sheet.key, "snapshot_id": str(sheet.snapshot_id), "url": _sheet_url(sheet)}


def directions_out(directions: Directions) -> dict[str, Any]:
    return {
        **_order(directions),
        **_of_snapshot(directions),
        "method": directions.method,
        "sha256": directions.blob_id,
        "count": directions.count,
        "shares": directions.shares,
        "names": directions.names,
    }


def harvest_out(harvest: Harvest) -> dict[str, Any]:
    facts, address = harvest.facts, f"/api/v1/harvests/{harvest.id}"
    return {
        **_order(harvest),
        **_of_snapshot(harvest),
        "order": harvest.order,
        "kept": facts.get("kept", 0),
        "drawn": facts.get("drawn", 0),
        "seeds": facts.get("seeds", []),
        "columns": facts.get("columns", 0),
        "tile": facts.get("tile", 0),
        "sheet_url": f"{address}/sheet" if harvest.sheet_id else None,
        "zip_url": f"{address}/zip" if harvest.zip_id else None,
        "is_binned": harvest.binned_at is not None,
    }


def export_out(export: SnapshotExport) -> dict[str, Any]:
    blob = export.blob
    return {
        **_order(export),
        **_of_snapshot(export),
        "form": export.form,
        "name": export.name,
        "url": f"/api/v1/exports/{export.id}/weights" if blob else None,
        "size_bytes": blob.size if blob else None,
        "sha256": blob.sha256 if blob else None,
    }


def _order(row: Ordered) -> dict[str, Any]:
    job_id = str(row.job_id) if row.job_id else None
    return {"id": str(row.id), "state": str(row.state), "sentence": row.sentence, "job_id": job_id}


def _of_snapshot(row: Any) -> dict[str, Any]:
    return {
        "project_id": str(row.snapshot.network.project_id),
        "snapshot_id": str(row.snapshot_id),
        "created_by_name": str(row.created_by) if row.created_by else "",
        "created_at": row.created_at,
    }


def _made_by(row: Any) -> dict[str, Any]:
    return {
        "created_by": str(row.created_by_id) if row.created_by_id else None,
        "created_by_name": str(row.created_by) if row.created_by else "",
        "created_at": row.created_at,
    }


def _sheet_url(sheet: Sheet | None) -> str | None:
    return f"/api/v1/sheets/{sheet.id}" if sheet and sheet.state == OrderState.READY else None
