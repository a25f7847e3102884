"""One terminal's card, with everything that hangs on it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from django.db.models import Model

from kewei.journal import queries_policies
from kewei.kernel.names import fold
from kewei.kernel.refusals import N_, NotFound
from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Alias, Authorised, Closure, Contact, Licence, Link, Settlement, Terminal
from kewei.terminals.queries.twins import merged_into
from kewei.terminals.rules.papers import LICENCE_LADDER, REQUIRED, VERIFICATION, Verification, verification_due

NOUN = N_("终端")


_Part = TypeVar("_Part", bound=Model)


@dataclass(frozen=True)
class LinkRow:
    """Who looks after the terminal in a role; `until` is set where it has ended."""

    pk: int
    role: str
    person: int
    login: str
    name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class AliasRow:
    """Another live name; `distributor` is the name of the distributor who writes it so, or ''."""

    pk: int
    name: str
    kind: str
    distributor: str
    added_at: datetime


@dataclass(frozen=True)
class ContactRow:
    """A live business contact; `notice_given_on` is the day of the privacy notice, None where none was given."""

    pk: int
    name: str
    job: str
    department: str
    work_phone: str
    work_email: str
    duty: str
    notice_given_on: date | None
    source: str


@dataclass(frozen=True)
class LicenceRow:
    """A live licence; state, rung and days_left as of the day asked for."""

    pk: int
    kind: str
    number: str
    issuer: str
    issued_on: date | None
    valid_from: date | None
    valid_to: date | None
    long_term: bool
    verify_by: date | None
    inspected_on: date | None
    scope: tuple[str, ...]
    warehouse: str
    verified_how: str
    verified_by: str
    verified_on: date | None
    state: str
    rung: int | None
    days_left: int | None


@dataclass(frozen=True)
class AuthorisedRow:
    """A live authorised person; the identity number is kept masked."""

    pk: int
    name: str
    id_masked: str
    kinds: tuple[str, ...]
    varieties: str
    area: str
    valid_to: date | None
    expired: bool


@dataclass(frozen=True)
class SettlementRow:
    """The live settlement calendar; late_rate_bp in hundredths of a per cent a day."""

    pk: int
    bank: str
    account_masked: str
    account_name: str
    payers: tuple[str, ...]
    method: str
    term_days: int | None
    term_start: str
    cutoff_day: int | None
    handin_day: int | None
    pay_day: str
    signing_chain: str
    late_rate_bp: int | None
    set_at: datetime


@dataclass(frozen=True)
class ClosureRow:
    """The live closure of a terminal."""

    pk: int
    reason: str
    closed_by: str
    closed_at: datetime


@dataclass(frozen=True)
class Card:
    """Everything on a terminal's card as plain values; codes of words are translated by the door."""

    pk: int
    code: str
    name: str
    short_name: str
    kind: str
    ownership: str
    size: str
    grade: str
    credit_code: str
    division: str
    province: str
    city: str
    district: str
    address: str
    beds: int | None
    group: int | None
    group_name: str
    owner: int | None
    owner_login: str
    owner_name: str
    territory: int | None
    territory_name: str
    note: str
    extra: dict[str, str]
    added_at: datetime
    closure: ClosureRow | None
    links: tuple[LinkRow, ...]
    aliases: tuple[AliasRow, ...]
    contacts: tuple[ContactRow, ...]
    licences: tuple[LicenceRow, ...]
    authorised: tuple[AuthorisedRow, ...]
    settlement: SettlementRow | None
    missing_licences: tuple[tuple[str, ...], ...]
    completeness: rules.Score
    warnings: tuple[str, ...]


