"""Spark asks the same questions of the same files, on this machine or on a cluster that sees them under the same path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from kewei.flows.lake.parts import Kind, Part, Table
from kewei.kernel.refusals import N_, Refused, refusal

TYPES: dict[Kind, str] = {"whole": "BIGINT", "text": "STRING", "day": "DATE", "texts": "ARRAY<STRING>"}
# spark://local is this machine, without a cluster; any other address is a master's.
LOCAL, HERE = "spark://local", "local[2]"
_CONFIG = {
    "spark.app.name": "kewei flows",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    # A sum that does not fit is an error, as it is in DuckDB.
    "spark.sql.ansi.enabled": "true",
}


@refusal
class SparkMissing(Refused):
    code = "flows_spark_missing"
    says = N_("没有安装 Spark：{what}")
    next_step = N_("请运行 make setup-spark，并安装 Java 17 或更新版本；或取消 KEWEI_FLOWS_ENGINE")


class Spark:
    """An engine for months that are too large for one machine. Raises SparkMissing when it is asked and not there."""

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(
        self, question: str, lake: Mapping[Part, Sequence[Path]], beside: Mapping[str, Table] | None = None
    ) -> list[tuple]:
        """The rows of a question; see Engine."""
        # A session of its own: the names of its tables are nobody else's.
        session = _spark(HERE if self.address == LOCAL else self.address).newSession()
        for part, paths in lake.items():
            columns = _columns(part.columns)
            rows = (
                session.read.schema(columns).parquet(*(f"file://{path}" for path in paths))
                if paths
                else session.createDataFrame([], columns)
            )
            rows.createOrReplaceTempView(part.name)
        for name, table in (beside or {}).items():
            given = session.createDataFrame([tuple(row) for row in table.rows], _columns(table.columns))
            given.createOrReplaceTempView(name)
        return [tuple(row) for row in session.sql(question).collect()]


@lru_cache
def _spark(master: str) -> Any:
    """The connection to a master; it takes seconds to make and is kept as long as this process lives."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as why:
        raise SparkMissing(what="pyspark") from why
    builder = SparkSession.builder.master(master)
    if master == HERE:
        # As many parts as there are hands: two hundred small ones would take longer than the work.
        builder = builder.config("spark.sql.shuffle.partitions", "2")
        # Large answers come through a port: the machine's outer address need not let it in.
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    try:
        return builder.config(map=_CONFIG).getOrCreate()
    except (PySparkException, RuntimeError) as why:
        raise SparkMissing(what="Java") from why


def _columns(columns: Mapping[str, Kind]) -> str:
    return ", ".join(f"{column} {TYPES[kind]}" for column, kind in columns.items())
