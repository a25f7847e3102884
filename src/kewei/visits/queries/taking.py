"""What a person takes along to terminals, from every room below, each part only where they may see it.

Everything is asked for all terminals of a day at once: the number of queries does not grow with their number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from kewei.collecting.queries import briefs as collecting
from kewei.collecting.queries.briefs import BriefCollecting
from kewei.credit.queries import briefs as credit
from kewei.credit.queries.briefs import BriefCredit
from kewei.journal import queries_policies
from kewei.kernel.calendar import add_years
from kewei.kernel.refusals import N_, NotFound
from kewei.orders.queries import briefs as orders
from kewei.orders.queries.briefs import BriefOrders
from kewei.people.models import Person
from kewei.receivables.queries import briefs as receivables
from kewei.receivables.queries.briefs import BriefMoney, BriefStatement
from kewei.sales import queries as sales
from kewei.sales.queries import Bought
from kewei.terminals.queries import briefs as terminals
from kewei.terminals.queries import paper_policies
from kewei.terminals.queries.briefs import (
    BriefAuthorised,
    BriefCalendar,
    BriefCard,
    BriefContact,
    BriefPapers,
    BriefProspect,
)
from kewei.visits.models import Stop, Visit, Wish
from kewei.visits.rules.reporting import REPORT, needs_consent
from kewei.visits.rules.roles import MEDICAL, role_of

SEE = "visits.see"
LAST_VISITS, MOST_WISHES = 3, 6


@dataclass(frozen=True)
class BriefVisit:
    """An earlier visit; what was agreed is the newest report's."""

    pk: int
    day: date
    person: str
    role: str
    purposes: tuple[str, ...]
    achieved: str
    note: str
    next_step: str
    next_on: date | None
    next_owner: str


@dataclass(frozen=True)
class BriefStop:
    """The planned visit; minutes after midnight."""

    pk: int
    arrives: int
    minutes: int
    purposes: tuple[str, ...]
    aim: str
    consented: bool
    with_person: str


@dataclass(frozen=True)
class BriefWish:
    """Why this terminal deserves a visit."""

    pk: int
    source: str
    says: str
    numbers: dict[str, Any]
    purpose: str
    last_on: date
    must: bool


@dataclass(frozen=True)
class Known:
    """Everything known about one terminal for one person and day, at the moment `as_of`.

    What the person may not see is None, and so is what is about selling where a medical representative goes (4.4).
    """

    terminal: int
    day: date
    as_of: datetime
    person: int
    role: str
    consent_needed: bool
    card: BriefCard
    contacts: tuple[BriefContact, ...]
    papers: BriefPapers
    authorised: tuple[BriefAuthorised, ...]
    visits: tuple[BriefVisit, ...]
    stop: BriefStop | None
    wishes: tuple[BriefWish, ...]
    prospect: BriefProspect | None
    calendar: BriefCalendar | None
    money: BriefMoney | None
    statement: BriefStatement | None
    credit: BriefCredit | None
    orders: BriefOrders | None
    collecting: BriefCollecting | None
    bought: Bought | None


def known_of(person: Person, terminal: int, day: date, now: datetime) -> Known:
    """Everything about one terminal. Raises NotFound."""
    found = known(person, [terminal], day, now).get(terminal)
    if found is None:
        raise NotFound(noun=N_("终端"))
    return found


def known(person: Person, pks: Collection[int], day: date, now: datetime) -> dict[int, Known]:
    """Everything about several terminals; those the person may not see are left out."""
    # Whoever sees everything may ask for a terminal there is not.
    cards = terminals.brief_cards(terminals.seen_among(person, list(dict.fromkeys(pks)), SEE))
    ids = list(cards)
    if not ids:
        return {}
    role = role_of({post.role for post in person.held})
    policy = queries_policies.in_force(REPORT, day).value
    papers, _labels = paper_policies(day)
    contacts = terminals.contacts_among(ids)
    licences = terminals.papers_among(ids, day, papers)
    authorised = terminals.authorised_among(ids, day)
    prospects = terminals.prospects_among(terminals.seen_among(person, ids, "terminals.prospect"))
    visits, stops = last_visits(person, ids, day), stops_among(person, ids, day)
    wishes = wishes_among(ids, day, role)
    money = _Money(person, ids, day, role)
    return {
        pk: Known(
            terminal=pk, day=day, as_of=now, person=person.pk, role=role,
            consent_needed=needs_consent(cards[pk].kind, role, policy), card=cards[pk], contacts=contacts.get(pk, ()),
            papers=licences[pk], authorised=authorised.get(pk, ()), visits=tuple(visits[pk]), stop=stops.get(pk),
            wishes=tuple(wishes[pk]), prospect=prospects.get(pk), **money.of(pk),
        )
        for pk in ids
    }  # fmt: skip


