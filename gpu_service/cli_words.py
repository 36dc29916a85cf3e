"""Words of the command line to a scene: which files, which parameters, which part of the track."""

import json
import math
import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gpu_service.cli_beats import find_markers, reads_beats
from gpu_service.cli_job import Job, RenderCall
from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.film.recipe import make_recipe
from gpu_service.music.decode import concatenate, decode
from gpu_service.protocol import EncoderSpec, SceneSpec, SnapshotRef, TrackRef, frames_in, parse_fps
from gpu_service.protocol.scenes import ProjectionRef
from gpu_service.snapshots.store import import_snapshot, read_facts
from gpu_service.visualizers import VISUALIZERS, load
from gpu_service.visualizers.base import Visualizer

# Stands for the snapshots that signals can do without.
NO_SNAPSHOT = SnapshotRef(sha256="0" * 64, name="none")
SNAPSHOT_ENDINGS = (".safetensors", ".pkl", ".pt")
USUAL_SIZE, USUAL_FPS = "512", "30"
LEAST_SIDE_PX = 64


def words_job(call: RenderCall, folder: Path) -> Job:
    """The film that the words describe. Parameters are checked before the sound is decoded."""
    if not call.songs:
        raise RenderError("A track is missing. Name a sound file, or a scene: --scene scene.yaml.")
    parameters = chosen_parameters(call)
    brought = list_snapshots(call)
    snapshots = [our_form(path, folder) for path in brought]
    refs = [SnapshotRef(sha256=file_sha256(path), name=path.name) for path in snapshots]
    if not call.needs_snapshots and not refs:
        refs = [NO_SNAPSHOT] * load(call.visualizer).snapshots.min
    fps = read_fps(call.fps or USUAL_FPS)
    width, height = read_size(call.size) if call.size else usual_size(snapshots)
    sound = concatenate(list(call.songs), pcm_path=folder / "track.pcm")
    markers = find_markers(sound) if reads_beats(load(call.visualizer)) else []
    sound.pcm_path.unlink()
    try:
        scene = SceneSpec(
            visualizer=call.visualizer,
            parameters=dict(parameters),
            tracks=track_refs(call.songs, together=sound.duration_seconds, folder=folder),
            snapshots=refs,
            projections=[
                ProjectionRef(sha256=file_sha256(path), name=path.name, is_forced=call.force_projection)
                for path in call.projections
            ],
            markers=markers,
            width=width,
            height=height,
            fps=str(fps),
            duration_seconds=sound.duration_seconds,
        )
        encoder = EncoderSpec(crf=call.crf)
    except ValidationError as error:
        raise RenderError(first_problem(error), kind="bad_input") from error
    first, end = chosen_frames(call, frames=scene.frames, fps=fps)
    recipe = make_recipe(scene, first_frame=first, end_frame=end).model_copy(update={"encoder": encoder})
    used = [*call.songs, *snapshots, *call.projections, *call.directions]
    files = {file_sha256(path): path for path in used}
    return Job(recipe, files, dict(zip((file_sha256(path) for path in snapshots), brought, strict=True)))


def track_refs(songs: list[Path], *, together: float, folder: Path) -> list[TrackRef]:
    """The tracks of a film with their lengths, which come to `together` seconds."""
    if len(songs) == 1:
        lengths = [together]
    else:
        lengths = [decode(path, pcm_path=folder / "part.pcm").duration_seconds for path in songs]
    pairs = zip(songs, lengths, strict=True)
    return [TrackRef(sha256=file_sha256(path), name=path.name, duration_seconds=seconds) for path, seconds in pairs]


def visualizer_of(call: RenderCall) -> type[Visualizer]:
    """One that dances to a track. RenderError names those."""
    visualizer = load(call.visualizer)
    if not visualizer.is_for_scenes:
        others = ", ".join(name for name in VISUALIZERS if load(name).is_for_scenes)
        raise RenderError(f"--visualizer {call.visualizer} draws no films, it is the explorer’s. There are: {others}.")
    return visualizer


def chosen_parameters(call: RenderCall) -> dict[str, Any]:
    """The preset's values, then those of --set, checked. RenderError names the wrong one and its range."""
    visualizer = visualizer_of(call)
    values: dict[str, Any] = {}
    if call.preset is not None:
        presets = {preset.name: preset.values for preset in visualizer.presets}
        if call.preset not in presets:
            raise RenderError(f"There is no preset named “{call.preset}”. There are: {', '.join(presets)}.")
        values.update(presets[call.preset])
    values.update(read_settings(call.settings, visualizer))
    checked: dict[str, Any] = visualizer.read(values).model_dump(mode="json")
    return checked


