"""From a scene's rows to the SceneSpec that a service draws, with the files it needs."""

from typing import Any

from gpu_service.protocol import CueSpec, InputRef, MarkerSpec, SceneSpec, SnapshotRef, TrackRef
from gpu_service.protocol.routes import CueAction, RouteSpec
from gpu_service.protocol.scenes import ProjectionRef, StemRef
from studio.errors import Refused
from studio.networks.models import Snapshot
from studio.networks.vectors import files_in, inputs_of_files
from studio.scenes import driven, lacking, projected
from studio.scenes.catalogue import visualizer
from studio.scenes.ground import ground_of, stems_of
from studio.scenes.history import state_of
from studio.scenes.models import Scene, SceneSnapshot
from studio.scenes.preview_state import Sight
from studio.scenes.schema import with_defaults
from studio.tracks.models import BeatGrid, Cue, Track


def sight_of(scene: Scene) -> Sight:
    """The scene as it is now. Raises Refused with a sentence when it cannot be drawn."""
    entry = visualizer(scene.visualizer)
    snapshots = snapshots_of(scene)
    _refuse_incomplete(scene.track, snapshots, entry)
    assert scene.track.original is not None
    stems = list(stems_of(scene.track_id).select_related("blob"))
    acting = driven.working(state_of(scene), ground_of(scene.project_id, entry, state_of(scene)))
    spec = SceneSpec(
        visualizer=scene.visualizer,
        parameters=with_defaults(entry["schema"], scene.parameters),
        tracks=[
            TrackRef(
                sha256=scene.track.original.sha256,
                name=scene.track.name,
                duration_seconds=scene.track.duration_seconds or 0.0,
            )
        ],
        snapshots=[SnapshotRef(sha256=snapshot.blob_id, name=snapshot.name) for snapshot in snapshots],
        cues=_cues(scene.track),
        markers=_markers(scene.track),
        stems=[StemRef(name=stem.name, sha256=stem.blob.sha256) for stem in stems if stem.blob],
        projections=_projections(scene, snapshots, entry),
        routes=[RouteSpec.model_validate(item) for item in acting["routes"]],
        actions=[CueAction.model_validate(item) for item in acting["actions"]],
        width=scene.width,
        height=scene.height,
        fps=scene.fps,
        duration_seconds=scene.track.duration_seconds or 0.0,
    )
    files = files_in(spec.parameters) | files_in(acting["actions"])
    directions = inputs_of_files(scene.project_id, files, field="parameters")
    heard = [
        InputRef(sha256=stem.blob.sha256, size=stem.blob.size, name=stem.original_name, role="stem")
        for stem in stems
        if stem.blob
    ]
    inputs = [*_inputs(scene.track, snapshots), *heard, *_projection_inputs(scene), *directions]
    return Sight(spec=spec, inputs=inputs, revision=scene.revision)


def snapshots_of(scene: Scene) -> list[Snapshot]:
    """In the scene's order: the first for the quietest music, the last for the loudest."""
    places = SceneSnapshot.objects.filter(scene=scene).select_related("snapshot__blob").order_by("position")
    return [place.snapshot for place in places]


def _refuse_incomplete(track: Track, snapshots: list[Snapshot], entry: dict[str, Any]) -> None:
    if track.original is None:
        raise Refused(f"The file of “{track.name}” was refused, so this scene has no sound. Choose another track.")
    if not track.duration_seconds:
        raise Refused(f"“{track.name}” is still being unpacked. The picture begins when that is done.", status=409)
    if sentence := lacking.too_few(entry, len(snapshots)):
        raise Refused(sentence, field="snapshot_ids")


def _inputs(track: Track, snapshots: list[Snapshot]) -> list[InputRef]:
    assert track.original is not None
    files = [InputRef(sha256=track.original.sha256, size=track.original.size, name=track.original_name, role="track")]
    once = {snapshot.blob_id: snapshot for snapshot in snapshots}
    files += [
        InputRef(sha256=snapshot.blob_id, size=snapshot.blob.size, name=snapshot.name, role="snapshot")
        for snapshot in once.values()
    ]
    return files


def _projections(scene: Scene, snapshots: list[Snapshot], entry: dict[str, Any]) -> list[ProjectionRef]:
    """The scene's, where it has one. Raises Refused where one is needed, or it is of another network unasked."""
    row = scene.projection
    if row is None or row.file_id is None:
        if entry.get("needs_projection"):
            raise Refused(lacking.NO_PROJECTION.format(title=entry["title"]), field=projected.FIELD)
        return []
    if not scene.is_projection_forced and (sentence := projected.mismatch(row, snapshots)):
        raise Refused(sentence, field=projected.FIELD)
    return [ProjectionRef(sha256=row.file_id, name=row.name, is_forced=scene.is_projection_forced)]


def _projection_inputs(scene: Scene) -> list[InputRef]:
    row = scene.projection
    if row is None or row.file is None:
        return []
    return [InputRef(sha256=row.file.sha256, size=row.file.size, name=row.name, role="projection")]


def _cues(track: Track) -> list[CueSpec]:
    """Those within the track: where it has become shorter, the others wait behind its end."""
    end = track.duration_seconds or 0.0
    rows = Cue.objects.filter(track=track, binned_at=None, seconds__lte=end).order_by("seconds", "id")
    return [
        CueSpec(
            seconds=cue.seconds,
            end_seconds=None if cue.end_seconds is None else min(cue.end_seconds, end),
            kind="span" if cue.kind == Cue.Kind.SPAN else "moment",
            label=cue.label,
            colour=cue.colour,
        )
        for cue in rows
    ]


def _markers(track: Track) -> list[MarkerSpec]:
    grid = BeatGrid.objects.filter(track=track).first()
    end = track.duration_seconds or 0.0
    return [MarkerSpec.model_validate(one) for one in grid.markers if one["seconds"] <= end] if grid else []
