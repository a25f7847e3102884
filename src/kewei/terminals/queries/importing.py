"""What an import needs to know: which codes exist, whom a login means, and what is wrong with the whole file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import ForeignObjectRel

from kewei.journal import queries as journal
from kewei.journal.bulk import chunks
from kewei.kernel.refusals import NotAllowed, Refused
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Alias, ImportedTerminal, Link, Prospect, SearchLine, Stage, Terminal, TwinPair
from kewei.terminals.queries.twins import merged_into


def by_codes(person: Person, codes: Iterable[str], verb: str = "terminals.see") -> dict[str, int]:
    """Primary keys of the terminals with these codes that the person may see; codes nobody has are left out.

    The code of a card that was merged gives the one that stands for it.
    """
    found: dict[str, int] = {}
    for chunk in chunks(dict.fromkeys(codes)):
        found.update(Terminal.objects.visible_to(person, verb).filter(code__in=chunk).values_list("code", "pk"))
    stands = merged_into(found.values())
    return {code: stands.get(pk, pk) for code, pk in found.items()} if stands else found


def codes_taken(codes: Iterable[str]) -> set[str]:
    """Which of these codes exist, whoever may see them: to refuse a new card under one, without telling more."""
    taken: set[str] = set()
    for chunk in chunks(dict.fromkeys(codes)):
        taken.update(Terminal.objects.filter(code__in=chunk).values_list("code", flat=True))
    return taken


def credit_codes_taken(credit_codes: Iterable[str]) -> dict[str, str]:
    """Credit codes that exist, each with the code of its terminal, whoever may see it."""
    taken: dict[str, str] = {}
    for chunk in chunks(dict.fromkeys(credit_codes)):
        held = Terminal.objects.filter(credit_code__in=chunk).values_list("credit_code", "code")
        taken.update({credit_code: code for credit_code, code in held if credit_code})
    return taken


def import_faults(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> list[tuple[int, str, Refused]]:
    """Everything wrong with a file of customers beyond single cells: (row number, column name, refusal), in file order.

    `rows` are (row number, values by column name), values cleaned by the columns. Found are codes and credit codes repeated
    in the file or taken by a card the person may not edit, unknown owners and groups, and owners the person may not set.
    """
    return plan_import(person, rows).faults


def plan_import(person: Person, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> rules.Plan:
    """What importing these rows would do; see import_faults for `rows`. Reads only, in a fixed number of queries per 5,000."""
    numbered = [(number, rules.card_row(values)) for number, values in rows]
    known = _known(row.code for _, row in numbered)
    mine = set(by_codes(person, known, "terminals.edit"))
    groups = by_codes(person, [row.group_code for _, row in numbered if row.group_code], "terminals.see")
    in_file = {row.code for _, row in numbered}
    holders = credit_codes_taken(row.credit_code for _, row in numbered if row.credit_code)
    check = _Checks(person, known, mine, groups, in_file, holders)
    aliases = live_aliases(known[row.code].pk for _, row in numbered if row.aliases and row.code in known)
    plan = rules.Plan()
    for number, row in numbered:
        if faults := list(check.faults(number, row)):
            plan.faults.extend((number, column, why) for column, why in faults)
            continue
        before = known.get(row.code)
        if before is None:
            plan.new.append((row, rules.place_of_row(row, None)))
            continue
        changes = rules.changes_of_row(row, before, groups)
        owner = check.owners.get(row.owner) if row.owner else None
        fresh = rules.fresh_names(row, before, aliases.get(before.pk, ()))
        joins_new = row.group_code is not None and row.group_code not in groups
        if changes or fresh or joins_new or (owner and owner.pk != before.owner):
            plan.changed.append((row, before, changes))
        else:
            plan.unchanged += 1
    return plan


class _Checks:
    """The checks of one file: remembers what earlier rows used."""

    def __init__(self, person, known, mine, groups, in_file, holders) -> None:
        self.person, self.known, self.mine, self.groups, self.in_file, self.holders = (
            person, known, mine, groups, in_file, holders,
        )  # fmt: skip
        self.owners = people.logins()
        self.may_create = person.may("terminals.create")
        self.may_assign = person.may("terminals.assign")
        self.row_of_code: dict[str, int] = {}
        self.row_of_credit_code: dict[str | None, int] = {}
        self.cannot_own: dict[str | None, Refused | None] = {}

    def faults(self, number: int, row: rules.CardRow):
        """(column, refusal) for everything wrong with one row."""
        if row.code in self.row_of_code:
            yield "code", rules.RepeatedInFile(text=row.code, row=self.row_of_code[row.code])
            return
        self.row_of_code[row.code] = number
        if row.code in self.known and row.code not in self.mine:
            yield "code", rules.CodeTaken(text=row.code)
        if row.code not in self.known and not self.may_create:
            yield "code", NotAllowed(verb="terminals.create")
        if row.credit_code:
            yield from self._credit_code(number, row)
        if row.owner:
            yield from self._owner(row)
        if row.group_code and row.group_code not in self.groups and row.group_code not in self.in_file:
            yield "group_code", rules.UnknownCustomer(text=row.group_code)
        if row.group_code == row.code:
            yield "group_code", rules.MemberOfItself()

    def _credit_code(self, number: int, row: rules.CardRow):
        if row.credit_code in self.row_of_credit_code:
            yield (
                "credit_code",
                rules.RepeatedInFile(text=row.credit_code, row=self.row_of_credit_code[row.credit_code]),
            )
        elif row.credit_code and self.holders.get(row.credit_code, row.code) != row.code:
            yield "credit_code", rules.CreditCodeTaken(text=row.credit_code)
        self.row_of_credit_code.setdefault(row.credit_code, number)

    def _owner(self, row: rules.CardRow):
        owner = self.owners.get(row.owner or "")
        if owner is None:
            yield "owner", rules.UnknownOwner(text=row.owner)
            return
        if row.owner not in self.cannot_own:
            self.cannot_own[row.owner] = _why_not_owner(owner)
        if why := self.cannot_own[row.owner]:
            yield "owner", why
        elif owner.pk != self.person.pk and not self.may_assign and self._is_new_owner(row, owner):
            yield "owner", NotAllowed(verb="terminals.assign")

    def _is_new_owner(self, row: rules.CardRow, owner: Person) -> bool:
        before = self.known.get(row.code)
        return before is None or before.owner != owner.pk


def _why_not_owner(owner: Person) -> Refused | None:
    try:
        rules.check_can_own(owner.name, owner.held)
    except rules.MedicalCannotOwn as why:
        return why
    return None


def _known(codes: Iterable[str]) -> dict[str, rules.Known]:
    found: dict[str, rules.Known] = {}
    for chunk in chunks(dict.fromkeys(codes)):
        for values in Terminal.objects.filter(code__in=chunk).values_list(*rules.Known._fields):
            found[values[1]] = rules.Known(*values)
    return found


def live_aliases(pks: Iterable[int]) -> dict[int, list[str]]:
    """Live alias names of these terminals."""
    found: dict[int, list[str]] = {}
    for chunk in chunks(pks):
        for pk, name in (
            Alias.objects.filter(terminal__in=chunk, ended_at=None).order_by("pk").values_list("terminal", "name")
        ):
            found.setdefault(pk, []).append(name)
    return found


def territories_by_place() -> dict[str, int]:
    """Territories by the stem of their name, where it is a place's: 湖北区 and 湖北大区 -> 湖北. Ambiguous stems are left out."""
    found: dict[str, list[int]] = {}
    for pk, name in people.every_territory_name().items():
        bare = name
        for ending in ("销售区", "办事处", "大区", "地区", "区域", "区", "办"):
            bare = bare.removesuffix(ending) if len(bare) - len(ending) >= 2 else bare
        found.setdefault(rules.stem(bare), []).append(pk)
    return {stem: pks[0] for stem, pks in found.items() if len(pks) == 1}


