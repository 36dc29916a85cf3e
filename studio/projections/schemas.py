"""Projections as the API speaks of them. `target` is left and result right in every picture."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from gpu_service.protocol.projection import ProjectionConfig, ProjectionTick

Name = Annotated[str, Field(max_length=255)]
TargetKind = Literal["video", "picture", "portraits"]
State = Literal["waiting", "starting", "projecting", "checking", "paused", "stopped", "done", "failed"]


class ProjectionTargetOut(Schema):
    """A video or a picture that was sent. The facts are null while the worker looks at it.

    `frames` are counted one by one. `file_url` is null once it was refused: then `sentence` says why.
    """

    id: UUID
    project_id: UUID
    name: str
    state: Literal["looking", "ready", "refused"]
    sentence: str
    kind: TargetKind | None
    width: int | None
    height: int | None
    fps: str | None
    frames: int | None
    seconds: float | None
    notes: list[str]
    size_bytes: int | None
    thumbnail_url: str | None
    file_url: str | None
    job_id: UUID | None
    created_by_name: str
    created_at: datetime
    is_binned: bool


class ProjectionTargetList(Schema):
    items: list[ProjectionTargetOut]


class ProjectionPlanIn(Schema):
    """Exactly one of `target_id` and `version_id`."""

    model_config = ConfigDict(extra="forbid")
    snapshot_id: UUID
    target_id: UUID | None = None
    version_id: UUID | None = None
    config: ProjectionConfig = ProjectionConfig()


class ProjectionIn(ProjectionPlanIn):
    name: Name


class ProjectionProblemOut(Schema):
    field: str
    sentence: str


class ProjectionEstimateOut(Schema):
    """Evaluations of the network, and seconds: at most, and likely after what was measured before; null if unknown."""

    evaluations_most: int
    evaluations_likely: int | None
    seconds_most: float | None
    seconds_likely: float | None
    device: str
    service_is_here: bool


class ProjectionPlanOut(Schema):
    """What would be made. It can be started when there are no `problems`."""

    frames: int
    fps: str
    problems: list[ProjectionProblemOut]
    warnings: list[str]
    estimate: ProjectionEstimateOut


class ProjectionPatch(Schema):
    """What is left out stays. `wanted`: "run" goes on behind the last frame that was found."""

    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    notes: Annotated[str, Field(max_length=10_000)] | None = None
    wanted: Literal["run", "pause", "stop"] | None = None
    revision: int | None = None


class ProjectionSourceOut(Schema):
    """What it looks for, as it was when it began."""

    kind: TargetKind
    name: str
    frames: int
    width: int
    height: int
    seconds: float | None
    fps: str
    notes: list[str]
    target_id: UUID | None
    version_id: UUID | None
    dataset_id: UUID | None


class ProjectionSceneOut(Schema):
    id: UUID
    name: str


class ProjectionOut(Schema):
    """`state` "waiting": for its pictures, a turn or a service; `sentence` says for which. `tick` is the newest.

    One that was sent as a file has no `source`, no `config` and `is_imported`; its `facts` are those of the file:
    frames, num_ws, w_dim, fps, width, height, space, network_md5, network_path, target_path, is_complete, steps.
    `convergence` holds columns for the plot that has the step at which 80 % were gained. `used_in`: scenes.
    """

    id: UUID
    project_id: UUID
    name: str
    notes: str
    state: State
    wanted: Literal["run", "pause", "stop"]
    sentence: str
    warnings: list[str]
    snapshot_id: UUID | None
    network_id: UUID | None
    snapshot_name: str
    network_name: str
    network_md5: str
    resolution: int | None
    source: ProjectionSourceOut | None
    config: ProjectionConfig | None
    facts: dict[str, Any]
    frames_total: int
    frames_done: int
    seconds: float
    evaluations: int
    tick: ProjectionTick | None
    left_seconds: float | None
    picture_url: str | None
    is_imported: bool
    is_complete: bool
    file_url: str | None
    file_bytes: int | None
    review_url: str | None
    review_state: Literal["none", "waiting", "working", "ready", "failed"]
    review_sentence: str
    convergence: dict[str, list[float]]
    service_name: str
    device: str
    job_id: UUID | None
    job_state: str
    queue_place: int | None
    revision: int
    created_by: UUID | None
    created_by_name: str
    created_at: datetime
    finished_at: datetime | None
    is_binned: bool
    used_in: list[ProjectionSceneOut]


class ProjectionList(Schema):
    """The newest first; `next` goes into `after` for the next page, null at the end."""

    items: list[ProjectionOut]
    next: str | None


class ProjectionFramesOut(Schema):
    """Frames `first` … `end` - 1, found together. The picture shows target beside result of the last of them."""

    id: UUID
    first: int
    end: int
    losses: list[float | None]
    steps: list[int]
    picture_url: str | None


class ProjectionFramesList(Schema):
    """In the order of the film; `next` goes into `after`, null at the end."""

    items: list[ProjectionFramesOut]
    next: int | None


class ProjectionCurvesOut(Schema):
    """Columns of one length, at most 1,000 points: means where several frames share a point."""

    frame: list[int]
    loss: list[float | None]
    steps: list[float | None]
