"""Terminals as JSON: the list, the card, and everything that hangs on it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from kewei.journal.api import KEY_WELCOME, Limit, Page, Pk, Start, keyed, page
from kewei.people import queries as people
from kewei.terminals import actions, queries, rules

router = Router(tags=["terminals"])

Word = Annotated[str, Field(max_length=30)]
Name = Annotated[str, Field(max_length=120)]
Short = Annotated[str, Field(max_length=60)]
DayOfMonth = Annotated[int, Field(ge=1, le=31)]


class TerminalOut(Schema):
    """A terminal in a list."""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    grade: str
    ownership: str
    credit_code: str
    province: str
    city: str
    district: str
    address: str
    beds: int | None
    owner: str
    owner_name: str
    territory_name: str
    added_at: datetime
    closed: bool


class LinkOut(Schema):
    """Who looks after a terminal in a role; `until` where it has ended."""

    role: str
    login: str
    name: str
    since: datetime
    until: datetime | None


class AliasOut(Schema):
    """Another live name; `distributor` is the distributor who writes it so, or ''."""

    id: int
    name: str
    kind: str
    distributor: str
    added_at: datetime


class ContactOut(Schema):
    """A live business contact."""

    id: int
    name: str
    job: str
    department: str
    work_phone: str
    work_email: str
    duty: str
    notice_given_on: date | None
    source: str


class LicenceOut(Schema):
    """A live licence, judged as of today: valid, ending, expired or undated."""

    id: int
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
    verified_by: str
    verified_on: date | None
    state: str
    rung: int | None
    days_left: int | None


class AuthorisedOut(Schema):
    """A live authorised person; the identity number is masked."""

    id: int
    name: str
    id_masked: str
    kinds: list[str]
    varieties: str
    area: str
    valid_to: date | None
    expired: bool


class SettlementOut(Schema):
    """The settlement calendar in force."""

    bank: str
    account_masked: str
    account_name: str
    payers: list[str]
    method: str
    term_days: int | None
    term_start: str
    cutoff_day: int | None
    handin_day: int | None
    pay_day: str
    signing_chain: str
    late_rate_bp: int | None
    set_at: datetime


class ClosureOut(Schema):
    """Why, by whom and when the terminal was closed."""

    reason: str
    closed_by: str
    closed_at: datetime


class CompletenessOut(Schema):
    """How complete the card is in per cent, what is missing, and by which version of the weights."""

    per_cent: int
    missing: list[str]
    version: str


class CardOut(Schema):
    """A whole card."""

    id: int
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
    owner_login: str
    owner_name: str
    territory_name: str
    note: str
    extra: dict[str, str]
    added_at: datetime
    closure: ClosureOut | None
    links: list[LinkOut]
    aliases: list[AliasOut]
    contacts: list[ContactOut]
    licences: list[LicenceOut]
    authorised: list[AuthorisedOut]
    settlement: SettlementOut | None
    missing_licences: list[list[str]]
    completeness: CompletenessOut
    warnings: list[str]


class CardFields(Schema):
    """Fields of a card; kind, ownership, size and grade by code or Chinese label, group by its code."""

    short_name: Short | None = None
    kind: Word | None = None
    credit_code: Annotated[str, Field(max_length=40)] | None = None
    province: Word | None = None
    city: Word | None = None
    district: Word | None = None
    address: Annotated[str, Field(max_length=200)] | None = None
    grade: Word | None = None
    beds: Annotated[int, Field(ge=0, le=99_999)] | None = None
    ownership: Word | None = None
    size: Word | None = None
    group_code: Annotated[str, Field(max_length=64)] | None = None
    note: Annotated[str, Field(max_length=2000)] | None = None


class TerminalIn(CardFields):
    """A new card; without a code it gets one, without an owner (a login) it is its maker's where the maker sells."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    code: Annotated[str, Field(max_length=40)] = ""
    owner: Annotated[str, Field(max_length=40)] = ""


class TerminalChange(CardFields):
    """Only the given fields change; an empty text empties a field."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None


class LinkIn(Schema):
    """Who, by login, in which role: owner, trade, credit or medical."""

    login: Annotated[str, Field(max_length=40)]
    role: Word = rules.OWNER


class ReasonIn(Schema):
    """A reason."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]


class AliasIn(Schema):
    """Another name; `distributor_code` where only one distributor writes it so."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    kind: Word = "alias"
    distributor_code: Annotated[str, Field(max_length=64)] = ""


class ContactIn(Schema):
    """A business contact: work details only."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    job: Short = ""
    department: Short = ""
    work_phone: Annotated[str, Field(max_length=40)] = ""
    work_email: Name = ""
    duty: Word = ""
    notice_given_on: date | None = None
    source: Short = ""


