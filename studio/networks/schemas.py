"""Networks, snapshots and imports as the API speaks of them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from studio.jobs.out import JobOut

Name = Annotated[str, Field(max_length=255)]
Notes = Annotated[str, Field(max_length=10_000)]
Tags = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=30)]


class UsedIn(Schema):
    id: UUID
    name: str


class SnapshotOut(Schema):
    """`facts` holds what the reader found: `architecture`, `parameters` (their count), `warnings` and more.

    `sheet_url` is a JPEG of eight pictures in a row, the same seeds for every snapshot; null until it is drawn.
    """

    id: UUID
    network_id: UUID
    name: str
    order: int
    kind: str
    resolution: int
    z_dim: int
    w_dim: int
    num_ws: int
    num_classes: int
    kimg: float | None
    size_bytes: int
    sha256: str
    original_name: str
    original_md5: str
    original_sha256: str
    has_original: bool
    facts: dict[str, Any]
    notes: str
    tags: list[str]
    revision: int
    used_in: list[UsedIn]
    pins: int
    thumbnail_url: str | None
    sheet_url: str | None
    created_at: datetime
    is_binned: bool


class SnapshotList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[SnapshotOut]
    next: str | None


class NetworkOut(Schema):
    """`snapshots` are in the order of training, without those in the bin. `importing` counts files on their way here.

    `architecture` is the same text for all snapshots that were trained alike.
    """

    id: UUID
    project_id: UUID
    name: str
    kind: str
    species: str
    seed: int | None
    architecture: str
    notes: str
    tags: list[str]
    revision: int
    used_in: list[UsedIn]
    snapshots: list[SnapshotOut]
    binned_snapshots: int
    pins: int
    paths: int
    job_id: UUID | None
    importing: int
    created_by: UUID | None
    created_at: datetime
    is_binned: bool


class NetworkList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[NetworkOut]
    next: str | None


class NetworkPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    notes: Notes | None = None
    tags: Tags | None = None
    revision: int | None = None


class SnapshotPatch(Schema):
    """What is left out stays as it is. `network_id`: another network of the project, or null for a new one."""

    model_config = ConfigDict(extra="forbid")
    name: Name | None = None
    kimg: float | None = Field(default=None, ge=0, le=10_000_000)
    notes: Notes | None = None
    tags: Tags | None = None
    network_id: UUID | None = None
    revision: int | None = None


class PatternIn(Schema):
    """Without a seed, one is drawn."""

    model_config = ConfigDict(extra="forbid")
    species: str = Field(max_length=20)
    seed: int | None = None
    name: str = Field(default="", max_length=255)


class PatternOut(Schema):
    network: NetworkOut
    job: JobOut


class SnapshotImportOut(Schema):
    """The fate of one file. `known`: the project had it already, `snapshot_id` says as what.

    `refused`: the file is not kept, `sentence` says why. `failed`: it could not be read this time; it is kept, and
    the job `job_id` can be tried again. `use_radial_filters` tells StyleGAN3-R from StyleGAN3-T; null for others.
    """

    id: UUID
    project_id: UUID
    name: str
    size_bytes: int
    sha256: str
    state: Literal["waiting", "reading", "kept", "known", "refused", "failed"]
    sentence: str
    kind: str
    use_radial_filters: bool | None
    resolution: int | None
    num_classes: int | None
    z_dim: int | None
    w_dim: int | None
    kimg: float | None
    thumbnail_url: str | None
    network_id: UUID | None
    network_name: str
    snapshot_id: UUID | None
    warnings: list[str]
    job_id: UUID | None
    upload_id: UUID | None
    created_by: UUID | None
    created_by_name: str
    created_at: datetime


class SnapshotImportList(Schema):
    """The newest first; `next` goes into `after` for the next page, null at the end."""

    items: list[SnapshotImportOut]
    next: str | None
