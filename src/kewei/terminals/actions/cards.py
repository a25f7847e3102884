"""Making, changing, assigning and closing a card."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from kewei.journal.actions import action, record
from kewei.journal.bulk import next_ids
from kewei.people.models import Person
from kewei.terminals import facts, rules
from kewei.terminals.models import Closure, Link, Merge, Prospect, SearchLine, Terminal
from kewei.terminals.queries.cards import live_closure, live_link, names_of
from kewei.terminals.queries.importing import codes_taken, credit_codes_taken


@action
def add_terminal(
    *,
    name: str,
    by: Person,
    now: datetime,
    code: str = "",
    kind: str = "other",
    owner: Person | None = None,
    **card: Any,
) -> Terminal:
    """建档 Open a card. Without a code it gets one; without an owner it is its maker's, where the maker sells.

    `card` takes the fields of rules.CARD_FIELDS; province, city and district may be as people type them.
    Raises CodeTaken, CreditCodeTaken, BadCreditCode, MedicalCannotOwn; NotAllowed for giving it to somebody else.
    """
    by.must("terminals.create")
    owner = owner or (by if by.reach("terminals.create").own and rules.home_territory(by.held) else None)
    if owner is not None:
        _check_owner(owner, by)
    fields = _cleaned(card)
    pk = next_ids(Terminal, 1)[0]
    code = code or _free_code(pk)
    _check_free(code, fields.get("credit_code"))
    home = rules.home_territory((owner or by).held)
    try:
        with transaction.atomic():
            terminal = Terminal.objects.create(
                pk=pk, code=code, name=name, kind=kind, owner=owner, territory_id=home, added_at=now, **fields
            )
    except IntegrityError as clash:  # somebody else took the code in this very moment
        raise rules.CodeTaken(text=code) from clash
    if owner is not None:
        Link.objects.create(terminal=terminal, person=owner, role=rules.OWNER, since=now, made_by=by)
    keep_search_line(terminal)
    told = {name: value for name, value in fields.items() if value not in (None, "", {})}
    told |= {"group": fields["group"].pk} if fields.get("group") else {}
    record(
        facts.TERMINAL_ADDED, terminal, by=by, at=now, terminal=pk, code=code, name=name, kind=kind,
        owner=owner.login if owner else "", **told,
    )  # fmt: skip
    return terminal


@action
def change_terminal(*, terminal: Terminal, by: Person, now: datetime, **changes: Any) -> Terminal:
    """修改档案 Change the given fields of a card; what is not given stays. The fact keeps former and new values.

    Raises NothingToChange, CreditCodeTaken, BadCreditCode, MemberOfItself.
    """
    by.must("terminals.edit", terminal)
    kept = Terminal.objects.select_for_update(of=("self",)).get(pk=terminal.pk)
    fields = _cleaned(changes, kept)
    before = {name: getattr(kept, name) for name in fields}
    changed = rules.changes_between(before, fields)
    if not changed:
        raise rules.NothingToChange
    if new := changed.get("credit_code"):
        _check_free(None, new[1])
    if group := changed.get("group"):
        _check_group(kept, group[1])
    for name, (_, value) in changed.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(changed))
    if changed.keys() & {"name", "short_name", "credit_code"}:
        keep_search_line(kept)
    told = {name: [_plain(old), _plain(new)] for name, (old, new) in changed.items()}
    record(facts.TERMINAL_CHANGED, kept, by=by, at=now, terminal=kept.pk, changes=told)
    return kept


@action
def assign_owner(*, terminal: Terminal, owner: Person, by: Person, now: datetime) -> Link:
    """分配负责人 Hand a terminal to the person who sells there; the former owner's link ends, the territory follows."""
    by.must("terminals.assign", terminal)
    rules.check_can_own(owner.name, owner.held)
    made = link(terminal=terminal, person=owner, role=rules.OWNER, by=by, now=now)
    home = rules.home_territory(owner.held) or terminal.territory_id
    Terminal.objects.filter(pk=terminal.pk).update(owner=owner, territory=home)
    # A prospect handed over begins anew: the rule for idle ones must not take it back the same night.
    Prospect.objects.filter(pk=terminal.pk).update(touched_at=now)
    follow_kept(terminal.pk, by, now)
    return made


@action
def link(*, terminal: Terminal, person: Person, role: str, by: Person, now: datetime) -> Link:
    """建立三者关系 Let a person look after a terminal in a role; whoever had the role before has it no longer.

    Owners are set by assign_owner, which calls this. Raises MedicalCannotOwn.
    """
    by.must("terminals.assign", terminal)
    role = rules.read_word(rules.LINK_ROLES, role)
    if role == rules.OWNER:
        rules.check_can_own(person.name, person.held)
    former = live_link(terminal, role)
    if former is not None and former.person_id == person.pk:
        return former
    Link.objects.filter(terminal=terminal, role=role, until=None).update(until=now)
    made = Link.objects.create(terminal=terminal, person=person, role=role, since=now, made_by=by)
    if role == rules.OWNER:
        Terminal.objects.filter(pk=terminal.pk).update(owner=person)
    was = former.person.login if former else ""
    record(facts.LINK_MADE, made, by=by, at=now, terminal=terminal.pk, role=role, person=person.login, former=was)
    return made


