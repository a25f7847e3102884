"""Customer cards from a file: hundreds of thousands of rows in one transaction, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Q

from kewei.journal.actions import action, record
from kewei.journal.bulk import chunks, insert, next_ids, update
from kewei.journal.models import Intake
from kewei.journal.rules import digest
from kewei.people import queries as people
from kewei.people.models import Person
from kewei.terminals import facts, rules
from kewei.terminals.models import (
    Alias,
    Closure,
    ImportedTerminal,
    Link,
    Prospect,
    SearchLine,
    Stage,
    Terminal,
    TwinPair,
)
from kewei.terminals.queries.importing import by_codes, in_use, live_aliases, plan_import, territories_by_place

Progress = Callable[[int, int], None]
_EVERY = 2_000

_CARD = (
    "name", "short_name", "kind", "credit_code", "division", "province", "city", "district", "address", "ownership", "size",
    "grade", "beds", "group_id", "note", "extra",
)  # fmt: skip
_PLACES = ("division", "province", "city", "district")


@action
def import_terminals(
    *, rows: Iterable[Mapping[str, Any]], intake: Intake, by: Person, now: datetime, progress: Progress | None = None
) -> dict[str, int]:
    """导入客户 Open a card for every new code, change the cards of known ones where a cell is not blank.

    `rows` are values by column name, cleaned by the columns. The owner is a login; a new card without one is its importer's,
    where the importer sells. Answers {"created", "changed", "unchanged"}. All or nothing: raises ImportHasFaults where
    import_faults would find anything.
    """
    by.must("terminals.create")
    plan = plan_import(by, enumerate(rows, 1))
    plan.check()
    tell = progress or (lambda done, of: None)
    total = len(plan.new) + len(plan.changed)
    hands = _Hands(by)
    keys = {row.code: pk for (row, _), pk in zip(plan.new, next_ids(Terminal, len(plan.new)), strict=True)}
    groups = keys | by_codes(by, {row.group_code for row in _rows(plan) if row.group_code} - keys.keys())
    _open_cards(plan, keys, groups, hands, intake, now, lambda done: tell(done, total))
    _change_cards(plan, groups, hands, intake, now)
    tell(total, total)
    made = {"created": len(plan.new), "changed": len(plan.changed), "unchanged": plan.unchanged}
    mark = digest([list(row) for row in _rows(plan)])
    record(facts.TERMINALS_IMPORTED, intake, by=by, at=now, **made, rows=mark)
    return made


@action
def undo_import_terminals(*, intake: Intake, by: Person, now: datetime) -> dict[str, int]:
    """撤销客户导入 Take an import back: new cards nobody has used since are removed, used ones closed, changes go back.

    A field somebody has changed since stays as it is now. Answers {"removed", "closed", "restored", "left"}; `left` are cards
    this person may no longer edit.
    """
    by.must("terminals.create")
    touched = list(ImportedTerminal.objects.filter(intake=intake).values_list("terminal", "created", "changes"))
    mine = _editable(by, [pk for pk, _, _ in touched])
    created = [pk for pk, new, _ in touched if new and pk in mine]
    changed = [(pk, changes) for pk, new, changes in touched if not new and pk in mine]
    used = in_use(created, intake.taken_at)
    unused = [pk for pk in created if pk not in used]
    _remove(unused)
    _close(sorted(used), f"撤销导入 {intake.filename}"[:200], by, now)
    _restore(changed, by, now)
    done = {
        "removed": len(unused), "closed": len(used), "restored": len(changed), "left": len(touched) - len(created) - len(changed)
    }  # fmt: skip
    record(facts.IMPORT_UNDONE, intake, by=by, at=now, **done, terminals=digest(sorted(unused)))
    return done


class _Hands:
    """Into whose hands a card comes: the owner a row names, or the importer who sells; and in which territory that is."""

    def __init__(self, by: Person) -> None:
        self.by = by
        self.people = people.logins()
        self.own = by.pk if by.reach("terminals.create").own and rules.home_territory(by.held) else None
        self.by_place = territories_by_place()
        self.home_of: dict[int, int | None] = {}

    def owner(self, row: rules.CardRow) -> int | None:
        """The owner of a new card."""
        return self.people[row.owner].pk if row.owner else self.own

    def territory(self, row: rules.CardRow, place: rules.Place) -> int | None:
        """The owner's home, else the territory named after the city or province, else the importer's home."""
        seller = self.people[row.owner] if row.owner else self.by
        if seller.pk not in self.home_of:
            self.home_of[seller.pk] = rules.home_territory(seller.held)
        if row.owner and self.home_of[seller.pk]:
            return self.home_of[seller.pk]
        stems = (rules.stem(name) for name in (place.city, place.province) if name)
        named = next((self.by_place[s] for s in stems if s in self.by_place), None)
        return named or self.home_of[seller.pk]


def _open_cards(
    plan: rules.Plan,
    keys: dict[str, int],
    groups: dict[str, int],
    hands: _Hands,
    intake: Intake,
    now: datetime,
    tell: Callable[[int], None],
) -> None:
    fields = ("id", "code", *_CARD, "owner_id", "territory_id", "added_at")
    insert(Terminal, fields, (_new_card(row, place, keys, groups, hands, now) for row, place in plan.new))
    lines = (
        (keys[row.code], rules.search_text(row.code, row.credit_code, (row.name, row.short_name or "", *row.aliases)))
        for row, _ in _counted(plan.new, tell)
    )
    insert(SearchLine, ("terminal_id", "text"), lines)
    owners = ((keys[row.code], hands.owner(row)) for row, _ in plan.new)
    links = ((pk, owner, rules.OWNER, now, None, hands.by.pk) for pk, owner in owners if owner)
    insert(Link, ("terminal_id", "person_id", "role", "since", "until", "made_by_id"), links)
    _name_aliases(((keys[row.code], name) for row, _ in plan.new for name in row.aliases), hands.by, now)
    insert(
        ImportedTerminal,
        ("intake_id", "terminal_id", "created", "changes"),
        ((intake.pk, keys[row.code], True, {}) for row, _ in plan.new),
    )


def _counted(cards: list[Any], tell: Callable[[int], None]) -> Iterator[Any]:
    """Cards passing by, told of every few thousand; spelling their names is most of the work."""
    for n, card in enumerate(cards, 1):
        yield card
        if n % _EVERY == 0 or n == len(cards):
            tell(n)


def _new_card(row: rules.CardRow, place: rules.Place, keys, groups, hands: _Hands, now: datetime) -> tuple:
    return (
        keys[row.code], row.code, row.name, row.short_name or "", row.kind or "other", row.credit_code, *place,
        row.address or "", row.ownership or "", row.size or "", row.grade or "", row.beds,
        groups.get(row.group_code) if row.group_code else None, row.note or "", dict(row.extra or {}),
        hands.owner(row), hands.territory(row, place), now,
    )  # fmt: skip


def _change_cards(plan: rules.Plan, groups: dict[str, int], hands: _Hands, intake: Intake, now: datetime) -> None:
    aliases = live_aliases(before.pk for row, before, _ in plan.changed if row.aliases or _renames(row))
    cards: list[tuple] = []
    owners: list[tuple] = []
    lines: list[tuple] = []
    names: list[tuple] = []
    kept: list[tuple] = []
    for row, before, changes in plan.changed:
        if row.group_code and (group := groups.get(row.group_code)) not in (None, before.group):
            changes["group"] = (before.group, group)
        if changes:
            cards.append((*_card_after(before, changes), before.pk))
        told = {name: list(pair) for name, pair in changes.items()}
        owner = hands.people[row.owner].pk if row.owner else before.owner
        if owner != before.owner:
            owners.append((before.pk, owner, hands.territory(row, rules.Place(*(getattr(before, p) for p in _PLACES)))))
            told["owner"] = [before.owner, owner]
        known = aliases.get(before.pk, [])
        if fresh := rules.fresh_names(row, before, known):
            names.extend((before.pk, name) for name in fresh)
            told["aliases"] = fresh
        if fresh or changes.keys() & {"name", "short_name", "credit_code"}:
            lines.append((_line(row.code, before, changes, [*known, *fresh]), before.pk))
        if told:
            kept.append((intake.pk, before.pk, False, told))
    update(Terminal, _CARD, cards)
    _hand_over(owners, hands.by, now)
    _name_aliases(names, hands.by, now)
    update(SearchLine, ("text",), lines)
    insert(ImportedTerminal, ("intake_id", "terminal_id", "created", "changes"), kept)


def _renames(row: rules.CardRow) -> bool:
    return bool(row.name or row.short_name or row.credit_code)


def _card_after(before: rules.Known, changes: Mapping[str, tuple[Any, Any]]) -> tuple:
    names = (name.removesuffix("_id") for name in _CARD)
    return tuple(changes[name][1] if name in changes else getattr(before, name) for name in names)


def _line(code: str, before: rules.Known, changes: Mapping[str, tuple[Any, Any]], aliases: list[str]) -> str:
    now = {
        name: changes[name][1] if name in changes else getattr(before, name)
        for name in ("name", "short_name", "credit_code")
    }
    return rules.search_text(code, now["credit_code"], (now["name"], now["short_name"], *aliases))


def _hand_over(owners: list[tuple[int, int | None, int | None]], by: Person, now: datetime) -> None:
    """End the owners' links, make the new ones, and let owner and territory of the cards follow."""
    for chunk in chunks(pk for pk, _, _ in owners):
        Link.objects.filter(terminal__in=chunk, role=rules.OWNER, until=None).update(until=now)
        Prospect.objects.filter(pk__in=chunk).update(touched_at=now)
    links = ((pk, owner, rules.OWNER, now, None, by.pk) for pk, owner, _ in owners if owner)
    insert(Link, ("terminal_id", "person_id", "role", "since", "until", "made_by_id"), links)
    update(Terminal, ("owner_id", "territory_id"), ((owner, home, pk) for pk, owner, home in owners))


