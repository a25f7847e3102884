"""Many rows at once, for imports: one statement on SQLite, COPY on PostgreSQL; no model objects in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models import Func, Q

_CHUNK = 20_000
# Values in one statement: what either database takes, with room to spare.
_AT_ONCE = 30_000
_Thing = TypeVar("_Thing")


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert rows of plain values, in the order of `fields` (attribute names, foreign keys as `owner_id`); returns how many.

    Fields not named get the database's NULL or, for columns without NULL, must be named. Runs in the caller's
    transaction.
    """
    columns = _columns(model, fields)
    prepared = _prepared(columns, rows)
    quote = connection.ops.quote_name
    table, names = quote(model._meta.db_table), ", ".join(quote(column.column) for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copy(cursor, f"COPY {table} ({names}) FROM STDIN", prepared)
        marks = ", ".join(["%s"] * len(columns))
        return _many(cursor, f"INSERT INTO {table} ({names}) VALUES ({marks})", prepared)  # noqa: S608


def insert_numbered(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[int]:
    """Insert rows as insert does and answer with the primary keys they got, in order: quicker for a few, not for many."""
    columns = _columns(model, fields)
    quote = connection.ops.quote_name
    names, key = ", ".join(quote(column.column) for column in columns), quote(_key(model).column)
    into = f"INSERT INTO {quote(model._meta.db_table)} ({names})"
    marks = f"({', '.join(['%s'] * len(columns))})"
    keys: list[int] = []
    with connection.cursor() as cursor:
        for chunk in chunks(_prepared(columns, rows), _AT_ONCE // len(columns)):
            values = ", ".join([marks] * len(chunk))
            cursor.execute(f"{into} VALUES {values} RETURNING {key}", [value for row in chunk for value in row])
            keys += [key for (key,) in cursor.fetchall()]
    return keys


def update(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Set `fields` of many rows, each row being its new values followed by its primary key; returns how many."""
    columns = _columns(model, fields)
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(_key(model).column)
    pairs = ", ".join(f"{quote(column.column)} = %s" for column in columns)
    with connection.cursor() as cursor:
        prepared = _prepared([*columns, _key(model)], rows)
        return _many(cursor, f"UPDATE {table} SET {pairs} WHERE {key} = %s", prepared)  # noqa: S608


def _columns(model: type[models.Model], fields: Sequence[str]) -> list[Any]:
    """The model's fields by attribute name; `owner_id` names the key `owner`."""
    return [model._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name) for name in fields]


def _key(model: type[models.Model]) -> Any:
    """The field of the primary key."""
    return model._meta.pk


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


class Among(Func):
    """A condition `filter(Among("pk", keys))`: the column is one of many whole numbers, sent as one value.

    Thousands of numbers in an IN (…) take the database longer to read than to find.
    """

    output_field = models.BooleanField()

    def __init__(self, column: str, keys: Iterable[int]) -> None:
        self.keys = list(keys)
        super().__init__(column)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:  # type: ignore[override]
        """For SQLite, through its JSON table."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.keys)]  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:
        """For PostgreSQL, as an array."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s::bigint[])", [*params, self.keys]


# From so many keys on, one value is quicker than a list of parameters.
_FEW = 200


def among(column: str, keys: Sequence[int]) -> Q | Among:
    """A condition `filter(among("terminal_id", keys))` in whichever form suits their number."""
    return Among(column, keys) if len(keys) > _FEW else Q(**{f"{column}__in": list(keys)})


def ask(statement: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> list[Any]:
    """The rows of a statement that is asked again and again; its text should be the same each time.

    On PostgreSQL its plan is kept by the connection: planning takes longer than answering where few rows are read.
    """
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()
    from django.db.backends.postgresql.base import ServerBindingCursor

    connection.ensure_connection()
    bound = ServerBindingCursor(connection.connection)  # type: ignore[call-arg]
    with connection._prepare_cursor(bound) as cursor:  # type: ignore[attr-defined]
        cursor.execute(statement, values)
        return cursor.fetchall()


def these(keys: Iterable[int]) -> tuple[str, Any]:
    """(condition, value) for a statement written out: `column {condition}` holds where it is one of the keys, given as %(ids)s."""
    if connection.vendor == "postgresql":
        return "= ANY(%(ids)s::bigint[])", list(keys)
    return "IN (SELECT value FROM json_each(%(ids)s))", json.dumps(list(keys))


def marks(count: int) -> str:
    """So many places for values of a statement."""
    return ", ".join(["%s"] * count)


def chunks(things: Iterable[_Thing], size: int = 5_000) -> Iterator[list[_Thing]]:
    """Lists of at most `size` things: as many as fit into one IN (…) on either database."""
    rest = iter(things)
    while chunk := list(islice(rest, size)):
        yield chunk


def _prepared(columns: Sequence[models.Field], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Values as the driver takes them; texts and whole numbers, nearly all there is, go through as they are."""
    special = [(i, prepare) for i, column in enumerate(columns) if (prepare := _preparing(column))]
    for row in rows:
        values = list(row)
        for i, prepare in special:
            values[i] = prepare(values[i])
        yield values


def _preparing(column: models.Field) -> Callable[[Any], Any] | None:
    """How values of a column are made ready for the driver, where they have to be."""
    if isinstance(column, models.JSONField):
        return _json
    if connection.vendor == "postgresql":
        return None
    if isinstance(column, models.DateTimeField):
        # One moment stands in every row of an import.
        return lru_cache(maxsize=1024)(lambda moment: column.get_db_prep_save(moment, connection))
    if isinstance(column, models.DateField):
        # The general way asks Django's settings for every single day.
        return lambda value: value and value.isoformat()
    return None


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def _copy(cursor: Any, statement: str, rows: Iterator[Sequence[Any]]) -> int:
    """In chunks made beforehand: while a COPY is open, its connection answers nothing else, nor what rows may ask."""
    count = 0
    for chunk in chunks(rows, _CHUNK):
        # COPY goes past Django: its errors are made Django's here, because actions try again by their kind.
        with connection.wrap_database_errors, cursor.copy(statement) as copy:
            for row in chunk:
                copy.write_row(row)
        count += len(chunk)
    return count


def _many(cursor: Any, statement: str, rows: Iterator[Sequence[Any]]) -> int:
    count = 0
    for chunk in chunks(rows, _CHUNK):
        cursor.executemany(statement, chunk)
        count += len(chunk)
    return count
