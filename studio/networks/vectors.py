"""Vectors against what there is: the sizes of the snapshot that they go through, the directions of the project."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from gpu_service.protocol import InputRef, VectorSpec
from studio.errors import Refused
from studio.networks.models import Directions, OrderState, Snapshot

GONE = "A vector follows directions that this project does not have. Find them again, or take that step out."
NOTHING: Mapping[str, int] = MappingProxyType({})


def require_fitting(vectors: Iterable[VectorSpec], snapshot: Snapshot, *, field: str) -> None:
    """Raises Refused where a vector cannot go through that snapshot."""
    for vector in vectors:
        if sentence := misfit(vector, snapshot):
            raise Refused(sentence, field=field)


def misfit(vector: VectorSpec, snapshot: Snapshot, *, lengths: Mapping[str, int] = NOTHING) -> str:
    """Why a vector cannot go through that snapshot, or nothing. `lengths`: those of the directions that it follows."""
    for part in vector.walk():
        if part.z is not None and len(part.z) != snapshot.z_dim:
            return f"This vector has {len(part.z)} numbers, and “{snapshot.name}” takes {snapshot.z_dim}."
        if part.label is not None and part.label >= snapshot.num_classes:
            has = f"classes 0 to {snapshot.num_classes - 1}" if snapshot.num_classes else "no classes"
            return f"“{snapshot.name}” has {has}, and the vector names class {part.label}."
    wrong = {length for file, length in lengths.items() if file in vector.files()} - {snapshot.w_dim}
    if wrong:
        return f"Its directions have {min(wrong)} numbers, and w of “{snapshot.name}” has {snapshot.w_dim}."
    return ""


def misfit_among(vectors: Iterable[VectorSpec], snapshots: Iterable[Snapshot]) -> list[str]:
    """For each vector why it cannot go through all of those snapshots, or nothing."""
    vectors = list(vectors)
    files = {file for vector in vectors for file in vector.files()}
    lengths = dict(Directions.objects.filter(blob__in=files).values_list("blob", "snapshot__w_dim")) if files else {}
    # One of each shape is enough to judge by.
    shapes = {(one.z_dim, one.w_dim, one.num_classes): one for one in reversed(list(snapshots))}.values()
    return [next(filter(None, (misfit(one, shape, lengths=lengths) for shape in shapes)), "") for one in vectors]


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
