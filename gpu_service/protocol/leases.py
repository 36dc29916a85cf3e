"""The lease calls over HTTP, under /api/v1/service: claim, renew, commit, finish, fail; and what the jobs carry."""

from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from gpu_service.protocol.base import FailureKind, InputRef, JobKind, LeaseKind, Model, Sha256
from gpu_service.protocol.scenes import CodePath, Recipe, SceneSpec


class ClaimRequest(Model):
    """POST /claims -> Claim, or 204 when there is nothing to do."""

    kinds: list[JobKind] = Field(min_length=1)
    device: str


class Lease(Model):
    id: UUID
    kind: LeaseKind
    fence: int
    seconds: float = Field(default=60.0, gt=0)
    renew_seconds: float = Field(default=20.0, gt=0)


class ClaimedJob(Model):
    """`payload` is the model of its kind: PatternOrder, ImportOrder, StageOrder, SheetOrder, DirectionsOrder,
    HarvestOrder or ExportOrder; a render's is {"render_id"}.
    """

    id: UUID
    kind: JobKind
    project_id: UUID | None = None
    payload: dict[str, Any] = {}


class ClaimedSegment(Model):
    id: UUID
    index: int = Field(ge=0)
    first_frame: int = Field(ge=0)
    end_frame: int = Field(ge=1)


class Claim(Model):
    lease: Lease
    job: ClaimedJob
    segment: ClaimedSegment | None = None
    recipe: Recipe | None = None
    inputs: list[InputRef] = []


class RenewRequest(Model):
    """POST /leases/{kind}/{id}/renew -> RenewAnswer, or 409 when another holds the lease."""

    fence: int
    done: int | None = Field(default=None, ge=0)
    total: int | None = Field(default=None, ge=0)
    message: str | None = None
    frames_per_second: float | None = Field(default=None, ge=0)


class RenewAnswer(Model):
    seconds: float = 60.0
    cancel: bool = False


class Thumb(Model):
    frame: int = Field(ge=0)
    jpeg_base64: str = Field(max_length=200_000)


class SegmentCommit(Model):
    """POST /segments/{id}/commit. The same hash again is a success without a change, another hash 409."""

    fence: int
    upload_id: UUID
    sha256: Sha256
    frames: int = Field(ge=1)
    seconds_drawing: float = Field(ge=0)
    seconds_encoding: float = Field(ge=0)
    thumbs: list[Thumb] = Field(default=[], max_length=16)


class Artifact(Model):
    name: str
    upload_id: UUID
    sha256: Sha256


class JobFinish(Model):
    """POST /jobs/{id}/finish. `result` is a SnapshotsResult, a FilesResult, or a StageDone for prepare_stage."""

    fence: int
    result: dict[str, Any] = {}
    artifacts: list[Artifact] = []


class LeaseFail(Model):
    """POST /leases/{kind}/{id}/fail. A `code_path` asks for a new revision of the recipe: all segments again."""

    fence: int
    message: str
    retry: bool = False
    kind_of_failure: FailureKind = "other"
    code_path: CodePath | None = None


class CodePathFix(Model):
    """POST /renders/{id}/code_path -> Recipe. The first claimer fixes it; later ones get what was fixed."""

    code_path: CodePath


class ImportOrder(Model):
    """Read a foreign snapshot file (the input of role "original") and hand it back as safetensors with a thumbnail."""

    name: str


class PatternOrder(Model):
    """Make the six snapshots of a pattern network from a seed."""

    species: str
    seed: int


class StageOrder(Model):
    """Run one slow stage of a plan for everybody. `key` is the hash of all that the stage reads."""

    key: Sha256
    visualizer: str
    stage: str
    title: str
    scene: SceneSpec
    estimate_seconds: float = Field(ge=0)


class StageRequest(Model):
    """POST /stages/{key} -> StageAnswer: find or order a stage, on behalf of the lease or the preview that needs it."""

    order: StageOrder
    inputs: list[InputRef] = []
    lease_kind: LeaseKind | None = None
    lease_id: UUID | None = None
    preview_id: UUID | None = None


class StageAnswer(Model):
    """When ready, the blob can be fetched from /inputs/{sha256}."""

    state: Literal["ready", "queued", "running", "failed"]
    sha256: Sha256 | None = None
    size: int | None = None
    job_id: UUID | None = None
    done: int = 0
    total: int = 0
    message: str = ""


class StageDone(Model):
    key: Sha256
    artifact: str


class SnapshotResult(Model):
    """One snapshot that a job made. `file`, `thumbnail` and `sheet` name artifacts of the same finish call.

    The sheet shows the seeds 0 … 7 at truncation 0.7 side by side, 8 × 1 pictures of 160 pixels: the same for every
    snapshot, so that a network's growth can be seen.
    """

    name: str
    order: int
    kind: str
    file: str
    thumbnail: str | None = None
    sheet: str | None = None
    resolution: int | None = None
    z_dim: int
    w_dim: int
    num_ws: int
    num_classes: int = 0
    kimg: float | None = None
    original_md5: str | None = None
    original_sha256: str | None = None
    facts: dict[str, Any] = {}


class SnapshotsResult(Model):
    snapshots: list[SnapshotResult] = Field(min_length=1)
