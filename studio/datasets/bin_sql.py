"""Into the bin and out of it, a chunk of portraits at a time (`batches.py`).

A batch owns what it put there: `binned_at` is then the batch's own time, and what another put there has another.
"""

from typing import Any

from django.db import connection

from studio.datasets.models import DecisionBatch, Portrait
from studio.datasets.statements import column, run

PUT = "UPDATE datasets_portrait SET binned_at = %(at)s WHERE id {these}"
TAKE = "UPDATE datasets_portrait SET binned_at = NULL WHERE id {these}"
LIVING = "SELECT id FROM datasets_portrait WHERE binned_at IS NULL AND id {these}"
BINNED = "SELECT id FROM datasets_portrait WHERE binned_at IS NOT NULL AND id {these}"
OURS = "SELECT id FROM datasets_portrait WHERE binned_at = %(at)s AND id {these}"
NOTE = """
INSERT INTO datasets_decisionchange (batch_id, portrait_id, old_verdict, old_stars, new_verdict, new_stars)
SELECT %(batch)s, id, 0, 0, 0, 0 FROM datasets_portrait WHERE id {these}
"""


def bin_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    return _noted(batch, _moved(PUT, LIVING, batch, ids))


def restore_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    return _noted(batch, _moved(TAKE, BINNED, batch, ids))


def undo_bin_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    return _moved(TAKE, OURS, batch, ids)


def redo_bin_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    return _moved(PUT, LIVING, batch, ids)


def undo_restore_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    """Back into the bin, with its 30 days from the batch on."""
    return _moved(PUT, LIVING, batch, ids)


def redo_restore_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    return _moved(TAKE, OURS, batch, ids)


def _moved(statement: str, which: str, batch: DecisionBatch, ids: list[int]) -> list[int]:
    found = column(which, ids, at=_at(batch))
    run(statement, found, at=_at(batch))
    return found


def _noted(batch: DecisionBatch, ids: list[int]) -> list[int]:
    run(NOTE, ids, batch=batch.pk)
    return ids


def _at(batch: DecisionBatch) -> Any:
    """The batch's time as the database keeps it."""
    return Portrait._meta.get_field("binned_at").get_db_prep_value(batch.at, connection)
