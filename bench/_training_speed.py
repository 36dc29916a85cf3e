"""Seconds for a thousand pictures: ours, a plain form of the same steps, and NVIDIA's code where somebody brings it."""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from _figures import Figure
from _plain_training import PlainTraining
from _reference_training import ReferenceTraining
from torch import Tensor

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training_presets import resolve
from gpu_service.training.build import networks
from gpu_service.training.estimate import sorts_of_steps
from gpu_service.training.trainer import Trainer

BATCH, GROUP, CHANNEL_BASE = 8, 4, 16384
GATE = 2.0
MOST_ROUNDS = 9
SLOW_SECONDS = 5.0
WALL, BUSY = 0, 1
Lasted = tuple[float, float]  # on the clock, of the processor
Step = Callable[[int, Tensor], object]


def config_of(size: int, *, batch: int = BATCH, channel_base: int = CHANNEL_BASE) -> TrainingConfig:
    """The recipe of `auto`, without augmentation: in its fallback code the reference cannot put R1 through it."""
    maps = {"channel_base": channel_base, "channel_max": 512}
    return resolve("auto", size=size, batch=batch, mbstd_group=min(GROUP, batch), augment="none", **maps)


def speed_figures(
    config: TrainingConfig, *, reference: Path | None, plain: bool, seconds: float, device: torch.device
) -> list[Figure]:
    """One size: every sort of step in turn, so that all feel the same neighbours."""
    works: dict[str, Step] = {"ours": our_step(config, device)}
    if plain:
        works["plain"] = PlainTraining(config, *_fresh(config)).step
    if reference is not None:
        works["reference"] = ReferenceTraining(config, reference, *_fresh(config)).step
    real = torch.randint(0, 256, (config.batch, 3, config.size, config.size), dtype=torch.uint8)
    sorts = sorts_of_steps(config)
    lasted = {sort: in_turn(works, first, real, seconds=seconds / len(sorts)) for sort, (first, _) in sorts.items()}

    def per_kimg(name: str, which: int = WALL) -> float:
        each = {sort: statistics.median(step[which] for step in lasted[sort][name]) for sort in sorts}
        return sum(share * each[sort] for sort, (_, share) in sorts.items()) / config.batch * 1000

    front = f"training, {config.size}², batch {config.batch}"
    figures = [Figure(f"{front}: ours", per_kimg("ours"), "s/kimg", digits=1)]
    for name in list(works)[1:]:
        gate = GATE if name == "reference" else None
        figures.append(Figure(f"{front}: {name}", per_kimg(name), "s/kimg", digits=1))
        figures.append(Figure(f"{front}: {name} ÷ ours", per_kimg(name) / per_kimg("ours"), "×", at_least=gate))
        # Neighbours take time away from all, but not processor time.
        busy = per_kimg(name, BUSY) / per_kimg("ours", BUSY)
        figures.append(Figure(f"{front}: {name} ÷ ours, processor time", busy, "×"))
    for figure in figures:
        print(f"{figure.what}: {figure.measured}", file=sys.stderr, flush=True)
    return figures


def our_step(config: TrainingConfig, device: torch.device) -> Step:
    """A step of the trainer as if it were the one of that number, all of it done."""
    trainer = Trainer(config, device=device)

    def step(index: int, real: Tensor) -> None:
        trainer.step_index = index
        trainer.step(real)
        if device.type == "cuda":
            torch.cuda.synchronize(device)

    return step


def in_turn(works: dict[str, Step], index: int, real: Tensor, *, seconds: float) -> dict[str, list[Lasted]]:
    """How long each step took, one after the other for about so long. A quick first one does not count."""
    lasted: dict[str, list[Lasted]] = {name: [] for name in works}
    ends = time.perf_counter() + seconds
    for number in range(1 + MOST_ROUNDS):
        if all(lasted.values()) and time.perf_counter() > ends:
            break
        for name, step in works.items():
            began = time.perf_counter(), time.process_time()
            step(index, real)
            took = time.perf_counter() - began[WALL], time.process_time() - began[BUSY]
            if number or took[WALL] > SLOW_SECONDS:
                lasted[name].append(took)
    return lasted


def _fresh(config: TrainingConfig):  # type: ignore[no-untyped-def]
    """Generator and discriminator as a run begins with them."""
    made = networks(config, 0, {}, [])
    return made.generator, made.discriminator
