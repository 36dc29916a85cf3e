"""What every piece of work of a service needs at hand."""

from dataclasses import dataclass
from pathlib import Path

from gpu_service.client import StudioClient
from gpu_service.executors.base import Executor
from gpu_service.inputs import InputCache
from gpu_service.slow_stages import SlowStages


@dataclass(frozen=True)
class Bench:
    """One per service. `scratch` is for files on their way to the studio, `runs` for folders of training.

    Training takes `device`, and of a CPU's memory no more than `training_bytes`.
    """

    client: StudioClient
    executor: Executor
    inputs: InputCache
    stages: SlowStages
    scratch: Path
    runs: Path
    device: str = "auto"
    training_bytes: int | None = None
