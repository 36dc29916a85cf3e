"""Scenes as files: out as YAML that the command line renders, in again with this project's own files.

The form is `gpu_service.scene_file`'s. Files are found by their hash, else by their name; what is missing, and what
does not fit, is told in sentences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from gpu_service.errors import RenderError
from gpu_service.protocol import CueSpec
from gpu_service.scene_file import NamedFile, SceneFile, read_scene_file
from studio.accounts.models import User
from studio.blobs.store import own_name
from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.projections.models import Projection
from studio.projects.models import Project
from studio.scenes import edit, projected
from studio.scenes.catalogue import visualizer
from studio.scenes.driven import fitting
from studio.scenes.ground import ground_of
from studio.scenes.models import Scene
from studio.scenes.presets import fitting_values
from studio.scenes.schema import with_defaults
from studio.scenes.spec import sight_of
from studio.tracks.edit_ops import ADD, CUE, Op
from studio.tracks.edits import apply_edit
from studio.tracks.models import BeatGrid, Cue, Stem, Track

NO_TRACK = "The track “{name}” is not in this project. Send it, or choose another for this scene."
SEVERAL = "This scene plays {count} tracks one after the other. Join them to one track, then choose that."
MISSING = "{what} “{name}” is missing in this project."
CUES_ADDED = "{count} of its cues were added to “{track}”."
OTHER_GRID = "The beat grid of “{track}” stays as it is; the file has another."
SAME_MOMENT = 0.001
ENDINGS = {"snapshot": ".safetensors", "projection": ".hdf5", "directions": ".directions.safetensors"}


def yaml_of(scene: Scene) -> str:
    """The scene as it is now. Raises Refused where it cannot be drawn."""
    sight = sight_of(scene)
    files = _named((item.sha256, item.name, item.role) for item in sight.inputs)
    directions = {item.sha256: files[item.sha256] for item in sight.inputs if item.role == "directions"}
    return SceneFile.of(sight.spec, files, directions=directions).to_yaml()


@dataclass
class Found:
    """What of the file this project has; `told` says what it has not."""

    track: Track | None = None
    snapshots: list[Snapshot] = field(default_factory=list)
    projection: Projection | None = None
    told: list[str] = field(default_factory=list)
    has_all_snapshots: bool = True


@dataclass(frozen=True)
class Look:
    """What an import would make, and what it would leave out, in sentences."""

    name: str
    visualizer: str
    track: Track
    left_out: list[str]


def look_at(project: Project, text: str, *, track_id: UUID | None, by: User) -> Look:
    """What `import_scene` would do: it is done, told, and taken back. Raises Refused as that does."""
    with transaction.atomic():
        scene, left_out = import_scene(project, text, name=None, track_id=track_id, by=by)
        found = Look(scene.name, visualizer(scene.visualizer)["title"], scene.track, left_out)
        transaction.set_rollback(True)
    return found


def import_scene(
    project: Project, text: str, *, name: str | None, track_id: UUID | None, by: User
) -> tuple[Scene, list[str]]:
    """A new scene of that file, and what was left out, in sentences. Raises Refused where there is no track for it."""
    try:
        file = read_scene_file(text)
    except RenderError as error:
        raise Refused(str(error), field="yaml") from error
    entry = visualizer(file.visualizer)
    found = _find(project, file, track_id)
    assert found.track is not None
    values, unfit = fitting_values(file.parameters, entry)
    defaults = with_defaults(entry["schema"], {})
    values = {key: value for key, value in values.items() if defaults.get(key) != value}
    with transaction.atomic():
        told = found.told + unfit + _cues_into(found.track, file.cues, by=by) + _grid_told(found.track, file)
        order = {
            "name": name or PurePath(file.tracks[0].name or file.tracks[0].file).stem[:255] or "Scene",
            "track_id": found.track.pk,
            "visualizer": entry["name"],
            "parameters": values,
            "snapshot_ids": _fitting_snapshots(found, entry),
            "width": file.size[0],
            "height": file.size[1],
            "fps": file.fps,
        }
        if found.projection is not None:
            order |= {"projection_id": found.projection.pk, "force_projection": file.projections[0].is_forced}
        driven, misfits = _driven(project, entry, file, found, order)
        scene = edit.create_scene(project, {**order, **driven}, by=by)
    return scene, told + misfits


def _named(files: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """A file name of its own for every hash."""
    names: dict[str, str] = {}
    for sha256, name, role in files:
        if sha256 in names:
            continue
        ending = ENDINGS.get(role, "")
        stem = own_name(name).removesuffix(ending)
        wanted, number = f"{stem}{ending}", 2
        while wanted in names.values():
            path = PurePath(f"{stem}{ending}")
            wanted, number = f"{path.stem}-{number}{path.suffix}", number + 1
        names[sha256] = wanted
    return names


def _find(project: Project, file: SceneFile, track_id: UUID | None) -> Found:
    if track_id is None and len(file.tracks) > 1:
        raise Refused(SEVERAL.format(count=len(file.tracks)), field="track_id")
    found = Found()
    tracks = Track.objects.filter(project=project, binned_at=None).exclude(original=None)
    if track_id is not None:
        found.track = tracks.filter(pk=track_id).first()
    elif file.tracks:
        found.track = _match(file.tracks[0], tracks, "original_id", ("original_name", "name"))
    if found.track is None:
        name = _called(file.tracks[0]) if file.tracks else ""
        raise Refused(NO_TRACK.format(name=name), field="track_id")
    snapshots = list(Snapshot.objects.filter(network__project=project, binned_at=None, network__binned_at=None))
    for wanted in file.snapshots:
        one = _match(wanted, snapshots, "blob_id", ("name", "original_name"), "original_sha256")
        if one is None:
            found.told.append(MISSING.format(what="The snapshot", name=_called(wanted)))
            found.has_all_snapshots = False
        else:
            found.snapshots.append(one)
    stems = list(Stem.objects.filter(track=found.track, state=Stem.State.READY, binned_at=None))
    missing = [stem for stem in file.stems if _match(stem, stems, "blob_id", ("name",)) is None]
    found.told += [MISSING.format(what="The stem", name=_called(stem)) for stem in missing]
    _find_projection(project, file, found)
    return found


def _find_projection(project: Project, file: SceneFile, found: Found) -> None:
    if not file.projections:
        return
    rows = list(Projection.objects.filter(project=project, binned_at=None, is_complete=True).exclude(file=None))
    wanted = file.projections[0]
    row = _match(wanted, rows, "file_id", ("name",))
    if row is None:
        found.told.append(MISSING.format(what="The projection", name=_called(wanted)))
    elif (sentence := projected.mismatch(row, found.snapshots)) and not wanted.is_forced:
        found.told.append(sentence)
    else:
        found.projection = row


def _match(wanted: NamedFile, rows: Any, hash_field: str, names: Sequence[str], *other_hashes: str) -> Any:
    """The row with that hash, else with that name, the newest first."""
    newest = sorted(rows, key=lambda row: row.created_at, reverse=True)
    for place in (hash_field, *other_hashes):
        for row in newest if wanted.sha256 else ():
            if getattr(row, place) == wanted.sha256:
                return row
    called = {_called(wanted), PurePath(wanted.file).name, PurePath(wanted.file).stem}
    return next((row for row in newest if any(getattr(row, name) in called for name in names)), None)


def _called(file: NamedFile) -> str:
    return file.name or PurePath(file.file).name


def _fitting_snapshots(found: Found, entry: dict[str, Any]) -> list[str]:
    """Those that this visualizer draws, as many as it takes."""
    kinds = entry["snapshots"]["kinds"]
    fit = [one for one in found.snapshots if not kinds or one.kind in kinds][: entry["snapshots"]["max"]]
    found.has_all_snapshots = found.has_all_snapshots and len(fit) == len(found.snapshots)
    return [str(one.pk) for one in fit]


def _driven(
    project: Project, entry: dict[str, Any], file: SceneFile, found: Found, order: dict[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Its routes and actions that work here. Places of snapshots mean others once one is missing."""
    actions = [{**one.model_dump(mode="json"), "id": one.id or str(at + 1)} for at, one in enumerate(file.actions)]
    dropped = [one for one in actions if one["kind"] == "snapshot" and not found.has_all_snapshots]
    given = {
        "routes": [one.model_dump(mode="json") for one in file.routes],
        "actions": [one for one in actions if one not in dropped],
    }
    fit, misfits = fitting(given, ground_of(project.pk, entry, order))
    cut = [f"The action of “{one['label']}” was left out: not all snapshots are here." for one in dropped]
    return dict(fit), misfits + cut


