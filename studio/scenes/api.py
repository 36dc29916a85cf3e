"""Scenes and the catalogue of visualizers under /api/v1.

404 for strangers, 403 for a role too small, 409 for a lost race.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from gpu_service.protocol.routes import MOST_ACTIONS, MOST_ROUTES, CueAction, RouteId, RouteSpec
from studio.accounts.auth import person_of
from studio.paging import page_of
from studio.projects.access import EDIT, VIEW, project_or_404, thing_or_404
from studio.scenes import edit, history
from studio.scenes.catalogue import all_visualizers
from studio.scenes.models import Scene
from studio.scenes.present import scene_out
from studio.scenes.preview import hub

router = Router(tags=["scenes"])


class SceneSnapshotOut(Schema):
    id: UUID
    name: str
    thumbnail_url: str | None


class SceneTrackOut(Schema):
    id: UUID
    name: str
    duration_seconds: float | None
    state: str


class SceneProjectionOut(Schema):
    """The projection that a scene draws with. `is_forced`: it is known to be of another network."""

    id: UUID
    name: str
    frames_done: int
    is_complete: bool
    fps: str | None
    is_forced: bool


class SceneWarningOut(Schema):
    """Something of a scene that cannot work now: `field` is such as `routes.ID`, `actions.ID` or `projection_id`."""

    field: str
    sentence: str


class SceneOut(Schema):
    """`parameters` is complete; `changed` names those that somebody set. What `warnings` name is not drawn."""

    id: UUID
    project_id: UUID
    name: str
    track_id: UUID
    visualizer: str
    parameters: dict[str, Any]
    changed: list[str]
    routes: list[RouteSpec]
    actions: list[CueAction]
    warnings: list[SceneWarningOut]
    snapshot_ids: list[UUID]
    snapshots: list[SceneSnapshotOut]
    projection_id: UUID | None
    projection: SceneProjectionOut | None
    width: int
    height: int
    fps: str
    revision: int
    can_undo: bool
    can_redo: bool
    track: SceneTrackOut
    is_binned: bool
    created_by: UUID | None
    created_at: datetime
    updated_at: datetime


class SceneList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[SceneOut]
    next: str | None


class SceneIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=255)
    track_id: UUID
    visualizer: str = Field(max_length=60)
    snapshot_ids: list[UUID] = Field(default=[], max_length=256)
    parameters: dict[str, Any] = {}
    routes: list[RouteSpec] = Field(default=[], max_length=MOST_ROUTES)
    actions: list[CueAction] = Field(default=[], max_length=MOST_ACTIONS)
    preset: str | None = Field(default=None, max_length=60)
    projection_id: UUID | None = None
    force_projection: bool = False
    width: int | None = None
    height: int | None = None
    fps: str | None = Field(default=None, max_length=20)


class ScenePatch(Schema):
    """What is left out stays as it is. Routes and actions by their ids; null takes one out, a projection too.

    A projection of another network than the scene's is refused, unless `force_projection` says that it is wanted.
    """

    model_config = ConfigDict(extra="forbid")
    revision: int
    name: str | None = Field(default=None, max_length=255)
    track_id: UUID | None = None
    visualizer: str | None = Field(default=None, max_length=60)
    preset: str | None = Field(default=None, max_length=60)
    parameters: dict[str, Any] | None = None
    routes: dict[RouteId, RouteSpec | None] | None = Field(default=None, max_length=MOST_ROUTES)
    actions: dict[RouteId, CueAction | None] | None = Field(default=None, max_length=MOST_ACTIONS)
    snapshot_ids: list[UUID] | None = Field(default=None, max_length=256)
    projection_id: UUID | None = None
    force_projection: bool | None = None
    width: int | None = None
    height: int | None = None
    fps: str | None = Field(default=None, max_length=20)


class DuplicateIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(default=None, max_length=255)


class PresetOut(Schema):
    name: str
    title: str
    summary: str
    values: dict[str, Any]


class StageOut(Schema):
    name: str
    title: str


class SnapshotNeedsOut(Schema):
    """How many snapshots a visualizer takes, and of which kinds."""

    min: int
    max: int
    kinds: list[str]


class VisualizerOut(Schema):
    """`schema` is the JSON Schema of the parameters, each with x-group, x-unit, x-stage and so on."""

    name: str
    title: str
    version: str
    summary: str
    parameters_schema: dict[str, Any] = Field(alias="schema")
    presets: list[PresetOut]
    stages: list[StageOut]
    snapshots: SnapshotNeedsOut
    takes_vectors: bool = True
    needs_projection: bool = False


class CatalogueOut(Schema):
    """`service`: attached, away or none."""

    items: list[VisualizerOut]
    service: Literal["attached", "away", "none"]


@router.get("/visualizers", response=CatalogueOut, by_alias=True)
def list_visualizers(request: HttpRequest) -> dict[str, Any]:
    """What render services can draw, as the last one announced it."""
    items = all_visualizers()
    return {"items": items, "service": "attached" if hub.senders else ("away" if items else "none")}


@router.get("/projects/{uuid:project_id}/scenes", response=SceneList)
def list_scenes(
    request: HttpRequest, project_id: UUID, binned: bool = False, after: UUID | None = None
) -> dict[str, Any]:
    """The scenes of a project, oldest first; with `binned`, those in its bin."""
    project_or_404(request.user, project_id)
    rows = Scene.objects.select_related("track", "projection").filter(
        project_id=project_id, binned_at__isnull=not binned
    )
    page, go_on = page_of(rows, after=after)
    return {"items": [scene_out(scene) for scene in page], "next": go_on}


@router.post("/projects/{uuid:project_id}/scenes", response={201: SceneOut})
def create_scene(request: HttpRequest, project_id: UUID, order: SceneIn) -> Status[dict[str, Any]]:
    """A new scene. 422 names the wrong field, such as `parameters.alpha`."""
    project = project_or_404(request.user, project_id, may=EDIT)
    return Status(201, scene_out(edit.create_scene(project, order.dict(), by=person_of(request))))


@router.get("/scenes/{uuid:scene_id}", response=SceneOut)
def get_scene(request: HttpRequest, scene_id: UUID) -> dict[str, Any]:
    return scene_out(_scene_or_404(request, scene_id))


@router.patch("/scenes/{uuid:scene_id}", response=SceneOut)
def change_scene(request: HttpRequest, scene_id: UUID, patch: ScenePatch) -> dict[str, Any]:
    """Change it. Edits that others made to other fields are kept; to the same fields: 409 with the present scene."""
    scene = _scene_or_404(request, scene_id, may=EDIT)
    return scene_out(edit.change_scene(scene.id, patch.dict(exclude_unset=True), by=person_of(request)))


@router.delete("/scenes/{uuid:scene_id}", response=SceneOut)
def bin_scene(request: HttpRequest, scene_id: UUID) -> dict[str, Any]:
    """Put it into the bin. Its renders stay."""
    return scene_out(edit.bin_scene(_scene_or_404(request, scene_id, may=EDIT), by=person_of(request), is_binned=True))


@router.post("/scenes/{uuid:scene_id}/restore", response=SceneOut)
def restore_scene(request: HttpRequest, scene_id: UUID) -> dict[str, Any]:
    return scene_out(edit.bin_scene(_scene_or_404(request, scene_id, may=EDIT), by=person_of(request), is_binned=False))


@router.post("/scenes/{uuid:scene_id}/duplicate", response={201: SceneOut})
def duplicate_scene(request: HttpRequest, scene_id: UUID, order: DuplicateIn | None = None) -> Status[dict[str, Any]]:
    scene = _scene_or_404(request, scene_id, may=EDIT)
    return Status(
        201, scene_out(edit.duplicate_scene(scene, name=order.name if order else None, by=person_of(request)))
    )


@router.post("/scenes/{uuid:scene_id}/undo", response=SceneOut)
def undo(request: HttpRequest, scene_id: UUID) -> dict[str, Any]:
    """One step back. 409 when there is none."""
    scene = _scene_or_404(request, scene_id, may=EDIT)
    return scene_out(edit.step(scene.id, history.undo, by=person_of(request)))


@router.post("/scenes/{uuid:scene_id}/redo", response=SceneOut)
def redo(request: HttpRequest, scene_id: UUID) -> dict[str, Any]:
    """One step forward again. 409 when there is none."""
    scene = _scene_or_404(request, scene_id, may=EDIT)
    return scene_out(edit.step(scene.id, history.redo, by=person_of(request)))


def _scene_or_404(request: HttpRequest, scene_id: UUID, *, may: str = VIEW) -> Scene:
    return thing_or_404(request.user, Scene.objects.select_related("track", "projection"), scene_id, may=may)
