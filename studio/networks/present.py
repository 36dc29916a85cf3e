"""Networks and snapshots as the API and its events show them."""

from typing import Any

from studio.networks.models import Network, Snapshot


def network_out(network: Network) -> dict[str, Any]:
    snapshots = list(network.snapshots.select_related("blob").order_by("order", "created_at", "id"))
    used = network.snapshots.filter(scenes__binned_at=None, scenes__isnull=False)
    scenes = used.order_by("scenes__name").values_list("scenes__id", "scenes__name").distinct()
    return {
        "id": str(network.id),
        "project_id": str(network.project_id),
        "name": network.name,
        "kind": network.kind,
        "species": network.species,
        "seed": network.seed,
        "notes": network.notes,
        "revision": network.revision,
        "used_in": [{"id": str(scene_id), "name": name} for scene_id, name in scenes],
        "snapshots": [snapshot_out(snapshot) for snapshot in snapshots],
        "job_id": str(network.job_id) if network.job_id else None,
        "importing": network.imports.count(),
        "created_by": str(network.created_by_id) if network.created_by_id else None,
        "created_at": network.created_at,
        "is_binned": network.binned_at is not None,
    }


def snapshot_out(snapshot: Snapshot) -> dict[str, Any]:
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
        "facts": snapshot.facts,
        "thumbnail_url": f"/api/v1/snapshots/{snapshot.id}/thumbnail" if snapshot.thumbnail_id else None,
        "created_at": snapshot.created_at,
    }
