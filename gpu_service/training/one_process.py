"""A run in this process: device, lock, wishes, and the loop."""

import os
import sys
from typing import TYPE_CHECKING, Literal

import torch

from gpu_service.film.code_path import choose_device
from gpu_service.protocol import Phase, Said, TrainingConfig
from gpu_service.settings import local_rank
from gpu_service.training import memory, wishes
from gpu_service.training.beginning import RunOrder, begin
from gpu_service.training.run import Outcome, Surroundings
from gpu_service.training.run_folder import RunFolder
from gpu_service.training.telling import Teller
from gpu_service.training.wishes import Wishes
from gpu_service.training.world import joined

if TYPE_CHECKING:
    from gpu_service.cli_train import TrainCall

GIB = 1 << 30
# Of a GPU that previews and films draw on too.
CARD_SHARE = 0.85


def run_in_this_process(
    call: "TrainCall", folder: RunFolder, config: TrainingConfig, teller: Teller
) -> Outcome | Literal["interrupted"]:
    """Train as one process of however many the launcher started. Raises TrainingError."""
    from gpu_service.cli_train import run_name

    device = _device(call.device)
    _settle(call, device)
    world = joined(device)
    hears = Wishes()
    if call.as_json and world.rank == 0:
        hears.listen(sys.stdin)
    if call.as_json or world.size > 1:
        wishes.end_with(os.getppid())
    folder.make()

    def report(said: object) -> None:
        folder.append(said)  # type: ignore[arg-type]
        teller.report(said)  # type: ignore[arg-type]

    given = Surroundings(
        device=device,
        world=world,
        wishes=hears,
        report=report,
        features=call.features,
        workers=call.workers,
        checkpoint_seconds=call.checkpoint_seconds,
        moved=teller.moved if world.rank == 0 else lambda pictures, total: None,
    )
    order = RunOrder(
        folder=folder.path,
        name=run_name(call, folder.path),
        pictures=call.data,
        config=config,
        fit=call.fit,  # type: ignore[arg-type]  # checked before
        start=call.start,
        start_training=call.start_training,
        aspect=call.aspect,
    )
    with folder.locked(alone=world.rank == 0), hears.signals():
        if world.rank == 0:
            report(Phase(phase="starting"))
        run = begin(order, given)
        if world.rank == 0:
            given.report(Said(sentence=_introduction(run.trainer.precision, device, world.size)))
        outcome = run.train()
    return "interrupted" if hears.interrupted and outcome == "paused" else outcome


def _device(wanted: str) -> torch.device:
    """The one that is wanted; of several processes each has its own GPU."""
    device, place = choose_device(wanted), local_rank()
    if device.type == "cuda" and place is not None and torch.cuda.device_count() > 1:
        device = torch.device("cuda", place)
    if device.type == "cuda":
        torch.cuda.set_device(device)
    return device


def _settle(call: "TrainCall", device: torch.device) -> None:
    memory.go_first()
    if call.threads:
        torch.set_num_threads(call.threads)
    if call.shy:
        os.nice(10)
    if call.shy and device.type == "cuda":
        torch.cuda.set_per_process_memory_fraction(CARD_SHARE, device)
    if call.memory_gib is not None and device.type == "cpu":
        memory.bound(round(call.memory_gib * GIB))


def _introduction(precision: str, device: torch.device, size: int) -> str:
    what = (
        torch.cuda.get_device_name(device) if device.type == "cuda" else f"the CPU, {torch.get_num_threads()} threads"
    )
    return f"Training on {what} in {precision}" + (f", {size} processes." if size > 1 else ".")
