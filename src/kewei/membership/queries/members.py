"""Members: who they are, what they bought in twelve months, in which tier that puts them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from kewei.kernel.calendar import add_years
from kewei.kernel.refusals import N_, NotFound
from kewei.membership.models import Enrolment, Programme, RulesVersion, TierMove
from kewei.membership.queries.programmes import SEE, InForce, in_force
from kewei.membership.rules.programmes import APPROVED, RECEIPTS, SALES, Applicant, MemberNoMore, Rules
from kewei.membership.rules.tiers import Judged, judge
from kewei.people.models import Person
from kewei.receivables.queries.received import received_among
from kewei.sales.queries.purchases import net_fen_among
from kewei.terminals import queries as terminals
from kewei.terminals.models import Terminal
from kewei.terminals.queries.cards import names_among

NOUN = N_("会员")


@dataclass(frozen=True)
class MemberRow:
    """A member in a list; points and coupons left, in points and fen."""

    pk: int
    programme_id: int
    programme_code: str
    programme: str
    terminal_id: int
    terminal_code: str
    terminal_name: str
    terminal_kind: str
    tier: str
    points: int
    fen: int
    since: date
    ended_at: datetime | None
    tier_name: str = ""


_FIELDS = (
    "pk", "programme", "programme__code", "programme__name", "terminal", "terminal__code", "terminal__name",
    "terminal__kind", "tier", "points", "fen", "since", "ended_at",
)  # fmt: skip


def enrolment_for(person: Person, pk: int, verb: str = SEE, *, lock: bool = False) -> Enrolment:
    """The membership if the person may see the terminal for a verb; locked for whoever earns or spends. Raises NotFound."""
    rows = Enrolment.objects.visible_to(person, verb)
    if lock:
        # The lock is on the row alone: the programme is read, not held.
        rows = Enrolment.objects.select_for_update().filter(pk__in=rows.filter(pk=pk).values("pk"))
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def live_for(person: Person, pk: int, verb: str, *, lock: bool = True) -> Enrolment:
    """The same of a membership that has not ended. Raises NotFound, MemberNoMore."""
    found = enrolment_for(person, pk, verb, lock=lock)
    if found.ended_at is not None:
        raise MemberNoMore
    return found


def member_named(person: Person, programme: Programme, customer: str) -> Enrolment:
    """The live membership of a customer by its code. Raises NotFound."""
    terminal = terminals.terminal_named(person, customer)
    found = Enrolment.objects.visible_to(person, SEE).filter(
        programme=programme, terminal=terminal.pk, ended_at=None
    ).first()  # fmt: skip
    if found is None:
        raise NotFound(noun=NOUN)
    return found


def members_by_code(
    person: Person, wanted: Collection[tuple[str, str]], verb: str
) -> dict[tuple[str, str], tuple[int, int]]:
    """Live memberships by (programme code, customer code): its key and the terminal's. One query."""
    rows = Enrolment.objects.visible_to(person, verb).filter(
        ended_at=None, programme__code__in={one for one, _ in wanted}, terminal__code__in={one for _, one in wanted}
    )
    fields = ("programme__code", "terminal__code", "pk", "terminal")
    return {(programme, code): (pk, terminal) for programme, code, pk, terminal in rows.values_list(*fields)}


def list_members(
    person: Person,
    *,
    programme: int | None = None,
    tier: str = "",
    terminal: int | None = None,
    text: str = "",
    ended: bool = False,
    order: str = "terminal",
    start: int = 0,
    limit: int | None = 50,
) -> tuple[list[MemberRow], int, dict[str, int]]:
    """Members by customer, how many there are, and what all of them have left; four queries."""
    rows = _narrowed(Enrolment.objects.visible_to(person, SEE), programme, tier, terminal, text, ended)
    sums = rows.aggregate(points=Sum("points"), fen=Sum("fen"))
    sign, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    by = {"terminal": "terminal__name", "points": "points", "fen": "fen", "since": "since"}.get(name, "terminal__name")
    page = rows.order_by(sign + by, "pk").values_list(*_FIELDS)
    page = page[start : start + limit] if limit is not None else page[start:]
    return _rows(list(page)), rows.count(), {name: int(value or 0) for name, value in sums.items()}


def _narrowed(
    rows: QuerySet[Enrolment], programme: int | None, tier: str, terminal: int | None, text: str, ended: bool
) -> QuerySet[Enrolment]:
    if not ended:
        rows = rows.filter(ended_at=None)
    if text:
        rows = rows.filter(Q(terminal__name__icontains=text) | Q(terminal__code__icontains=text))
    asked = {"programme": programme, "tier": tier, "terminal": terminal}
    return rows.filter(**{name: value for name, value in asked.items() if value})


