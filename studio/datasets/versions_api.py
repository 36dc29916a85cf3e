"""Versions, their exports, the face filter and scoring again, under /api/v1.

404 for strangers, 403 for viewers who want to change something, 422 names the wrong field.
"""

import re
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from ninja import Router, Schema, Status

from studio.accounts.auth import person_of
from studio.blobs.serve import blob_response
from studio.datasets import exports, face_models, score_job, version_diff, versions
from studio.datasets.decisions import decide
from studio.datasets.export_files import ENDINGS, TYPES
from studio.datasets.face_filter import as_told, candidates_of, choose, with_ids
from studio.datasets.filters import LibraryFilter
from studio.datasets.models import Dataset, DatasetVersion, Portrait
from studio.datasets.query import matching, selected
from studio.datasets.version_preview import preview
from studio.datasets.version_schemas import (
    DiffOut,
    ExportIn,
    FaceFilterIn,
    FaceFilterOut,
    Kind,
    PreviewIn,
    PreviewOut,
    VersionIn,
    VersionList,
    VersionOut,
    VersionPatch,
    versions_out,
)
from studio.projects.access import EDIT, VIEW, thing_or_404

router = Router(tags=["versions"])
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class ScoreOut(Schema):
    """How many will be scored again, because other models scored them."""

    count: int


class ModelOut(Schema):
    name: str
    licence: str


class ScoringOut(Schema):
    """What scores portraits now; how many wait for it, and how many have scores of other models."""

    version: str
    models: list[ModelOut]
    waiting: int
    outdated: int


@router.get("/datasets/{uuid:dataset_id}/versions", response=VersionList)
def list_versions(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """The versions of a dataset, newest first."""
    dataset = _dataset(request, dataset_id)
    return {"items": versions_out(_rows().filter(dataset=dataset))}


@router.post("/datasets/{uuid:dataset_id}/versions", response={201: VersionOut})
def add_version(request: HttpRequest, dataset_id: UUID, order: VersionIn) -> Status[dict[str, Any]]:
    """Freeze a selection. A large one is frozen by a job: `is_frozen` tells when."""
    version = versions.start_version(
        _dataset(request, dataset_id, may=EDIT),
        order.selection,
        name=order.name,
        note=order.note,
        recipe=order.recipe,
        by=person_of(request),
    )
    return Status(201, _out(version))


@router.post("/datasets/{uuid:dataset_id}/versions/preview", response=PreviewOut)
def preview_version(request: HttpRequest, dataset_id: UUID, order: PreviewIn) -> dict[str, Any]:
    """What the recipe would make of a few of these, and what it would leave out. Nothing is kept."""
    dataset = _dataset(request, dataset_id, may=EDIT)
    return preview(versions.ids_of(dataset, order.selection), order.recipe, seed=order.seed)


@router.get("/versions/{uuid:version_id}", response=VersionOut)
def get_version(request: HttpRequest, version_id: UUID) -> dict[str, Any]:
    return _out(_version(request, version_id))


@router.patch("/versions/{uuid:version_id}", response=VersionOut)
def change_version(request: HttpRequest, version_id: UUID, patch: VersionPatch) -> dict[str, Any]:
    """Rename it, or write another note."""
    version = _version(request, version_id, may=EDIT)
    versions.rename(version, patch.dict(exclude_none=True))
    return _out(version)


@router.get("/versions/{uuid:version_id}/diff/{uuid:other_id}", response=DiffOut)
def diff_versions(request: HttpRequest, version_id: UUID, other_id: UUID) -> dict[str, Any]:
    """From the first version to the second."""
    old, new = _version(request, version_id), _version(request, other_id)
    if old.dataset_id != new.dataset_id:
        raise Http404
    return version_diff.diff(old, new)


@router.post("/versions/{uuid:version_id}/exports", response={202: VersionOut})
def add_export(request: HttpRequest, version_id: UUID, order: ExportIn) -> Status[dict[str, Any]]:
    """Make a file of it, by a job; one that is there already is kept. 409 while the version is being frozen."""
    version = _version(request, version_id, may=EDIT)
    exports.start_export(version, order.kind, by=person_of(request))
    return Status(202, _out(version))


@router.get("/versions/{uuid:version_id}/exports/{kind}/file", response={200: bytes}, url_name="version_file")
def get_export(request: HttpRequest, version_id: UUID, kind: Kind) -> HttpResponseBase:
    """The file, by Range. 404 while it is not made."""
    version = _version(request, version_id)
    export = version.exports.select_related("blob").filter(kind=kind).first()
    if export is None or export.blob is None:
        raise Http404
    name = UNSAFE.sub("-", version.dataset.name).strip("-") or "dataset"
    name = f"{name}-v{version.number}-{version.recipe['size']}px.{ENDINGS[kind]}"
    return blob_response(request, export.blob, name=name, content_type=TYPES[kind], attachment=True)


@router.post("/datasets/{uuid:dataset_id}/face-filter", response=FaceFilterOut)
def filter_faces(request: HttpRequest, dataset_id: UUID, order: FaceFilterIn) -> dict[str, Any]:
    """Choose by GANce's rule; with `apply` the chosen are picked, as one batch that undo takes back."""
    dataset = _dataset(request, dataset_id, may=EDIT)
    choice = choose(
        candidates_of(_candidates(dataset, order)), target=order.target, neighbours=order.neighbours, seed=order.seed
    )
    told = as_told(choice)
    if order.apply == "pick" and choice.ids:
        label = f"Face filter: picked {len(choice.ids):,} portraits"
        batch = decide(dataset, with_ids(choice.ids), verdict=1, by=person_of(request), label=label)
        told["batch_id"] = batch.pk if batch else None
    return told


@router.get("/datasets/{uuid:dataset_id}/score", response=ScoringOut)
def get_scoring(request: HttpRequest, dataset_id: UUID) -> dict[str, Any]:
    """The models with their licences, and whether there is anything to score again."""
    return face_models.facts(Portrait.objects.filter(dataset=_dataset(request, dataset_id), binned_at=None))


@router.post("/datasets/{uuid:dataset_id}/score", response={202: ScoreOut})
def score_dataset(request: HttpRequest, dataset_id: UUID) -> Status[dict[str, int]]:
    """Score again what other models scored than those of now. Decisions and versions stay."""
    dataset = _dataset(request, dataset_id, may=EDIT)
    return Status(202, {"count": score_job.score_again(dataset, by=person_of(request))})


def _candidates(dataset: Dataset, order: FaceFilterIn) -> "QuerySet[Portrait]":
    if order.selection is not None:
        return selected(dataset.pk, order.selection)
    return matching(dataset.pk, LibraryFilter()).exclude(decision__verdict=-1)


def _rows() -> "QuerySet[DatasetVersion]":
    return DatasetVersion.objects.select_related("dataset", "created_by").prefetch_related("exports__blob")


def _out(version: DatasetVersion) -> dict[str, Any]:
    return versions_out(_rows().filter(pk=version.pk))[0]


def _dataset(request: HttpRequest, dataset_id: UUID, *, may: str = VIEW) -> Dataset:
    return thing_or_404(request.user, Dataset, dataset_id, may=may)


def _version(request: HttpRequest, version_id: UUID, *, may: str = VIEW) -> DatasetVersion:
    rows = DatasetVersion.objects.select_related("dataset")
    return thing_or_404(request.user, rows, version_id, may=may, path="dataset__project")
