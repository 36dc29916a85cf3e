"""What drives a scene: its routes and cue actions, judged before they are kept, and looked at again when things go.

A scene's state holds them as JSON, each with an id. What they hang on may go later: a cue, a stem, a snapshot. They
stay then, are told in `warnings`, and are left out of what is drawn.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from gpu_service.protocol import VectorSpec
from gpu_service.protocol.routes import MOST_ACTIONS, MOST_ROUTES, OWN_STEMS, CueAction, RouteSpec
from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.networks.vectors import files_in, inputs_of_files, misfit_among
from studio.tracks.models import Cue

Item = dict[str, Any]
ROUTE, BEND = "route:", "bend:"

NO_CUES = "The {what} names cues called “{label}”, and this track has none. Choose another label."
NO_STEM = "The route follows the stem “{stem}”, and this track has none of that name. Choose another, or send it."
NO_PARAMETER = "There is no parameter named “{name}” for a {what} to drive.{near}"
NOT_ROUTABLE = "“{title}” cannot be driven: the picture does not read it while it is drawn. Choose another."
NO_BEND = "There is no bend “{name}” in this scene. Choose another, or add it first."
NO_ROUTE = "There is no route “{id}” in this scene. Choose another."
RING = "These routes drive one another in a ring: {names}. Take one of them out."
NO_SNAPSHOT = "The action of “{label}” cuts to snapshot {number}, and this scene has {count}. Choose another."
NO_VECTORS = "“{title}” cannot be pulled to a vector. Choose another action."
NO_FIT = "The action of “{label}” goes to a pin that does not fit. {why} Choose another."
NO_SEED = "“{title}” has no seed that a cue could change. Choose another action."
TOO_MANY = "A scene holds up to {most} {what}. Take some out first."
LACKS = "The action of “{label}” does not say its {what}. Choose one."
NEEDS = {"snapshot": "snapshot", "vector": "vector", "envelope": "parameter"}


@dataclass(frozen=True)
class Ground:
    """What routes and actions hang on: visualizer, its complete parameters, the track's cues and stems, snapshots."""

    entry: Mapping[str, Any]
    parameters: Mapping[str, Any]
    track_id: UUID | str
    project_id: UUID
    snapshot_ids: Sequence[UUID | str]
    stems: frozenset[str] = field(default=frozenset())

    def misfit(self, vector: VectorSpec) -> str:
        """Why this vector cannot go through all snapshots of the scene, or nothing."""
        return misfit_among([vector], Snapshot.objects.filter(pk__in=self.snapshot_ids))[0]

    def labels(self) -> set[str]:
        return set(
            Cue.objects.filter(track__id=self.track_id, binned_at=None).values_list("label", flat=True).distinct()
        )


def patched(items: Sequence[Item], changes: Mapping[str, Any], *, group: str) -> list[Item]:
    """The list with these changes by id, in its order, new ones last; None takes one out. Raises Refused."""
    model: Any = RouteSpec if group == "routes" else CueAction
    by_id = {item["id"]: item for item in items}
    for name, value in changes.items():
        if value is None:
            by_id.pop(name, None)
            continue
        given = value.model_dump(mode="json") if isinstance(value, (RouteSpec, CueAction)) else dict(value)
        if given.get("id") not in (None, "", name):
            raise Refused(f"This is named “{given['id']}” and “{name}” at once.", field=f"{group}.{name}.id")
        by_id[name] = _read(model, {**given, "id": name}, place=f"{group}.{name}")
    most = MOST_ROUTES if group == "routes" else MOST_ACTIONS
    if len(by_id) > most:
        raise Refused(TOO_MANY.format(most=most, what=group), field=group)
    return list(by_id.values())


def check(state: Mapping[str, Any], before: Mapping[str, Any], ground: Ground) -> None:
    """Judge what differs from before. Raises Refused, which names the field, such as `routes.ID.parameter`."""
    changed_routes = _changed(state, before, "routes")
    changed_actions = _changed(state, before, "actions")
    if not changed_routes and not changed_actions:
        return
    labels = ground.labels()
    for item, former in changed_routes:
        _check_route(item, former, state["routes"], ground, labels)
    _refuse_rings(state["routes"])
    for item, former in changed_actions:
        _check_action(item, former, ground, labels)


def without_orphans(state: Mapping[str, Any], ground: Ground) -> dict[str, list[Item]]:
    """Routes and actions whose parameter or route went away: they go with it, in the same step of the history."""
    routes = list(state["routes"])
    while True:
        kept = [item for item in routes if _hangs(item, routes, ground)]
        if len(kept) == len(routes):
            break
        routes = kept
    actions = [item for item in state["actions"] if item["kind"] != "envelope" or not _why_not(item, routes, ground)]
    return {"routes": routes, "actions": actions}


