"""Networks, snapshots and imports as the API and its events show them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from studio.networks.grouping import architecture_of
from studio.networks.models import Network, OrderState, Pin, PinPath, Sheet, Snapshot, SnapshotImport
from studio.networks.sheet_orders import GROWTH_KEYS

READING = (SnapshotImport.Fate.WAITING, SnapshotImport.Fate.READING)


def network_out(network: Network) -> dict[str, Any]:
    return networks_out([network])[0]


def networks_out(networks: Sequence[Network]) -> list[dict[str, Any]]:
    """All at once, with as many questions as for one."""
    ids = [network.pk for network in networks]
    rows = Snapshot.objects.filter(network__in=ids, binned_at=None).select_related("blob")
    snapshots: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for found in snapshots_out(rows.order_by("order", "created_at", "id")):
        snapshots[found["network_id"]].append(found)
    counts = {
        "binned_snapshots": _count(Snapshot.objects.filter(network__in=ids).exclude(binned_at=None), by="network"),
        "pins": _count(Pin.objects.filter(network__in=ids, binned_at=None), by="network"),
        "paths": _count(PinPath.objects.filter(network__in=ids, binned_at=None), by="network"),
        "importing": _count(SnapshotImport.objects.filter(wanted__in=ids, fate__in=READING), by="wanted"),
    }
    return [
        _network(network, snapshots[str(network.pk)], {name: found[network.pk] for name, found in counts.items()})
        for network in networks
    ]


def _network(network: Network, snapshots: list[dict[str, Any]], counts: dict[str, int]) -> dict[str, Any]:
    scenes = {scene["id"]: scene for snapshot in snapshots for scene in snapshot["used_in"]}
    first = snapshots[0] if snapshots else None
    return {
        "id": str(network.id),
        "project_id": str(network.project_id),
        "name": network.name,
        "kind": network.kind,
        "species": network.species,
        "seed": network.seed,
        "architecture": architecture_of(first["kind"], first["facts"]) if first else "",
        "notes": network.notes,
        "tags": network.tags,
        "revision": network.revision,
        "used_in": sorted(scenes.values(), key=lambda scene: scene["name"]),
        "snapshots": snapshots,
        **counts,
        "job_id": str(network.job_id) if network.job_id else None,
        "created_by": str(network.created_by_id) if network.created_by_id else None,
        "created_at": network.created_at,
        "is_binned": network.binned_at is not None,
    }


def snapshot_out(snapshot: Snapshot) -> dict[str, Any]:
    return snapshots_out([snapshot])[0]


def snapshots_out(snapshots: Iterable[Snapshot]) -> list[dict[str, Any]]:
    """All at once, with three questions for what hangs on them."""
    snapshots = list(snapshots)
    ids = [snapshot.pk for snapshot in snapshots]
    scenes = _scenes_of(ids)
    counts = _count(Pin.objects.filter(snapshot__in=ids, binned_at=None), by="snapshot")
    drawn = Sheet.objects.filter(snapshot__in=ids, key__in=GROWTH_KEYS.values(), state=OrderState.READY)
    sheets = {(of, key): pk for of, key, pk in drawn.values_list("snapshot", "key", "pk")}
    return [
        _snapshot(
            snapshot,
            scenes=scenes[snapshot.pk],
            pins=counts[snapshot.pk],
            sheet=sheets.get((snapshot.pk, GROWTH_KEYS[snapshot.num_classes > 0])),
        )
        for snapshot in snapshots
    ]


def import_out(coming: SnapshotImport) -> dict[str, Any]:
    snapshot = coming.snapshot
    network = snapshot.network if snapshot else coming.wanted
    facts = snapshot.facts if snapshot else {}
    return {
        "id": str(coming.id),
        "project_id": str(coming.project_id),
        "name": coming.name,
        "size_bytes": coming.size,
        "sha256": coming.sha256,
        "state": str(coming.fate),
        "sentence": coming.sentence,
        "kind": snapshot.kind if snapshot else "",
        "use_radial_filters": (facts.get("config") or {}).get("use_radial_filters"),
        "resolution": snapshot.resolution if snapshot else None,
        "num_classes": snapshot.num_classes if snapshot else None,
        "z_dim": snapshot.z_dim if snapshot else None,
        "w_dim": snapshot.w_dim if snapshot else None,
        "kimg": snapshot.kimg if snapshot else None,
        "thumbnail_url": _thumbnail(snapshot) if snapshot else None,
        "network_id": str(network.id) if network else None,
        "network_name": network.name if network else "",
        "snapshot_id": str(snapshot.id) if snapshot else None,
        "warnings": [str(said) for said in facts.get("warnings") or []],
        "job_id": str(coming.job_id) if coming.job_id else None,
        "upload_id": str(coming.upload_id) if coming.upload_id else None,
        "created_by": str(coming.created_by_id) if coming.created_by_id else None,
        "created_by_name": str(coming.created_by) if coming.created_by else "",
        "created_at": coming.created_at,
    }


def _snapshot(snapshot: Snapshot, *, scenes: list[dict[str, Any]], pins: int, sheet: Any) -> dict[str, Any]:
    return {
        "id": str(snapshot.id),
        "network_id": str(snapshot.network_id),
        "name": snapshot.name,
        "order": snapshot.order,
        "kind": snapshot.kind,
        "resolution": snapshot.resolution,
        "z_dim": snapshot.z_dim,
        "w_dim": snapshot.w_dim,
        "num_ws": snapshot.num_ws,
        "num_classes": snapshot.num_classes,
        "kimg": snapshot.kimg,
        "size_bytes": snapshot.blob.size,
        "sha256": snapshot.blob_id,
        "original_name": snapshot.original_name,
        "original_md5": snapshot.original_md5,
        "original_sha256": snapshot.original_sha256,
        "has_original": snapshot.original_id is not None,
        "facts": snapshot.facts,
        "notes": snapshot.notes,
        "tags": snapshot.tags,
        "revision": snapshot.revision,
        "used_in": scenes,
        "pins": pins,
        "thumbnail_url": _thumbnail(snapshot),
        "sheet_url": f"/api/v1/sheets/{sheet}" if sheet else None,
        "created_at": snapshot.created_at,
        "is_binned": snapshot.binned_at is not None,
    }


def _count(rows: "QuerySet[Any]", *, by: str) -> Counter[Any]:
    """How many rows there are for each value of that column."""
    return Counter(dict(rows.order_by().values_list(by).annotate(count=Count("pk"))))


def _scenes_of(ids: list[Any]) -> dict[Any, list[dict[str, Any]]]:
    """The scenes that use each snapshot, the bin excepted. Scenes know snapshots; here only the way back is used."""
    rows = Snapshot.objects.filter(pk__in=ids, scenes__isnull=False, scenes__binned_at=None)
    found: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for pk, scene_id, name in rows.order_by("scenes__name").values_list("pk", "scenes__id", "scenes__name").distinct():
        found[pk].append({"id": str(scene_id), "name": name})
    return found


def _thumbnail(snapshot: Snapshot) -> str | None:
    return f"/api/v1/snapshots/{snapshot.id}/thumbnail" if snapshot.thumbnail_id else None
