"""Tens of thousands of rows as columns, without making an object of each: for the index and the facets.

PostgreSQL sends each row as one string of bytes, SQLite as a tuple; what comes out is the same numpy arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Func, IntegerField, QuerySet

Kind = Literal["int", "float", "uuid"]
# How PostgreSQL sends a kind, and how numpy reads that; how numpy takes it from SQLite.
SENT = {
    "int": ("int8send({}::int8)", ">i8", np.int64),
    "float": ("float8send(coalesce({}::float8, 'NaN'))", ">f8", np.float64),
    "uuid": ("uuid_send({})", "V16", np.object_),
}


@dataclass(frozen=True)
class Codes:
    """A column of ids that repeat: which of `ids` each row has."""

    numbers: np.ndarray
    ids: list[UUID]


class MonthNumber(Func):
    """A time's month in UTC as a number: 202611. Django's own extracts call Python for each row of SQLite."""

    output_field = IntegerField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "CAST(substr(%(expressions)s, 1, 4) || substr(%(expressions)s, 6, 2) AS INTEGER)"
        sql, params = self.as_sql(compiler, connection, template=template)
        return sql, (*params, *params)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template="to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYYMM')::int8")


def columns_of(rows: "QuerySet[Any]", columns: Sequence[tuple[str, Kind]]) -> list[Any]:
    """One array per column ("uuid": Codes), in the order of `rows`. Null is NaN in a float; no int may be null."""
    names, kinds = [name for name, _ in columns], [kind for _, kind in columns]
    try:
        sql, params = rows.values_list(*names).query.sql_with_params()
    except EmptyResultSet:
        return [Codes(np.empty(0, np.int64), []) if kind == "uuid" else np.empty(0, SENT[kind][2]) for kind in kinds]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _from_postgres(cursor, sql, params, kinds)
        cursor.execute(sql, params)
        by_column = list(zip(*cursor.fetchall(), strict=True)) or [()] * len(kinds)
    return [
        _codes_of_text(values) if kind == "uuid" else np.array(values, SENT[kind][2])
        for values, kind in zip(by_column, kinds, strict=True)
    ]


def _from_postgres(cursor: Any, sql: str, params: Any, kinds: Sequence[Kind]) -> list[Any]:
    places = [f"c{place}" for place in range(len(kinds))]
    sent = " || ".join(SENT[kind][0].format(place) for place, kind in zip(places, kinds, strict=True))
    # Only names of our own are pasted; the values stay parameters.
    cursor.execute(f"SELECT {sent} FROM ({sql}) AS q ({', '.join(places)})", params)  # noqa: S608
    layout = np.dtype([(place, SENT[kind][1]) for place, kind in zip(places, kinds, strict=True)])
    packed = np.frombuffer(b"".join(row for (row,) in cursor.fetchall()), layout)
    return [
        _codes_of_bytes(packed[place]) if kind == "uuid" else packed[place].astype(SENT[kind][2])
        for place, kind in zip(places, kinds, strict=True)
    ]


def _codes_of_text(values: Sequence[str]) -> Codes:
    known: dict[str, int] = {}
    numbers = [known.setdefault(value, len(known)) for value in values]
    return Codes(np.array(numbers, np.int64), [UUID(value) for value in known])


def _codes_of_bytes(values: np.ndarray) -> Codes:
    """Compared as one number of both halves: quick, and random ids do not meet in it."""
    halves = np.ascontiguousarray(values).view(">u8").reshape(-1, 2)
    _, first, numbers = np.unique(halves[:, 0] ^ halves[:, 1], return_index=True, return_inverse=True)
    return Codes(numbers.astype(np.int64), [UUID(bytes=values[place].tobytes()) for place in first])
