"""Many rows at once, for imports: one statement on SQLite, COPY on PostgreSQL; no model objects in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models

_CHUNK = 20_000
_NEEDS_PREPARING = (models.JSONField, models.DateTimeField, models.DateField, models.BooleanField)
_Thing = TypeVar("_Thing")


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows of plain values, in the order of `fields` (attribute names, foreign keys as `owner_id`); returns how many.

    Fields not named get the database's NULL or, for columns without NULL, must be named. Runs in the caller's transaction.
    """
    columns = [model._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name) for name in fields]
    prepared = _prepared(columns, rows)
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(column.column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copy(cursor, f"COPY {table} ({names}) FROM STDIN", prepared)
        marks = ", ".join(["%s"] * len(columns))
        return _many(cursor, f"INSERT INTO {table} ({names}) VALUES ({marks})", prepared)  # noqa: S608


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Set `fields` of many rows, each row being its new values followed by its primary key; returns how many."""
    columns = [model._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name) for name in fields]
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    pairs = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        prepared = _prepared([*columns, model._meta.pk], rows)
        return _many(cursor, f"UPDATE {table} SET {pairs} WHERE {key} = %s", prepared)  # noqa: S608


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Primary keys for `count` rows that are about to be inserted, in order; nobody else will get them.

    On SQLite that holds because a writing transaction has the database to itself from its beginning.
    """
    if count == 0:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [f'"{table}"', count]
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
    return list(range(first, first + count))


def chunks(things: Iterable[_Thing], size: int = 5_000) -> Iterator[list[_Thing]]:
    """Lists of at most `size` things: as many as fit into one IN (…) on either database."""
    rest = iter(things)
    while chunk := list(islice(rest, size)):
        yield chunk


def _prepared(columns: Sequence[models.Field], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    """Values as the driver takes them; texts and whole numbers, nearly all there is, go through as they are."""
    special = [(i, c) for i, c in enumerate(columns) if isinstance(c, _NEEDS_PREPARING)]
    on_postgres = connection.vendor == "postgresql"
    for row in rows:
        values = list(row)
        for i, column in special:
            if on_postgres and not isinstance(column, models.JSONField):
                continue
            values[i] = (
                _json(values[i])
                if isinstance(column, models.JSONField)
                else column.get_db_prep_save(values[i], connection)
            )
        yield values


def _json(value: Any) -> str | None:
    import json

    return None if value is None else json.dumps(value, ensure_ascii=False)


def _copy(cursor: Any, statement: str, rows: Iterator[list[Any]]) -> int:
    """In chunks made beforehand: while a COPY is open, its connection answers nothing else, nor what rows may ask."""
    count = 0
    for chunk in chunks(rows, _CHUNK):
        with cursor.copy(statement) as copy:
            for row in chunk:
                copy.write_row(row)
        count += len(chunk)
    return count


def _many(cursor: Any, statement: str, rows: Iterator[list[Any]]) -> int:
    count = 0
    for chunk in chunks(rows, _CHUNK):
        cursor.executemany(statement, chunk)
        count += len(chunk)
    return count
