"""`project`: words of the command line to a projection, begun or gone on with, and its file."""

import hashlib
import json
import math
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import torch
from pydantic import ValidationError

from gpu_service.cli_places import check_place
from gpu_service.cli_words import read_fps
from gpu_service.errors import RenderError
from gpu_service.film.code_path import choose_device
from gpu_service.networks.base import Network
from gpu_service.networks.discriminator import Discriminator
from gpu_service.projection.begun import goes_on_with
from gpu_service.projection.convergence import convergence
from gpu_service.projection.easel import Easel
from gpu_service.projection.file import read_projection
from gpu_service.projection.folder import WorkFolder
from gpu_service.projection.losses import choose_losses
from gpu_service.projection.parts import assemble, facts_of
from gpu_service.projection.review import review_film
from gpu_service.projection.run import ProjectionRun, Surroundings
from gpu_service.projection.target import choose, look_at, open_target
from gpu_service.projection.telling import Ending, JsonTeller, LineTeller, Saying
from gpu_service.protocol.projection import ProjectionConfig, ProjectionNote
from gpu_service.settings import calm_threads
from gpu_service.snapshots.facts import training_path
from gpu_service.snapshots.reader import ReadNetwork
from gpu_service.snapshots.store import import_snapshot, is_safetensors, load_network, read_facts
from gpu_service.snapshots.training_file import read_training_file, read_training_parts
from gpu_service.training import wishes
from gpu_service.training.wishes import Wishes

INTERRUPTED, FAILED = 130, 2
REFERENCE_STEPS = 1000
# Where an option is not called as its setting.
OPTIONS = {"width_height": "projection-width-height", "losses": "loss"}


@dataclass(frozen=True)
class ProjectCall:
    """The command line of `project`, word by word."""

    target: Path
    snapshot: Path
    training: Path | None
    features: Path | None
    out: Path
    config: ProjectionConfig
    resume: bool
    name: str | None
    network_md5: str | None
    network_name: str | None
    device: str
    threads: int
    as_json: bool
    shy: bool
    review: Path | None = None


def project_call(call: ProjectCall) -> int:
    """Search until all frames are found or somebody asks for an end. -> exit code"""
    if call.shy:
        calm_threads()
        os.nice(10)
    say: Callable[[Saying], None] = JsonTeller() if call.as_json else LineTeller()
    try:
        return _project(call, say)
    except RenderError as error:
        if not call.as_json:
            raise
        say(Ending(outcome="failed", sentence=str(error), retry=error.retry))
        return FAILED


def _project(call: ProjectCall, say: Callable[[Saying], None]) -> int:
    folder = _place(call)
    if call.threads:
        torch.set_num_threads(call.threads)
    hears = Wishes()
    if call.as_json:
        hears.listen(sys.stdin)
        wishes.end_with(os.getppid())
    with hears.signals():
        given = prepare(call, folder, hears, say)
        run = ProjectionRun(given)
        outcome = run.run()
    if outcome == "done":
        assemble(folder, given.facts, call.out, is_complete=True)
        if call.review is not None:
            make_review(call.out, call.review, convergence_to=call.review.with_name("convergence.json"))
    elif folder.parts() and (outcome == "stopped" or not call.as_json):
        assemble(folder, given.facts, call.out, is_complete=False)
    say(Ending(outcome=outcome, frames=run.done, fps=str(given.choice.fps)))
    if not call.as_json:
        _say_end(call, outcome, run)
        if outcome == "done":
            folder.remove()
    return 0 if outcome == "done" or call.as_json else INTERRUPTED


def make_review(path: Path, out: Path, *, convergence_to: Path | None = None, height: int = 512) -> None:
    """The film to judge it by, and how the search came to rest where the file tells it."""
    read = read_projection(path, unfinished=True)
    review_film(read, out, height=height)
    found = convergence(read)
    if found is not None and convergence_to is not None:
        convergence_to.write_text(json.dumps(found.to_json()), encoding="utf-8")


def _say_end(call: ProjectCall, outcome: str, run: ProjectionRun) -> None:
    each = run.evaluations / max(run.done, 1)
    if outcome == "done":
        print(f"{call.out}  {run.done} frames, {each:.1f} drawings a frame")  # noqa: T201
    else:
        print(f"Stopped at frame {run.done}, and kept. The same command with --resume goes on.", file=sys.stderr)  # noqa: T201


def _place(call: ProjectCall) -> WorkFolder:
    """Where the work lies: beside the file. RenderError where something else lies there."""
    check_place("--out", call.out, name="film.hdf5")
    folder = WorkFolder(call.out.with_name(f"{call.out.name}.work"))
    if call.out.resolve() in (call.target.resolve(), call.snapshot.resolve()):
        raise RenderError(f"--out {call.out} would overwrite what is projected. Choose another --out.")
    has_begun = (folder.path / "order.json").exists()
    if has_begun and not call.resume:
        raise RenderError(f"{folder.path} holds a projection that is not finished. Add --resume, or remove it.")
    if call.resume and not has_begun and not call.as_json:
        raise RenderError(f"There is nothing to go on with beside {call.out}.")
    if call.out.exists() and not has_begun:
        raise RenderError(f"{call.out} exists already. Choose another --out, or remove it.")
    return folder


