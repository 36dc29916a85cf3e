"""`render`: words of the command line to a scene, a scene to a film, a recipe beside it."""

import json
import logging
import math
import re
import tempfile
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from gpu_service.cli_beats import find_markers, reads_beats
from gpu_service.cli_places import check_place, log_to
from gpu_service.cli_progress import progress_bar
from gpu_service.errors import RenderError
from gpu_service.file_hash import file_sha256
from gpu_service.film.recipe import make_recipe, recipe_path, write_recipe
from gpu_service.music.decode import concatenate, decode
from gpu_service.protocol import EncoderSpec, Recipe, SceneSpec, SnapshotRef, TrackRef, frames_in, parse_fps
from gpu_service.settings import calm_threads, keep_compiled, read_settings
from gpu_service.snapshots.store import import_snapshot
from gpu_service.visualizers import VISUALIZERS, load
from gpu_service.visualizers.base import Visualizer
from gpu_service.visualizers.stage_cache import StageCache

if TYPE_CHECKING:
    from gpu_service.film.render import Film, Progress

# A compiler takes about as long as drawing that many frames.
WORTH_COMPILING_FRAMES = 300
SNAPSHOT_ENDINGS = (".safetensors", ".pkl", ".pt")


@dataclass(frozen=True)
class RenderCall:
    """The command line of `render`, word by word."""

    songs: list[Path]
    visualizer: str
    snapshots: list[Path]
    snapshots_dir: Path | None
    snapshots_json: Path | None
    preset: str | None
    settings: list[str]
    directions: list[Path]
    size: str
    fps: str
    start: float
    seconds: float | None
    crf: int
    device: str
    threads: int
    run_config: Path | None
    log: Path | None
    out: Path


def render_call(call: RenderCall) -> None:
    """Make the film. Everything that can be wrong is said before the first frame is drawn."""
    check_places(call)
    with log_to(call.log) as logger:
        logger.info("%s", json.dumps(record(call), ensure_ascii=False))
        _make(call, logger)
    print(f"{call.out}  {call.out.stat().st_size / 1e6:.1f} MB, recipe {recipe_path(call.out).name}")  # noqa: T201