def terminal_for(person: Person, pk: int, verb: str = "terminals.see") -> Terminal:
    """The terminal if this person may see it; otherwise it does not exist for them. Raises NotFound."""
    found = Terminal.objects.visible_to(person, verb).filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def terminal_named(person: Person, code: str) -> Terminal:
    """The terminal with this code, or with this name where only one has it, if the person may see it. Raises NotFound."""
    mine, code = Terminal.objects.visible_to(person), code.replace("\x00", "")
    found = mine.filter(code__in={code, code.upper()}).first()
    if found is not None and (stands := merged_into([found.pk])):
        found = mine.filter(pk=stands[found.pk]).first()  # the code of a card that was merged names the kept one
    if found is None:
        same_name = list(mine.filter(name=code)[:2])
        found = same_name[0] if len(same_name) == 1 else None
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def part_for(person: Person, part: type[_Part], pk: int) -> _Part:
    """A live or ended alias, contact, licence … of a terminal the person may see. Raises NotFound."""
    found = part.objects.visible_to(person).select_related("terminal").filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def card(person: Person, pk: int, today: date) -> Card:
    """The whole card as plain values, licences judged as of `today`; eight queries. Raises NotFound."""
    rows = Terminal.objects.visible_to(person).select_related("owner", "territory", "group")
    t = rows.filter(pk=pk).first()
    if t is None:
        raise NotFound(noun=NOUN)
    policies = queries_policies.in_force_all([REQUIRED, LICENCE_LADDER, VERIFICATION], today)
    verification = policies[VERIFICATION.name].value
    licences = _licences(pk, today, policies[LICENCE_LADDER.name].value, lambda row: _due(row, t, verification))
    bare = Card(
        pk=t.pk,
        code=t.code,
        name=t.name,
        short_name=t.short_name,
        kind=t.kind,
        ownership=t.ownership,
        size=t.size,
        grade=t.grade,
        credit_code=t.credit_code or "",
        division=t.division,
        province=t.province,
        city=t.city,
        district=t.district,
        address=t.address,
        beds=t.beds,
        group=t.group_id,
        group_name=t.group.name if t.group else "",
        owner=t.owner_id,
        owner_login=t.owner.login if t.owner else "",
        owner_name=t.owner.name if t.owner else "",
        territory=t.territory_id,
        territory_name=t.territory.name if t.territory else "",
        note=t.note,
        extra=dict(t.extra),
        added_at=t.added_at,
        closure=_closure(pk),
        links=_links(pk),
        aliases=_aliases(pk),
        contacts=_contacts(pk),
        licences=licences,
        authorised=_authorised(pk, today),
        settlement=_settlement(pk),
        missing_licences=tuple(
            rules.missing_licences(policies[REQUIRED.name].value.of(t.kind), map(_dates, licences), today)
        ),
        completeness=rules.completeness({}),
        warnings=tuple(rules.banned_words(t.note)),
    )
    return replace(bare, completeness=completeness_of(bare))


def contacts_of(person: Person, pk: int) -> tuple[ContactRow, ...]:
    """The live business contacts of a terminal. Raises NotFound."""
    terminal_for(person, pk)
    return _contacts(pk)


def completeness_of(card: Card) -> rules.Score:
    """How complete a card is, by the policy in force."""
    return rules.completeness(
        {
            "credit_code": bool(card.credit_code),
            "kind": card.kind != "other",
            "division": bool(card.division) and not card.division.endswith("0000"),
            "address": bool(card.address),
            "owner": card.owner is not None,
            "ownership": bool(card.ownership),
            "size": bool(card.size),
            "contact": bool(card.contacts),
            "notice": bool(card.contacts) and all(c.notice_given_on for c in card.contacts),
            "licence": bool(card.licences) and not card.missing_licences,
            "settlement": card.settlement is not None,
            "authorised": any(not a.expired for a in card.authorised),
        }
    )


def names_of(terminal: Terminal) -> list[str]:
    """The name, the short name and the live aliases of a terminal: what it may be found by."""
    return names_among([terminal])[terminal.pk]


def names_among(terminals: Collection[Terminal]) -> dict[int, list[str]]:
    """The same of several; one query."""
    found = {one.pk: [one.name, one.short_name] for one in terminals}
    rows = Alias.objects.filter(terminal__in=list(found), ended_at=None).order_by("pk")
    for pk, name in rows.values_list("terminal", "name"):
        found[pk].append(name)
    return found


def has_alias(terminal: Terminal, name: str, distributor: int | None) -> bool:
    """Whether a live alias of this name (folded) is there already, of the same distributor."""
    rows = Alias.objects.filter(terminal=terminal, ended_at=None, distributor=distributor)
    return any(fold(known) == fold(name) for known in rows.values_list("name", flat=True))


def live_link(terminal: Terminal, role: str) -> Link | None:
    """The link of a role nobody has ended."""
    return Link.objects.filter(terminal=terminal, role=role, until=None).first()


def live_closure(terminal: Terminal) -> Closure | None:
    """The closure nobody has lifted."""
    return Closure.objects.filter(terminal=terminal, lifted_at=None).first()