def fitting(given: Mapping[str, Any], ground: Ground) -> tuple[dict[str, list[Item]], list[str]]:
    """Of routes and actions made elsewhere, those that work here; and why others do not, each in a sentence."""
    labels, routes = ground.labels(), list(given["routes"])
    found = [(item, _why_not(item, routes, ground) or _route_lacks(item, ground, labels)) for item in routes]
    kept = [item for item, sentence in found if not sentence]
    acts = [(item, _misfit(item, ground) or _action_lacks(item, ground, labels)) for item in given["actions"]]
    fit = without_orphans({"routes": kept, "actions": [item for item, sentence in acts if not sentence]}, ground)
    sentences = [sentence for _, sentence in found + acts if sentence]
    sentences += [NO_ROUTE.format(id=item["id"]) for item in kept if item not in fit["routes"]]
    return fit, list(dict.fromkeys(sentences))


def warnings_of(state: Mapping[str, Any], ground: Ground) -> list[dict[str, str]]:
    """[{"field": "routes.ID", "sentence": …}] for what cannot work now, because of what went away."""
    if not state["routes"] and not state["actions"]:
        return []
    labels = ground.labels()
    found = [(f"routes.{item['id']}", _route_lacks(item, ground, labels)) for item in state["routes"]]
    found += [(f"actions.{item['id']}", _action_lacks(item, ground, labels)) for item in state["actions"]]
    return [{"field": name, "sentence": sentence} for name, sentence in found if sentence]


def working(state: Mapping[str, Any], ground: Ground) -> dict[str, list[Item]]:
    """Routes and actions that can act: without those that are warned of, and without what hangs on them."""
    out = {warning["field"] for warning in warnings_of(state, ground)}
    if not out:
        return {"routes": list(state["routes"]), "actions": list(state["actions"])}
    routes = [item for item in state["routes"] if f"routes.{item['id']}" not in out]
    actions = [item for item in state["actions"] if f"actions.{item['id']}" not in out]
    return without_orphans({"routes": routes, "actions": actions}, ground)


def moved(state: Mapping[str, Any], changes: Mapping[str, Any], ground: Ground) -> dict[str, dict[str, Any]]:
    """Changes by group and id as what is drawn sees them, with what follows from them. Raises Refused."""
    after = {group: patched(state[group], changes.get(group) or {}, group=group) for group in ("routes", "actions")}
    check(after, state, ground)
    now, then = working(state, ground), working(without_orphans(after, ground), ground)
    found: dict[str, dict[str, Any]] = {}
    for group in after:
        old, new = ({item["id"]: item for item in side[group]} for side in (now, then))
        named = set(changes.get(group) or {})  # also where a hand came back to what is saved
        touched = {name for name in {*old, *new} if old.get(name) != new.get(name)} | named
        if touched:
            found[group] = {name: new.get(name) for name in sorted(touched)}
    return found


