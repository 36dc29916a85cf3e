"""Scenes made of paths, under /api/v1. It lies here because networks know nothing of scenes."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import ConfigDict

from studio.accounts.auth import person_of
from studio.errors import Refused
from studio.networks.models import PinPath
from studio.projects.access import EDIT, thing_or_404
from studio.scenes.api import SceneOut
from studio.scenes.models import Scene
from studio.scenes.path_scene import scene_of_path
from studio.scenes.present import scene_out

router = Router(tags=["scenes"])


class PathSceneIn(Schema):
    """With `scene_id` that scene is changed, else one is made; without `track_id` with the project's newest track."""

    model_config = ConfigDict(extra="forbid")
    track_id: UUID | None = None
    scene_id: UUID | None = None


@router.post("/paths/{uuid:path_id}/scene", response=SceneOut)
def make_scene(request: HttpRequest, path_id: UUID, order: PathSceneIn) -> dict[str, Any]:
    """Let a scene walk this path. 409 while no render service has told of the visualizer that does it."""
    rows = PinPath.objects.select_related("network", "snapshot")
    path = thing_or_404(request.user, rows, path_id, may=EDIT, path="network__project")
    scene = None
    if order.scene_id is not None:
        scene = Scene.objects.filter(pk=order.scene_id, project_id=path.network.project_id, binned_at=None).first()
        if scene is None:
            raise Refused("There is no such scene in this project. Choose another.", field="scene_id")
    return scene_out(scene_of_path(path, scene=scene, track_id=order.track_id, by=person_of(request)))