def _dates(row: LicenceRow) -> rules.LicenceDates:
    return rules.LicenceDates(row.kind, row.valid_to, row.long_term, row.verify_by)


def _closure(pk: int) -> ClosureRow | None:
    row = (
        Closure.objects.filter(terminal=pk, lifted_at=None)
        .values_list("pk", "reason", "closed_by__name", "closed_at")
        .first()
    )
    return ClosureRow(*row) if row else None


def _links(pk: int) -> tuple[LinkRow, ...]:
    rows = Link.objects.filter(terminal=pk).order_by("until", "role", "-since")
    values = rows.values_list("pk", "role", "person", "person__login", "person__name", "since", "until")
    return tuple(sorted((LinkRow(*row) for row in values), key=lambda link: link.until is not None))


def _aliases(pk: int) -> tuple[AliasRow, ...]:
    rows = Alias.objects.filter(terminal=pk, ended_at=None).order_by("pk")
    values = rows.values_list("pk", "name", "kind", "distributor__name", "added_at")
    return tuple(AliasRow(key, name, kind, distributor or "", at) for key, name, kind, distributor, at in values)


def _contacts(pk: int) -> tuple[ContactRow, ...]:
    fields = ("pk", "name", "job", "department", "work_phone", "work_email", "duty", "notice_given_on", "source")
    return tuple(
        ContactRow(*row)
        for row in Contact.objects.filter(terminal=pk, ended_at=None).order_by("pk").values_list(*fields)
    )


def _licences(
    pk: int, today: date, ladder: rules.Ladder, due: Callable[[Licence], date | None]
) -> tuple[LicenceRow, ...]:
    found = []
    for row in (
        Licence.objects.filter(terminal=pk, ended_at=None)
        .select_related("verified_by")
        .order_by("kind", "-valid_to", "pk")
    ):
        dates = rules.LicenceDates(row.kind, row.valid_to, row.long_term, due(row))
        state, rung = rules.licence_state(dates, today, ladder)
        found.append(
            LicenceRow(
                row.pk, row.kind, row.number, row.issuer, row.issued_on, row.valid_from, row.valid_to, row.long_term,
                dates.verify_by, row.inspected_on, tuple(row.scope), row.warehouse, row.verified_how,
                row.verified_by.name if row.verified_by else "", row.verified_on, state, rung, rules.days_left(dates, today),
            )
        )  # fmt: skip
    return tuple(found)


def _due(row: Licence, of: Terminal, policy: Verification) -> date | None:
    """The day of verification typed on the paper, else the one the gate counts with."""
    if row.kind != "medical" or row.verify_by:
        return row.verify_by
    return verification_due(of.kind, of.beds, row.inspected_on or row.verified_on, policy)


def _authorised(pk: int, today: date) -> tuple[AuthorisedRow, ...]:
    return tuple(
        AuthorisedRow(
            a.pk,
            a.name,
            a.id_masked,
            tuple(a.kinds),
            a.varieties,
            a.area,
            a.valid_to,
            a.valid_to is None or a.valid_to < today,
        )
        for a in Authorised.objects.filter(terminal=pk, ended_at=None).order_by("pk")
    )


def _settlement(pk: int) -> SettlementRow | None:
    s = Settlement.objects.filter(terminal=pk, ended_at=None).first()
    if s is None:
        return None
    return SettlementRow(
        s.pk, s.bank, s.account_masked, s.account_name, tuple(s.payers), s.method, s.term_days, s.term_start, s.cutoff_day,
        s.handin_day, s.pay_day, s.signing_chain, s.late_rate_bp, s.set_at,
    )  # fmt: skip


def alias_for(person: Person, pk: int) -> Alias:
    """An alias of a terminal the person may see. Raises NotFound."""
    return part_for(person, Alias, pk)


def contact_for(person: Person, pk: int) -> Contact:
    """A contact of a terminal the person may see. Raises NotFound."""
    return part_for(person, Contact, pk)


def licence_for(person: Person, pk: int) -> Licence:
    """A licence of a terminal the person may see. Raises NotFound."""
    return part_for(person, Licence, pk)


def authorised_for(person: Person, pk: int) -> Authorised:
    """An authorised person of a terminal the person may see. Raises NotFound."""
    return part_for(person, Authorised, pk)
