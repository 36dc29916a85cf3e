"""What stands beside the grid: a count for each chip, a histogram for each score, stars, faces, duplicates.

One pass over the dataset. The database says for each row which conditions it meets, by the same SQL as the grid's, as
the bits of one number; the rest is counting.
"""

import math
from typing import Any
from uuid import UUID

import numpy as np
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce

from studio.datasets.columns import NO_BIN, Bin, columns_of
from studio.datasets.filters import LibraryFilter
from studio.datasets.models import Portrait
from studio.datasets.query import conditions, portraits_of, verdict_is

BINS = 60
# What lies outside is counted in the first or last bin. The largest face is measured.
SPANS = {"sharpness": (0.0, 100.0), "face_px": (0.0, 0.0), "clipped": (0.0, 10.0), "roll": (-35.0, 35.0)}
SPANS |= {"brightness": (0.0, 100.0)}
FACE_PX_STEP = 100
# The small facts of a row in one number: stars, then alone, top or beneath, then the number of faces and one more.
STACKED, FACES = 16, 64


def facets_of(dataset_id: UUID, wanted: LibraryFilter) -> dict[str, Any]:
    """Counts beside a filter. `chips` adds condition after condition, whatever was decided; `without` leaves one out.

    Every choice (the bins of a histogram, stars, faces, duplicates) counts what passes all conditions but its own, so
    that the numbers say what choosing would give; `kept` is what passes all.
    """
    tests = conditions(dataset_id, wanted)
    spans = _spans(dataset_id, wanted)
    met, facts, places = _columns(dataset_id, wanted, list(tests.values()), spans)
    bit = {name: 1 << place for place, name in enumerate(tests)}
    every = (2 << len(tests)) - 1  # the verdict is the highest bit

    def all_but(name: str) -> np.ndarray:
        return met | bit.get(name, 0) == every

    kept = met == every
    so_far = [(bit[name] << 1) - 1 for name in tests]
    return {
        "count": int(kept.sum()),
        "chips": {name: int((met & mask == mask).sum()) for name, mask in zip(tests, so_far, strict=True)},
        "without": {name: int(all_but(name).sum()) for name in tests},
        "histograms": {
            name: _histogram(span, places >> 6 * number & NO_BIN, all_but(name), kept)
            for number, (name, span) in enumerate(spans.items())
        },
        "faces": _faces(facts[all_but("faces")] // FACES),
        "stars": np.bincount(facts[all_but("stars")] % STACKED, minlength=6)[:6].tolist(),
        "duplicates": _duplicates(facts[all_but("duplicates")] // STACKED % (FACES // STACKED)),
    }


def _spans(dataset_id: UUID, wanted: LibraryFilter) -> dict[str, tuple[float, float]]:
    """From where to where each histogram goes. The largest face of all is looked up in its index."""
    every = Portrait.objects.filter(dataset_id=dataset_id, binned_at__isnull=not wanted.binned, face_px__isnull=False)
    largest = every.order_by("-face_px", "-id").values_list("face_px", flat=True).first() or 1
    return SPANS | {"face_px": (0.0, math.ceil(largest / FACE_PX_STEP) * float(FACE_PX_STEP))}


def _columns(
    dataset_id: UUID, wanted: LibraryFilter, tests: list[Q], spans: dict[str, tuple[float, float]]
) -> list[np.ndarray]:
    """Of each row the bits of the tests that it meets, its small facts in one number, its bins in another."""
    verdict = Q(pk__gt=0) if wanted.verdict == "any" else verdict_is(wanted.verdict)
    met: Any = Value(0)
    for place, test in enumerate([*tests, verdict]):
        met = met + _number({1 << place: test})
    stacked = Q(stack__isnull=False)
    facts = F("stars_now") + _number({STACKED: stacked & Q(is_stack_top=True), 2 * STACKED: stacked})
    facts = facts + Coalesce(F("faces") + 1, Value(0)) * FACES
    bins: Any = Value(0)
    for place, (name, (begin, end)) in enumerate(spans.items()):
        bins = bins + Bin(name, begin=begin, end=end, bins=BINS) * Value(1 << 6 * place)
    rows = portraits_of(dataset_id, binned=wanted.binned).order_by("taken_at", "id")
    rows = rows.annotate(met=met, facts_now=facts, bins=bins)
    return columns_of(rows, [("met", "int"), ("facts_now", "int"), ("bins", "int")])


def _number(cases: dict[int, Q]) -> Case:
    """The number of the first test that holds, or 0."""
    whens = [When(test, then=Value(number)) for number, test in cases.items()]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def _histogram(span: tuple[float, float], places: np.ndarray, shown: np.ndarray, kept: np.ndarray) -> dict[str, Any]:
    """60 bins from `from` to `to`; rows without the score are in none."""
    return {
        "from": span[0],
        "to": span[1],
        "bins": np.bincount(places[shown], minlength=NO_BIN + 1)[:BINS].tolist(),
        "kept": np.bincount(places[kept], minlength=NO_BIN + 1)[:BINS].tolist(),
    }


def _faces(faces: np.ndarray) -> dict[str, int]:
    """0 is not scored yet, else the number of faces and one more."""
    counts = np.bincount(np.minimum(faces, 4), minlength=5).tolist()
    return {"0": counts[1], "1": counts[2], "2": counts[3], "3+": counts[4]}


def _duplicates(stacked: np.ndarray) -> dict[str, int]:
    """0 stands alone, 1 is the top of a stack, 2 lies beneath one."""
    alone, tops, beneath = np.bincount(stacked, minlength=3)[:3].tolist()
    return {"all": alone + tops + beneath, "tops": alone + tops, "stacked": tops + beneath}
