"""A path of pins becomes a scene: the visualizer `path` walks it in time with a track."""

from typing import Any
from uuid import UUID

from gpu_service.protocol import Look
from studio.accounts.models import User
from studio.errors import Refused
from studio.networks.models import Pin, PinPath
from studio.networks.present_made import waypoints_of
from studio.projects.models import Project
from studio.scenes import edit
from studio.scenes.models import Scene
from studio.tracks.models import Track

VISUALIZER = "path"
NO_TRACK = "This scene needs a track to walk the path by. Add one to the project first."


def scene_of_path(path: PinPath, *, scene: Scene | None, track_id: UUID | None, by: User) -> Scene:
    """A new scene, or that one changed. The path is taken as it is now. Raises Refused with a sentence."""
    values: dict[str, Any] = {
        "visualizer": VISUALIZER,
        "snapshot_ids": [path.snapshot_id],
        "parameters": {
            "path": [{"vector": point["vector"], "length": point["length"]} for point in waypoints_of(path)],
            "interpolation": path.interpolation,
            "loop": path.loop,
            **_look_of(path),
        },
    }
    if scene is not None:
        patch = {**values, "revision": scene.revision, **({"track_id": track_id} if track_id else {})}
        return edit.change_scene(scene.id, patch, by=by)
    project = Project.objects.get(pk=path.network.project_id)
    side = min(max(path.snapshot.resolution or 512, 256), 1024)
    order = {**values, "name": path.name, "track_id": track_id or _newest_track(project), "width": side, "height": side}
    return edit.create_scene(project, order, by=by)


def _look_of(path: PinPath) -> dict[str, Any]:
    """Grain and camera of the first pin on the path: a scene has one look, which its form can change."""
    first = next((point["pin_id"] for point in path.waypoints if point["pin_id"]), None)
    pin = Pin.objects.filter(pk=first).first() if first else None
    return Look.model_validate(pin.look).model_dump() if pin is not None else {}


def _newest_track(project: Project) -> UUID:
    track = Track.objects.filter(project=project, binned_at=None).order_by("-created_at").first()
    if track is None:
        raise Refused(NO_TRACK, field="track_id")
    return track.id
