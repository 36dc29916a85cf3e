"""A run's time where nobody has tried its settings: as another run had it, else scaled from what was measured here.

Scaled is by how much arithmetic both are, and what comes out is a range: the larger the step, the wider. On a CPU
(`small` and `auto`, 32 to 128 pixels) and in what was published for one A100 the true figure lay within it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from gpu_service.protocol import TrainingConfig
from gpu_service.protocol.training_operations import operations_per_kimg
from gpu_service.protocol.training_presets import resolve
from studio.jobs.models import Job
from studio.projects.models import Project
from studio.training.here import services_here
from studio.training.models import TrainingRun, TrainingTick, TrainingTry

LOOKED_AT = 50
# A run tells a speed when every kind of step has come a few times.
LEAST_STEPS = 64
NARROWEST, WIDENED_BY = 1.3, 0.25


@dataclass(frozen=True)
class Known:
    """What a thousand pictures took once, in seconds, with which settings, on which device."""

    config: TrainingConfig
    seconds_per_kimg: float
    device: str
    run: TrainingRun | None = None


def is_here(device: str) -> bool:
    """Whether a service with that device is attached; where none is, any will do."""
    here = services_here()
    return not here or any(device.startswith(name) for found in here for name in found.devices)


def by_runs(project: Project) -> Iterable[Known]:
    """How fast runs of the project were in their newest job on a device that is here, the newest run first."""
    rows = TrainingRun.objects.filter(project=project, binned_at=None, kimg__gt=0).exclude(device="")
    for run in rows.order_by("-created_at", "id")[:LOOKED_AT]:
        if not is_here(run.device):
            continue
        config = _read(run.config)
        ticks = list(TrainingTick.objects.filter(run=run, kimg__gt=run.job_kimg).order_by("kimg"))
        if config is None or len(ticks) < 2:
            continue
        kimg, seconds = ticks[-1].kimg - ticks[0].kimg, ticks[-1].seconds - ticks[0].seconds
        if kimg * 1000 >= LEAST_STEPS * config.batch and seconds > 0:
            yield Known(config, seconds / kimg, run.device, run)


def by_tries() -> Iterable[Known]:
    """What was tried on devices that are here, whoever asked for it."""
    rows = list(TrainingTry.objects.filter(state="ready").order_by("-created_at", "id")[:LOOKED_AT])
    jobs = Job.objects.in_bulk([row.job_id for row in rows if row.job_id])
    for row in rows:
        job = jobs.get(row.job_id) if row.job_id else None
        config = _read(job.payload.get("config")) if job else None
        if config is not None and row.measured and is_here(row.device):
            yield Known(config, row.measured["seconds_per_kimg"], row.device)


def nearest(config: TrainingConfig, known: Iterable[Known]) -> tuple[Known, float] | None:
    """The measurement most alike in arithmetic, and how many times as much arithmetic `config` is."""
    wanted = operations_per_kimg(config)
    ratios = [(one, wanted / operations_per_kimg(one.config)) for one in known]
    return min(ratios, key=lambda pair: max(pair[1], 1 / pair[1]), default=None)


def spread(ratio: float) -> float:
    """How many times as long, or as short, it may be where there is `ratio` times as much arithmetic."""
    return NARROWEST * max(ratio, 1 / ratio) ** WIDENED_BY


def gauge() -> TrainingConfig:
    """Settings that are tried within seconds, on a device about which nothing is known."""
    names = [name for found in services_here() for name in found.devices]
    is_processor = all(name.startswith("CPU") for name in names)
    return resolve("small", size=64, batch=4) if is_processor else resolve("auto", size=256)


def _read(config: dict[str, Any] | None) -> TrainingConfig | None:
    try:
        return TrainingConfig.model_validate(config) if config else None
    except ValidationError:
        return None