class LicenceIn(Schema):
    """A licence; `verified_how` is for quality."""

    kind: Word
    number: Annotated[str, Field(min_length=1, max_length=60)]
    issuer: Annotated[str, Field(max_length=100)] = ""
    issued_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    long_term: bool = False
    verify_by: date | None = None
    inspected_on: date | None = None
    scope: Annotated[list[Word], Field(max_length=40)] = []
    warehouse: Annotated[str, Field(max_length=200)] = ""
    verified_how: Word = ""


class HeldPaperOut(Schema):
    """A paper in the report; `ends_on` is the earlier of its end and its due verification, computed where nobody typed it."""

    id: int
    kind: str
    number: str
    issuer: str
    ends_on: date | None
    long_term: bool
    days_left: int | None
    state: str
    scope: list[str]
    verified_how: str
    verified_by: str
    verified_on: date | None
    suspended: str
    pages: int


class PaperFindingOut(Schema):
    """What the gate would say: rule, level (block, warn, record) and its numbers."""

    rule: str
    level: str
    numbers: dict[str, str]


class VetoOut(Schema):
    """A live veto; no class stands for everything."""

    id: int
    scope_class: str
    reason: str
    until: date | None
    placed_by: str
    placed_at: datetime


class RequiredOut(Schema):
    """One of these papers must be held, and whether it is."""

    one_of: list[str]
    held: bool


class AuthorisedPaperOut(Schema):
    """An authorised person; `good` until the authorisation ends; whether their letter and the sample of their seal are kept."""

    id: int
    name: str
    kinds: list[str]
    valid_to: date | None
    good: bool
    letter: bool
    seal: bool


class PapersOut(Schema):
    """The licence report of a customer."""

    required: list[RequiredOut]
    held: list[HeldPaperOut]
    authorised: list[AuthorisedPaperOut]
    findings: list[PaperFindingOut]
    vetoes: list[VetoOut]