class _Money:
    """What is about selling and being paid, each part of those terminals the person sees for its verb."""

    def __init__(self, person: Person, ids: list[int], day: date, role: str) -> None:
        def seen(verb: str) -> list[int]:
            return [] if role == MEDICAL else terminals.seen_among(person, ids, verb)

        owing = seen("receivables.see")
        self.owing = set(owing)
        self.calendars = terminals.calendars_among(owing)
        self.owed, self.statements = receivables.owed_among(owing, day), receivables.statements_among(owing, day)
        self.lent = credit.lent_among(seen("credit.see"), day)
        self.ordering = set(ordering := seen("orders.see"))
        self.orders = orders.orders_among(ordering)
        self.collecting = collecting.collecting_among(seen("collecting.see"))
        self.buying = set(buying := seen("sales.see"))
        self.bought = sales.bought_among(buying, add_years(day, -1) + timedelta(days=1), day)

    def of(self, pk: int) -> dict[str, Any]:
        """The parts of one terminal; what is seen but empty is there, with nothing in it."""
        return {
            "calendar": self.calendars.get(pk),
            "money": self.owed.get(pk),
            "statement": self.statements.get(pk),
            "credit": self.lent.get(pk),
            "orders": self.orders.get(pk, BriefOrders(0, 0, 0, ())) if pk in self.ordering else None,
            "collecting": self.collecting.get(pk),
            "bought": self.bought.get(pk, Bought(0, None, ())) if pk in self.buying else None,
        }


def last_visits(
    person: Person, pks: Collection[int], until: date, most: int = LAST_VISITS
) -> defaultdict[int, list[BriefVisit]]:
    """The last visits to these terminals that the person may see, newest first; one query."""
    rows = Visit.objects.visible_to(person, SEE).filter(terminal__in=list(pks), day__lte=until)
    place = Window(RowNumber(), partition_by=[F("terminal")], order_by=[F("arrived_at").desc(), F("pk").desc()])
    fields = (
        "terminal", "pk", "day", "person__name", "role", "purposes", "report__achieved", "report__note",
        "report__next_step", "report__next_on", "report__next_owner__name",
    )  # fmt: skip
    found: defaultdict[int, list[BriefVisit]] = defaultdict(list)
    newest = rows.annotate(place=place).filter(place__lte=most).order_by("terminal", "place").values_list(*fields)
    for terminal, pk, day, name, role, purposes, achieved, note, step, on, owner in newest:
        found[terminal].append(
            BriefVisit(
                pk, day, name, role, tuple(purposes), achieved or "", note or "", step or "", on, owner or ""
            )
        )  # fmt: skip
    return found


def stops_among(person: Person, pks: Collection[int], day: date) -> dict[int, BriefStop]:
    """This person's planned visits of a day to these terminals; one query."""
    rows = Stop.objects.filter(person=person, day=day, terminal__in=list(pks), ended_at=None).order_by("pk")
    fields = ("terminal", "pk", "arrives", "minutes", "purposes", "aim", "consent", "with_person__name")
    return {
        terminal: BriefStop(pk, arrives, minutes, tuple(purposes), aim, consent is not None, name or "")
        for terminal, pk, arrives, minutes, purposes, aim, consent, name in rows.values_list(*fields)
    }


def wishes_among(pks: Collection[int], day: date, role: str) -> defaultdict[int, list[BriefWish]]:
    """Live wishes of a day this role may see to, weightiest first; one query."""
    rows = Wish.objects.filter(terminal__in=list(pks), ended_at=None, first_on__lte=day, last_on__gte=day)
    rows = rows.filter(role=MEDICAL) if role == MEDICAL else rows.filter(~Q(role=MEDICAL))
    fields = ("terminal", "pk", "source", "says", "numbers", "purpose", "last_on", "must")
    found: defaultdict[int, list[BriefWish]] = defaultdict(list)
    for terminal, *values in rows.order_by("-must", "-weight", "pk").values_list(*fields):
        if len(found[terminal]) < MOST_WISHES:
            found[terminal].append(BriefWish(*values))
    return found


def purposes_of(stop: BriefStop | None, asked: Sequence[str]) -> tuple[str, ...]:
    """What a visit is for: what the person says, else what was planned."""
    return tuple(asked) or (stop.purposes if stop else ())
