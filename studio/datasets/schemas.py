"""What the API of datasets and sessions takes and gives."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from studio.datasets.portrait_out import PortraitOut


class DatasetCounts(Schema):
    """`all` and what follows leave out the bin."""

    all: int
    ready: int
    broken: int
    scored: int
    picked: int
    rejected: int
    unreviewed: int
    binned: int


class DatasetOut(Schema):
    id: UUID
    project_id: UUID
    name: str
    note: str
    revision: int
    counts: DatasetCounts
    sessions: int
    cover_url: str | None
    created_at: datetime
    created_by: UUID | None
    is_binned: bool


class DatasetList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[DatasetOut]
    next: str | None


class DatasetIn(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    note: str = Field("", max_length=10_000)


class DatasetPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=200)
    note: str | None = Field(None, max_length=10_000)
    revision: int | None = None


class SessionOut(Schema):
    """`warning` says what is wrong with its pictures, for whoever stands at the camera; empty when nothing is."""

    id: UUID
    dataset_id: UUID
    device_id: UUID | None
    device_name: str
    source: Literal["device", "upload", "archive"]
    name: str
    prompt: str
    place: str
    camera: dict[str, Any]
    started_at: datetime
    ended_at: datetime | None
    revision: int
    count: int
    warning: str


class SessionList(Schema):
    items: list[SessionOut]


class SessionPatch(Schema):
    model_config = ConfigDict(extra="forbid")
    name: str | None = Field(None, max_length=200)
    prompt: str | None = Field(None, max_length=300)
    place: str | None = Field(None, max_length=200)
    revision: int | None = None


class PortraitFactsOut(PortraitOut):
    """A portrait with all that is known of it. `exif` is what the camera wrote, without the place.

    `faces_found`: {"box": [x, y, width, height], "score", "points"} in pixels of the upright original.
    """

    dataset_id: UUID
    sha256: str
    bytes: int
    format: str
    sequence: int
    received_at: datetime
    taken_at_said: str
    scored_by: str
    device_name: str
    exif: dict[str, Any]
    camera: dict[str, Any]
    faces_found: list[dict[str, Any]]


class ImportOut(Schema):
    """`position` of `files` are settled. Its job tells the rest."""

    id: UUID
    dataset_id: UUID
    name: str
    job_id: UUID | None
    files: int
    position: int
    taken: int
    known: int
    refused: int
    created_at: datetime
    finished_at: datetime | None


class ImportList(Schema):
    items: list[ImportOut]


class ImportedFileOut(Schema):
    position: int
    name: str
    fate: Literal["taken", "known", "refused"]
    reason: str
    portrait_id: int | None


class ImportedFileList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[ImportedFileOut]
    next: int | None


class CaptureDatasetIn(Schema):
    """Find or make the dataset of that name. A person names the project too.

    Without `append`, 409 when it is there; without `create`, 404 when it is not.
    """

    model_config = ConfigDict(extra="forbid")
    name: str = Field(max_length=200)
    append: bool = True
    create: bool = True
    project: UUID | None = None


class CaptureSessionIn(Schema):
    """Times by the device's own clock, of which `device_now` is the present one."""

    model_config = ConfigDict(extra="forbid")
    dataset_id: UUID
    name: str = Field("", max_length=200)
    prompt: str = Field("", max_length=300)
    place: str = Field("", max_length=200)
    camera: dict[str, Any] = Field(default_factory=dict)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    device_now: datetime | None = None
    project: UUID | None = None


class KnownIn(Schema):
    model_config = ConfigDict(extra="forbid")
    sha256: list[str] = Field(max_length=1000)
    project: UUID | None = None


class KnownOut(Schema):
    """The receipts of those that the dataset has."""

    known: dict[str, str]
