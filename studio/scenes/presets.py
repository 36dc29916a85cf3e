"""Saved presets: parts of a scene that a project keeps, uses in other scenes, and exchanges as files.

A file is JSON: {"format", "version", "kind", "visualizer", "name", "parameters", "routes", "actions"}. What a scene
cannot use of a preset is left out, and told in sentences.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from pydantic import ValidationError

from gpu_service.protocol.routes import MOST_ACTIONS, MOST_ROUTES, CueAction, RouteSpec
from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.events.record import record
from studio.projects.models import Project
from studio.scenes import edit
from studio.scenes.catalogue import visualizer
from studio.scenes.driven import BEND, fitting
from studio.scenes.ground import ground_of
from studio.scenes.history import LISTS, state_of
from studio.scenes.models import Scene, ScenePreset
from studio.scenes.present import complete_parameters
from studio.scenes.schema import ParameterError, check_parameters

FORMAT, VERSION = "phosphene-preset", 1
Kind = ScenePreset.Kind
# The parameter that such a preset is about.
OWN_PARAMETER = {Kind.SIGNALS: "signals", Kind.BENDS: "bends"}
NO_PRESET = "This file is no preset of Phosphene. Choose one that was exported here."
NEWER = "This preset is of version {version}, and this studio reads up to version {most}. Update the studio."
DAMAGED = "This preset cannot be read: {place} is not as it should be. Export it again."
LACKS = "“{title}” has no {what}, so there is nothing of that kind to save."
NOTHING = "Nothing of “{name}” fits this scene. {why}"
LONGEST_FILE = 2 * 1024 * 1024


def save_preset(project: Project, scene: Scene, *, kind: str, name: str, only: Mapping[str, Any], by: User) -> Any:
    """Keep that part of a scene. `only` narrows it: {"parameters": names, "routes": ids}, None for all."""
    content = content_of(scene, Kind(kind), only=only)
    with transaction.atomic():
        preset = ScenePreset.objects.create(
            project=project, name=_clean(name), kind=kind, visualizer=scene.visualizer, content=content, created_by=by
        )
        tell(preset, "preset.added", by=by)
    return preset


def content_of(scene: Scene, kind: str, *, only: Mapping[str, Any]) -> dict[str, Any]:
    """What such a preset holds of a scene. Raises Refused where the scene has nothing of it."""
    parameters, routes, actions = complete_parameters(scene), scene.routes, scene.actions
    wanted, ids = only.get("parameters"), only.get("routes")
    if own := OWN_PARAMETER.get(Kind(kind)):
        if own not in parameters:
            title = visualizer(scene.visualizer)["title"]
            raise Refused(LACKS.format(title=title, what=own), field="kind")
        bent = [item for item in routes if item["parameter"].startswith(BEND)] if kind == Kind.BENDS else []
        return {"parameters": {own: parameters[own]}, "routes": bent, "actions": []}
    kept = {name: value for name, value in parameters.items() if wanted is None or name in wanted}
    return {
        "parameters": kept if kind != Kind.ROUTES else {},
        "routes": [] if kind == Kind.PARAMETERS else [item for item in routes if ids is None or item["id"] in ids],
        "actions": [] if kind == Kind.PARAMETERS or ids is not None else list(actions),
    }


def apply_preset(preset: ScenePreset, scene: Scene, *, revision: int, add: bool, by: User) -> tuple[Scene, list[str]]:
    """The scene with it, in one step that undo takes back; and what of it was left out, in sentences.

    Its routes and actions replace those of the scene (of bends: those on bends), or join them with `add`.
    """
    content = preset.content
    name = preset.visualizer if preset.kind == Kind.SCENE else scene.visualizer
    entry = visualizer(name)
    values, left_out = fitting_values(content["parameters"], entry)
    state = {**state_of(scene), "parameters": {**scene.parameters, **values}}
    coming = _with_new_ids(content, state) if add else content
    fit, misfits = fitting(coming, ground_of(scene.project_id, entry, state))
    left_out += misfits
    if not values and not fit["routes"] and not fit["actions"] and left_out:
        raise Refused(NOTHING.format(name=preset.name, why=left_out[0]))
    patch: dict[str, Any] = {"revision": revision, "parameters": values}
    patch |= {"visualizer": name} if name != scene.visualizer else {}
    for group in LISTS:
        gone = {} if add else {item["id"]: None for item in _replaced(preset, state[group])}
        patch[group] = gone | {item["id"]: item for item in fit[group]}
    return edit.change_scene(scene.id, patch, by=by), left_out


def change_preset(preset: ScenePreset, values: dict[str, Any], *, scene: Scene | None, by: User) -> ScenePreset:
    """Another name, or its content taken anew from a scene. Raises Conflict when somebody was quicker."""
    with transaction.atomic():
        row = ScenePreset.objects.select_for_update(of=("self",)).get(pk=preset.pk)
        if values.get("revision") is not None and values["revision"] != row.revision:
            raise Conflict(f"“{row.name}” was changed a moment ago.", current=preset_out(row))
        if values.get("name") is not None:
            row.name = _clean(values["name"])
        if scene is not None:
            row.content, row.visualizer = content_of(scene, row.kind, only={}), scene.visualizer
        row.revision += 1
        row.save()
        tell(row, "preset.changed", by=by)
    return row


def bin_preset(preset: ScenePreset, *, is_binned: bool, by: User) -> ScenePreset:
    with transaction.atomic():
        preset.binned_at = timezone.now() if is_binned else None
        preset.save(update_fields=["binned_at"])
        tell(preset, "preset.removed" if is_binned else "preset.restored", by=by)
    return preset


def file_of(preset: ScenePreset) -> dict[str, Any]:
    head = {"format": FORMAT, "version": VERSION, "kind": preset.kind, "visualizer": preset.visualizer}
    return {**head, "name": preset.name, **preset.content}


def import_preset(project: Project, file: Mapping[str, Any], *, name: str | None, by: User) -> ScenePreset:
    """A preset from a file. Raises Refused for what is none, for a newer one and for a damaged one."""
    if file.get("format") != FORMAT or not isinstance(file.get("version"), int):
        raise Refused(NO_PRESET, field="file")
    if file["version"] > VERSION:
        raise Refused(NEWER.format(version=file["version"], most=VERSION), field="file.version")
    if file.get("kind") not in Kind.values or not isinstance(file.get("visualizer"), str):
        raise Refused(DAMAGED.format(place="its kind"), field="file.kind")
    with transaction.atomic():
        preset = ScenePreset.objects.create(
            project=project,
            name=_clean(name or str(file.get("name", ""))),
            kind=file["kind"],
            visualizer=file["visualizer"][:60],
            content=_read(file),
            created_by=by,
        )
        tell(preset, "preset.added", by=by)
    return preset


def preset_out(preset: ScenePreset) -> dict[str, Any]:
    return {
        "id": str(preset.id),
        "project_id": str(preset.project_id),
        "name": preset.name,
        "kind": preset.kind,
        "visualizer": preset.visualizer,
        **preset.content,
        "revision": preset.revision,
        "created_by": str(preset.created_by_id) if preset.created_by_id else None,
        "created_by_name": str(preset.created_by) if preset.created_by else "",
        "created_at": preset.created_at,
        "is_binned": preset.binned_at is not None,
    }


def tell(preset: ScenePreset, kind: str, *, by: User | None) -> None:
    record(preset.project_id, kind, subject=preset.subject, payload=preset_out(preset), actor=by)


def _read(file: Mapping[str, Any]) -> dict[str, Any]:
    """Its parts, each judged by its model; parameters are judged when they are used, by the visualizer of that day."""
    parameters = file.get("parameters", {})
    if not isinstance(parameters, dict):
        raise Refused(DAMAGED.format(place="“parameters”"), field="file.parameters")
    found: dict[str, Any] = {"parameters": parameters}
    for group, model, most in (("routes", RouteSpec, MOST_ROUTES), ("actions", CueAction, MOST_ACTIONS)):
        items = file.get(group, [])
        if not isinstance(items, list) or len(items) > most:
            raise Refused(DAMAGED.format(place=f"“{group}”"), field=f"file.{group}")
        try:
            read = [model.model_validate(item).model_dump(mode="json") for item in items]
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"])) or "it"
            raise Refused(DAMAGED.format(place=f"“{group}”, {place},"), field=f"file.{group}") from error
        found[group] = list(edit.by_id(read).values())
        for at, item in enumerate(found[group]):
            item["id"] = item["id"] or str(at + 1)
    return found


def fitting_values(parameters: Mapping[str, Any], entry: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Those that this visualizer takes, and why not the others."""
    values: dict[str, Any] = {}
    left_out: list[str] = []
    for name, value in parameters.items():
        try:
            values |= check_parameters(entry["schema"], {name: value})
        except ParameterError as error:
            left_out.append(str(error))
    return values, left_out


def _replaced(preset: ScenePreset, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of the scene gives way."""
    if preset.kind == Kind.BENDS:
        return [item for item in items if str(item.get("parameter") or "").startswith(BEND)]
    return items if preset.kind in (Kind.ROUTES, Kind.SCENE) else []


def _with_new_ids(content: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    """Ids that the scene has already are made anew, wherever they are named."""
    taken = {item["id"] for group in LISTS for item in state[group]}
    new = {item["id"]: _free(item["id"], taken) for group in LISTS for item in content[group]}

    def renamed(item: dict[str, Any]) -> dict[str, Any]:
        other = {**item, "id": new[item["id"]]}
        if (item.get("source") or {}).get("kind") == "route":
            other["source"] = {**item["source"], "id": new.get(item["source"]["id"], item["source"]["id"])}
        head, _, of = str(item.get("parameter") or "").partition(":")
        return {**other, "parameter": f"route:{new.get(of, of)}"} if head == "route" else other

    return {group: [renamed(item) for item in content[group]] for group in LISTS}


def _free(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name[:36]}-{number}", number + 1
    taken.add(found)
    return found


def _clean(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 255:
        raise Refused("Give the preset a name of 1 to 255 characters.", field="name")
    return name
