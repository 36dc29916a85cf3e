"""Lists are paged by key: a page goes on after the last thing of the one before, however long the list has grown."""

from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
PAGE = 200


def page_of(
    rows: "QuerySet[Row]", *, after: UUID | None, newest_first: bool = False, size: int = PAGE
) -> tuple[list[Row], str | None]:
    """The rows after the one with that id, in the order of their making, and the id to go on from (None at the end)."""
    last = rows.filter(pk=after).values_list("created_at", flat=True).first() if after else None
    if last is not None:
        beyond = Q(created_at__lt=last) if newest_first else Q(created_at__gt=last)
        rows = rows.filter(beyond | Q(created_at=last, pk__gt=after))
    found = list(rows.order_by("-created_at" if newest_first else "created_at", "pk")[: size + 1])
    return found[:size], str(found[size - 1].pk) if len(found) > size else None
