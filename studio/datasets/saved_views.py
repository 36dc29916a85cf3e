"""Saved views: filters with a name, shared by everybody in the project."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from pydantic import ValidationError

from studio.accounts.models import User
from studio.datasets.filters import LibraryFilter
from studio.datasets.models import Dataset, SavedView
from studio.datasets.query import matching
from studio.errors import Refused
from studio.events.record import record

MOST = 200
COUNTED = 24


def add_view(dataset: Dataset, *, name: str, query: LibraryFilter, by: User) -> SavedView:
    """Raises Refused when the name is blank or there are too many already."""
    if SavedView.objects.filter(dataset=dataset).count() >= MOST:
        raise Refused(f"There are {MOST} saved views already. Remove one first.")
    with transaction.atomic():
        view = SavedView.objects.create(dataset=dataset, name=_name(name), query=stored(query), by=by)
        _tell(view, by=by)
    return view


def change_view(view: SavedView, *, name: str | None, query: LibraryFilter | None, by: User) -> SavedView:
    if name is not None:
        view.name = _name(name)
    if query is not None:
        view.query = stored(query)
    with transaction.atomic():
        view.save(update_fields=["name", "query"])
        _tell(view, by=by)
    return view


def remove_view(view: SavedView, *, by: User) -> None:
    with transaction.atomic():
        _tell(view, by=by)
        view.delete()


def counts_of(dataset: Dataset) -> dict[str, int]:
    """How many match each of the first views, by id. What a later studio no longer reads is left out."""
    found = {}
    for view in SavedView.objects.filter(dataset=dataset)[:COUNTED]:
        with suppress(ValidationError):
            found[str(view.pk)] = matching(dataset.pk, LibraryFilter.model_validate(view.query)).count()
    return found


def view_out(view: SavedView) -> dict[str, Any]:
    return {
        "id": view.pk,
        "dataset_id": view.dataset_id,
        "name": view.name,
        "query": view.query,
        "by": {"id": view.by.pk, "name": str(view.by)} if view.by else None,
        "created_at": view.created_at,
    }


def stored(query: LibraryFilter) -> dict[str, Any]:
    """Only what the person has set, so that a later default is not frozen."""
    return query.model_dump(mode="json", exclude_defaults=True)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise Refused("Give the view a name of 1 to 100 characters.", field="name")
    return name


def _tell(view: SavedView, *, by: User) -> None:
    payload = {"dataset_id": view.dataset_id}
    record(view.dataset.project_id, "views.changed", subject=view.dataset.subject, payload=payload, actor=by)
