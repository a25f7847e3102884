"""Customer cards from a file: what a row says, what it changes, what is wrong with the file as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, Refused, refusal
from kewei.terminals.rules.divisions import Place, divisions


@refusal
class RepeatedInFile(Refused):
    code = "repeated_in_file"
    says = N_("「{text}」在文件中重复，首次出现在第 {row} 行")


@refusal
class ImportHasFaults(Refused):
    code = "import_has_faults"
    says = N_("文件有 {count} 处问题，未导入。第 {row} 行：{first}")


class CardRow(NamedTuple):
    """One row of a file of customers: cleaned values, None where the cell was blank."""

    code: str
    name: str
    short_name: str | None = None
    kind: str | None = None
    credit_code: str | None = None
    province: str | None = None
    city: str | None = None
    district: str | None = None
    address: str | None = None
    owner: str | None = None
    ownership: str | None = None
    size: str | None = None
    grade: str | None = None
    beds: int | None = None
    group_code: str | None = None
    aliases: tuple[str, ...] = ()
    note: str | None = None
    extra: Mapping[str, str] | None = None


def card_row(values: Mapping[str, Any]) -> CardRow:
    """A row from values by column name; names it does not know are passed over."""
    known = {name: values[name] for name in CardRow._fields if values.get(name) not in (None, "")}
    return CardRow(**{**known, "aliases": tuple(known.get("aliases") or ()), "extra": values.get("extra") or None})


class Known(NamedTuple):
    """A terminal as it stands, in the order in which it is read from the table."""

    pk: int
    code: str
    name: str
    short_name: str
    kind: str
    credit_code: str | None
    division: str
    province: str
    city: str
    district: str
    address: str
    owner: int | None
    ownership: str
    size: str
    grade: str
    beds: int | None
    group: int | None
    note: str
    extra: dict[str, str]


# Set by a row as they are; place, group, owner and extra columns need more thought.
PLAIN = ("name", "short_name", "kind", "credit_code", "address", "ownership", "size", "grade", "beds", "note")


@dataclass
class Plan:
    """What an import would do: rows with nothing wrong, and every fault as (row number, column, refusal)."""

    new: list[tuple[CardRow, Place]] = field(default_factory=list)
    changed: list[tuple[CardRow, Known, dict[str, tuple[Any, Any]]]] = field(default_factory=list)
    unchanged: int = 0
    faults: list[tuple[int, str, Refused]] = field(default_factory=list)

    def check(self) -> None:
        """Refuse a file with anything wrong in it. Raises ImportHasFaults with the first fault."""
        if self.faults:
            row, _, first = self.faults[0]
            raise ImportHasFaults(count=len(self.faults), row=row, first=first)


def place_of_row(row: CardRow, known: Known | None) -> Place:
    """The place a row means; what it leaves blank stays as it was, but a new city does not keep the old district."""
    if known is None or row.province or row.city:
        kept_city = known.city if known and not row.city and _same_province(row, known) else ""
        kept_province = known.province if known and not row.province and not row.city else ""
        return divisions().place(row.province or kept_province, row.city or kept_city, row.district or "")
    if row.district:
        return divisions().place(known.province, known.city, row.district)
    return Place(known.division, known.province, known.city, known.district)


def _same_province(row: CardRow, known: Known) -> bool:
    return not row.province or divisions().place(row.province, "", "").province == known.province


def changes_of_row(row: CardRow, known: Known, groups: Mapping[str, int]) -> dict[str, tuple[Any, Any]]:
    """The fields a row changes on a card, each with its former and its new value; blank cells change nothing."""
    changes = {
        name: (getattr(known, name), value)
        for name in PLAIN
        if (value := getattr(row, name)) is not None and value != getattr(known, name)
    }
    place = place_of_row(row, known)
    for name, value in place._asdict().items():
        if value != getattr(known, name):
            changes[name] = (getattr(known, name), value)
    group = groups.get(row.group_code) if row.group_code else None
    if group is not None and group != known.group:
        changes["group"] = (known.group, group)
    if row.extra and (merged := {**known.extra, **row.extra}) != known.extra:
        changes["extra"] = (known.extra, merged)
    return changes


def fresh_names(row: CardRow, known: Known, aliases: Iterable[str]) -> list[str]:
    """The aliases of a row that the card does not have yet."""
    taken = {fold(name) for name in (*aliases, row.name or known.name)}
    return [name for name in dict.fromkeys(row.aliases) if fold(name) not in taken]
