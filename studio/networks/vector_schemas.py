"""Pins, paths, and what render services make of snapshots, as the API speaks of them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from gpu_service.protocol import HarvestOrder, Interpolation, Look, VectorSpec
from studio.jobs.out import JobOut
from studio.networks.schemas import Name, Notes

MOST_SNAPSHOTS = 256
MOST_VECTORS = 64
OrderStateOut = Literal["waiting", "working", "ready", "failed"]


class PinIn(Schema):
    model_config = ConfigDict(extra="forbid")
    snapshot_id: UUID
    name: Name = ""
    vector: VectorSpec
    look: Look = Look()
    note: Notes = ""


class PinPatch(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")
    revision: int
    snapshot_id: UUID | None = None
    name: Name | None = None
    vector: VectorSpec | None = None
    look: Look | None = None
    note: Notes | None = None


class PinOut(Schema):
    """`thumbnail_url` is null until a render service has drawn it."""

    id: UUID
    project_id: UUID
    network_id: UUID
    snapshot_id: UUID
    name: str
    vector: VectorSpec
    look: Look
    note: str
    thumbnail_url: str | None
    created_by: UUID | None
    created_by_name: str
    created_at: datetime
    revision: int
    is_binned: bool


class PinList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[PinOut]
    next: str | None


class OfferedPin(Schema):
    """`is_own`: of a network of these snapshots. `misfit` says why it cannot go through all of them; empty: it can."""

    id: UUID
    name: str
    network_id: UUID
    network_name: str
    vector: VectorSpec
    is_own: bool
    misfit: str


class OfferedPins(Schema):
    items: list[OfferedPin]


class WaypointIn(Schema):
    """A pin of the project, or a vector of its own. `length` of the way on: seconds, or beats where a track leads."""

    model_config = ConfigDict(extra="forbid")
    pin_id: UUID | None = None
    vector: VectorSpec | None = None
    length: float = Field(default=2.0, gt=0, le=600, allow_inf_nan=False)


class WaypointOut(Schema):
    """`vector` is the pin's as it is now, where there is a pin."""

    pin_id: UUID | None
    vector: VectorSpec
    length: float


Waypoints = Annotated[list[WaypointIn], Field(min_length=1, max_length=64)]


class PathIn(Schema):
    model_config = ConfigDict(extra="forbid")
    snapshot_id: UUID
    name: Name = ""
    waypoints: Waypoints
    interpolation: Interpolation = "smooth"
    loop: bool = True


class PathPatch(Schema):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")
    revision: int
    snapshot_id: UUID | None = None
    name: Name | None = None
    waypoints: Waypoints | None = None
    interpolation: Interpolation | None = None
    loop: bool | None = None


class PathOut(Schema):
    id: UUID
    project_id: UUID
    network_id: UUID
    snapshot_id: UUID
    name: str
    waypoints: list[WaypointOut]
    interpolation: Interpolation
    loop: bool
    created_by: UUID | None
    created_by_name: str
    created_at: datetime
    revision: int
    is_binned: bool


class PathList(Schema):
    """`next` goes into `after` for the next page; null at the end."""

    items: list[PathOut]
    next: str | None


class DirectionsIn(Schema):
    model_config = ConfigDict(extra="forbid")
    method: Literal["sefa", "ganspace"]
    count: int = Field(default=20, ge=1, le=128)


class DirectionsPatch(Schema):
    """Names by number, such as {"0": "Age"}. Those left out stay; an empty name is taken away."""

    model_config = ConfigDict(extra="forbid")
    names: dict[str, Annotated[str, Field(max_length=80)]] = Field(max_length=128)


class DirectionsOut(Schema):
    """`sha256` names the file in a vector's `steps`; null until it is made. `shares`: of the variance, by number."""

    id: UUID
    project_id: UUID
    snapshot_id: UUID
    method: str
    sha256: str | None
    count: int
    shares: list[float]
    names: dict[str, str]
    state: OrderStateOut
    sentence: str
    job_id: UUID | None
    created_by_name: str
    created_at: datetime


class DirectionsList(Schema):
    items: list[DirectionsOut]


class DirectionsOrdered(Schema):
    """`job` is null where they are there already."""

    directions: DirectionsOut
    job: JobOut | None


class SheetsIn(Schema):
    """One sheet for each snapshot, the vectors side by side from left to right."""

    model_config = ConfigDict(extra="forbid")
    vectors: list[VectorSpec] = Field(min_length=1, max_length=MOST_VECTORS)
    snapshot_ids: list[UUID] = Field(min_length=1, max_length=MOST_SNAPSHOTS)
    tile: int = Field(default=160, ge=16, le=1024)
    columns: int | None = Field(default=None, ge=1, le=64)
    look: Look = Look()


class SheetOut(Schema):
    """`url` is null until it is drawn; the event `sheet.ready` (or `sheet.failed`) tells it."""

    id: UUID
    key: str
    snapshot_id: UUID
    url: str | None
    state: OrderStateOut
    sentence: str
    job_id: UUID | None


class SheetsOut(Schema):
    """`key` is the same for the same vectors, tile and look."""

    key: str
    items: list[SheetOut]


class HarvestOut(Schema):
    """`seeds` are those of the pictures on the sheet, in its order, row by row."""

    id: UUID
    project_id: UUID
    snapshot_id: UUID
    state: OrderStateOut
    sentence: str
    order: HarvestOrder
    kept: int
    drawn: int
    seeds: list[int]
    columns: int
    tile: int
    sheet_url: str | None
    zip_url: str | None
    job_id: UUID | None
    created_by_name: str
    created_at: datetime
    is_binned: bool


class HarvestList(Schema):
    """The newest first; `next` goes into `after` for the next page, null at the end."""

    items: list[HarvestOut]
    next: str | None


class HarvestOrdered(Schema):
    harvest: HarvestOut
    job: JobOut


class SnapshotExportIn(Schema):
    model_config = ConfigDict(extra="forbid")
    form: Literal["state_dict", "rosinality"]


class SnapshotExportOut(Schema):
    id: UUID
    project_id: UUID
    snapshot_id: UUID
    form: Literal["state_dict", "rosinality"]
    name: str
    state: OrderStateOut
    sentence: str
    url: str | None
    size_bytes: int | None
    sha256: str | None
    job_id: UUID | None
    created_at: datetime


class SnapshotExportList(Schema):
    items: list[SnapshotExportOut]


class SnapshotExportOrdered(Schema):
    """`job` is null where the file is there already."""

    export: SnapshotExportOut
    job: JobOut | None
