"""SQL about a chunk of portraits: `{these}` in a statement stands for "is one of these ids"."""

import json
from typing import Any

from django.db import connection


def run(statement: str, ids: list[int], **params: Any) -> int:
    """-> how many rows it touched"""
    if not ids:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(*_bound(statement, ids, params))
        return int(cursor.rowcount)


def column(statement: str, ids: list[int], **params: Any) -> list[int]:
    """The first column of what it selects."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*_bound(statement, ids, params))
        return [number for (number, *_) in cursor.fetchall()]


def _bound(statement: str, ids: list[int], params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """One parameter holds all ids, so that no database's limit on their number is met."""
    if connection.vendor == "postgresql":
        # The cast makes both sides of one type: else each row is compared with every id, one after the other.
        return statement.replace("{these}", "= ANY(%(ids)s::bigint[])"), {**params, "ids": ids}
    these = "IN (SELECT value FROM json_each(%(ids)s))"
    return statement.replace("{these}", these), {**params, "ids": json.dumps(ids)}
