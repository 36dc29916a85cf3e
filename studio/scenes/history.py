"""A scene's history: every change is a step that can be undone, and the ground on which two edits are merged."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from studio.accounts.models import User
from studio.errors import Conflict, Refused
from studio.networks.models import Snapshot
from studio.projections.models import Projection
from studio.scenes.models import Scene, SceneRevision, SceneSnapshot

FIELDS: tuple[str, ...] = ("name", "track_id", "visualizer", "snapshot_ids", "projection_id", "is_projection_forced")
FIELDS += ("width", "height", "fps")
# Lists of things with ids, each a field by itself.
LISTS = ("routes", "actions")
KEPT_STEPS = 200
# Steps of the same hand on the same fields, closer than this, are one gesture and one undo.
GESTURE = timedelta(seconds=0.8)


def state_of(scene: Scene) -> dict[str, Any]:
    """All that a person can change about a scene, as JSON."""
    snapshots = SceneSnapshot.objects.filter(scene=scene).order_by("position").values_list("snapshot_id", flat=True)
    return {
        "name": scene.name,
        "track_id": str(scene.track_id),
        "visualizer": scene.visualizer,
        "parameters": scene.parameters,
        "routes": scene.routes,
        "actions": scene.actions,
        "snapshot_ids": [str(snapshot_id) for snapshot_id in snapshots],
        "projection_id": str(scene.projection_id) if scene.projection_id else None,
        "is_projection_forced": scene.is_projection_forced,
        "width": scene.width,
        "height": scene.height,
        "fps": scene.fps,
    }


def changed_fields(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Names such as `width`, `parameters.alpha` or `routes.ID` whose values differ."""
    found = {name for name in FIELDS if (before.get(name) or None) != (after.get(name) or None)}
    for group in ("parameters", *LISTS):
        old, new = _by_name(before, group), _by_name(after, group)
        found |= {f"{group}.{name}" for name in {*old, *new} if old.get(name) != new.get(name)}
    return found


def refuse_overlap(scene: Scene, *, base: int, touched: set[str], current: dict[str, Any]) -> None:
    """An edit made on an older revision is merged when nobody else touched its fields since; else 409 with both."""
    if base == scene.revision:
        return
    if base > scene.revision:
        raise Refused(f"Revision {base} of this scene does not exist yet.", field="revision")
    then = SceneRevision.objects.filter(scene=scene, number=base).first()
    theirs = changed_fields(then.state, state_of(scene)) if then else touched
    if "visualizer" in theirs | touched and theirs and touched:
        theirs = theirs | touched  # another visualizer has other parameters: nothing can be merged
    if clash := sorted(theirs & touched):
        latest = SceneRevision.objects.filter(scene=scene).exclude(by=None).order_by("-number").first()
        who = str(latest.by) if latest else "Somebody"
        raise Conflict(f"{who} changed {_words(clash, current)} of this scene a moment ago.", current=current)


def begin(scene: Scene, *, by: User | None) -> None:
    """The first step, which undo cannot go behind."""
    SceneRevision.objects.create(scene=scene, number=scene.revision, parent=None, state=state_of(scene), by=by)
    scene.head, scene.redo = scene.revision, []
    scene.save(update_fields=["head", "redo"])


def take_step(scene: Scene, *, touched: set[str], by: User | None) -> None:
    """Note the scene as it stands now. A change that goes on with the last gesture shares its undo."""
    head = SceneRevision.objects.get(scene=scene, number=scene.head)
    goes_on = (
        head.parent is not None
        and head.by_id == (by.pk if by else None)
        and set(head.fields) == touched
        and timezone.now() - head.at < GESTURE
        and not scene.redo
    )
    _append(scene, parent=head.parent if goes_on else head.number, state=state_of(scene), fields=sorted(touched), by=by)
    scene.redo = []
    scene.save()


def undo(scene: Scene, *, by: User) -> None:
    """Back to the step before. Raises Refused at the beginning."""
    head = SceneRevision.objects.get(scene=scene, number=scene.head)
    back = SceneRevision.objects.filter(scene=scene, number=head.parent).first() if head.parent else None
    if back is None:
        raise Refused("There is nothing to undo in this scene.", status=409)
    scene.redo = [*scene.redo, head.number]
    _restore(scene, back.state)
    _append(scene, parent=back.parent, state=back.state, fields=[], by=by)
    scene.save()


def redo(scene: Scene, *, by: User) -> None:
    """Forward to the step that was undone last. Raises Refused when there is none."""
    ahead = SceneRevision.objects.filter(scene=scene, number=scene.redo[-1]).first() if scene.redo else None
    if ahead is None:
        raise Refused("There is nothing to do again in this scene.", status=409)
    parent = scene.head
    scene.redo = scene.redo[:-1]
    _restore(scene, ahead.state)
    _append(scene, parent=parent, state=ahead.state, fields=[], by=by)
    scene.save()


def place_projection(scene: Scene, state: dict[str, Any]) -> None:
    """Put the projection of that state into the scene, or none where it is gone."""
    wanted = state.get("projection_id")
    found = Projection.objects.filter(pk=wanted).first() if wanted else None
    scene.projection, scene.is_projection_forced = found, found is not None and state["is_projection_forced"]


def place_snapshots(scene: Scene, snapshot_ids: list[str]) -> None:
    """Put these snapshots into the scene in this order, those left out that are gone; the same one may stand twice."""
    there = {str(pk) for pk in Snapshot.objects.filter(pk__in=snapshot_ids).values_list("pk", flat=True)}
    SceneSnapshot.objects.filter(scene=scene).delete()
    SceneSnapshot.objects.bulk_create(
        SceneSnapshot(scene=scene, snapshot_id=snapshot_id, position=position)
        for position, snapshot_id in enumerate(pk for pk in snapshot_ids if pk in there)
    )


def _restore(scene: Scene, state: dict[str, Any]) -> None:
    for name in ("name", "track_id", "visualizer", "parameters", "width", "height", "fps"):
        setattr(scene, name, state[name])
    for name in LISTS:
        setattr(scene, name, state.get(name, []))  # older steps know none
    place_projection(scene, state)
    place_snapshots(scene, state["snapshot_ids"])


def _append(scene: Scene, *, parent: int | None, state: dict[str, Any], fields: list[str], by: User | None) -> None:
    scene.revision += 1
    scene.head = scene.revision
    scene.updated_at = timezone.now()
    SceneRevision.objects.create(scene=scene, number=scene.revision, parent=parent, fields=fields, state=state, by=by)
    SceneRevision.objects.filter(scene=scene, number__lte=scene.revision - KEPT_STEPS).delete()


def _by_name(state: dict[str, Any], group: str) -> dict[str, Any]:
    """Parameters by their names, routes and actions by their ids; older steps of a history have none of these."""
    found = state.get(group) or {}
    return found if isinstance(found, dict) else {item["id"]: item for item in found}


def _words(fields: list[str], current: dict[str, Any]) -> str:
    names = list(dict.fromkeys(_word(field, current) for field in fields))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _word(field: str, current: dict[str, Any]) -> str:
    group, _, name = field.partition(".")
    if group in LISTS:
        item = _by_name(current, group).get(name)
        if item is None:
            return "a route" if group == "routes" else "an action"
        return f"the route on “{item['parameter']}”" if group == "routes" else f"the action of “{item['label']}”"
    return f"“{(name or group).removesuffix('_id').replace('_', ' ')}”"