def _name_aliases(names: Iterable[tuple[int, str]], by: Person, now: datetime) -> None:
    rows = ((pk, name, "alias", None, by.pk, now, None) for pk, name in names)
    insert(Alias, ("terminal_id", "name", "kind", "distributor_id", "added_by_id", "added_at", "ended_at"), rows)


def _rows(plan: rules.Plan) -> Iterable[rules.CardRow]:
    return chain((row for row, _ in plan.new), (row for row, _, _ in plan.changed))


# --- undoing ------------------------------------------------------------------------------------------------------------


def _editable(by: Person, pks: list[int]) -> set[int]:
    if by.reach("terminals.edit").everything:
        return set(pks)
    mine = Terminal.objects.visible_to(by, "terminals.edit")
    return {pk for chunk in chunks(pks) for pk in mine.filter(pk__in=chunk).values_list("pk", flat=True)}


def _remove(pks: list[int]) -> None:
    """Delete cards nobody refers to; the database refuses where that were not so."""
    for chunk in chunks(pks, 2_000):
        for part in (ImportedTerminal, SearchLine, Link, Alias, Stage, Prospect):
            part.objects.filter(terminal__in=chunk).delete()
        TwinPair.objects.filter(Q(low__in=chunk) | Q(high__in=chunk)).delete()
        Terminal.objects.filter(pk__in=chunk).delete()


