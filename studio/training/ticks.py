"""The curves of a run: ticks stored so that a run of months stays a few thousand rows, and given out as columns."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from gpu_service.protocol import Tick
from studio.training.models import TrainingRun, TrainingTick

# When there are more, neighbours of the older half are merged.
MOST_ROWS = 4000
SHOWN, MOST_SHOWN = 1000, 5000
PLACES = {"kind", "kimg", "seconds"}
COLUMNS = tuple(name for name in Tick.model_fields if name not in PLACES)


def store(run: TrainingRun, ticks: Sequence[Tick]) -> None:
    """Add ticks in order. A run that went back to a checkpoint says some of them again: from there they are void."""
    if not ticks:
        return
    TrainingTick.objects.filter(run=run, kimg__gte=ticks[0].kimg).delete()
    before = TrainingTick.objects.filter(run=run).order_by("-kimg").values_list("kimg", flat=True).first() or 0.0
    rows: dict[float, TrainingTick] = {}
    for tick in ticks:
        if any(kimg >= tick.kimg for kimg in rows):  # went back within one report
            rows = {kimg: row for kimg, row in rows.items() if kimg < tick.kimg}
        last = max(rows, default=before)
        rows[tick.kimg] = TrainingTick(
            run=run, kimg=tick.kimg, span=max(tick.kimg - last, 0.0), seconds=tick.seconds, values=values_of(tick)
        )
    TrainingTick.objects.bulk_create(rows.values())
    if TrainingTick.objects.filter(run=run).count() > MOST_ROWS:
        _merge_older_half(run)


def values_of(tick: Tick) -> dict[str, float | None]:
    """Its numbers without those that a column of its own holds; what is not finite is left empty."""
    return {name: _finite(getattr(tick, name)) for name in COLUMNS}


def columns(run: TrainingRun, *, after_kimg: float | None, most: int) -> dict[str, Any]:
    """Columns of equal length for plots, at most so many points: neighbours are averaged."""
    rows = TrainingTick.objects.filter(run=run)
    rows = rows.filter(kimg__gt=after_kimg) if after_kimg is not None else rows
    found = list(rows.order_by("kimg"))
    each = math.ceil(len(found) / max(most, 1)) or 1
    shown = [_mean(found[start : start + each]) for start in range(0, len(found), each)]
    told = {
        "kimg": [row.kimg for row in shown],
        "seconds": [row.seconds for row in shown],
        **{name: [row.values.get(name) for row in shown] for name in COLUMNS},
    }
    return {"columns": told, "upto_kimg": found[-1].kimg if found else None}


def _merge_older_half(run: TrainingRun) -> None:
    """Pairs become one row each, so that old stretches are coarse and the newest fine."""
    rows = list(TrainingTick.objects.filter(run=run).order_by("kimg")[: MOST_ROWS // 2])
    merged = [_mean(rows[start : start + 2]) for start in range(0, len(rows), 2)]
    TrainingTick.objects.filter(pk__in=[row.pk for row in rows]).delete()
    TrainingTick.objects.bulk_create(merged)


def _mean(rows: Sequence[TrainingTick]) -> TrainingTick:
    """One row for neighbours: at the place of the last, means weighted by the kimg that each stands for."""
    last = rows[-1]
    if len(rows) == 1:
        return TrainingTick(
            run_id=last.run_id, kimg=last.kimg, span=last.span, seconds=last.seconds, values=last.values
        )
    weights = [row.span or 1e-9 for row in rows]
    values = {name: _weighted((row.values.get(name) for row in rows), weights) for name in COLUMNS if name != "step"}
    values["step"] = last.values.get("step")
    return TrainingTick(
        run_id=last.run_id, kimg=last.kimg, span=sum(row.span for row in rows), seconds=last.seconds, values=values
    )


def _weighted(values: Iterable[float | None], weights: Sequence[float]) -> float | None:
    known = [(value, weight) for value, weight in zip(values, weights, strict=True) if value is not None]
    whole = sum(weight for _, weight in known)
    return sum(value * weight for value, weight in known) / whole if known and whole else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