def member(person: Person, pk: int) -> MemberRow:
    """One member. Raises NotFound."""
    row = Enrolment.objects.visible_to(person, SEE).filter(pk=pk).values_list(*_FIELDS).first()
    if row is None:
        raise NotFound(noun=NOUN)
    return _rows([row])[0]


def members_of_terminal(person: Person, terminal: int) -> list[MemberRow]:
    """The live memberships of a customer; two queries."""
    rows = Enrolment.objects.visible_to(person, SEE).filter(terminal=terminal, ended_at=None)
    return _rows(list(rows.order_by("pk").values_list(*_FIELDS)))


def _rows(rows: list[Any]) -> list[MemberRow]:
    """With the names of their tiers; one query."""
    names = tier_names({row[1] for row in rows})
    return [MemberRow(*[*row, names.get((row[1], row[8]), row[8])]) for row in rows]


def live_keys(programme: int) -> list[int]:
    """Keys of a programme's live members, whoever asks, ascending: so nobody waits for another crosswise."""
    rows = Enrolment.objects.filter(programme=programme, ended_at=None)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def approved_programmes() -> list[Programme]:
    """Programmes under way, whoever asks."""
    return list(Programme.objects.filter(state=APPROVED).order_by("pk"))


def applicant(person: Person, terminal: Terminal, today: date) -> Applicant:
    """A customer as the rule of admission sees it."""
    card = terminals.card(person, terminal.pk, today)
    missing = bool(terminals.missing_papers(terminal.pk, today))
    percent = terminals.completeness_of(card).per_cent
    return Applicant(card.name, card.kind, card.province, card.credit_code, card.closure is not None, missing, percent)


def basis_among(terminal_ids: Collection[int], rules: Rules, first: date, last: date) -> dict[int, int]:
    """The money on which members earn in a period, fen, by terminal, whoever asks; days inclusive."""
    if rules.base == SALES:
        return net_fen_among(terminal_ids, first, last, rules.sources)
    return received_among(terminal_ids, first, last) if rules.base == RECEIPTS else {}


def year_before(day: date) -> date:
    """The first day of the twelve months that end on a day."""
    return add_years(day, -1) + timedelta(days=1)


@dataclass(frozen=True)
class TierLine:
    """What a review would do with one member."""

    pk: int
    terminal_id: int
    terminal_code: str
    terminal_name: str
    judged: Judged


def tier_preview(person: Person, programme: Programme, day: date) -> tuple[list[TierLine], InForce]:
    """What a review on a day would change, movers first; writes nothing. Three queries. Raises WrongState."""
    version = in_force(programme, day)
    rows: list[Any] = list(
        Enrolment.objects.visible_to(person, SEE)
        .filter(programme=programme, ended_at=None)
        .values_list("pk", "terminal", "terminal__code", "terminal__name", "tier")
    )
    bases = basis_among([row[1] for row in rows], version.rules, year_before(day), day)
    lines = [
        TierLine(pk, terminal, code, name, judge(tier, bases.get(terminal, 0), version.rules))
        for pk, terminal, code, name, tier in rows
    ]
    return sorted(lines, key=lambda one: (not one.judged.moves, -one.judged.basis_fen, one.terminal_code)), version


@dataclass(frozen=True)
class TierMoveRow:
    """A move from one tier to another, and why."""

    before: str
    after: str
    as_of: date
    way: str
    numbers: dict[str, Any]
    rules_number: int
    by: str
    at: datetime


def tier_moves(enrolment: Enrolment) -> list[TierMoveRow]:
    """A member's moves, newest first."""
    fields = ("before", "after", "as_of", "way", "numbers", "rules__number", "by__name", "at")
    rows = TierMove.objects.filter(enrolment=enrolment).order_by("-pk").values_list(*fields)
    return [TierMoveRow(*row) for row in rows]


def names_of_members(enrolments: Collection[Enrolment]) -> dict[int, list[str]]:
    """The names by which a benefit may call each member itself, by the key of its institution; one query where their
    institutions are at hand."""
    terminals = {one.terminal_id: one.terminal for one in enrolments}
    names = names_among(list(terminals.values()))
    return {pk: [one.code, one.credit_code or "", *names[pk]] for pk, one in terminals.items()}


def tier_names(programme_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """The names of tiers by (programme, code), as the newest approved rules that have them call them; one query."""
    rows = RulesVersion.objects.filter(programme__in=list(programme_ids), decision__approved=True)
    return {
        (programme, tier["code"]): tier["name"]
        for programme, body in rows.order_by("since", "number").values_list("programme", "body")
        for tier in body["tiers"]
    }
