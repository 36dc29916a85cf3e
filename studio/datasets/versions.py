"""Versions: a selection and a recipe, frozen. What is in one never changes, whatever is decided later.

The list is taken when the person asks, so that a version holds what they saw. Its order is the time taken, then the
content, and its fingerprint hashes recipe and list: the same pictures cut alike have the same fingerprint anywhere.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max

from studio.accounts.models import User
from studio.datasets.crops import BINNED, BROKEN, NOT_SCORED, CannotCrop, Corners, CropRecipe, corners_of
from studio.datasets.filters import Selection
from studio.datasets.models import Dataset, DatasetVersion, Portrait, VersionItem
from studio.datasets.query import selected
from studio.errors import Refused
from studio.events.record import record
from studio.jobs import queue
from studio.jobs.handlers import JobFailed
from studio.jobs.models import Job

KIND = "freeze_version"
# Fewer are frozen while the person waits.
AT_ONCE = 2000
CHUNK = 1000
NOTHING = "No portrait of this selection can be cut by this recipe: {reasons}."


def start_version(
    dataset: Dataset, selection: Selection, *, name: str, note: str, recipe: CropRecipe, by: User
) -> DatasetVersion:
    """Freeze a selection, at once or by a job when it is large. Raises Refused when nothing would be in it."""
    ids = ids_of(dataset, selection)
    with transaction.atomic():
        Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
        newest = DatasetVersion.objects.filter(dataset=dataset).aggregate(newest=Max("number"))["newest"] or 0
        version = DatasetVersion.objects.create(
            dataset=dataset,
            number=newest + 1,
            name=name,
            note=note,
            recipe=recipe.dict(),
            query={"selection": selection.dict(exclude_defaults=True)},
            created_by=by,
        )
        if len(ids) <= AT_ONCE:
            freeze(version, ids)
        else:
            version.job_id = _queue(version, ids, by=by).id
            version.save(update_fields=["job_id"])
            tell(version, "version.added")
    return version


def ids_of(dataset: Dataset, selection: Selection) -> list[int]:
    """The portraits of a selection in the order of a version. Raises Refused when there are none."""
    ids = list(selected(dataset.pk, selection).order_by("taken_at", "sha256").values_list("pk", flat=True))
    if not ids:
        raise Refused("No portrait is selected.", field="selection")
    return ids


def handle(context: Any) -> dict[str, Any]:
    """What the worker runs for a large version."""
    version = DatasetVersion.objects.select_related("dataset").get(pk=context.payload["version_id"])
    if not version.is_frozen:
        try:
            freeze(version, context.payload["ids"], context)
        except Refused as error:
            raise JobFailed(str(error)) from error
    return {"version_id": str(version.pk), "count": version.count}


def freeze(version: DatasetVersion, ids: Sequence[int], context: Any = None) -> None:
    """Write the list, a thousand portraits at a time, and close it. Raises Refused when the recipe can cut none.

    Until it is closed nothing reads it; an attempt that ended in the middle is begun anew.
    """
    if version.is_frozen:
        raise ValueError("A frozen version is not written again.")
    recipe = CropRecipe(**version.recipe)
    digest = hashlib.sha256(json.dumps(version.recipe, sort_keys=True).encode())
    left_out: Counter[str] = Counter()
    found_by: set[str] = set()
    VersionItem.objects.filter(version=version).delete()
    crops = crops_of(ids, recipe)
    count = 0
    while chunk := list(islice(crops, CHUNK)):
        left_out.update(outcome for _, outcome in chunk if isinstance(outcome, str))
        kept = [(row, outcome) for row, outcome in chunk if not isinstance(outcome, str)]
        for row, corners in kept:
            digest.update(f"\n{row.sha256} {json.dumps(corners)}".encode())
            found_by.add(row.scored_by.partition(";")[0])
        with _held(context):
            VersionItem.objects.bulk_create(
                VersionItem(version=version, position=position, portrait_id=row.pk, sha256=row.sha256, corners=corners)
                for position, (row, corners) in enumerate(kept, start=count)
            )
        count += len(kept)
        if context is not None:
            context.progress(count + left_out.total(), len(ids), "Freezing the list")
    reasons = told(left_out)
    if not count:
        raise Refused(NOTHING.format(reasons=", ".join(f"{one['reason']} ({one['count']})" for one in reasons)))
    version.count, version.left_out, version.fingerprint = count, reasons, digest.hexdigest()
    version.query = {**version.query, "found_by": sorted(found_by - {""}) if recipe.crop != "centre" else []}
    version.is_frozen = True
    with _held(context):
        version.save(update_fields=["count", "left_out", "fingerprint", "query", "is_frozen"])
        tell(version, "version.frozen")


def rename(version: DatasetVersion, values: dict[str, str]) -> None:
    """Another name or note: the only things of a version that change."""
    with transaction.atomic():
        DatasetVersion.objects.filter(pk=version.pk).update(**values)
        tell(version, "version.changed")


class Row(NamedTuple):
    """What a crop follows from."""

    pk: int
    sha256: str
    scored_by: str
    binned_at: datetime | None
    state: str
    faces: int | None
    width_px: int
    height_px: int
    facts__faces: list[dict[str, Any]] | None = None


def crops_of(ids: Sequence[int], recipe: CropRecipe) -> Iterator[tuple[Row, Corners | str]]:
    """Each portrait with its corners, or with the reason why it has none."""
    columns = Row._fields[:-1] if recipe.crop == "centre" else Row._fields
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = Portrait.objects.filter(pk__in=chunk).order_by().values_list(*columns)
        rows = {row[0]: Row(*row) for row in found}
        yield from ((rows[pk], _crop(rows[pk], recipe)) for pk in chunk if pk in rows)


def told(left_out: "Counter[str]") -> list[dict[str, Any]]:
    """Reasons with their counts, the most frequent first."""
    return [{"reason": reason, "count": count} for reason, count in left_out.most_common()]


def tell(version: DatasetVersion, kind: str) -> None:
    payload = {"id": version.pk, "dataset_id": version.dataset_id, "number": version.number, "count": version.count}
    record(version.dataset.project_id, kind, subject=version.dataset.subject, payload=payload)


def _crop(row: Row, recipe: CropRecipe) -> Corners | str:
    if row.binned_at is not None:
        return BINNED
    if row.state == Portrait.State.BROKEN:
        return BROKEN
    if row.state == Portrait.State.ARRIVED or (recipe.crop != "centre" and row.faces is None):
        return NOT_SCORED
    try:
        return corners_of(recipe, row.width_px, row.height_px, row.facts__faces or [])
    except CannotCrop as error:
        return str(error)


@contextmanager
def _held(context: Any) -> Iterator[None]:
    """A transaction that ends as if it had not been when another attempt at the job has taken over."""
    with transaction.atomic():
        if context is not None:
            context.raise_if_lost()
        yield


def _queue(version: DatasetVersion, ids: list[int], *, by: User) -> Job:
    return queue.enqueue(
        KIND,
        project_id=version.dataset.project_id,
        title=f"Version {version.number} of “{version.dataset.name}”",
        payload={"version_id": str(version.pk), "ids": ids},
        runs_on=Job.RunsOn.WORKER,
        subject=version.subject,
        created_by=by,
        total=len(ids),
        unit="portraits",
    )
