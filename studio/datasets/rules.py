"""Datasets are made, renamed, put into the bin and brought back. A name is one living dataset's alone."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from studio.accounts.models import User
from studio.datasets.models import Dataset
from studio.datasets.present import dataset_out
from studio.errors import Conflict, Refused
from studio.events.record import record

TAKEN = "There is a dataset named “{name}” in this project already. Choose another name."


@transaction.atomic
def make_dataset(project_id: UUID, *, name: str, note: str = "", by: User | None) -> Dataset:
    """Raises Refused when a living dataset has that name."""
    name = clean_name(name)
    _require_free(project_id, name)
    dataset = Dataset.objects.create(project_id=project_id, name=name, note=note, created_by=by)
    tell(dataset, "dataset.added", by=by)
    return dataset


def find_or_make(project_id: UUID, *, name: str, append: bool, by: User | None, create: bool = True) -> Dataset:
    """What a device asks for: the living dataset of that name. Raises Refused 409 unless it may be added to.

    Without `create` it is only looked for; raises Http404.
    """
    found = Dataset.objects.filter(project_id=project_id, name=clean_name(name), binned_at=None).first()
    if found is None and not create:
        raise Http404
    if found is None:
        try:
            return make_dataset(project_id, name=name, by=by)
        except Refused:  # another asked at the same time
            found = Dataset.objects.get(project_id=project_id, name=clean_name(name), binned_at=None)
    if not append:
        sentence = f"“{found.name}” exists already. Add to it, or choose another name."
        raise Refused(sentence, field="name", status=409)
    return found


@transaction.atomic
def change_dataset(dataset: Dataset, values: dict[str, Any], *, revision: int | None, by: User) -> Dataset:
    """Name and note. Raises Conflict when somebody changed it since `revision`."""
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    if revision is not None and revision != dataset.revision:
        raise Conflict(f"“{dataset.name}” was changed a moment ago.", current=dataset_out(dataset))
    if (name := values.get("name")) is not None:
        dataset.name = clean_name(name)
        _require_free(dataset.project_id, dataset.name, but=dataset)
    if (note := values.get("note")) is not None:
        dataset.note = note
    dataset.revision += 1
    dataset.save(update_fields=["name", "note", "revision"])
    tell(dataset, "dataset.changed", by=by)
    return dataset


@transaction.atomic
def bin_dataset(dataset: Dataset, *, is_binned: bool, by: User) -> Dataset:
    """Into the bin and out again. Its portraits stay as they are; versions that were made of it go on working."""
    dataset = Dataset.objects.select_for_update().get(pk=dataset.pk)
    if not is_binned:
        _require_free(dataset.project_id, dataset.name, but=dataset)
    dataset.binned_at = timezone.now() if is_binned else None
    dataset.save(update_fields=["binned_at"])
    tell(dataset, "dataset.removed" if is_binned else "dataset.restored", by=by)
    return dataset


def clean_name(name: str) -> str:
    name = "".join(letter for letter in " ".join(name.split()) if letter.isprintable())
    if not 1 <= len(name) <= 200:
        raise Refused("Give the dataset a name of 1 to 200 characters.", field="name")
    return name


def tell(dataset: Dataset, kind: str, *, by: User | None) -> None:
    record(dataset.project_id, kind, subject=dataset.subject, payload=dataset_out(dataset), actor=by)


def _require_free(project_id: UUID, name: str, *, but: Dataset | None = None) -> None:
    rows = Dataset.objects.select_for_update().filter(project_id=project_id, name=name, binned_at=None)
    if any(row != but for row in rows):
        raise Refused(TAKEN.format(name=name), field="name")