def prepare(call: ProjectCall, folder: WorkFolder, hears: Wishes, say: Callable[[Saying], None]) -> Surroundings:
    """Everything read and checked, before the first drawing."""
    config = goes_on_with(folder.begun().get("settings"), call.config)
    device = choose_device(call.device)
    if config.recipe == "reference" and config.space == "w+":
        raise RenderError("The published recipe finds one w for all rows. Choose the quick one for W+.", field="space")
    fps = None if config.fps is None else read_fps(config.fps)
    own = None if config.video_fps is None else read_fps(config.video_fps)
    target = open_target(call.target, most=needed(call.target, fps, config, own=own), video_fps=own)
    choice = choose(target.info, fps=fps, frames=config.frames, first_seconds=config.first_seconds)
    network, judge = _read(call, device)
    easel = Easel(network, precision="fp32" if config.recipe == "reference" else config.precision)
    losses, notes = choose_losses(config.losses, discriminator=judge, features=call.features, device=device)
    for text in (*target.info.notes, *notes):
        say(ProjectionNote(text=text))
    md5, shown = _network(call)
    source = (call.name or call.target.name, md5_of(call.target))
    facts = facts_of(easel, target, choice, config, network=(shown, md5), source=source)
    folder.begin({"target": source[1], "snapshot": md5, "settings": config.model_dump(mode="json")})
    guess = None
    if config.encoder and config.recipe == "quick":
        from gpu_service.projection.encoder import trained_encoder

        guess = trained_encoder(easel, folder=folder.path, seed=config.seed, say=say)
    return Surroundings(easel, losses, target, choice, config, facts, folder, hears, say, guess)


def needed(target: Path, fps: Fraction | None, config: ProjectionConfig, *, own: Fraction | None = None) -> int | None:
    """How many frames of a film have to be there, where not all are wanted."""
    if config.frames is None:
        return None
    own = own or look_at(target).fps
    every = max(1, round(own / fps)) if fps else 1
    return math.ceil(config.first_seconds * own) + config.frames * every


def _read(call: ProjectCall, device: torch.device) -> tuple[Network, Discriminator | None]:
    """The generator, and the discriminator where one lies in or beside the file."""
    wants_judge = "discriminator" in call.config.losses
    beside = call.training
    with tempfile.TemporaryDirectory(prefix="phosphene-project-") as place:
        ours = call.snapshot
        if not is_safetensors(call.snapshot):
            ours = Path(place) / "network.safetensors"
            import_snapshot(call.snapshot, to=ours, name=call.snapshot.name, with_training=wants_judge)
        if beside is None and training_path(ours).exists():
            beside = training_path(ours)
        network = load_network(ours, device=device)
        judge = None
        if beside is not None and wants_judge:
            parts = read_training_file(beside) if is_safetensors(beside) else read_training_parts(beside)
            judge = judge_of(parts["D"], network.native_size[0]) if "D" in parts else None
    return network, judge


def judge_of(part: ReadNetwork, side: int) -> Discriminator | None:
    """The discriminator of a training file, where it judges pictures of that size."""
    tensors = {name: torch.from_numpy(array) for name, array in part.tensors.items()}
    judge = Discriminator.from_tensors(part.config, tensors, device=torch.device("cpu"))
    return judge if judge.config.resolution == side and judge.config.picture_channels == 3 else None


def _network(call: ProjectCall) -> tuple[str, str]:
    """MD5 and name of the file that the person brought, before we made our own form of it."""
    facts = read_facts(call.snapshot) if is_safetensors(call.snapshot) else None
    md5 = call.network_md5 or (facts.original_md5 if facts else None) or md5_of(call.snapshot)
    return md5, call.network_name or (facts.original_name if facts else None) or call.snapshot.name


def md5_of(path: Path) -> str:
    """Of a file, or of a folder's files by name."""
    total = hashlib.md5(usedforsecurity=False)
    for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if each.is_file():
            with each.open("rb") as file:
                while piece := file.read(1 << 20):
                    total.update(piece)
    return total.hexdigest()


def config_from(
    *, recipe: str, steps: int | None, losses: Sequence[str], features: Path | None, **more: object
) -> ProjectionConfig:
    """Settings from options. RenderError names the first that is wrong."""
    chosen = list(losses) or (["features"] if features is not None else ["pixels", "discriminator"])
    steps = steps if steps is not None else (REFERENCE_STEPS if recipe == "reference" else None)
    given = {"recipe": recipe, "losses": chosen, **more} | ({} if steps is None else {"steps": steps})
    try:
        return ProjectionConfig.model_validate(given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        name = str(problem["loc"][0]) if problem["loc"] else "a setting"
        option = OPTIONS.get(name, name.replace("_", "-"))
        raise RenderError(f"--{option} {problem['input']}: {problem['msg']}.", field=name) from error


def read_config(path: Path) -> ProjectionConfig:
    """Settings out of a JSON file. RenderError where it is none."""
    try:
        return ProjectionConfig.model_validate_json(path.read_bytes())
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise RenderError(f"{path.name}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}.") from error
