"""Findings of every room: whatever is not as it must be."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from kewei.config.rooms import APPS
from kewei.journal.queries import in_words
from kewei.kernel.refusals import N_, Refused, refusal


@dataclass(frozen=True)
class Found:
    """A finding with the room it comes from and its sentence as a msgid."""

    room: str
    code: str
    says: str
    about: str
    numbers: dict[str, Any]

    @property
    def told(self) -> str:
        """The numbers in one line, fen as yuan."""
        return " · ".join(f"{name} {in_words(name, value)}" for name, value in self.numbers.items())


@refusal
class DatabaseBehind(Refused):
    code = "database_behind"
    says = N_("数据库还没有准备好，请先运行 kewei init 或 kewei migrate")
    status = 409


def check_database() -> None:
    """Refuse to go on where migrations have not run, or there is no database yet. Raises DatabaseBehind."""
    if database_is_behind():
        raise DatabaseBehind


def database_is_behind() -> bool:
    """True where tables are missing because migrations have not run."""
    try:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return True


def findings(limit: int | None = None) -> Iterator[Found]:
    """Every room that has queries.findings(), asked in order from the ground floor up; at most `limit` findings."""
    return islice(_all(), limit)


def _all() -> Iterator[Found]:
    for room in APPS:
        if room == "config" or not find_spec(f"kewei.{room}.queries"):
            continue
        ask = getattr(import_module(f"kewei.{room}.queries"), "findings", None)
        if ask is None:
            continue
        words = getattr(import_module(f"kewei.{room}.rules"), "FINDINGS", {})
        for finding in ask():
            numbers = dict(finding.numbers)
            yield Found(room, finding.code, words.get(finding.code, finding.code), finding.about, numbers)
