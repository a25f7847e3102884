"""Licences from a file: what a row says, and what it changes of a paper that is held (domain 2.2, 4.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from kewei.kernel.refusals import N_, Refused, refusal


@refusal
class VerifiedInFuture(Refused):
    code = "licence_verified_in_future"
    says = N_("核验日 {verified_on} 在今天之后")


@refusal
class VerifiedHowMissing(Refused):
    code = "licence_verified_how_missing"
    says = N_("填了核验日，请同时填写核验方式")


class LicenceFileRow(NamedTuple):
    """One row of a file of licences: cleaned values, None where the cell was blank."""

    customer_code: str
    paper: str
    number: str
    issuer: str | None = None
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    long_term: bool | None = None
    verify_by: date | None = None
    inspected_on: date | None = None
    scope: tuple[str, ...] | None = None
    warehouse: str | None = None
    verified_how: str | None = None
    verified_on: date | None = None


class HeldLicence(NamedTuple):
    """A live paper as it stands, in the order in which it is read from the table."""

    pk: int
    terminal: int
    kind: str
    number: str
    issuer: str
    issued_on: date | None
    valid_from: date | None
    valid_to: date | None
    long_term: bool
    verify_by: date | None
    inspected_on: date | None
    scope: list[str]
    warehouse: str
    verified_how: str
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class LicenceEntry:
    """A paper to record: the fields of record_licence, the customer, and the paper it takes the place of."""

    terminal: int
    fields: dict[str, Any]
    replaces: int | None = None


@dataclass
class LicencePlan:
    """What an import would do: papers to record, how many of them in place of another, and every fault."""

    entries: list[LicenceEntry] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0
    faults: list[tuple[int, str, Refused]] = field(default_factory=list)


_DESCRIBES = (
    "issuer",
    "issued_on",
    "valid_from",
    "valid_to",
    "long_term",
    "verify_by",
    "inspected_on",
    "scope",
    "warehouse",
)


def licence_file_row(values: Mapping[str, Any]) -> LicenceFileRow:
    """A row from values by column name; names it does not know are passed over."""
    known = {name: values[name] for name in LicenceFileRow._fields if values.get(name) not in (None, "", [])}
    return LicenceFileRow(**{**known, "scope": tuple(known["scope"]) if "scope" in known else None})


def fields_of(row: LicenceFileRow, held: HeldLicence | None) -> dict[str, Any] | None:
    """The paper a row means, blank cells being as they were; None where the paper held says just that.

    A paper whose dates or scope change has to be verified again: what was checked was another paper.
    """
    said = {name: value for name in _DESCRIBES if (value := getattr(row, name)) is not None}
    if row.valid_to is not None:
        said.setdefault("long_term", False)
    elif row.long_term:
        said["valid_to"] = None
    if "scope" in said:
        said["scope"] = sorted(said["scope"])
    verified = {"verified_how": row.verified_how or "", "verified_on": row.verified_on}
    if held is None:
        return {"kind": row.paper, "number": row.number, **said, **verified}
    before = {name: getattr(held, name) for name in _DESCRIBES} | {"scope": sorted(held.scope)}
    after = {**before, **said}
    fresh_check = row.verified_how and (row.verified_how, row.verified_on or held.verified_on) != (
        held.verified_how, held.verified_on,
    )  # fmt: skip
    if after == before and not fresh_check:
        return None
    return {"kind": row.paper, "number": row.number, **after, **verified}


def check_verified(row: LicenceFileRow, today: date) -> None:
    """A check has a manner and a day that has come. Raises VerifiedInFuture, VerifiedHowMissing."""
    if row.verified_on is None:
        return
    if not row.verified_how:
        raise VerifiedHowMissing
    if row.verified_on > today:
        raise VerifiedInFuture(verified_on=row.verified_on)