def _read(model: Any, given: Item, *, place: str) -> Item:
    try:
        return dict(model.model_validate(given).model_dump(mode="json"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join([place, *(str(step) for step in first["loc"])])
        words = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
        raise Refused(f"{where}: {words[:1].lower()}{words[1:]}.", field=where) from error


def _changed(state: Mapping[str, Any], before: Mapping[str, Any], group: str) -> list[tuple[Item, Item | None]]:
    former = {item["id"]: item for item in before.get(group) or []}
    return [(item, former.get(item["id"])) for item in state[group] if former.get(item["id"]) != item]


def _check_route(item: Item, former: Item | None, routes: list[Item], ground: Ground, labels: set[str]) -> None:
    place = f"routes.{item['id']}"
    if sentence := _why_not(item, routes, ground, what="route"):
        raise Refused(sentence, field=f"{place}.parameter")
    source = item["source"]
    if source["kind"] == "route" and source["id"] not in {one["id"] for one in routes}:
        raise Refused(NO_ROUTE.format(id=source["id"]), field=f"{place}.source.id")
    if former is not None and former["source"] == source:
        return  # what it names may have gone meanwhile: that is a warning, and no reason to refuse another amount
    if sentence := _route_lacks(item, ground, labels):
        raise Refused(sentence, field=f"{place}.source.{'stem' if source['kind'] == 'stem' else 'label'}")


def _check_action(item: Item, former: Item | None, ground: Ground, labels: set[str]) -> None:
    place, kind = f"actions.{item['id']}", item["kind"]
    needed = NEEDS.get(kind)
    if needed and item[needed] is None:
        raise Refused(LACKS.format(label=item["label"], what=needed), field=f"{place}.{needed}")
    if sentence := _misfit(item, ground):
        raise Refused(sentence, field=f"{place}.{'parameter' if kind == 'envelope' else 'kind'}")
    inputs_of_files(ground.project_id, files_in(item), field=f"{place}.vector")
    names = ("label", "snapshot", "vector")
    if former is None or any(former[name] != item[name] for name in names):
        sentence = _action_lacks(item, ground, labels)
        if sentence:
            raise Refused(sentence, field=f"{place}.{'label' if item['label'] not in labels else kind}")


def _misfit(item: Item, ground: Ground) -> str:
    """Why this visualizer cannot do what the action asks, or nothing."""
    if item["kind"] == "envelope":
        return _why_not(item, [], ground, what="action")
    if item["kind"] == "vector" and not ground.entry.get("takes_vectors", True):
        return NO_VECTORS.format(title=ground.entry["title"])
    if item["kind"] == "seed" and "seed" not in ground.entry["schema"].get("properties", {}):
        return NO_SEED.format(title=ground.entry["title"])
    return ""


def _why_not(item: Item, routes: Iterable[Item], ground: Ground, *, what: str = "route") -> str:
    """Why this parameter cannot be driven, or nothing."""
    name = item["parameter"] or ""
    if name.startswith(ROUTE):
        found = name.removeprefix(ROUTE) in {one["id"] for one in routes}
        return "" if found else NO_ROUTE.format(id=name.removeprefix(ROUTE))
    properties = ground.entry["schema"].get("properties", {})
    if name.startswith(BEND):
        bends = ground.parameters.get("bends") if "bends" in properties else None
        ids = {one.get("id") for one in bends if isinstance(one, dict)} if isinstance(bends, list) else set()
        return "" if name.removeprefix(BEND) in ids else NO_BEND.format(name=name.removeprefix(BEND))
    if name not in properties:
        near = get_close_matches(name, [one for one, rule in properties.items() if rule.get("x-routable")], n=2)
        return NO_PARAMETER.format(name=name, what=what, near=f" Near it: {', '.join(near)}." if near else "")
    rule = properties[name]
    return "" if rule.get("x-routable") else NOT_ROUTABLE.format(title=rule.get("title", name))


def _hangs(item: Item, routes: list[Item], ground: Ground) -> bool:
    source = item["source"]
    has_source = source["kind"] != "route" or source["id"] in {one["id"] for one in routes}
    return has_source and not _why_not(item, routes, ground)


def _refuse_rings(routes: list[Item]) -> None:
    """A route waits for the route that is its source, and for those that drive its amount."""
    waits: dict[str, set[str]] = {item["id"]: set() for item in routes}
    for item in routes:
        if item["source"]["kind"] == "route":
            waits[item["id"]].add(item["source"]["id"])
        if item["parameter"].startswith(ROUTE):
            waits.setdefault(item["parameter"].removeprefix(ROUTE), set()).add(item["id"])
    try:
        TopologicalSorter(waits).prepare()
    except CycleError as error:
        ring = list(dict.fromkeys(error.args[1]))
        names = {item["id"]: item["parameter"] for item in routes}
        said = ", ".join(f"“{one}” on {names.get(one, one)}" for one in ring)
        raise Refused(RING.format(names=said), field=f"routes.{ring[0]}.source") from error


def _route_lacks(item: Item, ground: Ground, labels: set[str]) -> str:
    source = item["source"]
    if source["kind"] == "cue" and source["label"] not in labels:
        return NO_CUES.format(what="route", label=source["label"])
    if source["kind"] == "stem" and source["stem"] not in {*OWN_STEMS, *ground.stems}:
        return NO_STEM.format(stem=source["stem"])
    return ""


def _action_lacks(item: Item, ground: Ground, labels: set[str]) -> str:
    if item["label"] not in labels:
        return NO_CUES.format(what="action", label=item["label"])
    number, count = (item["snapshot"] or 0) + 1, len(ground.snapshot_ids)
    if item["kind"] == "snapshot" and number > count:
        return NO_SNAPSHOT.format(label=item["label"], number=number, count=count)
    if item["kind"] == "vector" and item["vector"] is not None:
        why = ground.misfit(VectorSpec.model_validate(item["vector"]))
        return NO_FIT.format(label=item["label"], why=why) if why else ""
    return ""
