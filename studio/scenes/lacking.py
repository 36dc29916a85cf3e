"""What a scene lacks for its picture, told at its fields at once, not only when drawing stops."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gpu_service.protocol.bends import BENT_NETWORKS, COLOUR_AT_END, DEEPEST_BLOCK, ROUTE
from studio.networks.models import Snapshot

NO_PROJECTION = "“{title}” draws with a projection, and this scene has none. Choose one, or make one of a video."
NO_SNAPSHOT = "“{title}” needs {what}. Choose from the networks of this project."
NO_MAPS = (
    "“{name}” is a pattern network, which has no maps to bend. Choose snapshots of a StyleGAN, or take the bends out."
)
NO_COLOUR = "“{name}” makes colour only at its end. Choose block {last}, or bend the features."
NO_DRIVE = "The signals have no drive named “{drive}”. Choose another: {others}."


def warnings_of(
    entry: Mapping[str, Any], parameters: Mapping[str, Any], snapshots: Sequence[Snapshot], *, has_projection: bool
) -> list[dict[str, str]]:
    """[{"field", "sentence"}], the fields being those of the scene, `parameters.bends` or `bends.ID`."""
    found = []
    if entry.get("needs_projection") and not has_projection:
        found.append(_told("projection_id", NO_PROJECTION.format(title=entry["title"])))
    if sentence := too_few(entry, len(snapshots)):
        found.append(_told("snapshot_ids", sentence))
    for name, rule in entry["schema"].get("properties", {}).items():
        value = parameters.get(name)
        if rule.get("x-form") == "bends" and isinstance(value, list):
            found += _of_bends(name, value, _drives(parameters, entry), snapshots)
    return found


def too_few(entry: Mapping[str, Any], count: int) -> str:
    """A sentence where there are fewer snapshots than this visualizer needs, or nothing."""
    needed = entry["snapshots"]["min"]
    what = "a snapshot" if needed == 1 else f"{needed} snapshots"
    return NO_SNAPSHOT.format(title=entry["title"], what=what) if count < needed else ""


def _of_bends(
    name: str, bends: Iterable[Any], drives: list[str], snapshots: Sequence[Snapshot]
) -> list[dict[str, str]]:
    bends = [bend for bend in bends if isinstance(bend, Mapping)]
    if not bends:
        return []
    found = []
    if flat := next((one for one in snapshots if one.kind not in BENT_NETWORKS), None):
        found.append(_told(f"parameters.{name}", NO_MAPS.format(name=flat.name)))
    late = next((one for one in snapshots if one.kind in COLOUR_AT_END), None)
    for bend in bends:
        place, drive = f"{name}.{bend.get('id', '')}", bend.get("drive", ROUTE)
        if late and bend.get("branch", "rgb") == "rgb" and bend.get("block", 4) < DEEPEST_BLOCK:
            found.append(_told(place, NO_COLOUR.format(name=late.name, last=DEEPEST_BLOCK)))
        if drive not in drives:
            found.append(_told(place, NO_DRIVE.format(drive=drive, others=", ".join(drives))))
    return found


def _drives(parameters: Mapping[str, Any], entry: Mapping[str, Any]) -> list[str]:
    """What a bend may be driven by: the named signals of the scene's set, or routes alone."""
    rules = entry["schema"]["properties"]
    sets = [parameters.get(name) for name, rule in rules.items() if rule.get("x-form") == "signals"]
    drives = [drive for one in sets if isinstance(one, Mapping) for drive in one.get("drives", [])]
    return [*(drive["name"] for drive in drives if isinstance(drive, Mapping) and "name" in drive), ROUTE]


def _told(field: str, sentence: str) -> dict[str, str]:
    return {"field": field, "sentence": sentence}
