"""A scene as the API and its events show it."""

from typing import Any

from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.scenes import lacking, projected
from studio.scenes.catalogue import visualizer
from studio.scenes.driven import warnings_of
from studio.scenes.ground import ground_of
from studio.scenes.models import Scene, SceneRevision
from studio.scenes.schema import with_defaults
from studio.scenes.spec import snapshots_of


def scene_out(scene: Scene) -> dict[str, Any]:
    """`parameters` is complete: defaults are filled in. `changed` names those that somebody set."""
    snapshots = snapshots_of(scene)
    head = SceneRevision.objects.filter(scene=scene, number=scene.head).values_list("parent", flat=True).first()
    return {
        "id": str(scene.id),
        "project_id": str(scene.project_id),
        "name": scene.name,
        "track_id": str(scene.track_id),
        "visualizer": scene.visualizer,
        "parameters": complete_parameters(scene),
        "changed": sorted(scene.parameters),
        "routes": scene.routes,
        "actions": scene.actions,
        "warnings": _warnings(scene, snapshots) + projected.warnings_of(scene, snapshots),
        "snapshot_ids": [str(snapshot.id) for snapshot in snapshots],
        "snapshots": [
            {
                "id": str(snapshot.id),
                "name": snapshot.name,
                "thumbnail_url": f"/api/v1/snapshots/{snapshot.id}/thumbnail" if snapshot.thumbnail_id else None,
            }
            for snapshot in snapshots
        ],
        "projection_id": str(scene.projection_id) if scene.projection_id else None,
        "projection": _projection(scene),
        "width": scene.width,
        "height": scene.height,
        "fps": scene.fps,
        "revision": scene.revision,
        "can_undo": head is not None and SceneRevision.objects.filter(scene=scene, number=head).exists(),
        "can_redo": bool(scene.redo),
        "track": {
            "id": str(scene.track_id),
            "name": scene.track.name,
            "duration_seconds": scene.track.duration_seconds,
            "state": scene.track.state,
        },
        "is_binned": scene.binned_at is not None,
        "created_by": str(scene.created_by_id) if scene.created_by_id else None,
        "created_at": scene.created_at,
        "updated_at": scene.updated_at,
    }


def _projection(scene: Scene) -> dict[str, Any] | None:
    row = scene.projection
    if row is None:
        return None
    names = ("name", "frames_done", "is_complete")
    return {
        "id": str(row.pk),
        **{name: getattr(row, name) for name in names},
        "fps": row.about.get("fps"),
        "is_forced": scene.is_projection_forced,
    }


def complete_parameters(scene: Scene) -> dict[str, Any]:
    try:
        return with_defaults(visualizer(scene.visualizer)["schema"], scene.parameters)
    except Refused:
        return dict(scene.parameters)


def _warnings(scene: Scene, snapshots: list[Snapshot]) -> list[dict[str, str]]:
    """What of the scene cannot work now: something that it hangs on has gone, or was never there."""
    state = {"routes": scene.routes, "actions": scene.actions, "parameters": scene.parameters}
    state |= {"track_id": scene.track_id, "snapshot_ids": [snapshot.pk for snapshot in snapshots]}
    try:
        entry = visualizer(scene.visualizer)
    except Refused:
        return []
    parameters = with_defaults(entry["schema"], scene.parameters)
    lacking_now = lacking.warnings_of(entry, parameters, snapshots, has_projection=scene.projection_id is not None)
    return warnings_of(state, ground_of(scene.project_id, entry, state)) + lacking_now