def _make(call: RenderCall, logger: logging.Logger) -> None:
    parameters = chosen_parameters(call)
    with tempfile.TemporaryDirectory(prefix="phosphene-render-") as folder:
        snapshots = [_our_form(path, Path(folder)) for path in list_snapshots(call)]
        files = {file_sha256(path): path for path in [*call.songs, *snapshots, *call.directions]}
        recipe = make_call_recipe(call, parameters=parameters, snapshots=snapshots, folder=Path(folder))
        film = _render(call, recipe, files, logger)
        brought = dict(zip((file_sha256(path) for path in snapshots), list_snapshots(call), strict=True))
        write_recipe(film.recipe, call.out, files={**files, **brought}, sources=_sources(brought), command=record(call))
    if call.run_config is not None:
        call.run_config.write_text(json.dumps(record(call), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    logger.info("%s is made, %d bytes.", call.out.name, call.out.stat().st_size)


def _sources(brought: Mapping[str, Path]) -> dict[str, str]:
    """The hash of our form of a snapshot -> the hash of the file that the person brought, where they differ."""
    pairs = {ours: file_sha256(path) for ours, path in brought.items()}
    return {ours: theirs for ours, theirs in pairs.items() if ours != theirs}


def check_places(call: RenderCall) -> None:
    """Where the film and the record go can be written, and is none of the files that the film is made of."""
    places = (
        ("--out", call.out, "film.mp4"),
        ("--run-config", call.run_config, "run.json"),
        ("--log", call.log, "run.log"),
    )
    for option, path, name in places:
        if path is None:
            continue
        check_place(option, path, name=name)
        if path.resolve() in {made_of.resolve() for made_of in (*call.songs, *call.snapshots, *call.directions)}:
            raise RenderError(f"{option} {path} would overwrite what the film is made of. Choose another {option}.")


def make_call_recipe(call: RenderCall, *, parameters: Mapping[str, Any], snapshots: list[Path], folder: Path) -> Recipe:
    """Freeze the scene that the command line describes. Parameters are checked before the sound is decoded."""
    fps, (width, height) = read_fps(call.fps), read_size(call.size)
    sound = concatenate(list(call.songs), pcm_path=folder / "track.pcm")
    markers = find_markers(sound) if reads_beats(load(call.visualizer)) else []
    sound.pcm_path.unlink()
    try:
        scene = SceneSpec(
            visualizer=call.visualizer,
            parameters=dict(parameters),
            tracks=_tracks(call.songs, together=sound.duration_seconds, folder=folder),
            snapshots=[SnapshotRef(sha256=file_sha256(path), name=path.name) for path in snapshots],
            markers=markers,
            width=width,
            height=height,
            fps=call.fps,
            duration_seconds=sound.duration_seconds,
        )
        encoder = EncoderSpec(crf=call.crf)
    except ValidationError as error:
        raise RenderError(_first_problem(error), kind="bad_input") from error
    first, end = chosen_frames(call, frames=scene.frames, fps=fps)
    return make_recipe(scene, first_frame=first, end_frame=end).model_copy(update={"encoder": encoder})


def _tracks(songs: list[Path], *, together: float, folder: Path) -> list[TrackRef]:
    if len(songs) == 1:
        lengths = [together]
    else:
        lengths = [decode(path, pcm_path=folder / "part.pcm").duration_seconds for path in songs]
    pairs = zip(songs, lengths, strict=True)
    return [TrackRef(sha256=file_sha256(path), name=path.name, duration_seconds=seconds) for path, seconds in pairs]


def _render(call: RenderCall, recipe: Recipe, files: Mapping[str, Path], logger: logging.Logger) -> "Film":
    # torch takes seconds to import, so mistakes are found before.
    calm_threads()
    settings = read_settings()
    keep_compiled(settings.data / "compiled")
    from gpu_service.film.code_path import choose_device
    from gpu_service.film.render import render_film

    began = time.monotonic()
    with progress_bar() as bar:
        task = bar.add_task("Starting", total=None, more="")

        seen: set[str] = set()

        def show(progress: "Progress") -> None:
            if progress.step not in seen:
                seen.add(progress.step)
                logger.info("%s", progress.step)
            rate = progress.done / max(time.monotonic() - began, 1e-3)
            counted = f"frame {progress.done} of {progress.total}, {rate:.1f} frames/s"
            more = counted if progress.step == "Drawing" else ""
            bar.update(task, description=progress.step, completed=progress.done, total=progress.total, more=more)

        return render_film(
            recipe,
            files=files,
            out=call.out,
            device=choose_device(call.device),
            threads=call.threads or settings.thread_count,
            report=show,
            cache=StageCache(settings.data / "stages", disk_bytes=settings.stage_cache_bytes),
            precision=settings.precision,
            may_compile=settings.may_compile and recipe.end_frame - recipe.first_frame >= WORTH_COMPILING_FRAMES,
        )


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
    for setting in call.settings:
        name, equals, value = setting.partition("=")
        if not equals:
            raise RenderError(f"--set {setting}: write name=value, such as alpha=0.3.")
        values[name.strip()] = read_value(name.strip(), value.strip(), visualizer)
    checked: dict[str, Any] = visualizer.read(values).model_dump(mode="json")
    return checked


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
    if not found and load(call.visualizer).snapshots.min > 0:
        raise RenderError("A snapshot is missing. Use --snapshot net.pkl, or make one: python -m gpu_service pattern.")
    return found


def _listed(path: Path) -> list[Path]:
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["networks"]
        return [Path(str(name)) for name in names]
    except (ValueError, KeyError, TypeError) as error:
        raise RenderError(f'{path}: write {{"networks": ["a.pkl", "b.pkl"]}}.') from error


def _our_form(path: Path, folder: Path) -> Path:
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


def record(call: RenderCall) -> dict[str, Any]:
    """Every word of the call, as GANce's --run-config keeps it, without folders."""
    plain = json.loads(json.dumps(asdict(call), default=lambda value: value.name))
    return {"current_locals": plain, "networks_paths": [path.name for path in list_snapshots(call)]}


def _first_problem(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}."
