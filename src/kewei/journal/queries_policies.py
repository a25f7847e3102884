"""Which version of a policy is in force on a day, and every version there has been."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar

from django.apps import apps
from django.db.models import QuerySet

from kewei.journal.bulk import ask, marks
from kewei.journal.models import PolicyVersion
from kewei.kernel.policies import SHIPPED, Policy, UnknownPolicy, Versioned, read_label
from kewei.kernel.refusals import N_, NotFound

_Value = TypeVar("_Value")


@dataclass(frozen=True)
class VersionRow:
    """A version as its page shows it; `approved` is None while nobody has decided; number 0 is the shipped one."""

    pk: int | None
    name: str
    number: int
    since: date
    source: str
    body: Any
    reason: str
    proposed_by: str
    proposer: int | None
    proposed_at: datetime | None
    approved: bool | None
    decided_by: str
    decided_at: datetime | None
    decided_why: str


@cache
def offered() -> dict[str, Policy[Any]]:
    """Every policy of every room, by name; rooms offer theirs as `rules.POLICIES`."""
    found: dict[str, Policy[Any]] = {}
    for config in apps.get_app_configs():
        if config.name.startswith("kewei.") and find_spec(f"{config.name}.rules"):
            rules = import_module(f"{config.name}.rules")
            found.update({policy.name: policy for policy in getattr(rules, "POLICIES", ())})
    return found


def policy_named(name: str) -> Policy[Any]:
    """The policy of this name. Raises UnknownPolicy."""
    if name not in offered():
        raise UnknownPolicy(name=name)
    return offered()[name]


def in_force(policy: Policy[_Value], day: date) -> Versioned[_Value]:
    """The policy as it stands on a day: the latest approved version begun by then, else the shipped one. One query."""
    return in_force_all([policy], day)[policy.name]


def in_force_all(policies: Iterable[Policy[Any]], day: date) -> dict[str, Versioned[Any]]:
    """Several policies at once, by name; one query for all of them."""
    wanted = {policy.name: policy for policy in policies}
    # Written out: every order asks this, and putting the statement together took longer than answering it.
    statement = (
        f"SELECT name, number FROM {PolicyVersion._meta.db_table} WHERE approved AND since <= %s"  # noqa: S608
        f" AND name IN ({marks(len(wanted))}) ORDER BY since, number"
    )
    latest = dict(ask(statement, [day.isoformat(), *wanted]))
    return {name: _value(policy, latest.get(name, SHIPPED)) for name, policy in wanted.items()}


def version(policy: Policy[_Value], label: str) -> Versioned[_Value]:
    """The version a result remembers by its label, approved or not. Raises UnknownPolicy."""
    name, number = read_label(label)
    if name != policy.name:
        raise UnknownPolicy(name=label)
    return _value(policy, number)


def versions(name: str) -> list[VersionRow]:
    """Every version of a policy, newest first, the shipped one last. Raises UnknownPolicy."""
    policy = policy_named(name)
    return [*(_row(row) for row in _rows().filter(name=name).order_by("-number")), _shipped_row(policy)]


def waiting() -> list[VersionRow]:
    """Proposed versions nobody has decided on, oldest first."""
    return [_row(row) for row in _rows().filter(approved=None).order_by("proposed_at", "pk")]


def name_of(pk: int) -> str:
    """The policy a version belongs to. Raises NotFound."""
    found = PolicyVersion.objects.filter(pk=pk).values_list("name", flat=True).first()
    if found is None:
        raise NotFound(noun=N_("政策版本"))
    return found


def forget_read() -> None:
    """Read bodies again: for tests that put the database back to an earlier state, where numbers are used again."""
    _read.cache_clear()


def _value(policy: Policy[_Value], number: int) -> Versioned[_Value]:
    if number == SHIPPED:
        return _read_shipped(policy.name)
    return _read(policy.name, number)


@cache
def _read_shipped(name: str) -> Versioned[Any]:
    policy = policy_named(name)
    return Versioned(policy.read(policy.body), name, SHIPPED, policy.since, policy.source)


@cache
def _read(name: str, number: int) -> Versioned[Any]:
    """Bodies never change, so each is read once per process."""
    row = PolicyVersion.objects.filter(name=name, number=number).first()
    if row is None:
        raise UnknownPolicy(name=f"{name}@{number}")
    return Versioned(policy_named(name).read(row.body), name, number, row.since, row.source)


def _rows() -> QuerySet[PolicyVersion]:
    return PolicyVersion.objects.select_related("proposed_by", "decided_by")


def _row(row: PolicyVersion) -> VersionRow:
    decided_by = row.decided_by.name if row.decided_by else ""
    return VersionRow(
        row.pk, row.name, row.number, row.since, row.source, row.body, row.reason, row.proposed_by.name,
        row.proposed_by_id, row.proposed_at, row.approved, decided_by, row.decided_at, row.decided_why,
    )  # fmt: skip


def _shipped_row(policy: Policy[Any]) -> VersionRow:
    return VersionRow(
        None, policy.name, SHIPPED, policy.since, policy.source, policy.body, "", "", None, None, True, "", None, ""
    )
