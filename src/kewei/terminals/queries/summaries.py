"""Terminals as other rooms need them: by primary key, as plain values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from kewei.journal import queries as journal
from kewei.journal.bulk import chunks
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals.facts import CHANGE_WHO_IS_CALLED_WHAT
from kewei.terminals.models import Alias, Closure, Licence, Link, Potential, Settlement, Terminal
from kewei.terminals.queries.twins import merged_into


class Dimension(NamedTuple):
    """What a figure of a terminal can be grouped by."""

    code: str
    name: str
    kind: str
    owner: int | None
    territory: int | None
    province: str
    city: str


def dimensions(pks: Iterable[int] | None = None) -> dict[int, Dimension]:
    """Every terminal (or the given ones) by primary key, whoever asks: the caller has already chosen what they may see."""
    if pks is None:
        rows = Terminal.objects.values_list("pk", *Dimension._fields)
        return {row[0]: Dimension(*row[1:]) for row in rows.iterator(chunk_size=20_000)}
    found: dict[int, Dimension] = {}
    for chunk in chunks(pks):
        rows = Terminal.objects.filter(pk__in=chunk).values_list("pk", *Dimension._fields)
        found.update((row[0], Dimension(*row[1:])) for row in rows)
    return found


def likenesses(
    person: Person, verb: str, kinds: Iterable[str], territory: int | None = None
) -> list[tuple[int, str, str, str, int | None, int | None]]:
    """(key, kind, city, province, owner, group) of the terminals of these kinds the person may see for a verb, those closed
    today left out; of a territory and what lies under it where one is given. At most four queries.

    Plain tuples: of two hundred thousand, anything else takes longer to make than to ask for.
    """
    rows = Terminal.objects.visible_to(person, verb).filter(kind__in=list(kinds))
    if territory is not None:
        paths = (people.territory_paths()[territory],)
        rows = rows.filter(territory__in=people.territory_ids(paths))
    gone = closed()
    found = rows.order_by("pk").values_list("pk", "kind", "city", "province", "owner", "group")
    return [row for row in found.iterator(chunk_size=20_000) if row[0] not in gone]


def of_class(classes: Iterable[str]) -> dict[int, str]:
    """The potential class of every terminal that has one of these, whoever asks."""
    rows = Potential.objects.filter(potential__in=list(classes), until=None)
    return dict(rows.values_list("terminal", "potential"))


def every_key(after: int = 0, most: int | None = None) -> list[int]:
    """Keys of terminals after one, in order, at most so many; whoever asks."""
    return list(Terminal.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:most])


def named(pks: Iterable[int]) -> dict[int, tuple[str, str]]:
    """(code, name) of terminals by primary key, whoever asks."""
    return {pk: (d.code, d.name) for pk, d in dimensions(pks).items()}


def labels(person: Person, pks: Iterable[int]) -> dict[int, str]:
    """Names of those of the given terminals that the person may see."""
    found: dict[int, str] = {}
    for chunk in chunks(pks):
        found.update(Terminal.objects.visible_to(person).filter(pk__in=chunk).values_list("pk", "name"))
    return found


class MasterRow(NamedTuple):
    """A terminal as names are compared with it: all it is called, its keys, where it is."""

    pk: int
    name: str
    kind: str
    province: str
    city: str
    district: str
    credit_code: str
    short_name: str
    grade: str
    aliases: tuple[str, ...] = ()
    licences: tuple[str, ...] = ()


def masters() -> list[MasterRow]:
    """Every card that stands for itself, whoever asks; three queries."""
    aliases: dict[int, list[str]] = {}
    for pk, name in Alias.objects.filter(ended_at=None).order_by("pk").values_list("terminal", "name"):
        aliases.setdefault(pk, []).append(name)
    licences: dict[int, list[str]] = {}
    for pk, number in Licence.objects.exclude(number="").order_by("pk").values_list("terminal", "number"):
        licences.setdefault(pk, []).append(number)
    rows = []
    for values in Terminal.objects.order_by("pk").values_list(*MasterRow._fields[:9]):
        pk, name, kind, province, city, district, credit_code, short, grade = values
        known = MasterRow(pk, name, kind, province, city, district, credit_code or "", short, grade)
        rows.append(known._replace(aliases=tuple(aliases.get(pk, ())), licences=tuple(licences.get(pk, ()))))
    merged = merged_into(row.pk for row in rows)
    return [row for row in rows if row.pk not in merged]


def masters_version() -> tuple[int, str | None, int]:
    """Equal twice only where `masters` answers the same: the newest fact that may change it, its hash, how many cards.

    Two queries and the probes of newest_of, whatever the number of cards.
    """
    newest = journal.newest_of(CHANGE_WHO_IS_CALLED_WHAT)
    return newest, journal.hash_of(newest), Terminal.objects.count()


def of_kind(person: Person, kind: str, verb: str = "terminals.see") -> list[tuple[int, str, str]]:
    """(key, code, name) of every terminal of a kind the person may see for a verb, those closed today left out; two queries."""
    rows = Terminal.objects.visible_to(person, verb).filter(kind=kind).order_by("code")
    gone = closed()
    return [row for row in rows.values_list("pk", "code", "name") if row[0] not in gone]


def settlement_terms(person: Person, pks: Iterable[int]) -> dict[int, tuple[int, str]]:
    """(days of the term, the day it starts from) of those of the given terminals that have a term and may be seen."""
    found: dict[int, tuple[int, str]] = {}
    for chunk in chunks(pks):
        rows = Settlement.objects.visible_to(person).filter(terminal__in=chunk, ended_at=None, term_days__isnull=False)
        found.update((pk, (days, start)) for pk, days, start in rows.values_list("terminal", "term_days", "term_start"))
    return found


def late_rates(pks: Iterable[int]) -> dict[int, int]:
    """The contract's rate of late interest, hundredths of a per cent a day, where one is agreed, whoever asks."""
    found: dict[int, int] = {}
    for chunk in chunks(pks):
        rows = Settlement.objects.filter(terminal__in=chunk, ended_at=None, late_rate_bp__gt=0)
        found.update((pk, rate_bp) for pk, rate_bp in rows.values_list("terminal", "late_rate_bp") if rate_bp)
    return found


