"""What a run is trained on: a frozen version of a dataset, or a zip that somebody sent."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from studio.datasets.models import DatasetVersion, VersionExport
from studio.errors import Refused
from studio.projects.models import Project
from studio.training.models import TrainingUpload

# Corners of so many portraits tell the shape of all.
LOOKED_AT = 500
ONE_OF = "Choose a version of a dataset or an uploaded zip: one of them."
NO_VERSION = "There is no such version in this project. Choose another."
NO_UPLOAD = "There is no such zip in this project. Choose another, or send it again."
ALIKE = 0.01


@dataclass(frozen=True)
class Source:
    """`is_mixed`: its pictures are not all of one size; then width and height are those of a typical one."""

    kind: str
    id: UUID
    name: str
    count: int
    width: int
    height: int
    is_mixed: bool = False
    num_classes: int = 0
    bytes: int = 0
    dataset_id: UUID | None = None
    dataset_name: str = ""
    number: int | None = None
    is_frozen: bool = True
    needs_export: bool = False
    version: DatasetVersion | None = None
    upload: TrainingUpload | None = None

    @property
    def aspect(self) -> float | None:
        """Width over height, where pictures are not square and all alike."""
        if self.is_mixed or self.width == self.height or not self.height:
            return None
        return self.width / self.height

    @property
    def shape(self) -> str:
        """As sentences say it."""
        return "of several sizes" if self.is_mixed else f"{self.width} × {self.height}"

    @property
    def is_square(self) -> bool:
        """All alike, and squares: another size only scales them."""
        return not self.is_mixed and self.width == self.height

    @property
    def ways(self) -> str:
        """What can be done to have another shape, as sentences say it."""
        return "scaled" if self.is_square else "padded or cropped"

    def is_of(self, size: int) -> bool:
        """Whether all of them are squares of that many pixels."""
        return not self.is_mixed and (self.width, self.height) == (size, size)

    def to_json(self) -> dict[str, Any]:
        """As a run keeps it, in words and numbers."""
        names = ("kind", "name", "dataset_name", "number", "count", "width", "height", "num_classes")
        ids = {"id": str(self.id), "dataset_id": str(self.dataset_id) if self.dataset_id else None}
        return {name: getattr(self, name) for name in names} | ids


def source_of(project: Project, *, version_id: UUID | None, upload_id: UUID | None) -> Source:
    """Raises Refused where neither, both or a foreign one is named."""
    if version_id is not None and upload_id is not None:
        raise Refused(ONE_OF, field="version_id")
    if version_id is not None:
        rows = DatasetVersion.objects.select_related("dataset").filter(dataset__project=project)
        version = rows.filter(pk=version_id).first()
        if version is None:
            raise Refused(NO_VERSION, field="version_id")
        return of_version(version)
    if upload_id is None:
        raise Refused(ONE_OF, field="version_id")
    upload = TrainingUpload.objects.select_related("blob").filter(project=project, pk=upload_id, binned_at=None).first()
    if upload is None:
        raise Refused(NO_UPLOAD, field="upload_id")
    return of_upload(upload)


def of_version(version: DatasetVersion) -> Source:
    width, height, is_mixed = _shape(version)
    made = VersionExport.objects.select_related("blob").filter(version=version, kind="zip").exclude(blob=None).first()
    named = f" “{version.name}”" if version.name else ""
    return Source(
        "version",
        version.pk,
        f"{version.dataset.name} v{version.number}{named}",
        count=version.count,
        width=width,
        height=height,
        is_mixed=is_mixed,
        bytes=made.blob.size if made and made.blob else version.count * width * height * 3,
        dataset_id=version.dataset_id,
        dataset_name=version.dataset.name,
        number=version.number,
        is_frozen=version.is_frozen,
        needs_export=made is None,
        version=version,
    )


def of_upload(upload: TrainingUpload) -> Source:
    return Source(
        "upload",
        upload.pk,
        upload.name,
        count=upload.count,
        width=upload.width_px,
        height=upload.height_px,
        is_mixed=bool(upload.facts.get("mixed")),
        num_classes=upload.num_classes,
        bytes=upload.blob.size,
        upload=upload,
    )


def _shape(version: DatasetVersion) -> tuple[int, int, bool]:
    """Width and height of the cut pictures, and whether they differ."""
    size = int(version.recipe["size"])
    if version.recipe.get("aspect") != "keep":
        return size, size, False
    rows = version.items.order_by("position").values_list("corners", flat=True)[:LOOKED_AT]
    aspects = sorted(_aspect(corners) for corners in rows)
    if not aspects:
        return size, size, False
    typical = aspects[len(aspects) // 2]
    is_mixed = aspects[-1] - aspects[0] > ALIKE * typical
    width, height = (size, round(size / typical)) if typical >= 1 else (round(size * typical), size)
    return width, height, is_mixed


def _aspect(corners: list[list[float]]) -> float:
    first, second, third, _ = (complex(*corner) for corner in corners)
    return abs(third - second) / max(abs(second - first), 1e-9)
