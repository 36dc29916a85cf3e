"""What is projected: a video or a picture that somebody sent, or the portraits of a frozen version."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from uuid import UUID

from studio.datasets.models import DatasetVersion, VersionExport
from studio.errors import Refused
from studio.projections.models import ProjectionTarget
from studio.projects.models import Project

ONE_OF = "Choose a video or a picture that was sent, or a version of a dataset: one of them."
NO_TARGET = "There is no such video or picture in this project. Choose another, or send it again."
NO_VERSION = "There is no such version in this project. Choose another."
LOOKING = "“{name}” is still being looked at. Try again in a moment."
NOT_FROZEN = "This version is still being frozen. Wait for it, then project it."
PORTRAITS_FPS = "1"


@dataclass(frozen=True)
class Source:
    """`kind`: video, picture or portraits. `fps` and `frames` are its own, before any are left out."""

    kind: str
    id: UUID
    name: str
    fps: Fraction
    frames: int
    width: int
    height: int
    notes: tuple[str, ...] = ()
    needs_export: bool = False
    target: ProjectionTarget | None = field(default=None, compare=False)
    version: DatasetVersion | None = field(default=None, compare=False)

    @property
    def seconds(self) -> float | None:
        return float(self.frames / self.fps) if self.kind == "video" else None

    def to_json(self) -> dict[str, Any]:
        """As a projection keeps it, in words and numbers."""
        plain = {name: getattr(self, name) for name in ("kind", "name", "frames", "width", "height", "seconds")}
        ids = {"target_id": self.target and str(self.target.pk), "version_id": self.version and str(self.version.pk)}
        dataset = str(self.version.dataset_id) if self.version else None
        return {**plain, "fps": str(self.fps), "notes": list(self.notes), **ids, "dataset_id": dataset}


def source_of(project: Project, *, target_id: UUID | None, version_id: UUID | None) -> Source:
    """Raises Refused where neither, both or a foreign one is named, or it is not ready."""
    if (target_id is None) == (version_id is None):
        raise Refused(ONE_OF, field="target_id")
    if version_id is not None:
        rows = DatasetVersion.objects.select_related("dataset").filter(dataset__project=project)
        version = rows.filter(pk=version_id).first()
        if version is None:
            raise Refused(NO_VERSION, field="version_id")
        return of_version(version)
    assert target_id is not None
    target = ProjectionTarget.objects.filter(project=project, pk=target_id, binned_at=None).first()
    if target is None:
        raise Refused(NO_TARGET, field="target_id")
    return of_target(target)


def of_target(target: ProjectionTarget) -> Source:
    if target.state == ProjectionTarget.State.LOOKING:
        raise Refused(LOOKING.format(name=target.name), field="target_id", status=409)
    if target.state == ProjectionTarget.State.REFUSED:
        raise Refused(target.sentence, field="target_id")
    facts = target.facts
    return Source(
        facts["kind"],
        target.pk,
        target.name,
        fps=Fraction(facts["fps"]),
        frames=facts["frames"],
        width=facts["width"],
        height=facts["height"],
        notes=tuple(facts.get("notes", ())),
        target=target,
    )


def of_version(version: DatasetVersion) -> Source:
    if not version.is_frozen:
        raise Refused(NOT_FROZEN, field="version_id", status=409)
    size = int(version.recipe["size"])
    made = VersionExport.objects.filter(version=version, kind="zip").exclude(blob=None).exists()
    named = f" “{version.name}”" if version.name else ""
    return Source(
        "portraits",
        version.pk,
        f"{version.dataset.name} v{version.number}{named}",
        fps=Fraction(PORTRAITS_FPS),
        frames=version.count,
        width=size,
        height=size,
        needs_export=not made,
        version=version,
    )
