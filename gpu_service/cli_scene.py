"""`--scene`: a scene file, its files found and hashed, as a film to be made."""

from pathlib import Path

from pydantic import ValidationError

from gpu_service.cli_beats import find_markers, scene_reads_beats
from gpu_service.cli_job import Job, RenderCall
from gpu_service.cli_words import chosen_frames, first_problem, our_form, read_fps, read_settings, read_size, track_refs
from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.film.recipe import make_recipe
from gpu_service.music.decode import concatenate
from gpu_service.protocol import EncoderSpec, SceneSpec, SnapshotRef
from gpu_service.protocol.scenes import ProjectionRef, StemRef
from gpu_service.scene_file import NamedFile, SceneFile, read_scene_file
from gpu_service.visualizers import load


def scene_job(call: RenderCall, folder: Path) -> Job:
    """The film of a scene file; --set, --size, --fps, --start and --seconds go over it."""
    assert call.scene is not None
    if call.songs or call.snapshots or call.preset or call.projections:
        raise RenderError("A scene file names its own track, snapshots and parameters. Leave these words out, or it.")
    if not call.scene.is_file():
        raise RenderError(f"There is no scene file at {call.scene}.")
    told = read_scene_file(call.scene.read_bytes())
    scene, files, brought = found_scene(
        told, call.scene.parent, folder, settings=call.settings, size=call.size, fps=call.fps
    )
    first, end = chosen_frames(call, frames=scene.frames, fps=scene.frame_rate)
    recipe = make_recipe(scene, first_frame=first, end_frame=end)
    return Job(recipe.model_copy(update={"encoder": EncoderSpec(crf=call.crf)}), files, brought)


def found_scene(
    told: SceneFile, home: Path, folder: Path, *, settings: list[str], size: str | None, fps: str | None
) -> tuple[SceneSpec, dict[str, Path], dict[str, Path]]:
    """The scene, its files by hash, and the person's own snapshots by the hash of our form of each."""
    visualizer = load(told.visualizer)
    parameters = visualizer.read({**told.parameters, **read_settings(settings, visualizer)}).model_dump(mode="json")
    width, height = read_size(size) if size else told.size
    groups = (told.tracks, told.stems, told.snapshots, told.projections, told.directions)
    tracks, stems, snapshots, projections, directions = ([_found(item, home) for item in group] for group in groups)
    if not tracks:
        raise RenderError("This scene file names no track. Add one under “tracks”.", field="tracks")
    ours = [our_form(path, folder) for path in snapshots]
    sound = concatenate(tracks, pcm_path=folder / "track.pcm")
    refs = track_refs(tracks, together=sound.duration_seconds, folder=folder)
    try:
        scene = SceneSpec(
            visualizer=told.visualizer,
            parameters=parameters,
            tracks=refs,
            snapshots=[SnapshotRef(sha256=file_sha256(path), name=path.name) for path in ours],
            stems=[
                StemRef(name=item.name or path.stem, sha256=file_sha256(path))
                for item, path in zip(told.stems, stems, strict=True)
            ],
            projections=[
                ProjectionRef(sha256=file_sha256(path), name=path.name, is_forced=item.is_forced)
                for item, path in zip(told.projections, projections, strict=True)
            ],
            cues=told.cues,
            markers=told.markers or [],
            routes=told.routes,
            actions=told.actions,
            width=width,
            height=height,
            fps=str(read_fps(fps or told.fps)),
            duration_seconds=sound.duration_seconds,
        )
    except ValidationError as error:
        raise RenderError(first_problem(error), kind="bad_input") from error
    if told.markers is None and scene_reads_beats(scene):
        scene = scene.model_copy(update={"markers": find_markers(sound)})
    sound.pcm_path.unlink()
    files = {file_sha256(path): path for path in [*tracks, *stems, *ours, *projections, *directions]}
    return scene, files, dict(zip((file_sha256(path) for path in ours), snapshots, strict=True))


def _found(item: NamedFile, home: Path) -> Path:
    """Where it lies. RenderError where it does not, or where it is another file than it was."""
    path = home / item.file
    if not path.is_file():
        raise RenderError(f"A file of this scene is missing: {path}. Put it there, or change the scene file.")
    # A snapshot may come in the form its makers gave it instead of ours.
    if item.sha256 is not None and path.suffix not in (".pkl", ".pt") and file_sha256(path) != item.sha256:
        raise RenderError(
            f"{path} is another file than the one this scene was made with. Bring that one, or take out its “sha256”."
        )
    return path