def read_settings(settings: list[str], visualizer: type[Visualizer]) -> dict[str, Any]:
    """The words of --set by parameter."""
    values: dict[str, Any] = {}
    for setting in settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise RenderError(f"--set {setting}: write name=value, such as alpha=0.3.")
        values[name.strip()] = read_value(name.strip(), value.strip(), visualizer)
    return values


def read_value(name: str, text: str, visualizer: type[Visualizer]) -> Any:
    """A word as it stands; JSON for what is more than a word, also out of a file: path=@path.json."""
    is_file = text.startswith("@")
    if is_file:
        text = Path(text[1:]).read_text(encoding="utf-8")
    fields = visualizer.parameters.model_fields
    extra = fields[name].json_schema_extra if name in fields else None
    if not (is_file or (isinstance(extra, dict) and extra.get("x-control") in ("path", "json"))):
        return text
    try:
        return json.loads(text)
    except ValueError as error:
        raise RenderError(f"--set {name}: this is no JSON ({error}).") from error


def list_snapshots(call: RenderCall) -> list[Path]:
    """All snapshots in order: the folder's by name, then those named singly, then the JSON list's."""
    found: list[Path] = []
    if call.snapshots_dir is not None:
        if not call.snapshots_dir.is_dir():
            raise RenderError(f"There is no folder {call.snapshots_dir}.")
        found += sorted(path for path in call.snapshots_dir.iterdir() if path.suffix in SNAPSHOT_ENDINGS)
    found += call.snapshots
    if call.snapshots_json is not None:
        found += _listed(call.snapshots_json)
    for path in found:
        if not path.is_file():
            raise RenderError(f"There is no snapshot at {path}.")
    if not found and call.needs_snapshots and load(call.visualizer).snapshots.min > 0:
        raise RenderError("A snapshot is missing. Use --snapshot net.pkl, or make one: python -m gpu_service pattern.")
    return found


def _listed(path: Path) -> list[Path]:
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["networks"]
        return [Path(str(name)) for name in names]
    except (ValueError, KeyError, TypeError) as error:
        raise RenderError(f'{path}: write {{"networks": ["a.pkl", "b.pkl"]}}.') from error


def our_form(path: Path, folder: Path) -> Path:
    """Foreign snapshots are read on the fly; ours are used where they lie."""
    if path.suffix == ".safetensors":
        return path
    made = folder / f"{len(list(folder.iterdir())):03}-{path.stem}.safetensors"
    import_snapshot(path, to=made, name=path.name)
    return made


def chosen_frames(call: RenderCall, *, frames: int, fps: Fraction) -> tuple[int, int]:
    """--start and --seconds as frames of the track."""
    first = round(max(call.start, 0.0) * fps) if math.isfinite(call.start) else frames
    if call.start < 0 or first >= frames:
        raise RenderError(f"--start {call.start:g}: use 0 to {float(frames / fps):.1f}, the length of the track.")
    if call.seconds is None:
        return first, frames
    if not 0 < call.seconds < math.inf:
        raise RenderError(f"--seconds {call.seconds:g}: use a number above 0.")
    return first, min(frames, first + frames_in(call.seconds, fps=fps))


def usual_size(snapshots: Sequence[Path]) -> tuple[int, int]:
    """(width, height) of a film whose size nobody said: of what was photographed, where that was padded to squares.

    A picture covers its frame, so nothing is seen of the padding. Files in our form.
    """
    side = int(USUAL_SIZE)
    aspects = {read_facts(path).aspect for path in snapshots}
    aspect = aspects.pop() if len(aspects) == 1 else None
    if aspect is None:
        return side, side
    short = max(LEAST_SIDE_PX, 2 * round(side * min(aspect, 1 / aspect) / 2))
    return (side, short) if aspect >= 1 else (short, side)


def read_size(text: str) -> tuple[int, int]:
    """ "512" -> a square, "1280x720" -> width, height."""
    found = re.fullmatch(r"(\d{2,4})(?:[x×](\d{2,4}))?", text.strip())
    if found is None:
        raise RenderError(f"--size {text}: write 512, or 1280x720.")
    width, height = int(found[1]), int(found[2] or found[1])
    if not (16 <= width <= 4096 and 16 <= height <= 4096):
        raise RenderError(f"--size {text}: use 16 to 4096 pixels a side.")
    return width, height


def read_fps(text: str) -> Fraction:
    """--fps, exactly."""
    try:
        return parse_fps(text)
    except ValueError as error:
        raise RenderError(str(error)) from error


def first_problem(error: ValidationError) -> str:
    """What pydantic says of the first wrong field."""
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
