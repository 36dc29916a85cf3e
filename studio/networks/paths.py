"""Paths: from one vector to the next and perhaps round again. Waypoints that are pins follow them."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from gpu_service.protocol import VectorSpec
from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.networks.models import Network, Pin, PinPath, Snapshot
from studio.networks.pins import require_drawable, snapshot_of
from studio.networks.present_made import path_out
from studio.networks.words import clean_name

MOST = 1_000


def add_path(network: Network, values: dict[str, Any], *, by: User) -> PinPath:
    """A new path. Raises Refused, which names the wrong field."""
    with transaction.atomic():
        count = PinPath.objects.filter(network=network).count()
        if count >= MOST:
            raise Refused(f"“{network.name}” has {count:,} paths already. Remove some first.")
        path = PinPath(network=network, snapshot=snapshot_of(network, values["snapshot_id"]), created_by=by)
        path.name = clean_name(values.get("name") or f"Path {count + 1}", of="path")
        path.waypoints = _checked_waypoints(path.snapshot, values["waypoints"])
        path.interpolation, path.loop = values["interpolation"], values["loop"]
        path.changed_by = by
        path.save()
        _tell(path, "path.added", by=by)
    return path


def change_path(path: PinPath, values: dict[str, Any], *, revision: int, by: User) -> PinPath:
    """Change what `values` names. Raises Conflict when the path is not at that revision any more."""
    with transaction.atomic():
        rows = PinPath.objects.select_for_update(of=("self",)).select_related("network", "snapshot", "created_by")
        path = rows.get(pk=path.pk)
        if revision != path.revision:
            who = str(path.changed_by) if path.changed_by else "Somebody"
            raise Conflict(f"{who} changed this path a moment ago.", current=path_out(path))
        if values.get("name") is not None:
            path.name = clean_name(values["name"], of="path")
        if values.get("snapshot_id") is not None:
            path.snapshot = snapshot_of(path.network, values["snapshot_id"])
            require_drawable(path.snapshot, vectors_of(path), field="snapshot_id")
        if values.get("waypoints") is not None:
            path.waypoints = _checked_waypoints(path.snapshot, values["waypoints"])
        for name in ("interpolation", "loop"):
            if values.get(name) is not None:
                setattr(path, name, values[name])
        path.revision += 1
        path.changed_by = by
        path.save()
        _tell(path, "path.changed", by=by)
    return path


def bin_path(path: PinPath, *, is_binned: bool, by: User) -> PinPath:
    with transaction.atomic():
        path.binned_at = timezone.now() if is_binned else None
        path.revision += 1
        path.changed_by = by
        path.save(update_fields=["binned_at", "revision", "changed_by"])
        _tell(path, "path.removed" if is_binned else "path.restored", by=by)
    return path


def vectors_of(path: PinPath) -> list[VectorSpec]:
    """As they are now, one for each waypoint."""
    return [VectorSpec.model_validate(point["vector"]) for point in path_out(path)["waypoints"]]


def _checked_waypoints(snapshot: Snapshot, waypoints: list[Any]) -> list[dict[str, Any]]:
    """With the vector of each pin beside its id, in case the pin goes one day."""
    ids = {point.pin_id for point in waypoints if point.pin_id}
    pins = {pin.pk: pin for pin in Pin.objects.filter(pk__in=ids, network__project=snapshot.network.project_id)}
    found = []
    for point in waypoints:
        if point.pin_id and point.pin_id not in pins:
            raise Refused("A waypoint is a pin that this project does not have.", field="waypoints")
        if point.pin_id is None and point.vector is None:
            raise Refused("A waypoint needs a pin or a vector.", field="waypoints")
        vector = pins[point.pin_id].vector if point.pin_id else point.vector.model_dump(mode="json")
        found.append({"pin_id": str(point.pin_id) if point.pin_id else None, "vector": vector, "length": point.length})
    require_drawable(snapshot, [VectorSpec.model_validate(point["vector"]) for point in found], field="waypoints")
    return found


def _tell(path: PinPath, kind: str, *, by: User | None) -> None:
    record(path.network.project_id, kind, subject=path.subject, payload=path_out(path), actor=by)
