"""Making and changing scenes: every value is judged before anything is stored."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from pydantic import BaseModel

from gpu_service.protocol import MAX_SIDE, parse_fps
from studio.accounts.models import User
from studio.errors import Refused
from studio.events.record import record
from studio.networks.models import Snapshot
from studio.networks.vectors import files_in, inputs_of_files
from studio.projects.models import Project
from studio.scenes import driven, history, projected
from studio.scenes.catalogue import preset_values, visualizer
from studio.scenes.ground import ground_of
from studio.scenes.models import Scene
from studio.scenes.present import scene_out
from studio.scenes.schema import ParameterError, check_parameters
from studio.tracks.models import Track

MIN_SIDE = 64
CHANGEABLE: tuple[str, ...] = (
    "name",
    "track_id",
    "visualizer",
    "preset",
    "parameters",
    "snapshot_ids",
    "width",
    "height",
    "fps",
)
CHANGEABLE += history.LISTS


def create_scene(project: Project, order: dict[str, Any], *, by: User) -> Scene:
    """A new scene. Raises Refused, which names the wrong field."""
    entry = visualizer(order["visualizer"])
    values = preset_values(entry, order["preset"]) if order.get("preset") else {}
    values.update(_checked_parameters(entry, order.get("parameters") or {}, project_id=project.id))
    snapshot_ids = _checked_snapshots(project.id, entry, order.get("snapshot_ids") or [])
    nothing: dict[str, Any] = {"routes": [], "actions": [], "projection_id": None, "is_projection_forced": False}
    state = {"parameters": values, "track_id": order["track_id"], "snapshot_ids": snapshot_ids, **nothing}
    _choose_projection(project.id, nothing, state, order if order.get("projection_id") else {})
    drives = _checked_driven(project.id, entry, state, order)
    with transaction.atomic():
        scene = Scene(
            project=project,
            name=_checked_name(order["name"]),
            track=_checked_track(project.id, order["track_id"]),
            visualizer=entry["name"],
            parameters=values,
            routes=drives["routes"],
            actions=drives["actions"],
            width=_checked_side(order.get("width") or 512, "width"),
            height=_checked_side(order.get("height") or 512, "height"),
            fps=_checked_fps(order.get("fps") or "30"),
            created_by=by,
        )
        history.place_projection(scene, state)
        scene.save()
        history.place_snapshots(scene, snapshot_ids)
        history.begin(scene, by=by)
        tell(scene, "scene.added", by=by)
    return scene


def change_scene(scene_id: UUID, patch: dict[str, Any], *, by: User) -> Scene:
    """Change what the patch names. Edits of other fields made meanwhile are kept; of the same fields: 409 with both."""
    with transaction.atomic():
        scene = Scene.objects.select_for_update().select_related("track").get(pk=scene_id)
        before = history.state_of(scene)
        after = _merged(scene, before, patch)
        touched = history.changed_fields(before, after)
        asked = _asked(patch) | touched
        history.refuse_overlap(scene, base=patch["revision"], touched=asked, current=scene_out(scene))
        if not touched:
            return scene
        _set(scene, after)
        history.take_step(scene, touched=touched, by=by)
        tell(scene, "scene.changed", by=by)
    return Scene.objects.select_related("track").get(pk=scene_id)


def step(scene_id: UUID, move: Any, *, by: User) -> Scene:
    """`move` is history.undo or history.redo."""
    with transaction.atomic():
        scene = Scene.objects.select_for_update().get(pk=scene_id)
        move(scene, by=by)
        tell(scene, "scene.changed", by=by)
    return Scene.objects.select_related("track").get(pk=scene_id)


def duplicate_scene(scene: Scene, *, name: str | None, by: User) -> Scene:
    state = history.state_of(scene)
    with transaction.atomic():
        copy = Scene(project_id=scene.project_id, created_by=by)
        state["name"] = _checked_name(name or f"{scene.name[:240]}, copy")
        _set(copy, state, places=False)
        copy.save()
        history.place_snapshots(copy, state["snapshot_ids"])
        history.begin(copy, by=by)
        tell(copy, "scene.added", by=by)
    return copy


def bin_scene(scene: Scene, *, by: User, is_binned: bool) -> Scene:
    with transaction.atomic():
        scene.binned_at = timezone.now() if is_binned else None
        scene.save(update_fields=["binned_at"])
        tell(scene, "scene.removed" if is_binned else "scene.restored", by=by)
    return scene


def tell(scene: Scene, kind: str, *, by: User | None) -> None:
    record(scene.project_id, kind, subject=scene.subject, payload=scene_out(scene), actor=by)


def _merged(scene: Scene, before: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    """The state that the patch asks for, every value checked."""
    after = {**before, "parameters": dict(before["parameters"])}
    entry = visualizer(patch.get("visualizer") or scene.visualizer)
    if entry["name"] != scene.visualizer:
        known = entry["schema"].get("properties", {})
        after["parameters"] = {
            name: value for name, value in before["parameters"].items() if _fits(entry, name, value, known)
        }
    after["visualizer"] = entry["name"]
    if patch.get("preset"):
        after["parameters"] = _made_elsewhere(entry, after["parameters"]) | preset_values(entry, patch["preset"])
    after["parameters"] |= _checked_parameters(entry, patch.get("parameters") or {}, project_id=scene.project_id)
    if patch.get("name") is not None:
        after["name"] = _checked_name(patch["name"])
    if patch.get("track_id") is not None:
        after["track_id"] = str(_checked_track(scene.project_id, patch["track_id"]).id)
    if patch.get("snapshot_ids") is not None:
        after["snapshot_ids"] = _checked_snapshots(
            scene.project_id, entry, patch["snapshot_ids"], there=before["snapshot_ids"]
        )
    for side in ("width", "height"):
        if patch.get(side) is not None:
            after[side] = _checked_side(patch[side], side)
    if patch.get("fps") is not None:
        after["fps"] = _checked_fps(patch["fps"])
    _choose_projection(scene.project_id, before, after, patch)
    after |= _checked_driven(scene.project_id, entry, after, patch)
    return after


def _choose_projection(project_id: UUID, before: dict[str, Any], after: dict[str, Any], patch: dict[str, Any]) -> None:
    """Another projection, or none. One of another network only by force. Raises Refused."""
    if "projection_id" not in patch and patch.get("force_projection") is None:
        return
    wanted = patch.get("projection_id", before["projection_id"])
    if wanted is None:
        after |= {"projection_id": None, "is_projection_forced": False}
        return
    found = projected.chosen(project_id, wanted, there=before["projection_id"])
    snapshots = list(Snapshot.objects.filter(pk__in=after["snapshot_ids"]))
    sentence = projected.mismatch(found, snapshots)
    if sentence and not patch.get("force_projection"):
        raise Refused(sentence, field="projection_id")
    after |= {"projection_id": str(found.pk), "is_projection_forced": bool(sentence)}


def _checked_driven(
    project_id: UUID, entry: dict[str, Any], state: dict[str, Any], patch: dict[str, Any]
) -> dict[str, Any]:
    """Routes and actions with the patch's; those that it leaves alone go where their parameter has gone."""
    ground = ground_of(project_id, entry, state)
    after = {name: driven.patched(state[name], by_id(patch.get(name)), group=name) for name in history.LISTS}
    driven.check(after, state, ground)
    return driven.without_orphans(after, ground)


