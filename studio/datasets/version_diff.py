"""What came, what went and what is cut anew between two versions of a dataset."""

import json
from typing import Any

from studio.datasets.models import DatasetVersion, Portrait
from studio.datasets.portrait_out import JOINS, portrait_out

SAMPLES = 12


def diff(old: DatasetVersion, new: DatasetVersion) -> dict[str, Any]:
    """Counts, and the first of each sort. Portraits are matched by content; another recipe cuts all of them anew."""
    before, after = _items(old), _items(new)
    common = before.keys() & after.keys()
    is_same_recipe = old.recipe == new.recipe
    recut = {sha for sha in common if not is_same_recipe or before[sha][1] != after[sha][1]}
    sorts = {
        "added": [sha for sha in after if sha not in common],
        "removed": [sha for sha in before if sha not in common],
        "recut": [sha for sha in after if sha in recut],
    }
    return {
        **{name: len(found) for name, found in sorts.items()},
        "same": len(common) - len(recut),
        "samples": {name: _samples(found[:SAMPLES], {**before, **after}) for name, found in sorts.items()},
    }


def _items(version: DatasetVersion) -> dict[str, tuple[int, str]]:
    """sha256 -> (portrait, its corners as text), in the version's order."""
    rows = version.items.order_by("position").values_list("sha256", "portrait_id", "corners")
    return {sha: (portrait, json.dumps(corners)) for sha, portrait, corners in rows.iterator(chunk_size=2000)}


def _samples(found: list[str], items: dict[str, tuple[int, str]]) -> list[dict[str, Any]]:
    ids = [items[sha][0] for sha in found]
    rows = Portrait.objects.select_related(*JOINS).in_bulk(ids)
    return [portrait_out(rows[pk]) for pk in ids]