def in_use(pks: Iterable[int], made_at: datetime) -> set[int]:
    """Which terminals anything refers to besides what their import itself wrote at `made_at`: whatever room it is in."""
    used: set[int] = set()
    for chunk in chunks(pks):
        # Most rooms give their keys no name on our side (related_name "+"), which hides them from related_objects.
        for relation in Terminal._meta.get_fields(include_hidden=True):
            if not isinstance(relation, ForeignObjectRel):
                continue
            column, model = relation.field.name, relation.related_model
            if model in (SearchLine, ImportedTerminal, TwinPair):
                continue
            rows = model._base_manager.filter(**{f"{column}__in": chunk})
            if model is Link:
                rows = rows.exclude(since=made_at)
            if model is Alias:
                rows = rows.exclude(added_at=made_at)
            if model is Stage:
                rows = rows.exclude(since=made_at)
            if model is Prospect:
                rows = rows.exclude(registered_at=made_at, touched_at=made_at)
            used.update(rows.values_list(column, flat=True).distinct())
        used.update(journal.terminals_told_of(chunk))
    return used


def visible_among(person: Person, pks: Iterable[int], verb: str = "terminals.see") -> set[int]:
    """Which of these terminals the person may see for a verb."""
    found: set[int] = set()
    for chunk in chunks(pks):
        found.update(Terminal.objects.visible_to(person, verb).filter(pk__in=chunk).values_list("pk", flat=True))
    return found