def by_id(given: Any) -> dict[str, Any]:
    """Changes by id, also where a list of whole things is given."""
    if isinstance(given, list):
        dumped = [one.model_dump(mode="json") if isinstance(one, BaseModel) else dict(one) for one in given]
        return {one.get("id") or f"{at + 1}": one for at, one in enumerate(dumped)}
    return dict(given or {})


def _made_elsewhere(entry: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Values that pages of their own make, a path of pins: no preset takes them away."""
    rules = entry["schema"].get("properties", {})
    return {name: value for name, value in values.items() if rules.get(name, {}).get("x-control") == "path"}


def _asked(patch: dict[str, Any]) -> set[str]:
    """The fields that a patch names, whether or not they come out different."""
    named = {name for name in CHANGEABLE if patch.get(name) is not None} - {"parameters", "preset"}
    parts = ("parameters", *history.LISTS)
    named -= set(parts)
    named |= {"projection_id"} if "projection_id" in patch else set()
    return named | {f"{part}.{name}" for part in parts for name in patch.get(part) or {}}


def _fits(entry: dict[str, Any], name: str, value: Any, known: dict[str, Any]) -> bool:
    try:
        check_parameters(entry["schema"], {name: value})
    except ParameterError:
        return False
    return name in known


def _set(scene: Scene, state: dict[str, Any], *, places: bool = True) -> None:
    for name in ("name", "track_id", "visualizer", "parameters", *history.LISTS, "width", "height", "fps"):
        setattr(scene, name, state[name])
    history.place_projection(scene, state)
    if places:
        history.place_snapshots(scene, state["snapshot_ids"])


def _checked_parameters(entry: dict[str, Any], values: dict[str, Any], *, project_id: UUID) -> dict[str, Any]:
    try:
        checked = check_parameters(entry["schema"], values)
    except ParameterError as error:
        raise Refused(str(error), field=error.field) from error
    for name, value in checked.items():
        inputs_of_files(project_id, files_in(value), field=f"parameters.{name}")
    return checked


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 255:
        raise Refused("Give the scene a name of 1 to 255 characters.", field="name")
    return name


def _checked_track(project_id: UUID, track_id: UUID | str) -> Track:
    track = Track.objects.filter(pk=track_id, project_id=project_id, binned_at=None).first()
    if track is None:
        raise Refused("There is no such track in this project. Choose another.", field="track_id")
    return track


def _checked_side(side: int, name: str) -> int:
    if not MIN_SIDE <= side <= MAX_SIDE or side % 2:
        raise Refused(f"{name.capitalize()}: use an even number from {MIN_SIDE} to {MAX_SIDE:,}.", field=name)
    return side


def _checked_fps(text: str) -> str:
    try:
        rate = parse_fps(text)
    except ValueError as error:
        raise Refused(str(error), field="fps") from error
    return str(rate)


def _checked_snapshots(
    project_id: UUID, entry: dict[str, Any], snapshot_ids: list[Any], *, there: Collection[str] = ()
) -> list[str]:
    """As text. Those that are `there` may lie in the bin: a scene keeps what it has."""
    wanted = [str(snapshot_id) for snapshot_id in snapshot_ids]
    rows = Snapshot.objects.filter(pk__in=wanted, network__project_id=project_id).select_related("network")
    found = {str(row.id): row for row in rows}
    needs = entry["snapshots"]
    if any(snapshot_id not in found for snapshot_id in wanted):
        raise Refused("A chosen snapshot is not in this project. Choose another.", field="snapshot_ids")
    if len(wanted) > needs["max"]:
        raise Refused(f"“{entry['title']}” takes up to {needs['max']} snapshots.", field="snapshot_ids")
    for row in found.values():
        if str(row.id) not in there and (row.binned_at or row.network.binned_at):
            raise Refused(f"“{row.name}” lies in the bin. Bring it back first.", field="snapshot_ids")
        if needs["kinds"] and row.kind not in needs["kinds"]:
            kinds = " or ".join(needs["kinds"])
            message = f"“{row.name}” is a {row.kind} snapshot, and “{entry['title']}” draws {kinds}. Choose another."
            raise Refused(message, field="snapshot_ids")
    return wanted
