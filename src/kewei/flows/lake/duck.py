"""DuckDB in process: asks the lake, and writes its files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kewei.flows.lake.parts import Kind, Part, Table
from kewei.kernel.refusals import N_, Refused, refusal

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TYPES: dict[Kind, str] = {"whole": "BIGINT", "text": "VARCHAR", "day": "DATE", "texts": "VARCHAR[]"}
# Never the network, and never more memory than a small server has to spare; what does not fit goes to temporary files.
_CONFIG = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "memory_limit": "1GB"}
_AT_ONCE = 5_000


@refusal
class LakeUnreadable(Refused):
    code = "flows_lake_unreadable"
    says = N_("流向明细文件缺失或损坏")
    next_step = N_("请运行 kewei check 查看是哪一个，从备份取回，或用 kewei flows rebuild 重新清洗")
    status = 409


class Duck:
    """The engine that comes with the house."""

    def ask(
        self, question: str, lake: Mapping[Part, Sequence[Path]], beside: Mapping[str, Table] | None = None
    ) -> list[tuple]:
        """The rows of a question; see Engine."""
        with _before(lake, beside or {}) as cursor:
            return cursor.execute(question).fetchall()

    def ask_in_turn(self, question: str, lake: Mapping[Part, Sequence[Path]]) -> Iterator[tuple]:
        """The rows of a question one after the other: for answers as long as a file."""
        with _before(lake, {}) as cursor:
            cursor.execute(question)
            while rows := cursor.fetchmany(_AT_ONCE):
                yield from rows


def write(part: Part, rows: Sequence[Sequence[Any]], to: Path) -> None:
    """Write rows of a part as a Parquet file: the same rows give the same bytes.

    `texts` come as JSON. By one thread, so that nothing depends on how many there are.
    """
    with _cursor(threads=1) as cursor:
        _hand_over(cursor, part.name, Table({**part.columns}, rows))
        cursor.execute(f"COPY (SELECT * FROM {part.name}) TO {_quoted(to)} (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608


@contextmanager
def _before(lake: Mapping[Part, Sequence[Path]], beside: Mapping[str, Table]) -> Iterator[DuckDBPyConnection]:
    """A cursor that sees these files and tables, and nothing anybody else is asking about. Raises LakeUnreadable."""
    with _cursor(threads=min(os.cpu_count() or 1, 4)) as cursor, _readable():
        for part, paths in lake.items():
            columns = ", ".join(part.columns)
            if paths:
                files = ", ".join(_quoted(path) for path in paths)
                cursor.execute(
                    f"CREATE TEMP VIEW {part.name} AS SELECT {columns}"  # noqa: S608
                    f" FROM read_parquet([{files}], hive_partitioning = false)"
                )
            else:
                _hand_over(cursor, part.name, Table(part.columns, []))
        for name, table in beside.items():
            _hand_over(cursor, name, table)
        yield cursor


@contextmanager
def _readable() -> Iterator[None]:
    """A file of the lake that is gone or damaged is for people to see to, not an error of the program."""
    from duckdb import InvalidInputException, IOException

    try:
        yield
    except (InvalidInputException, IOException) as why:
        raise LakeUnreadable from why


@contextmanager
def _cursor(threads: int) -> Iterator[DuckDBPyConnection]:
    cursor = _instance(os.getpid(), threads).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@lru_cache
def _instance(process: int, threads: int) -> DuckDBPyConnection:
    """A DuckDB without a file of its own; one per process, because threads do not follow a fork."""
    # Half a second to import: only for those who ask the lake.
    import duckdb

    made = duckdb.connect(config={**_CONFIG, "threads": threads})
    # Texts are texts, also where the first thousand are missing.
    made.execute("SET pandas_analyze_sample = 0")
    return made


def _hand_over(cursor: DuckDBPyConnection, name: str, table: Table) -> None:
    """A table of plain values under a name, through arrays: a statement with so many values would take minutes."""
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.columns)
    arrays = {
        column: _array(kind, values) for (column, kind), values in zip(table.columns.items(), columns, strict=True)
    }
    cursor.register(f"handed_{name}", arrays)
    read = ", ".join(f"{_read(column, kind)} AS {column}" for column, kind in table.columns.items())
    cursor.execute(f"CREATE TEMP VIEW {name} AS SELECT {read} FROM handed_{name}")  # noqa: S608


def _array(kind: Kind, values: Sequence[Any]) -> Any:
    if kind == "whole":
        missing = [value is None for value in values]
        return np.ma.array([value or 0 for value in values], mask=missing, dtype=np.int64)
    array = np.empty(len(values), dtype=object)
    array[:] = [value.isoformat() if kind == "day" and value else value for value in values]
    return array


def _read(column: str, kind: Kind) -> str:
    return f"""from_json({column}, '["VARCHAR"]')""" if kind == "texts" else f"CAST({column} AS {TYPES[kind]})"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
