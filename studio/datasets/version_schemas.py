"""Versions, their exports and the face filter as the API takes and tells them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import Field

from studio.datasets.crops import CropRecipe
from studio.datasets.filters import Selection
from studio.datasets.models import DatasetVersion, VersionExport
from studio.datasets.portrait_out import PortraitOut
from studio.jobs.models import Job
from studio.jobs.out import JobOut, job_out

Kind = Literal["zip", "folder", "tfrecord"]
COPIED = ("id", "dataset_id", "number", "name", "note", "recipe", "count", "left_out", "fingerprint", "is_frozen")


class ReasonOut(Schema):
    reason: str
    count: int


class VersionIn(Schema):
    selection: Selection
    name: str = Field("", max_length=100)
    note: str = Field("", max_length=2000)
    recipe: CropRecipe = CropRecipe()


class VersionPatch(Schema):
    """The name and the note; nothing else of a version changes."""

    name: str | None = Field(None, max_length=100)
    note: str | None = Field(None, max_length=2000)


class PreviewIn(Schema):
    selection: Selection
    recipe: CropRecipe = CropRecipe()
    seed: int = Field(0, ge=0, lt=2**31)


class SampleOut(Schema):
    """`image` is a data URL."""

    portrait_id: int
    name: str
    image: str


class PreviewOut(Schema):
    """`count` would be in the version; `enlarged` of them are smaller in the original than the recipe's size."""

    count: int
    enlarged: int
    left_out: list[ReasonOut]
    samples: list[SampleOut]


class ExportIn(Schema):
    kind: Kind


class ExportOut(Schema):
    """`url` and `bytes` are null until it is made."""

    kind: Kind
    url: str | None
    bytes: int | None
    job: JobOut | None
    created_at: datetime


class VersionOut(Schema):
    """`found_by` names what found the faces. `left_out`: what the recipe could not cut."""

    id: UUID
    dataset_id: UUID
    number: int
    name: str
    note: str
    recipe: CropRecipe
    selection: dict[str, Any]
    found_by: list[str]
    count: int
    left_out: list[ReasonOut]
    fingerprint: str
    is_frozen: bool
    job: JobOut | None
    exports: list[ExportOut]
    created_by: str
    created_at: datetime


class VersionList(Schema):
    items: list[VersionOut]


class DiffSamples(Schema):
    added: list[PortraitOut]
    removed: list[PortraitOut]
    recut: list[PortraitOut]


class DiffOut(Schema):
    """From the first version to the second: `recut` are in both, but cut or scaled otherwise."""

    added: int
    removed: int
    recut: int
    same: int
    samples: DiffSamples


class FaceFilterIn(Schema):
    """GANce's rule. Without a selection: all of the dataset that nobody has rejected. `apply` makes it one batch."""

    target: int = Field(ge=1, le=1_000_000)
    neighbours: int = Field(2, ge=0, le=100)
    seed: int = Field(1234, ge=0, lt=2**31)
    selection: Selection | None = None
    apply: Literal["pick"] | None = None


class FaceFilterOut(Schema):
    with_faces: int
    neighbours: int
    random: int
    skipped: list[ReasonOut]
    ids_count: int
    batch_id: int | None = None


def versions_out(versions: Iterable[DatasetVersion]) -> list[dict[str, Any]]:
    """Versions with their exports and jobs, in a fixed number of queries."""
    found = list(versions)
    ids = {export.job_id for version in found for export in version.exports.all()}
    jobs = Job.objects.in_bulk([one for one in ids | {version.job_id for version in found} if one])
    return [_version_out(version, jobs) for version in found]


def _version_out(version: DatasetVersion, jobs: dict[UUID, Job]) -> dict[str, Any]:
    exports = sorted(version.exports.all(), key=lambda export: export.kind)
    return {
        **{name: getattr(version, name) for name in COPIED},
        "created_at": version.created_at,
        "selection": version.query.get("selection", {}),
        "found_by": version.query.get("found_by", []),
        "job": _job(version.job_id, jobs),
        "exports": [export_out(export, _job(export.job_id, jobs)) for export in exports],
        "created_by": version.created_by.name if version.created_by else "",
    }


def export_out(export: VersionExport, job: JobOut | None) -> dict[str, Any]:
    made = export.blob
    url = f"/api/v1/versions/{export.version_id}/exports/{export.kind}/file"
    return {
        "kind": export.kind,
        "url": url if made else None,
        "bytes": made.size if made else None,
        "job": job,
        "created_at": export.created_at,
    }


def _job(job_id: UUID | None, jobs: dict[UUID, Job]) -> JobOut | None:
    return job_out(jobs[job_id]) if job_id in jobs else None