@action
def end_link(*, terminal: Terminal, role: str, by: Person, now: datetime) -> None:
    """解除关系 End whoever's link in a role; a terminal without an owner is in the territory's pool. Raises NoLinkToEnd."""
    by.must("terminals.assign", terminal)
    live = live_link(terminal, role)
    if live is None:
        raise rules.NoLinkToEnd(field=rules.LINK_ROLES.get(role, role))
    Link.objects.filter(pk=live.pk).update(until=now)
    if role == rules.OWNER:
        Terminal.objects.filter(pk=terminal.pk).update(owner=None)
        follow_kept(terminal.pk, by, now)
    record(facts.LINK_ENDED, live, by=by, at=now, terminal=terminal.pk, role=role, person=live.person.login)


@action
def close_terminal(*, terminal: Terminal, reason: str, by: Person, now: datetime) -> Closure:
    """停用 Close a terminal: it leaves the lists, its records stay. Raises AlreadyClosed."""
    by.must("terminals.edit", terminal)
    if live_closure(terminal):
        raise rules.AlreadyClosed
    closure = Closure.objects.create(terminal=terminal, reason=reason, closed_by=by, closed_at=now)
    record(facts.TERMINAL_CLOSED, closure, by=by, at=now, terminal=terminal.pk, reason=reason)
    return closure


@action
def reopen_terminal(*, terminal: Terminal, by: Person, now: datetime) -> None:
    """恢复 Lift the closure of a terminal. Raises NotClosed."""
    by.must("terminals.edit", terminal)
    live = live_closure(terminal)
    if live is None:
        raise rules.NotClosed
    Closure.objects.filter(pk=live.pk).update(lifted_by=by, lifted_at=now)
    record(facts.TERMINAL_REOPENED, live, by=by, at=now, terminal=terminal.pk)


def keep_search_line(terminal: Terminal) -> None:
    """Write anew what a terminal is found by; called wherever a name, an alias or a code changes."""
    text = rules.search_text(terminal.code, terminal.credit_code, names_of(terminal))
    SearchLine.objects.update_or_create(terminal=terminal, defaults={"text": text})


def follow_kept(kept: int, by: Person, now: datetime) -> None:
    """Cards another stands for belong to its hands and territory: who sees one of them sees all."""
    for merged in Merge.objects.filter(kept=kept, undone_at=None).values_list("merged", flat=True):
        owner, territory = Terminal.objects.values_list("owner", "territory").get(pk=kept)
        hand_over_quietly(merged, owner, territory, by, now)
        follow_kept(merged, by, now)


def hand_over_quietly(terminal: int, owner: int | None, territory: int | None, by: Person, now: datetime) -> None:
    """Owner, owner's link and territory of a card, without a fact of their own: part of what is told of another card."""
    links = Link.objects.filter(terminal=terminal, role=rules.OWNER, until=None)
    if links.values_list("person", flat=True).first() != owner:
        links.update(until=now)
        if owner is not None:
            Link.objects.create(terminal_id=terminal, person_id=owner, role=rules.OWNER, since=now, made_by=by)
    Terminal.objects.filter(pk=terminal).update(owner=owner, territory=territory)


def _check_owner(owner: Person, by: Person) -> None:
    if owner.pk != by.pk:
        by.must("terminals.assign")
    rules.check_can_own(owner.name, owner.held)


def _cleaned(card: dict[str, Any], kept: Terminal | None = None) -> dict[str, Any]:
    """Fields as they are kept: the credit code checked, the place made standard, an empty credit code None."""
    unknown = card.keys() - set(rules.CARD_FIELDS)
    if unknown:
        raise TypeError(f"no such field of a card: {sorted(unknown)}")
    fields = dict(card)
    if "credit_code" in fields:
        text = fields["credit_code"] or ""
        fields["credit_code"] = rules.read_credit_code(text) if text.strip() else None
    if fields.keys() & {"province", "city", "district"}:
        typed = [fields.get(part, getattr(kept, part, "")) for part in ("province", "city", "district")]
        fields |= rules.divisions().place(*typed)._asdict()
    return fields


def _check_free(code: str | None, credit_code: str | None) -> None:
    if code and codes_taken([code]):
        raise rules.CodeTaken(text=code)
    if credit_code and credit_codes_taken([credit_code]):
        raise rules.CreditCodeTaken(text=credit_code)


def _check_group(terminal: Terminal, group: Terminal | None) -> None:
    """A group's chain upwards must not lead back to the terminal."""
    above = group.pk if group else None
    while above is not None:
        if above == terminal.pk:
            raise rules.MemberOfItself
        above = Terminal.objects.values_list("group", flat=True).get(pk=above)


def _free_code(pk: int) -> str:
    """T and the key in six digits; with a letter behind where an import has used that code already."""
    for suffix in ("", *"ABCDEFGH"):
        code = f"T{pk:06d}{suffix}"
        if not codes_taken([code]):
            return code
    raise rules.CodeTaken(text=f"T{pk:06d}")


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Terminal) else value
