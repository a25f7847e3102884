"""Who answers a question about the lake: DuckDB in process, or Spark where KEWEI_FLOWS_ENGINE names one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from django.conf import settings

from kewei.flows.lake.duck import Duck
from kewei.flows.lake.parts import Part, Table
from kewei.kernel.refusals import N_, Refused, refusal

SPARK = "spark://"


@refusal
class NoSuchEngine(Refused):
    code = "flows_no_such_engine"
    says = N_("KEWEI_FLOWS_ENGINE 应为 duckdb 或 spark://…，不是「{text}」")


class Engine(Protocol):
    """Answers questions written in the SQL that DuckDB and Spark share."""

    def ask(
        self, question: str, lake: Mapping[Part, Sequence[Path]], beside: Mapping[str, Table] | None = None
    ) -> list[tuple]:
        """The rows of a question. Each part of the lake is a table of its name made of these files, a part without files an
        empty one; `beside` are further tables by name. Whole numbers come as int, days as date, nothing as None.
        """


def in_process() -> Duck:
    """DuckDB, whatever the setting says: for questions about one file or a few names, which nobody waits seconds for."""
    return Duck()


def engine() -> Engine:
    """The engine for questions about whole months. Raises NoSuchEngine, SparkMissing."""
    named = settings.FLOWS_ENGINE
    if named == "duckdb":
        return in_process()
    if named.startswith(SPARK):
        from kewei.flows.lake.spark import Spark

        return Spark(named)
    raise NoSuchEngine(text=named[:100])
