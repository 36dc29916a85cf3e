"""Saved presets of a project under /api/v1: saved from a scene, used in another, exchanged as files."""

import json
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from gpu_service.protocol.routes import CueAction, RouteSpec
from studio.accounts.auth import person_of
from studio.errors import Refused
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404
from studio.scenes import presets
from studio.scenes.api import SceneOut
from studio.scenes.models import Scene, ScenePreset
from studio.scenes.present import scene_out

router = Router(tags=["scenes"])
PresetKind = Literal["parameters", "routes", "signals", "bends", "scene"]


class ScenePresetOut(Schema):
    """A part of a scene. Of kind signals and bends it holds that one parameter, of bends also the routes on them."""

    id: UUID
    project_id: UUID
    name: str
    kind: PresetKind
    visualizer: str
    parameters: dict[str, Any]
    routes: list[RouteSpec]
    actions: list[CueAction]
    revision: int
    created_by: UUID | None
    created_by_name: str
    created_at: datetime
    is_binned: bool


class ScenePresetList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[ScenePresetOut]
    next: str | None


class ScenePresetIn(Schema):
    """Saved from this scene. `parameters` and `routes` narrow it to these names and ids."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=255)
    kind: PresetKind
    scene_id: UUID
    parameters: list[str] | None = Field(default=None, max_length=500)
    routes: list[str] | None = Field(default=None, max_length=500)


class ScenePresetPatch(Schema):
    """With `scene_id` its content is taken anew from that scene."""

    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(default=None, max_length=255)
    scene_id: UUID | None = None
    revision: int | None = None


class ScenePresetImportIn(Schema):
    """`file` is the content of an exported preset."""

    model_config = ConfigDict(extra="forbid")
    file: dict[str, Any]
    name: str | None = Field(default=None, max_length=255)


class ScenePresetUseIn(Schema):
    """With `add`, its routes and actions join those of the scene, instead of taking their place."""

    model_config = ConfigDict(extra="forbid")
    revision: int
    add: bool = False


class ScenePresetUsedOut(Schema):
    """`left_out`: what of the preset this scene cannot use, in sentences."""

    scene: SceneOut
    left_out: list[str]


@router.get("/projects/{uuid:project_id}/presets", response=ScenePresetList)
def list_presets(
    request: HttpRequest,
    project_id: UUID,
    kind: PresetKind | None = None,
    visualizer: str | None = None,
    binned: bool = False,
    after: UUID | None = None,
) -> dict[str, Any]:
    """The saved presets of a project, oldest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = ScenePreset.objects.select_related("created_by").filter(project_id=project_id, binned_at__isnull=not binned)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(visualizer=visualizer) if visualizer else rows
    page, go_on = page_of(rows, after=after)
    return {"items": [presets.preset_out(preset) for preset in page], "next": go_on}


@router.post("/projects/{uuid:project_id}/presets", response={201: ScenePresetOut})
def save_preset(request: HttpRequest, project_id: UUID, order: ScenePresetIn) -> Status[dict[str, Any]]:
    """Save a part of a scene under a name."""
    project = project_or_404(request.user, project_id, may=EDIT)
    only = {"parameters": order.parameters, "routes": order.routes}
    scene = _scene_of(project_id, order.scene_id)
    preset = presets.save_preset(project, scene, kind=order.kind, name=order.name, only=only, by=person_of(request))
    return Status(201, presets.preset_out(preset))


@router.post("/projects/{uuid:project_id}/presets/import", response={201: ScenePresetOut})
def import_preset(request: HttpRequest, project_id: UUID, order: ScenePresetImportIn) -> Status[dict[str, Any]]:
    """A preset from a file that another studio, or another project, has exported."""
    project = project_or_404(request.user, project_id, may=EDIT)
    preset = presets.import_preset(project, order.file, name=order.name, by=person_of(request))
    return Status(201, presets.preset_out(preset))


@router.get("/presets/{uuid:preset_id}", response=ScenePresetOut)
def get_preset(request: HttpRequest, preset_id: UUID) -> dict[str, Any]:
    return presets.preset_out(_preset_or_404(request, preset_id))


@router.get("/presets/{uuid:preset_id}/file", response={200: dict[str, Any]})
def get_preset_file(request: HttpRequest, preset_id: UUID) -> HttpResponse:
    """The preset as a file that can be imported elsewhere."""
    preset = _preset_or_404(request, preset_id)
    text = json.dumps(presets.file_of(preset), indent=2, ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = content_disposition_header(True, f"{preset.name}.preset.json") or "attachment"
    return response


@router.patch("/presets/{uuid:preset_id}", response=ScenePresetOut)
def change_preset(request: HttpRequest, preset_id: UUID, patch: ScenePresetPatch) -> dict[str, Any]:
    """Rename it, or take its content anew from a scene. 409 when somebody else changed it since `revision`."""
    preset = _preset_or_404(request, preset_id, may=EDIT)
    scene = _scene_of(preset.project_id, patch.scene_id) if patch.scene_id else None
    values = patch.dict(exclude_unset=True)
    return presets.preset_out(presets.change_preset(preset, values, scene=scene, by=person_of(request)))


@router.delete("/presets/{uuid:preset_id}", response=ScenePresetOut)
def bin_preset(request: HttpRequest, preset_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Scenes that used it stay as they are."""
    preset = _preset_or_404(request, preset_id, may=EDIT)
    return presets.preset_out(presets.bin_preset(preset, is_binned=True, by=person_of(request)))


@router.post("/presets/{uuid:preset_id}/restore", response=ScenePresetOut)
def restore_preset(request: HttpRequest, preset_id: UUID) -> dict[str, Any]:
    preset = _preset_or_404(request, preset_id, may=EDIT)
    return presets.preset_out(presets.bin_preset(preset, is_binned=False, by=person_of(request)))


@router.post("/scenes/{uuid:scene_id}/presets/{uuid:preset_id}", response=ScenePresetUsedOut)
def use_preset(request: HttpRequest, scene_id: UUID, preset_id: UUID, order: ScenePresetUseIn) -> dict[str, Any]:
    """Use a saved preset of this project in a scene: one step, which undo takes back."""
    scene = thing_or_404(request.user, Scene.objects.select_related("track"), scene_id, may=EDIT)
    preset = ScenePreset.objects.filter(pk=preset_id, project_id=scene.project_id, binned_at=None).first()
    if preset is None:
        raise Refused("There is no such preset in this project. Choose another.", field="preset_id")
    scene, left_out = presets.apply_preset(preset, scene, revision=order.revision, add=order.add, by=person_of(request))
    return {"scene": scene_out(scene), "left_out": left_out}


def _scene_of(project_id: UUID, scene_id: UUID) -> Scene:
    scene = Scene.objects.select_related("track").filter(pk=scene_id, project_id=project_id).first()
    if scene is None:
        raise Refused("There is no such scene in this project. Choose another.", field="scene_id")
    return scene


def _preset_or_404(request: HttpRequest, preset_id: UUID, *, may: str = VIEW) -> ScenePreset:
    return thing_or_404(request.user, ScenePreset.objects.select_related("created_by"), preset_id, may=may)