def group_heads(pks: Iterable[int]) -> dict[int, int]:
    """The head of each terminal's group, itself where it belongs to none, whoever asks."""
    found: dict[int, int] = {}
    for chunk in chunks(pks):
        found.update(
            {pk: group or pk for pk, group in Terminal.objects.filter(pk__in=chunk).values_list("pk", "group")}
        )
    return found


def kind_size_province(pk: int) -> tuple[str, str, str]:
    """What the law on payment asks about a buyer: its kind, its size and its province, whoever asks."""
    found = Terminal.objects.filter(pk=pk).values_list("kind", "size", "province").first()
    return found or ("other", "", "")


def linked(role: str, persons: Iterable[int] | None = None) -> dict[int, int]:
    """Who (of these persons) looks after each terminal in a role today, whoever asks; those with nobody are left out."""
    rows = Link.objects.filter(role=role, until=None)
    if persons is not None:
        rows = rows.filter(person__in=list(persons))
    return dict(rows.values_list("terminal", "person"))


def closed() -> set[int]:
    """Terminals that are closed today, whoever asks."""
    return set(Closure.objects.filter(lifted_at=None).values_list("terminal", flat=True))


def looked_after_by(person_id: int) -> dict[str, list[int]]:
    """The terminals somebody looks after today, by the role they do it in, whoever asks."""
    found: dict[str, list[int]] = {}
    rows = Link.objects.filter(person=person_id, until=None).order_by("terminal")
    for role, terminal in rows.values_list("role", "terminal"):
        found.setdefault(role, []).append(terminal)
    return found
