"""Decisions, their undoing and redoing, as statements about thousands of rows at once. Alike in both databases.

Each takes the ids of one chunk inside a transaction that holds the dataset's lock (`batches.py`).
"""

from studio.datasets.models import DecisionBatch
from studio.datasets.statements import column, run

WRITE = """
INSERT INTO datasets_decision (portrait_id, dataset_id, verdict, stars, by_id, at, batch_id)
{select}
ON CONFLICT (portrait_id) DO UPDATE SET
  verdict = excluded.verdict, stars = excluded.stars, by_id = excluded.by_id, at = excluded.at,
  batch_id = excluded.batch_id
"""
NOTE = """
INSERT INTO datasets_decisionchange
  (batch_id, portrait_id, old_verdict, old_stars, new_verdict, new_stars, old_batch_id)
SELECT %(batch)s, p.id, COALESCE(d.verdict, 0), COALESCE(d.stars, 0),
  COALESCE(%(verdict)s, d.verdict, 0), COALESCE(%(stars)s, d.stars, 0), d.batch_id
FROM datasets_portrait p LEFT JOIN datasets_decision d ON d.portrait_id = p.id
WHERE p.id {these}
  AND (COALESCE(d.verdict, 0) <> COALESCE(%(verdict)s, d.verdict, 0)
    OR COALESCE(d.stars, 0) <> COALESCE(%(stars)s, d.stars, 0))
"""
NEW = """
SELECT c.portrait_id, b.dataset_id, c.new_verdict, c.new_stars, b.by_id, b.at, b.id
FROM datasets_decisionchange c JOIN datasets_decisionbatch b ON b.id = c.batch_id
WHERE c.batch_id = %(batch)s AND c.portrait_id {these}
"""
OLD = """
SELECT c.portrait_id, b.dataset_id, c.old_verdict, c.old_stars, o.by_id, COALESCE(o.at, b.at), c.old_batch_id
FROM datasets_decisionchange c
JOIN datasets_decisionbatch b ON b.id = c.batch_id
LEFT JOIN datasets_decisionbatch o ON o.id = c.old_batch_id
WHERE c.batch_id = %(batch)s AND c.portrait_id {these}
"""
# There was no decision before: there is none again. Two steps, since a planner without statistics goes astray in one.
FRESH = """
SELECT c.portrait_id FROM datasets_decisionchange c
WHERE c.batch_id = %(batch)s AND c.portrait_id {these}
  AND c.old_batch_id IS NULL AND c.old_verdict = 0 AND c.old_stars = 0
"""
CLEAR = "DELETE FROM datasets_decision WHERE portrait_id {these}"
# What stands on an undone batch is to fall back past it, when it is undone in its turn.
SPLICE = """
UPDATE datasets_decisionchange SET (old_verdict, old_stars, old_batch_id) = (
  SELECT u.old_verdict, u.old_stars, u.old_batch_id FROM datasets_decisionchange u
  WHERE u.batch_id = %(batch)s AND u.portrait_id = datasets_decisionchange.portrait_id)
WHERE old_batch_id = %(batch)s AND portrait_id {these}
  AND batch_id IN (SELECT id FROM datasets_decisionbatch WHERE undone_at IS NULL)
"""
STILL = """
SELECT c.portrait_id FROM datasets_decisionchange c
LEFT JOIN datasets_decision d ON d.portrait_id = c.portrait_id
WHERE c.batch_id = %(batch)s AND c.portrait_id {these} AND {state}
"""
STANDS_HERE = "d.batch_id = c.batch_id"
STANDS_BEFORE = "COALESCE(d.batch_id, 0) = COALESCE(c.old_batch_id, 0)"


CHANGED = "SELECT portrait_id FROM datasets_decisionchange WHERE batch_id = %(batch)s AND portrait_id {these}"


def decide_chunk(batch: DecisionBatch, ids: list[int], *, verdict: int | None, stars: int | None) -> list[int]:
    """Note before and after of each that changes, then write. -> the portraits that changed"""
    run(NOTE, ids, batch=batch.pk, verdict=verdict, stars=stars)
    changed = column(CHANGED, ids, batch=batch.pk)
    run(WRITE.replace("{select}", NEW), changed, batch=batch.pk)
    return changed


def undo_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    """Back to what stood before, where this batch's decision still stands. -> the portraits that changed"""
    ours = column(STILL.replace("{state}", STANDS_HERE), ids, batch=batch.pk)
    run(WRITE.replace("{select}", OLD), ours, batch=batch.pk)
    run(CLEAR, column(FRESH, ours, batch=batch.pk))
    if len(ours) < len(ids):
        run(SPLICE, sorted(set(ids) - set(ours)), batch=batch.pk)
    return ours


def redo_chunk(batch: DecisionBatch, ids: list[int]) -> list[int]:
    """Once more what the batch decided, where nobody decided since. -> the portraits that changed"""
    untouched = column(STILL.replace("{state}", STANDS_BEFORE), ids, batch=batch.pk)
    run(WRITE.replace("{select}", NEW), untouched, batch=batch.pk)
    return untouched