def _cues_into(track: Track, cues: Sequence[CueSpec], *, by: User) -> list[str]:
    """Cues belong to the track: those that it lacks are added."""
    there = {(round(seconds, 3), label) for seconds, label in _marked(track)}
    end = track.duration_seconds or 0.0
    lacking = [cue for cue in cues if (round(cue.seconds, 3), cue.label) not in there and cue.seconds <= end]
    ops: list[Op] = []
    for cue in lacking:
        values = cue.model_dump(exclude={"kind"})
        values["end_seconds"] = min(cue.end_seconds, end) if cue.end_seconds is not None else None
        known = {choice.value for choice in Cue.Colour}
        values |= {"kind": cue.kind, "colour": cue.colour if cue.colour in known else Cue.Colour.GREY}
        ops.append(Op(CUE, ADD, str(uuid4()), after=values))
    if ops:
        apply_edit(track.pk, key=uuid4(), title=f"Bring in {len(ops)} cues", ops=ops, by=by)
    return [CUES_ADDED.format(count=len(lacking), track=track.name)] if lacking else []


def _marked(track: Track) -> Iterable[tuple[float, str]]:
    return Cue.objects.filter(track=track, binned_at=None).values_list("seconds", "label")


def _grid_told(track: Track, file: SceneFile) -> list[str]:
    grid = BeatGrid.objects.filter(track=track).first()
    ours = [(marker["seconds"], marker["bpm"]) for marker in grid.markers] if grid else []
    theirs = [(marker.seconds, marker.bpm) for marker in file.markers or []]
    alike = len(ours) == len(theirs) and all(
        abs(mine[0] - other[0]) < SAME_MOMENT and abs(mine[1] - other[1]) < SAME_MOMENT
        for mine, other in zip(ours, theirs, strict=True)
    )
    return [] if alike or not theirs else [OTHER_GRID.format(track=track.name)]
