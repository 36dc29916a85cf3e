"""Decide about portraits: pick, reject, clear, give stars. Any number at once, as a batch that `undo.py` takes back."""

from django.db.models import QuerySet

from studio.accounts.models import User
from studio.datasets.batches import new_batch
from studio.datasets.decision_sql import decide_chunk
from studio.datasets.models import Dataset, DecisionBatch, Portrait
from studio.errors import Refused

VERBS = {1: "Picked", 0: "Cleared", -1: "Rejected"}


def decide(
    dataset: Dataset,
    portraits: "QuerySet[Portrait]",
    *,
    verdict: int | None = None,
    stars: int | None = None,
    by: User | None,
    label: str = "",
) -> DecisionBatch | None:
    """Give these portraits a verdict (-1, 0, 1), stars (0 to 5) or both; None leaves as it is.

    -> the batch, with `count` of those that changed; None when they all stood so already. Raises Refused (422).
    """
    if verdict is None and stars is None:
        raise Refused("Say a verdict, a number of stars or both.", field="verdict")
    told = {name: value for name, value in (("verdict", verdict), ("stars", stars)) if value is not None}
    return new_batch(
        dataset,
        portraits.filter(dataset=dataset),
        kind=DecisionBatch.Kind.DECIDE,
        by=by,
        label=lambda count: label or label_of(verdict, stars, count),
        work=lambda batch, ids: decide_chunk(batch, ids, verdict=verdict, stars=stars),
        told=told,
    )


def label_of(verdict: int | None, stars: int | None, count: int) -> str:
    """What was done, as a sentence without its full stop: "Rejected 1,386 portraits"."""
    these = counted(count)
    if verdict is None:
        given = {0: "Took the stars from", 1: "Gave 1 star to"}
        return f"{given.get(stars or 0, f'Gave {stars} stars to')} {these}"
    return f"{VERBS[verdict]} {these}"


def counted(count: int) -> str:
    return "1 portrait" if count == 1 else f"{count:,} portraits"
