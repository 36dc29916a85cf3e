"""How long and how large a run would be on this device: a few real steps on random pictures.

Steps differ: some add the path length, some R1, as often as the settings say. One of each sort is timed and weighed by
its share. Where a whole batch would take too long or too much memory, a small one is tried and scaled.
"""

import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from math import lcm

import torch

from gpu_service.protocol.training import Measured, TrainingConfig
from gpu_service.training.errors import TrainingError
from gpu_service.training.peak import Peak, memory_of
from gpu_service.training.trainer import Trainer

# Augmentation costs more the stronger it is; this is where many runs stay.
USUAL_STRENGTH = 0.3
CLASSES_TRIED = 2  # any number of them costs the same
PATIENCE_SECONDS = 90.0
WANTED_SECONDS, MOST_REPEATS = 1.5, 5
MOST_OF_MEMORY = 0.7
Report = Callable[[str, float], None]
Sort = tuple[bool, bool]  # with path length, with R1


@dataclass(frozen=True)
class Tried:
    """What steps of one batch cost. `fixed_bytes`: networks and what Adam keeps, without any picture."""

    batch: int
    step_seconds: float
    fixed_bytes: int
    peak_bytes: int
    precision: str
    micro_batch: int
    checkpoint_bytes: int
    snapshot_bytes: int


def measure_steps(
    config: TrainingConfig,
    device: torch.device,
    *,
    report: Report = lambda _words, _share: None,
    patience_seconds: float = PATIENCE_SECONDS,
) -> Measured:
    """Try it on that device. Raises TrainingError where the settings cannot be trained there."""
    whole = min(config.micro_batch or config.batch, config.batch)
    held = whole
    if device.type == "cuda":
        tried = _try(config, device, report)
    else:
        group = min(config.mbstd_group, config.batch)
        tried = _try(config.model_copy(update={"batch": group, "micro_batch": None}), device, report)
        held = _that_fit(tried, whole, group)
        seconds = tried.step_seconds * config.batch / group * _steps_in_a_trial(config)
        if held == whole and group < config.batch and seconds <= patience_seconds:
            tried = _try(config, device, report)
    full = tried.batch == config.batch
    each = (tried.peak_bytes - tried.fixed_bytes) / min(tried.micro_batch, tried.batch)
    return Measured(
        device=name_of(device),
        precision=tried.precision,
        seconds_per_kimg=tried.step_seconds / tried.batch * 1000,
        peak_bytes=tried.peak_bytes if full else round(tried.fixed_bytes + each * held),
        checkpoint_bytes=tried.checkpoint_bytes,
        snapshot_bytes=tried.snapshot_bytes,
        micro_batch=tried.micro_batch if full else held,
    )


def sorts_of_steps(config: TrainingConfig) -> dict[Sort, tuple[int, float]]:
    """{(with path length, with R1): (the first step of that sort but 0, its share of all steps)}"""

    def sort(index: int) -> Sort:
        paths = config.path_weight > 0 and index % config.path_every == 0
        return paths, config.gamma > 0 and index % config.r1_every == 0

    period = lcm(config.path_every, config.r1_every)
    counts = Counter(sort(index) for index in range(1, period + 1))
    first = {sort(index): index for index in range(period, 0, -1)}
    return {each: (first[each], count / period) for each, count in counts.items()}


def name_of(device: torch.device) -> str:
    """As people know it: the card's name, or “CPU, 2 cores”."""
    if device.type == "cuda":
        return str(torch.cuda.get_device_properties(device).name)
    threads = torch.get_num_threads()
    return f"CPU, {threads} core{'s' if threads > 1 else ''}"


def _try(config: TrainingConfig, device: torch.device, report: Report) -> Tried:
    classes = CLASSES_TRIED if config.labels else 0
    report("Making the networks", 0.0)
    peak = Peak(device)
    trainer = Trainer(config, device=device, num_classes=classes)
    fixed = peak.now()
    real = torch.randint(0, 256, (config.batch, 3, config.size, config.size), dtype=torch.uint8)
    labels = torch.eye(classes)[torch.arange(config.batch) % classes] if classes else None
    sorts, seconds = sorts_of_steps(config), 0.0
    for number, (index, share) in enumerate(sorts.values()):
        report(f"Trying steps of {config.batch} pictures", number / len(sorts))
        seconds += share * _seconds_of(trainer, index, real, labels)
    state = trainer.tensors()
    return Tried(
        batch=config.batch,
        step_seconds=seconds,
        fixed_bytes=fixed,
        peak_bytes=peak.highest(),
        precision=trainer.precision,
        micro_batch=trainer.micro_batch,
        checkpoint_bytes=sum(tensor.nbytes for tensor in state.values()),
        snapshot_bytes=sum(tensor.nbytes for tensor in trainer.generator().tensors().values()),
    )


def _seconds_of(trainer: Trainer, index: int, real: torch.Tensor, labels: torch.Tensor | None) -> float:
    """The median time of steps like that one, after one that does not count."""
    lasted: list[float] = []
    for _ in range(1 + MOST_REPEATS):
        trainer.step_index = index
        trainer.set_probability(trainer.config.first_p if trainer.config.augment == "fixed" else USUAL_STRENGTH)
        began = time.perf_counter()
        trainer.step(real, labels)
        if trainer.device.type == "cuda":
            torch.cuda.synchronize(trainer.device)
        lasted.append(time.perf_counter() - began)
        if len(lasted) > 1 and sum(lasted[1:]) >= WANTED_SECONDS:
            break
    return statistics.median(lasted[1:])


def _steps_in_a_trial(config: TrainingConfig) -> int:
    """At least so many: each sort once to warm up and once to count."""
    return 2 * len(sorts_of_steps(config))


def _that_fit(tried: Tried, wanted: int, group: int) -> int:
    """How many pictures can be held at a time here, in whole groups. Raises TrainingError when none can."""
    room = MOST_OF_MEMORY * memory_of() - tried.fixed_bytes
    each = max(tried.peak_bytes - tried.fixed_bytes, 1) / tried.batch
    held = wanted
    while held > group and each * held > room:
        held = max(held // 2 // group, 1) * group
    if each * held > room:
        raise TrainingError("This machine has not enough memory for that. Choose a smaller size or fewer feature maps.")
    return held
