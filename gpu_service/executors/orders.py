"""What goes through the pipe between the service and its drawing process. Plain, picklable, no torch."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from gpu_service.executors.base import SceneOrder, SegmentOrder
from gpu_service.protocol import CodePath, Device, FailureKind


@dataclass(frozen=True)
class ChildSettings:
    """What a drawing process is told when it starts."""

    device: str
    threads: int
    network_bytes: int
    stage_folder: Path | None
    stage_bytes: int
    registry: Mapping[str, str] = field(default_factory=dict)
    # Load what the visualizers need before anybody asks: seconds of one core, spared to the first preview.
    is_eager: bool = False
    precision: Literal["auto", "fp32", "fp16", "bf16"] = "auto"
    may_compile: bool = True
    compiled_folder: Path | None = None


@dataclass(frozen=True)
class Prepare:
    """`code_path`: of the film that will be drawn from the plan; what it needs compiled is compiled then."""

    order: SceneOrder
    code_path: CodePath | None = None


@dataclass(frozen=True)
class Draw:
    key: str
    frames: tuple[int, ...]
    jpeg_quality: int
    order: SceneOrder | None = None


@dataclass(frozen=True)
class Forget:
    key: str


@dataclass(frozen=True)
class BeginSegment:
    segment: int
    order: SegmentOrder


@dataclass(frozen=True)
class StepSegment:
    segment: int


@dataclass(frozen=True)
class FinishSegment:
    segment: int


@dataclass(frozen=True)
class AbortSegment:
    segment: int


Command = Prepare | Draw | Forget | BeginSegment | StepSegment | FinishSegment | AbortSegment


@dataclass(frozen=True)
class Ready:
    """The process has loaded torch and found its device."""

    device: Device
    code_path: CodePath
    device_count: int


@dataclass(frozen=True)
class Step:
    """Progress of a command."""

    number: int
    title: str
    share: float


@dataclass(frozen=True)
class Done:
    number: int
    result: Any


@dataclass(frozen=True)
class Failed:
    """A command that ended with an error; `trace` is for the log alone."""

    number: int
    message: str
    kind: FailureKind = "other"
    retry: bool = False
    field: str | None = None
    trace: str = ""


Reply = Ready | Step | Done | Failed
