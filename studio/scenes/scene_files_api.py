"""Scenes as YAML files under /api/v1: for the command line, for other studios, and back."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from studio.accounts.auth import person_of
from studio.projects.access import EDIT, project_or_404, thing_or_404
from studio.scenes.api import SceneOut
from studio.scenes.models import Scene
from studio.scenes.present import scene_out
from studio.scenes.scene_files import import_scene, look_at, yaml_of

router = Router(tags=["scenes"])


class SceneFileIn(Schema):
    """`yaml` is the file's text. With `track_id` that track plays, whatever the file names."""

    model_config = ConfigDict(extra="forbid")
    yaml: str = Field(max_length=2_000_000)
    name: str | None = Field(default=None, max_length=255)
    track_id: UUID | None = None


class SceneFileOut(Schema):
    """The new scene. `left_out`: what this project has not, and what did not fit, in sentences."""

    scene: SceneOut
    left_out: list[str]


class SceneFileLookIn(Schema):
    model_config = ConfigDict(extra="forbid")
    yaml: str = Field(max_length=2_000_000)
    track_id: UUID | None = None


class SceneFileLookOut(Schema):
    """What an import would make. `left_out` as it would be told then; nothing has been made yet."""

    name: str
    visualizer: str
    track_id: UUID
    track_name: str
    left_out: list[str]


@router.get("/scenes/{uuid:scene_id}/scene.yaml", response={200: str})
def get_scene_file(request: HttpRequest, scene_id: UUID) -> HttpResponse:
    """The scene as a file for `python -m gpu_service render --scene`; the files that it names lie beside it there."""
    rows = Scene.objects.select_related("track__original", "projection__file")
    scene = thing_or_404(request.user, rows, scene_id)
    response = HttpResponse(yaml_of(scene), content_type="application/yaml; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{scene.name}.yaml") or "attachment"
    return response


@router.post("/projects/{uuid:project_id}/scenes/import/look", response=SceneFileLookOut)
def look_at_scene_file(request: HttpRequest, project_id: UUID, order: SceneFileLookIn) -> dict[str, Any]:
    """What an import of this file would make here, and what it would leave out."""
    project = project_or_404(request.user, project_id, may=EDIT)
    look = look_at(project, order.yaml, track_id=order.track_id, by=person_of(request))
    return {
        "name": look.name,
        "visualizer": look.visualizer,
        "track_id": look.track.pk,
        "track_name": look.track.name,
        "left_out": look.left_out,
    }


@router.post("/projects/{uuid:project_id}/scenes/import", response={201: SceneFileOut})
def import_scene_file(request: HttpRequest, project_id: UUID, order: SceneFileIn) -> Status[dict[str, Any]]:
    """A scene of such a file, with this project's own files found by their hashes or names."""
    project = project_or_404(request.user, project_id, may=EDIT)
    scene, left_out = import_scene(project, order.yaml, name=order.name, track_id=order.track_id, by=person_of(request))
    return Status(201, {"scene": scene_out(scene), "left_out": left_out})
