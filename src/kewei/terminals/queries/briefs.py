"""What somebody takes along to several terminals at once: card, people, papers, calendar; a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.timezone import localdate

from kewei.people.models import Person
from kewei.terminals import rules
from kewei.terminals.models import Authorised, Closure, Contact, NextAction, Prospect, Settlement, Terminal
from kewei.terminals.queries.papers import PaperPolicies, papers_of
from kewei.terminals.rules.licences import licence_state
from kewei.terminals.rules.prospects import WON

# Contacts of one terminal that a page of one sheet has room for.
MOST_CONTACTS = 8


@dataclass(frozen=True)
class BriefCard:
    """A terminal as it heads a brief."""

    pk: int
    code: str
    name: str
    kind: str
    grade: str
    province: str
    city: str
    district: str
    address: str
    owner: int | None
    owner_name: str
    closed: bool


@dataclass(frozen=True)
class BriefContact:
    """A business contact: work details only."""

    pk: int
    name: str
    job: str
    department: str
    work_phone: str
    duty: str
    noticed: bool


@dataclass(frozen=True)
class BriefPaper:
    """A licence as of a day: its state, and the days it still has."""

    kind: str
    number: str
    ends_on: date | None
    state: str
    days_left: int | None
    suspended: bool


@dataclass(frozen=True)
class BriefAuthorised:
    """Somebody the terminal has authorised to buy, collect, reconcile or receive."""

    pk: int
    name: str
    kinds: tuple[str, ...]
    valid_to: date | None
    expired: bool


@dataclass(frozen=True)
class BriefCalendar:
    """The settlement calendar: which day of the month what is due."""

    pk: int
    set_on: date
    term_days: int | None
    term_start: str
    method: str
    cutoff_day: int | None
    handin_day: int | None
    pay_day: str
    signing_chain: str


@dataclass(frozen=True)
class BriefProspect:
    """Where a prospect stands, and what is next about it."""

    stage: str
    since: date
    next_what: str
    next_on: date | None
    next_owner: str


@dataclass(frozen=True)
class BriefPapers:
    """All papers of a terminal, and the groups of which none is there that must be."""

    papers: tuple[BriefPaper, ...]
    missing: tuple[tuple[str, ...], ...]


def seen_among(person: Person, pks: Collection[int], verb: str = "terminals.see") -> list[int]:
    """Those of these terminals that the person may see for a verb, in the order given."""
    if person.reach(verb).everything:
        return list(pks)
    mine = set(Terminal.objects.visible_to(person, verb).filter(pk__in=list(pks)).values_list("pk", flat=True))
    return [pk for pk in pks if pk in mine]


def brief_cards(pks: Collection[int]) -> dict[int, BriefCard]:
    """Cards of these terminals, whoever asks; two queries."""
    closed = set(Closure.objects.filter(terminal__in=list(pks), lifted_at=None).values_list("terminal", flat=True))
    fields = (
        "pk", "code", "name", "kind", "grade", "province", "city", "district", "address", "owner", "owner__name",
    )  # fmt: skip
    rows: Any = Terminal.objects.filter(pk__in=list(pks)).values_list(*fields)
    every: list[Any] = [[*row[:10], row[10] or "", row[0] in closed] for row in rows]
    return {row[0]: BriefCard(*row) for row in every}


def contacts_among(pks: Collection[int]) -> dict[int, tuple[BriefContact, ...]]:
    """Live business contacts, whoever asks, at most MOST_CONTACTS of each terminal; one query."""
    found: defaultdict[int, list[BriefContact]] = defaultdict(list)
    fields = ("terminal", "pk", "name", "job", "department", "work_phone", "duty", "notice_given_on")
    rows: Any = Contact.objects.filter(terminal__in=list(pks), ended_at=None).order_by("pk").values_list(*fields)
    for terminal, *values, noticed in rows:
        row: list[Any] = [*values, noticed is not None]
        if len(found[terminal]) < MOST_CONTACTS:
            found[terminal].append(BriefContact(*row))
    return {pk: tuple(rows) for pk, rows in found.items()}


def papers_among(pks: Collection[int], day: date, policies: PaperPolicies) -> dict[int, BriefPapers]:
    """Papers with their states on a day, what is missing, and who is authorised, as the gate sees them; one query."""
    found = {}
    for pk, papers in papers_of(pks, day, policies.verification).items():
        rows, dates = [], []
        for one in papers.licences:
            state, _rung = licence_state(one.dates, day, policies.ladder)
            left, ends = rules.days_left(one.dates, day), rules.ends_on(one.dates)
            rows.append(BriefPaper(one.kind, one.number, ends, state, left, one.suspended))
            dates.append(one.dates)
        missing = tuple(rules.missing_licences(policies.required.of(papers.kind), dates, day))
        found[pk] = BriefPapers(tuple(rows), missing)
    return found


def authorised_among(pks: Collection[int], day: date) -> dict[int, tuple[BriefAuthorised, ...]]:
    """Live authorised persons, whoever asks; one query."""
    found: defaultdict[int, list[BriefAuthorised]] = defaultdict(list)
    rows = Authorised.objects.filter(terminal__in=list(pks), ended_at=None).order_by("pk")
    for terminal, pk, name, kinds, until in rows.values_list("terminal", "pk", "name", "kinds", "valid_to"):
        found[terminal].append(BriefAuthorised(pk, name, tuple(kinds), until, until is None or until < day))
    return {pk: tuple(rows) for pk, rows in found.items()}


def calendars_among(pks: Collection[int]) -> dict[int, BriefCalendar]:
    """Settlement calendars, whoever asks; one query."""
    fields = (
        "terminal", "pk", "set_at", "term_days", "term_start", "method", "cutoff_day", "handin_day", "pay_day",
        "signing_chain",
    )  # fmt: skip
    rows = Settlement.objects.filter(terminal__in=list(pks), ended_at=None).values_list(*fields)
    return {row[0]: BriefCalendar(row[1], localdate(row[2]), *row[3:]) for row in rows}


def prospects_among(pks: Collection[int]) -> dict[int, BriefProspect]:
    """Those of these terminals that are still prospects, whoever asks; two queries."""
    actions = NextAction.objects.filter(terminal__in=list(pks), ended_at=None)
    following = {
        terminal: (what, due_on, owner)
        for terminal, what, due_on, owner in actions.values_list("terminal", "what", "due_on", "person__name")
    }
    rows = Prospect.objects.filter(pk__in=list(pks)).exclude(stage=WON)
    return {
        pk: BriefProspect(stage, localdate(since), *following.get(pk, ("", None, "")))
        for pk, stage, since in rows.values_list("pk", "stage", "stage_since")
    }


def members_among(heads: Collection[int]) -> list[tuple[int, int]]:
    """(member, head) of these groups, the heads themselves left out, whoever asks; one query."""
    rows: Any = Terminal.objects.filter(group__in=list(heads)).exclude(pk__in=list(heads)).order_by("pk")
    return list(rows.values_list("pk", "group"))
