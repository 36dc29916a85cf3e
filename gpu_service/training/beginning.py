"""Beginning a run, or going on with one: folder, pictures and newest checkpoint agree, or a sentence says why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from gpu_service.file_hash import file_sha256
from gpu_service.protocol import Said, TrainingConfig
from gpu_service.protocol.training_bytes import checkpoint_bytes, snapshot_bytes, training_bytes
from gpu_service.training.checkpoints import KEPT, SPARE_BYTES, Checkpoints, NoRoom, free_bytes
from gpu_service.training.comparing import goes_on_with, same_pictures
from gpu_service.training.data.pictures import Pictures, open_pictures
from gpu_service.training.errors import TrainingError
from gpu_service.training.fingerprint import fingerprint_of
from gpu_service.training.run import Run, Surroundings
from gpu_service.training.run_folder import Fit, Kept, PicturesFacts, RunFacts, RunFolder
from gpu_service.training.trainer import Trainer

if TYPE_CHECKING:
    from gpu_service.snapshots.reader import ReadNetwork


@dataclass(frozen=True)
class RunOrder:
    """What a person asks for. `config` None: as the run was begun. `start`: a snapshot, ours or foreign."""

    folder: Path
    name: str
    pictures: Path | None = None
    config: TrainingConfig | None = None
    fit: Fit = "exact"
    start: Path | None = None
    start_training: Path | None = None
    aspect: float | None = None


def begin(order: RunOrder, given: Surroundings) -> Run:
    """A run that is ready to train; its folder must be locked. Raises TrainingError, SnapshotError."""
    folder = RunFolder(order.folder)
    before = folder.facts()
    config = _config(order, before)
    pictures = open_pictures(
        _pictures_path(order, before), size=config.size, labels=config.labels, fit=before.fit if before else order.fit
    )
    facts = _facts(order, config, pictures, before)
    _check_disk(folder.path, config, pictures.num_classes)
    found = Checkpoints(folder.checkpoints).newest_whole()
    if found is not None:
        kept = Kept.model_validate(found.facts)
        goes_on_with(kept.config, config)
        same_pictures(kept.pictures, facts.pictures)
    start = _start(order, facts) if found is None else None
    trainer = Trainer(config, device=given.device, world=given.world, num_classes=pictures.num_classes, start=start)
    if given.world.rank == 0 and facts != before:
        folder.write_facts(facts)
    run = Run(folder, facts, trainer, pictures, given)
    if found is not None:
        run.go_on_from(found)
    _tell(run, given, damaged=found.damaged if found else [], is_going_on=found is not None)
    return run


def _config(order: RunOrder, before: RunFacts | None) -> TrainingConfig:
    if before is None:
        if order.config is None:
            raise TrainingError(f"There is no run in {order.folder} to go on with. Name a preset to begin one.")
        return order.config
    return goes_on_with(before.config, order.config) if order.config is not None else before.config


def _pictures_path(order: RunOrder, before: RunFacts | None) -> Path:
    if order.pictures is not None:
        return order.pictures
    if before is None:
        raise TrainingError("The pictures are missing: name a zip or a folder of them.")
    return Path(before.pictures.path)


def _facts(order: RunOrder, config: TrainingConfig, pictures: Pictures, before: RunFacts | None) -> RunFacts:
    path = _pictures_path(order, before)
    shown = PicturesFacts(path=str(path.resolve()), count=len(pictures), fingerprint=fingerprint_of(path))
    if before is not None:
        same_pictures(before.pictures, shown)
        return before.model_copy(update={"config": config, "pictures": shown})
    return RunFacts(
        name=order.name,
        config=config,
        pictures=shown,
        fit=order.fit,
        start=file_sha256(order.start) if order.start else None,
        aspect=order.aspect or pictures.aspect,
        begun_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _start(order: RunOrder, facts: RunFacts) -> "Mapping[str, ReadNetwork] | None":
    """The parts of the snapshot to fine-tune. Only a run that has no checkpoint yet needs them."""
    if order.start is None:
        if facts.start is not None:
            raise TrainingError("This run starts from a snapshot and has no checkpoint yet: name it with --start.")
        return None
    if facts.start != file_sha256(order.start):
        raise TrainingError("This run was begun from another snapshot. Name that one, or begin another run.")
    from gpu_service.snapshots.training_file import read_training_file, read_training_parts

    parts = read_training_parts(order.start)
    return {**parts, **read_training_file(order.start_training)} if order.start_training else parts


def _check_disk(folder: Path, config: TrainingConfig, num_classes: int) -> None:
    """Before hours are spent: room for the checkpoints that are kept, one more, and the first snapshot."""
    one = checkpoint_bytes(config, num_classes=num_classes)
    there = sum(path.stat().st_size for path in folder.rglob("*.safetensors"))
    snapshot = snapshot_bytes(config, num_classes=num_classes) + training_bytes(config, num_classes=num_classes)
    needed = (KEPT + 1) * one + snapshot + SPARE_BYTES - min(there, KEPT * one)
    if (free := free_bytes(folder)) < needed:
        raise NoRoom(
            f"The disk of {folder} has {free / 1e6:,.0f} MB free; this run needs {needed / 1e6:,.0f} MB to begin, and "
            f"{snapshot / 1e6:,.0f} MB more for each further snapshot. Free space, or choose another folder."
        )


def _tell(run: Run, given: Surroundings, *, damaged: list[str], is_going_on: bool) -> None:
    if given.world.rank:
        return
    for sentence in damaged:
        given.report(Said(level="warning", sentence=f"{sentence} The one before it is taken."))
    if is_going_on:
        given.report(Said(sentence=f"The run goes on at {run.kimg:g} kimg, from its newest checkpoint."))
