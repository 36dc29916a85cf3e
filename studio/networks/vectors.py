"""Vectors against what there is: the sizes of the snapshot that they go through, the directions of the project."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from gpu_service.protocol import InputRef, VectorSpec
from studio.errors import Refused
from studio.networks.models import Directions, OrderState, Snapshot

GONE = "A vector follows directions that this project does not have. Find them again, or take that step out."


def require_fitting(vectors: Iterable[VectorSpec], snapshot: Snapshot, *, field: str) -> None:
    """Raises Refused where a vector cannot go through that snapshot."""
    for part in (part for vector in vectors for part in vector.walk()):
        if part.z is not None and len(part.z) != snapshot.z_dim:
            raise Refused(
                f"This vector has {len(part.z)} numbers, and “{snapshot.name}” takes {snapshot.z_dim}.", field=field
            )
        if part.label is not None and part.label >= snapshot.num_classes:
            has = f"classes 0 to {snapshot.num_classes - 1}" if snapshot.num_classes else "no classes"
            raise Refused(f"“{snapshot.name}” has {has}, and the vector names class {part.label}.", field=field)


def direction_inputs(project_id: UUID, vectors: Iterable[VectorSpec], *, field: str) -> list[InputRef]:
    """The files of directions that these vectors read. Raises Refused when one is not this project's."""
    return inputs_of_files(project_id, {sha256 for vector in vectors for sha256 in vector.files()}, field=field)


def inputs_of_files(project_id: UUID, files: set[str], *, field: str) -> list[InputRef]:
    """The same for files by their hash, in a steady order."""
    rows = Directions.objects.select_related("blob", "snapshot").filter(
        blob__in=files, snapshot__network__project=project_id, state=OrderState.READY
    )
    found: dict[str, InputRef] = {}
    for row in rows:
        assert row.blob is not None
        found[row.blob.sha256] = InputRef(
            sha256=row.blob.sha256, size=row.blob.size, name=f"{row.snapshot.name}, {row.method}", role="directions"
        )
    if files - set(found):
        raise Refused(GONE, field=field)
    return [found[sha256] for sha256 in sorted(found)]


def files_in(value: Any) -> set[str]:
    """The directions files that JSON names anywhere: in the `steps` of vectors, however deep."""
    if isinstance(value, dict):
        steps = value.get("steps")
        own = {step["file"] for step in steps if _is_step(step)} if isinstance(steps, list) else set()
        return own.union(*(files_in(part) for part in value.values()))
    if isinstance(value, list):
        return set().union(*(files_in(part) for part in value))
    return set()


def _is_step(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("file"), str) and "index" in value