class VetoIn(Schema):
    """A veto of one class, or of everything where that is left out."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    scope_class: str = ""
    until: date | None = None


class WhyIn(Schema):
    """A reason in words."""

    why: Annotated[str, Field(min_length=1, max_length=200)]


class SuspensionIn(Schema):
    """Why the authority stopped a licence, and whether for good."""

    reason: Annotated[str, Field(min_length=1, max_length=200)]
    revoked: bool = False


class VerifyIn(Schema):
    """How the paper was verified: official_site, original or sealed_copy."""

    how: Word = "original"


class AuthorisedIn(Schema):
    """Somebody authorised in writing; the identity number is masked before it is kept."""

    name: Annotated[str, Field(min_length=1, max_length=60)]
    kinds: Annotated[list[Word], Field(min_length=1, max_length=10)]
    id_number: Annotated[str, Field(max_length=20)] = ""
    varieties: Annotated[str, Field(max_length=200)] = ""
    area: Annotated[str, Field(max_length=100)] = ""
    valid_to: date | None = None


class SettlementIn(Schema):
    """The whole calendar: what is not given is empty."""

    method: Word = ""
    term_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    term_start: Word = ""
    cutoff_day: DayOfMonth | None = None
    handin_day: DayOfMonth | None = None
    pay_day: Short = ""
    signing_chain: Annotated[str, Field(max_length=200)] = ""
    bank: Annotated[str, Field(max_length=100)] = ""
    account: Annotated[str, Field(max_length=40)] = ""
    account_name: Name = ""
    payers: Annotated[list[Name], Field(max_length=50)] = []
    late_rate_bp: Annotated[int, Field(ge=0, le=1000)] | None = None


class HitOut(Schema):
    """A terminal found by search."""

    id: int
    code: str
    name: str
    kind: str
    province: str
    city: str
    owner: str


class MomentOut(Schema):
    """One fact about a terminal; `seq` pages further back (0 for what an import did)."""

    seq: int
    at: datetime
    name: str
    by: str
    detail: dict[str, Any]


class EndingOut(Schema):
    """A licence near or past its end."""

    id: int
    terminal: int
    terminal_code: str
    terminal_name: str
    owner: str
    kind: str
    number: str
    ends_on: date
    days_left: int
    state: str
    rung: int | None


class DivisionOut(Schema):
    """A province, city or district by its GB/T 2260 code."""

    code: str
    name: str


# --- lists --------------------------------------------------------------------------------------------------------------


@router.get("", response=Page[TerminalOut])
def terminals(
    request,
    text: Annotated[str, Query(max_length=120)] = "",
    kind: str = "",
    province: str = "",
    city: str = "",
    owner: str = "",
    without_owner: bool = False,
    closed: bool | None = False,
    order: Annotated[
        str, Query(description="one of: " + ", ".join(queries.ORDERS) + "; - before it reverses")
    ] = "code",
    start: Start = 0,
    limit: Limit = 50,
):
    """Terminals the reader may see; closed ones only where asked for."""
    request.user.must("terminals.see")
    whom = people.person_by_login(owner) if owner else None
    if owner and whom is None:
        return page(request, [], 0, start, limit)
    rows, count = queries.list_terminals(
        request.user, text=_plain(text), kind=_plain(kind), province=_plain(province), city=_plain(city),
        owner=whom.pk if whom else None, without_owner=without_owner, closed=closed, order=order, start=start,
        limit=limit,
    )  # fmt: skip
    return page(request, [_row(row) for row in rows], count, start, limit)


@router.get("/search", response=list[HitOut])
def search(request, text: Annotated[str, Query(max_length=120)], limit: Limit = 20):
    """Terminals by code, credit code, name, alias or pinyin initials; best first."""
    request.user.must("terminals.see")
    return [_out(hit) for hit in queries.search(request.user, _plain(text), limit)]


@router.get("/licences/ending", response=Page[EndingOut])
def licences_ending(
    request,
    within_days: Annotated[int, Query(ge=-36_500, le=36_500)] = 180,
    start: Start = 0,
    limit: Limit = 50,
):
    """Licences that end or are due for verification within so many days, or are past it; soonest first."""
    request.user.must("terminals.see")
    rows, count = queries.licences_ending(request.user, timezone.localdate(), within_days, start=start, limit=limit)
    return page(request, [_out(row) for row in rows], count, start, limit)


@router.get("/places", response=list[DivisionOut])
def places(request, province: str = "", city: str = ""):
    """Provinces; with a province its cities; with a city too its districts. By code or name."""
    found = queries.province_choices()
    if province:
        found = queries.district_choices(province, city) if city else queries.city_choices(province)
    return [{"code": code, "name": name} for code, name in found]


# --- the card -----------------------------------------------------------------------------------------------------------


@router.post("", response={201: CardOut}, openapi_extra=KEY_WELCOME)
def add(request, body: TerminalIn):
    """Open a card. Needs terminals.create."""
    request.user.must("terminals.create")

    def do() -> int:
        fields = _fields(request.user, body.dict(exclude_unset=True))
        owner = _colleague(body.owner) if body.owner else None
        fields.pop("owner", None)
        terminal = actions.add_terminal(owner=owner, by=request.user, now=timezone.now(), **fields)
        return terminal.pk

    pk = keyed(request, "terminals.add", body.dict(), do, required=False)
    return 201, _card(request, pk)


@router.get("/{int:pk}", response=CardOut)
def card(request, pk: int):
    """A whole card."""
    return _card(request, pk)


@router.patch("/{int:pk}", response=CardOut)
def change(request, pk: int, body: TerminalChange):
    """Change the given fields. Needs terminals.edit."""
    terminal = queries.terminal_for(request.user, pk)
    fields = _fields(request.user, body.dict(exclude_unset=True))
    actions.change_terminal(terminal=terminal, by=request.user, now=timezone.now(), **fields)
    return _card(request, pk)


@router.get("/{int:pk}/timeline", response=list[MomentOut])
def timeline(request, pk: int, before: Pk | None = None, limit: Limit = 30):
    """What has happened to the terminal, newest first; `before` is the last `seq` already read."""
    terminal = queries.terminal_for(request.user, pk)
    return [asdict(moment) for moment in queries.timeline(request.user, terminal, before, limit)]


@router.put("/{int:pk}/links", response=CardOut)
def link(request, pk: int, body: LinkIn):
    """Let somebody look after the terminal in a role. Needs terminals.assign."""
    request.user.must("terminals.assign")
    terminal, person = queries.terminal_for(request.user, pk), _colleague(body.login)
    role = rules.read_word(rules.LINK_ROLES, body.role)
    if role == rules.OWNER:
        actions.assign_owner(terminal=terminal, owner=person, by=request.user, now=timezone.now())
    else:
        actions.link(terminal=terminal, person=person, role=role, by=request.user, now=timezone.now())
    return _card(request, pk)


@router.delete("/{int:pk}/links/{role}", response={204: None})
def end_link(request, pk: int, role: str):
    """End the live link of a role. Needs terminals.assign."""
    terminal = queries.terminal_for(request.user, pk)
    actions.end_link(terminal=terminal, role=_plain(role), by=request.user, now=timezone.now())
    return 204, None


@router.post("/{int:pk}/closure", response={201: CardOut})
def close(request, pk: int, body: ReasonIn):
    """Close the terminal. Needs terminals.edit."""
    terminal = queries.terminal_for(request.user, pk)
    actions.close_terminal(terminal=terminal, reason=body.reason, by=request.user, now=timezone.now())
    return 201, _card(request, pk)


@router.delete("/{int:pk}/closure", response={204: None})
def reopen(request, pk: int):
    """Lift the closure. Needs terminals.edit."""
    actions.reopen_terminal(terminal=queries.terminal_for(request.user, pk), by=request.user, now=timezone.now())
    return 204, None


# --- what hangs on it ---------------------------------------------------------------------------------------------------


@router.post("/{int:pk}/aliases", response={201: CardOut})
def add_alias(request, pk: int, body: AliasIn):
    """Another name. Needs terminals.edit."""
    terminal = queries.terminal_for(request.user, pk)
    distributor = queries.terminal_named(request.user, body.distributor_code) if body.distributor_code else None
    kind = rules.read_word(rules.ALIAS_KINDS, body.kind)
    actions.add_alias(
        terminal=terminal, name=body.name, kind=kind, distributor=distributor, by=request.user, now=timezone.now()
    )
    return 201, _card(request, pk)


@router.delete("/aliases/{int:pk}", response={204: None})
def end_alias(request, pk: int):
    """The name is no longer used. Needs terminals.edit."""
    actions.end_alias(alias=queries.alias_for(request.user, pk), by=request.user, now=timezone.now())
    return 204, None


@router.post("/{int:pk}/contacts", response={201: CardOut})
def add_contact(request, pk: int, body: ContactIn):
    """A business contact. Needs terminals.edit."""
    terminal = queries.terminal_for(request.user, pk)
    given = body.dict() | {"duty": rules.read_word(rules.CONTACT_DUTIES, body.duty) if body.duty else ""}
    actions.add_contact(terminal=terminal, by=request.user, now=timezone.now(), **given)
    return 201, _card(request, pk)


@router.delete("/contacts/{int:pk}", response={204: None})
def end_contact(request, pk: int):
    """The person no longer works there. Needs terminals.edit."""
    actions.end_contact(contact=queries.contact_for(request.user, pk), by=request.user, now=timezone.now())
    return 204, None


@router.post("/{int:pk}/licences", response={201: CardOut})
def add_licence(request, pk: int, body: LicenceIn):
    """A licence. Needs terminals.edit; verified only with terminals.licence."""
    terminal = queries.terminal_for(request.user, pk)
    given = body.dict() | {
        "kind": rules.read_word(rules.LICENCE_KINDS, body.kind),
        "scope": [rules.read_word(rules.SCOPE_CODES, word) for word in body.scope],
        "verified_how": rules.read_word(rules.VERIFIED_HOW, body.verified_how) if body.verified_how else "",
    }
    actions.record_licence(terminal=terminal, by=request.user, now=timezone.now(), **given)
    return 201, _card(request, pk)


@router.post("/licences/{int:pk}/verification", response={204: None})
def verify_licence(request, pk: int, body: VerifyIn):
    """Quality has seen the paper. Needs terminals.licence."""
    licence = queries.licence_for(request.user, pk)
    how = rules.read_word(rules.VERIFIED_HOW, body.how)
    actions.verify_licence(licence=licence, how=how, by=request.user, now=timezone.now())
    return 204, None


@router.get("/{int:pk}/papers", response=PapersOut)
def papers(request, pk: int):
    """The licence report: what is required, held and missing, what quality stopped, and what the gate would say."""
    request.user.must("terminals.see")
    found = queries.paper_report(request.user, pk, timezone.now())
    names = ("id", "scope_class", "reason", "until", "placed_by", "placed_at")
    return {
        "required": [{"one_of": list(group), "held": held} for group, held in found.required],
        "held": [{**_out(one), "pages": len(one.images)} for one in found.held],
        "authorised": [{**_out(one), "letter": bool(one.letter), "seal": bool(one.seal)} for one in found.authorised],
        "findings": [{"rule": f.rule, "level": f.level, "numbers": dict(f.numbers)} for f in found.findings],
        "vetoes": [dict(zip(names, veto, strict=True)) for veto in found.vetoes],
    }


@router.post("/{int:pk}/vetoes", response={201: PapersOut})
def place_veto(request, pk: int, body: VetoIn):
    """Quality stops sales to a customer. Needs terminals.veto."""
    terminal = queries.terminal_for(request.user, pk)
    scope_class = rules.read_word(rules.SCOPE_CLASSES, body.scope_class) if body.scope_class else ""
    given = {"reason": body.reason, "scope_class": scope_class, "until": body.until}
    actions.place_veto(terminal=terminal, by=request.user, now=timezone.now(), **given)
    return 201, papers(request, pk)


@router.post("/vetoes/{int:pk}/lift", response={204: None})
def lift_veto(request, pk: int, body: WhyIn):
    """Quality lifts a veto. Needs terminals.veto."""
    actions.lift_veto(veto=queries.veto_for(request.user, pk), why=body.why, by=request.user, now=timezone.now())
    return 204, None


@router.post("/licences/{int:pk}/suspension", response={204: None})
def suspend_licence(request, pk: int, body: SuspensionIn):
    """The authority stopped a licence. Needs terminals.licence."""
    licence = queries.licence_for(request.user, pk)
    actions.suspend_licence(licence=licence, by=request.user, now=timezone.now(), **body.dict())
    return 204, None


@router.delete("/licences/{int:pk}/suspension", response={204: None})
def unsuspend_licence(request, pk: int):
    """The licence is good again. Needs terminals.licence."""
    licence = queries.licence_for(request.user, pk)
    actions.unsuspend_licence(licence=licence, by=request.user, now=timezone.now())
    return 204, None


@router.delete("/licences/{int:pk}", response={204: None})
def end_licence(request, pk: int):
    """The paper is withdrawn. Needs terminals.edit."""
    actions.end_licence(licence=queries.licence_for(request.user, pk), by=request.user, now=timezone.now())
    return 204, None


@router.post("/{int:pk}/authorised", response={201: CardOut})
def add_authorised(request, pk: int, body: AuthorisedIn):
    """Somebody the customer has authorised in writing. Needs terminals.edit."""
    terminal = queries.terminal_for(request.user, pk)
    given = body.dict() | {"kinds": [rules.read_word(rules.AUTHORISED_KINDS, word) for word in body.kinds]}
    actions.add_authorised(terminal=terminal, by=request.user, now=timezone.now(), **given)
    return 201, _card(request, pk)


@router.delete("/authorised/{int:pk}", response={204: None})
def end_authorised(request, pk: int):
    """The authorisation is withdrawn. Needs terminals.edit."""
    person = queries.authorised_for(request.user, pk)
    actions.end_authorised(authorised=person, by=request.user, now=timezone.now())
    return 204, None


@router.put("/{int:pk}/settlement", response=CardOut)
def set_settlement(request, pk: int, body: SettlementIn):
    """How and when the terminal pays; the former calendar ends. Needs terminals.edit."""
    terminal = queries.terminal_for(request.user, pk)
    given = body.dict() | {
        "method": rules.read_word(rules.SETTLEMENT_METHODS, body.method) if body.method else "",
        "term_start": rules.read_word(rules.TERM_STARTS, body.term_start) if body.term_start else "",
    }
    actions.set_settlement(terminal=terminal, by=request.user, now=timezone.now(), **given)
    return _card(request, pk)


# --- from and to plain values -------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """A word of an address without what no database keeps."""
    return text.replace("\x00", "")


def _colleague(login: str):
    person = people.person_by_login(_plain(login))
    if person is None:
        raise rules.UnknownOwner(text=login)
    return person


_WORDS = {"ownership": rules.OWNERSHIPS, "size": rules.SIZES, "grade": rules.GRADES}


def _fields(reader: Any, given: dict[str, Any]) -> dict[str, Any]:
    """Given fields as the actions take them: words read, the group found; null is an empty field."""
    fields = {
        name: "" if value is None and name not in ("beds", "group_code") else value for name, value in given.items()
    }
    if fields.get("kind"):
        fields["kind"] = rules.read_kind(fields["kind"])
    elif "kind" in fields:
        fields["kind"] = "other"
    for name, words in _WORDS.items():
        if fields.get(name):
            fields[name] = rules.read_word(words, fields[name])
    if "group_code" in fields:
        code = fields.pop("group_code")
        fields["group"] = queries.terminal_named(reader, code) if code else None
    return fields


def _out(row: Any) -> dict[str, Any]:
    values = asdict(row)
    return {"id": values.pop("pk"), **values}


def _row(row: queries.TerminalRow) -> dict[str, Any]:
    return {**_out(row), "owner": row.owner_login}


def _card(request, pk: int) -> dict[str, Any]:
    found = queries.card(request.user, pk, timezone.localdate())
    values = _out(found)
    for name in ("aliases", "contacts", "licences", "authorised"):
        values[name] = [{"id": part.pop("pk"), **part} for part in values[name]]
    return values
