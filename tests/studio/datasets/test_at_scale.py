"""80,000 portraits: no page is sorted for, the last costs what the first does, and undo brings back every state (F35).

Costs are counted, not timed: the steps of SQLite's machine, the pages that PostgreSQL reads.
"""

import itertools
import json
import uuid

import pytest
from django.db import connection

from studio.datasets.decisions import decide
from studio.datasets.filters import LibraryFilter
from studio.datasets.index import index_of
from studio.datasets.models import Decision
from studio.datasets.order import PAGE, in_order, page_after
from studio.datasets.query import matching
from studio.datasets.undo import redo, undo
from tests.studio.datasets.library import fill_by_sql, make_dataset

pytestmark = pytest.mark.django_db

COUNT = 80_000
IS_POSTGRES = connection.vendor == "postgresql"
SORTS = ("taken", "received", "sharpness", "face_px", "stars")
if IS_POSTGRES:  # it may rather sort the few thousand that have one number of stars, knowing how few they are
    SORTS = SORTS[:-1]
ORDERS = [{"sort": sort, "descending": descending} for sort, descending in itertools.product(SORTS, (False, True))]


@pytest.fixture
def dataset(project):
    dataset = make_dataset(project)
    fill_by_sql(dataset, COUNT)
    if IS_POSTGRES:  # where autovacuum does so; SQLite plans without
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return dataset


def filter_of(**said):
    return LibraryFilter.model_validate(said)


def steps_of(ask):
    """What SQLite's machine does for it, in hundreds of steps."""
    steps = itertools.count()
    connection.connection.set_progress_handler(lambda: next(steps) and None, 100)
    try:
        ask()
    finally:
        connection.connection.set_progress_handler(None, 100)
    return next(steps)


def blocks_of(ask):
    """How many blocks of 8 KiB PostgreSQL reads for it."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        ask()
    blocks = 0
    with connection.cursor() as cursor:
        for sql, params in asked:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            plan = cursor.fetchone()[0][0]["Plan"]
            blocks += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return blocks


def is_sorted_for(rows):
    plan = rows.explain(format="json") if IS_POSTGRES else rows.explain()
    return "Sort" in plan or "TEMP B-TREE" in plan


def test_no_page_is_sorted_for_and_the_last_costs_what_the_first_does(dataset):
    cost_of = blocks_of if IS_POSTGRES else steps_of
    for order in ORDERS:
        wanted = filter_of(**order)
        index = index_of(dataset.pk, wanted)
        assert index["count"] == COUNT
        key = index["stops"][-1]["key"]
        rows = matching(dataset.pk, wanted)
        for _, _, ordered in in_order(rows, wanted):
            assert not is_sorted_for(ordered[: PAGE + 1]), ordered.explain()
        first = cost_of(lambda: page_after(dataset.pk, rows, wanted, after="", size=PAGE))  # noqa: B023
        last = cost_of(lambda: page_after(dataset.pk, rows, wanted, after=key, size=PAGE))  # noqa: B023
        assert last <= 2 * first, (order, first, last)
    if IS_POSTGRES:
        passing = matching(dataset.pk, filter_of(sharpness=[20, None], faces=[1, 3]))
        plan = json.loads(passing.explain(format="json"))[0]["Plan"]
        assert plan["Plan Rows"] > passing.count() / 2, "a planner that guesses joins decisions row by row"


def states(dataset):
    rows = Decision.objects.filter(dataset=dataset).order_by("portrait_id")
    return list(rows.values_list("portrait_id", "verdict", "stars", "by_id", "at", "batch_id"))


def test_all_rejected_undone_and_redone_by_exactly_the_earlier_states(dataset, owner):
    before = states(dataset)
    assert len(before) == COUNT // 3 + 1 > 20_000
    batch = decide(dataset, matching(dataset.pk, filter_of()), verdict=-1, stars=0, by=owner)
    after = states(dataset)
    assert {row[1:4] for row in after if row[5] == batch.pk} == {(-1, 0, owner.pk)}
    assert len(after) == COUNT
    assert batch.count == sum(row[5] == batch.pk for row in after) > 70_000
    assert undo(dataset, by=owner).count == batch.count
    assert states(dataset) == before
    assert redo(dataset, by=owner).count == batch.count
    assert states(dataset) == after


def test_a_filter_is_read_from_the_grids_index_alone():
    """SQLite: a pass over all rows does not open them."""
    if IS_POSTGRES:
        pytest.skip("PostgreSQL reads the table, which it does in one sweep.")
    wanted = filter_of(faces=[1, 1], sharpness=[42, None], face_px=[380, None], roll=[-12, 12])
    [(_, _, ordered)] = in_order(matching(uuid.uuid4(), wanted), wanted)
    plan = ordered.values_list("id", "session_id", "verdict_now").explain()
    assert "USING COVERING INDEX portrait_by_time" in plan
    assert "TEMP B-TREE" not in plan