def _close(pks: list[int], reason: str, by: Person, now: datetime) -> None:
    shut = {
        pk
        for chunk in chunks(pks)
        for pk in Closure.objects.filter(terminal__in=chunk, lifted_at=None).values_list("terminal", flat=True)
    }
    fields = ("terminal_id", "reason", "closed_by_id", "closed_at", "lifted_by_id", "lifted_at")
    insert(Closure, fields, ((pk, reason, by.pk, now, None, None) for pk in pks if pk not in shut))


def _restore(changed: list[tuple[int, dict[str, list]]], by: Person, now: datetime) -> None:
    """Put former values back where the import's value still stands."""
    for chunk in chunks(changed, 2_000):
        cards = {t.pk: t for t in Terminal.objects.filter(pk__in=[pk for pk, _ in chunk])}
        owners = []
        for pk, changes in chunk:
            card = cards[pk]
            for name, (before, after) in ((n, pair) for n, pair in changes.items() if n not in ("aliases", "owner")):
                field = "group_id" if name == "group" else name
                if getattr(card, field) == after:
                    setattr(card, field, before)
            if "owner" in changes and card.owner_id == changes["owner"][1]:
                owners.append((pk, changes["owner"][0], card.territory_id))
            if names := changes.get("aliases"):
                Alias.objects.filter(terminal=pk, name__in=names, ended_at=None).update(ended_at=now)
        update(Terminal, _CARD, ((*(getattr(card, f) for f in _CARD), pk) for pk, card in cards.items()))
        _hand_over(owners, by, now)
        aliases = live_aliases(cards)
        texts = (
            (rules.search_text(c.code, c.credit_code, (c.name, c.short_name, *aliases.get(pk, ()))), pk)
            for pk, c in cards.items()
        )
        update(SearchLine, ("text",), texts)
