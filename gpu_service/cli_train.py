"""`train`: words of the command line to a run, begun or gone on with."""

import difflib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from gpu_service.errors import RenderError
from gpu_service.executors.snapshot_chores import harmless_stem
from gpu_service.protocol import Said, TrainingConfig
from gpu_service.protocol.training import PresetName
from gpu_service.protocol.training_presets import fine_tuning, presets, resolve, settled_by
from gpu_service.protocol.training_start import settings_of_start
from gpu_service.settings import calm_threads, local_rank
from gpu_service.training.launch import launch
from gpu_service.training.run_folder import RunFacts, RunFolder

FITS = ("exact", "pad", "crop")
INTERRUPTED, FAILED = 130, 2


@dataclass(frozen=True)
class TrainCall:
    """The command line of `train`, word by word."""

    data: Path | None
    preset: str | None
    size: int | None
    kimg: float | None
    out: Path | None
    resume: Path | None
    start: Path | None
    start_training: Path | None
    settings: Sequence[str]
    config: Path | None
    name: str | None
    fit: str
    aspect: float | None
    features: Path | None
    devices: int
    cluster: int
    device: str
    threads: int
    workers: int
    memory_gib: float | None
    checkpoint_seconds: float
    as_json: bool
    shy: bool
    refusal: Path | None = None


def train_call(call: TrainCall) -> int:
    """Train until it is done or somebody asks for an end. -> exit code"""
    if call.shy:
        calm_threads()
    folder = folder_of(call)
    if call.cluster:
        from gpu_service.training.cluster import train_on_cluster

        return train_on_cluster(replace(call, cluster=0), folder=folder, workers=call.cluster)
    if call.refusal is not None and call.refusal.exists():
        return 0  # started again, though it was no accident
    try:
        is_this_one = call.devices == 1 or local_rank() is not None
        return _train(call, folder) if is_this_one else launch(sys.argv[1:], devices=call.devices)
    except RenderError as error:
        said = Said(level="failed", sentence=str(error), kind_of_failure=error.kind).model_dump_json()
        if call.refusal is not None:
            call.refusal.write_text(said, encoding="utf-8")
            return 0
        if not call.as_json:
            raise
        print(said, flush=True)  # noqa: T201
        return FAILED


def _train(call: TrainCall, folder: Path) -> int:
    from gpu_service.training.one_process import run_in_this_process
    from gpu_service.training.telling import teller_for

    run_folder = RunFolder(folder)
    config = config_of(call, run_folder.facts())
    with teller_for(as_json=call.as_json) as teller:
        outcome = run_in_this_process(call, run_folder, config, teller)
    if outcome == "interrupted" and not call.as_json:
        print("Stopped, and kept. The same command goes on.", file=sys.stderr)  # noqa: T201
    return INTERRUPTED if outcome == "interrupted" else 0


def folder_of(call: TrainCall) -> Path:
    """Where the run lies. RenderError where the words contradict each other."""
    if call.resume is not None and call.out is not None and call.resume.resolve() != call.out.resolve():
        raise RenderError("--resume and --out name two folders. A run goes on where it lies: --resume alone.")
    folder = call.resume or call.out
    if folder is None:
        raise RenderError("Name a folder for the run: --out RUN, or --resume RUN to go on with one.")
    if call.resume is not None and not (call.resume / "run.json").exists():
        raise RenderError(f"There is no run in {call.resume}.")
    if call.fit not in FITS:
        raise RenderError(f"--fit {call.fit}: use {', '.join(FITS)}.")
    return folder


def config_of(call: TrainCall, before: RunFacts | None) -> TrainingConfig:
    """The settings that are asked for: a preset's, a file's, or those of the run as it was begun; then --set."""
    changes = changes_of(call)
    try:
        if call.config is not None:
            given = TrainingConfig.model_validate_json(call.config.read_bytes())
            return TrainingConfig.model_validate(given.model_dump() | changes)
        if before is not None and call.preset is None:
            sized = {"size": call.size} if call.size is not None else {}
            return TrainingConfig.model_validate(before.config.model_dump() | sized | changes)
        return _from_preset(call, changes, before)
    except ValidationError as error:
        raise RenderError(first_problem(error)) from error
    except ValueError as error:
        raise RenderError(str(error)) from error


def _from_preset(call: TrainCall, changes: Mapping[str, Any], before: RunFacts | None) -> TrainingConfig:
    shapes = _settings_of_start(call)
    if call.size is not None and call.size != shapes.get("size", call.size):
        raise RenderError(f"The start draws {shapes['size']} pixels a side. Leave out --size {call.size}.")
    size = call.size or shapes.get("size") or (before.config.size if before else None)
    if size is None:
        raise RenderError("Name the size of the pictures: --size 64, 128, 256, 512 or 1024.")
    family = shapes.get("family", "stylegan2")
    preset = call.preset or ("auto" if family == "stylegan2" else family)
    if preset not in get_args(PresetName):
        raise RenderError(f"There is no preset named “{preset}”. There are: {', '.join(presets())}.")
    plain = resolve(preset, size=size, devices=call.devices)  # type: ignore[arg-type]  # checked above
    if shapes and plain.family != family:
        hint = "leave out --preset" if family != "stylegan2" else "choose auto"
        raise RenderError(f"The preset {preset} trains {plain.family}, the start is a {family}: {hint}.")
    wanted = settled_by(shapes, plain) | dict(changes)
    config = resolve(preset, size=size, devices=call.devices, **wanted)  # type: ignore[arg-type]  # checked above
    return fine_tuning(config, changes=changes) if call.start is not None else config


def _settings_of_start(call: TrainCall) -> dict[str, Any]:
    if call.start is None:
        return {}
    from gpu_service.snapshots.training_file import read_training_parts

    parts = read_training_parts(call.start)
    judge = parts.get("D")
    return settings_of_start(parts["G_ema"].kind, parts["G_ema"].config, judge.config if judge else None)


def changes_of(call: TrainCall) -> dict[str, Any]:
    """--kimg and every --set name=value; a value is JSON, or a word as it stands."""
    changes: dict[str, Any] = {}
    for setting in call.settings:
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals:
            raise RenderError(f"--set {setting}: write name=value, such as batch=16.")
        if name not in TrainingConfig.model_fields:
            near = difflib.get_close_matches(name, TrainingConfig.model_fields, n=1)
            hint = f" Did you mean {near[0]}?" if near else f" There are: {', '.join(TrainingConfig.model_fields)}."
            raise RenderError(f"--set {setting}: there is no setting named “{name}”.{hint}")
        changes[name] = _value(name, text)
    if call.kimg is not None:
        changes["kimg"] = call.kimg
    return changes


def _value(name: str, text: str) -> Any:
    if name == "metrics" and not text.startswith("["):
        return [each.strip() for each in text.split(",") if each.strip()]
    try:
        return json.loads(text)
    except ValueError:
        return None if text == "none" and name != "augment" else text


def first_problem(error: ValidationError) -> str:
    """The first wrong setting: its title, what is wrong with it, what was given."""
    problem = error.errors(include_url=False)[0]
    message = str(problem["msg"]).removeprefix("Value error, ")
    name = str(problem["loc"][0]) if problem["loc"] else ""
    if name not in TrainingConfig.model_fields:
        return message
    return f"{TrainingConfig.model_fields[name].title or name} ({name}={problem['input']}): {message}."


def run_name(call: TrainCall, folder: Path) -> str:
    """What snapshots are named after: the word given, or the folder's name."""
    return harmless_stem(f"{call.name or folder.resolve().name}.run")
