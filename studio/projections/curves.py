"""Losses and steps frame by frame, thinned to what a plot can show."""

import math
from typing import Any

from studio.projections.models import Projection

MOST_POINTS = 1000


def curves_of(row: Projection, *, most: int = MOST_POINTS) -> dict[str, Any]:
    """Columns of one length: the frame, the mean loss and the mean steps of those that a point stands for."""
    found: list[tuple[int, float | None, float]] = []
    for first, losses, steps in row.frames.order_by("first").values_list("first", "losses", "steps"):
        found += [(first + at, loss, step) for at, (loss, step) in enumerate(zip(losses, steps, strict=True))]
    each = math.ceil(len(found) / most) or 1
    groups = [found[start : start + each] for start in range(0, len(found), each)]
    return {
        "frame": [group[0][0] for group in groups],
        "loss": [_mean([loss for _, loss, _ in group if loss is not None]) for group in groups],
        "steps": [_mean([step for _, _, step in group]) for group in groups],
    }


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
