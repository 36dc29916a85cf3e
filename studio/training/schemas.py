"""Runs of training as the API speaks of them. Units: kimg = thousands of pictures shown, seconds of the run's clock."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from gpu_service.protocol import Tick, TrainingConfig
from studio.training.plan_schemas import (
    Fit,
    TrainingDifferenceOut,
    TrainingFieldOut,
    TrainingPicturesOut,
    TrainingStartOut,
)

Name = Annotated[str, Field(max_length=255)]
Notes = Annotated[str, Field(max_length=10_000)]
RunState = Literal["waiting", "starting", "training", "yielding", "paused", "stopped", "done", "failed"]
Kimg = Annotated[float, Field(gt=0, le=10_000_000, allow_inf_nan=False)]


class TrainingRunIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: Name
    version_id: UUID | None = None
    upload_id: UUID | None = None
    start_snapshot_id: UUID | None = None
    fit: Fit = "exact"
    config: TrainingConfig


class TrainingRunPatch(Schema):
    """What is left out stays. `wanted`: "run" resumes, also after an end when `kimg` is made longer.

    `changes`: other settings that a run may go on with, while it does not train: gamma, g_rate, d_rate, precision,
    micro_batch, tick_kimg, metrics.
    """

    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    notes: Notes | None = None
    wanted: Literal["run", "pause", "stop"] | None = None
    snapshot_kimg: Kimg | None = None
    kimg: Kimg | None = None
    changes: dict[str, Any] | None = Field(None, max_length=20)
    revision: int | None = None


class TrainingAdviceOut(Schema):
    """Something to try on a run whose loss was no number: the words of a button, and what goes into `changes`."""

    title: str
    changes: dict[str, Any]


class TrainingRunOut(Schema):
    """`state` "waiting": for its pictures, for a turn or for a service; `sentence` says for which.

    `phase` is finer than `state`: starting, training, yielding, measuring, saving. `tick` is the newest. `grid_url`,
    `thumbnail_url` and `newest_snapshot_id` are of the newest snapshot. `differences`: settings unlike the preset's.
    `advice` is there for a run that failed because a loss was no number.
    """

    id: UUID
    project_id: UUID
    network_id: UUID | None
    name: str
    notes: str
    state: RunState
    phase: str
    wanted: Literal["run", "pause", "stop"]
    sentence: str
    warnings: list[str]
    advice: list[TrainingAdviceOut]
    kimg: float
    total_kimg: float
    snapshot_kimg: float
    seconds: float
    left_seconds: float | None
    pictures_per_second: float | None
    p: float | None
    tick: Tick | None
    config: TrainingConfig
    fit: Fit
    aspect: float | None
    differences: list[TrainingDifferenceOut]
    version: TrainingPicturesOut
    start: TrainingStartOut | None
    snapshots: int
    newest_snapshot_id: UUID | None
    grid_url: str | None
    thumbnail_url: str | None
    metrics: dict[str, float]
    service_name: str
    device: str
    job_id: UUID | None
    job_state: str
    queue_place: int | None
    checkpoint_kimg: float
    checkpoint_bytes: int | None
    revision: int
    created_by: UUID | None
    created_by_name: str
    created_at: datetime
    finished_at: datetime | None
    is_binned: bool


class TrainingSettingsOut(Schema):
    """What a run may go on with, `default` being the preset's value. Values go into `changes` of a PATCH."""

    items: list[TrainingFieldOut]


class TrainingRunList(Schema):
    """The newest first; `next` goes into `after` for the next page, null at the end."""

    items: list[TrainingRunOut]
    next: str | None


class TrainingTicksOut(Schema):
    """Columns for plots, all of one length, null where nothing was measured; `kimg`, `seconds` and the Tick's fields.

    `upto_kimg` goes into `after_kimg` to ask for what came since.
    """

    columns: dict[str, list[float | None]]
    upto_kimg: float | None


class TrainingSampleOut(Schema):
    """What was made at a snapshot. The grid shows the run's own fixed vectors; `sheet_url` is the growth strip's."""

    id: UUID
    kimg: float
    seconds: float
    snapshot_id: UUID | None
    grid_url: str | None
    width: int
    height: int
    sheet_url: str | None
    thumbnail_url: str | None
    metrics: dict[str, float]
    notes: list[str]
    created_at: datetime


class TrainingSampleList(Schema):
    """In the order of training."""

    items: list[TrainingSampleOut]


class TrainingRunMention(Schema):
    """A training that used something: a version, a start, or that a network came from."""

    id: UUID
    name: str
    state: RunState


class NetworkTrainingOut(Schema):
    """`runs` made this network's snapshots, the first first; `started` are runs that began with one of them."""

    runs: list[TrainingRunOut]
    started: list[TrainingRunMention]


class TrainingRunMentions(Schema):
    items: list[TrainingRunMention]
