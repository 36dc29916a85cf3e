"""Tens of thousands of rows as columns of numbers, without making an object of each: for the index and the facets.

Each column comes in one piece. SQLite joins it to one text, which is not only quicker than 80,000 tuples: the whole
query is one step then, during which other requests may run. PostgreSQL joins it to one row of bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Func, IntegerField, QuerySet

Kind = Literal["int", "uuid"]
JOINED = {"int": "group_concat({})", "uuid": "group_concat({}, '')"}
SENT = {"int": "int8send({}::int8)", "uuid": "uuid_send({})"}
LAYOUT = {"int": ">i8", "uuid": "V16"}
# A row without the score is in no bin.
NO_BIN = 63


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
        template = "(substr(%(expressions)s, 1, 4) || substr(%(expressions)s, 6, 2))"
        sql, params = self.as_sql(compiler, connection, template=template)
        return sql, (*params, *params)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # date_part gives float8, for which no text is made and no numeric.
        at = "%(expressions)s AT TIME ZONE 'UTC'"
        template = f"(date_part('year', {at}) * 100 + date_part('month', {at}))::int8"
        sql, params = self.as_sql(compiler, connection, template=template)
        return sql, (*params, *params)


class Bin(Func):
    """In which of `bins` equal parts of [begin, end] a score lies, 0 at the left; NO_BIN without a score.

    What lies outside is in the first or the last.
    """

    output_field = IntegerField()
    arity = 1
    template = (
        "CASE WHEN %(expressions)s IS NULL THEN %(none)d WHEN %(expressions)s < %(begin)r THEN 0 "
        "WHEN %(expressions)s >= %(end)r THEN %(last)d ELSE {whole} END"
    )
    whole = "CAST((%(expressions)s - %(begin)r) * %(scale)r AS INTEGER)"

    def __init__(self, column: str, *, begin: float, end: float, bins: int) -> None:
        numbers: dict[str, Any] = {"begin": float(begin), "end": float(end), "scale": bins / (end - begin)}
        super().__init__(column, **numbers, last=bins - 1, none=NO_BIN)

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, template=self.template.replace("{whole}", self.whole))

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # PostgreSQL's CAST rounds.
        whole = self.whole.replace("CAST(", "trunc(").replace(" AS INTEGER)", ")::int8")
        return self.as_sql(compiler, connection, template=self.template.replace("{whole}", whole))


def columns_of(rows: "QuerySet[Any]", columns: Sequence[tuple[str, Kind]]) -> list[Any]:
    """One array of int64 per column ("uuid": Codes), in the order of `rows`. Nothing may be null."""
    names, kinds = [name for name, _ in columns], [kind for _, kind in columns]
    try:
        sql, params = rows.values_list(*names).query.sql_with_params()
    except EmptyResultSet:
        return [_column(np.empty(0, LAYOUT[kind]), kind) for kind in kinds]
    places = [f"c{place}" for place in range(len(kinds))]
    fetch = _from_postgres if connection.vendor == "postgresql" else _from_sqlite
    return [_column(values, kind) for values, kind in zip(fetch(sql, params, places, kinds), kinds, strict=True)]


def _from_sqlite(sql: str, params: Any, places: list[str], kinds: list[Kind]) -> list[np.ndarray]:
    joined = ", ".join(JOINED[kind].format(place) for place, kind in zip(places, kinds, strict=True))
    with connection.cursor() as cursor:
        # Only names of our own are pasted; the values stay parameters.
        cursor.execute(f"WITH q ({', '.join(places)}) AS ({sql}) SELECT {joined} FROM q", params)  # noqa: S608
        texts = cursor.fetchone()
    return [
        np.frombuffer(bytes.fromhex(text or ""), LAYOUT[kind])
        if kind == "uuid"
        else np.fromstring(text or "", np.int64, sep=",")
        for text, kind in zip(texts, kinds, strict=True)
    ]


def _from_postgres(sql: str, params: Any, places: list[str], kinds: list[Kind]) -> list[np.ndarray]:
    joined = ", ".join(f"string_agg({SENT[kind].format(place)}, '')" for place, kind in zip(places, kinds, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {joined} FROM ({sql}) AS q ({', '.join(places)})", params)  # noqa: S608
        row = cursor.fetchone()
    return [np.frombuffer(content or b"", LAYOUT[kind]) for content, kind in zip(row, kinds, strict=True)]


def _column(values: np.ndarray, kind: Kind) -> Any:
    return _codes(values) if kind == "uuid" else values.astype(np.int64)


def _codes(values: np.ndarray) -> Codes:
    """Ids stand in runs, so only the first of each run is looked at."""
    halves = np.ascontiguousarray(values).view(np.int64).reshape(-1, 2)
    if not len(halves):
        return Codes(np.empty(0, np.int64), [])
    heads = np.concatenate([[0], np.flatnonzero((halves[1:] != halves[:-1]).any(axis=1)) + 1])
    known: dict[bytes, int] = {}
    numbers = [known.setdefault(values[head].tobytes(), len(known)) for head in heads]
    lengths = np.diff(np.append(heads, len(values)))
    return Codes(np.repeat(np.array(numbers, np.int64), lengths), [UUID(bytes=content) for content in known])
