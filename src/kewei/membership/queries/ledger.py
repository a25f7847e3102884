"""The ledger of points and coupons: lots, statement of a member, liability of a programme."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Sum

from kewei.kernel.refusals import N_, NotFound
from kewei.membership.models import Enrolment, Lot, Movement, Posting, Programme
from kewei.membership.queries.programmes import SEE
from kewei.membership.rules import ledger
from kewei.membership.rules.ledger import EXPENSE, EXPIRED, FEN, LIABILITY, POINTS, REDEEMED
from kewei.membership.rules.programmes import Rules
from kewei.people.models import Person
from kewei.receivables import queries as receivables


@dataclass(frozen=True)
class LotRow:
    """A lot of points, or a coupon; amounts in points or fen."""

    pk: int
    unit: str
    number: str
    amount: int
    left: int
    earned_on: date
    expires_on: date


@dataclass(frozen=True)
class MoveRow:
    """A movement as a statement shows it: what it did to what we owe, and the balance after it, by unit."""

    pk: int
    kind: str
    on: date
    words: str
    points: int
    fen: int
    points_after: int
    fen_after: int
    document: int | None
    document_number: str
    reversible: bool
    by: str
    at: datetime


@dataclass(frozen=True)
class Statement:
    """A member's statement of a period: opening, movements, closing; and the lots behind the closing."""

    first: date
    last: date
    opening_points: int
    opening_fen: int
    closing_points: int
    closing_fen: int
    moves: tuple[MoveRow, ...]
    lots: tuple[LotRow, ...]


def lots_locked(enrolment: Enrolment, unit: str) -> list[ledger.Lot]:
    """What is left of a member's lots; its membership is locked already, and with it the lots."""
    rows = Lot.objects.filter(enrolment=enrolment, unit=unit, left__gt=0).order_by("expires_on", "pk")
    return [ledger.Lot(*row) for row in rows.values_list("pk", "expires_on", "left")]


def coupon_for(person: Person, pk: int, verb: str = SEE) -> Lot:
    """A coupon of a member the person may see. Raises NotFound."""
    rows = Lot.objects.filter(pk=pk, unit=FEN).select_related("enrolment")
    found = rows.filter(enrolment__in=Enrolment.objects.visible_to(person, verb)).first()
    if found is None:
        raise NotFound(noun=N_("价格券"))
    return found


def movement_for(person: Person, pk: int, verb: str = SEE) -> Movement:
    """A movement of a member the person may see. Raises NotFound."""
    rows = Movement.objects.filter(pk=pk).select_related("enrolment")
    found = rows.filter(enrolment__in=Enrolment.objects.visible_to(person, verb)).first()
    if found is None:
        raise NotFound(noun=N_("积分变动"))
    return found


def legs_of(movement: Movement) -> list[ledger.Leg]:
    """The postings of a movement."""
    rows = movement.postings.order_by("pk").values_list("account", "unit", "amount", "lot")
    return [ledger.Leg(*row) for row in rows]


def is_reversed(movement: Movement) -> bool:
    """Whether a movement was reversed, or is itself a reversal."""
    return movement.reverses_id is not None or Movement.objects.filter(reverses=movement).exists()


def earned_for(programme: Programme, source: str) -> dict[int, int]:
    """Points already posted to each member of a programme for a month's money: earned less taken back. One query."""
    rows = Posting.objects.filter(
        movement__enrolment__programme=programme, movement__source=source, unit=POINTS, account=EXPENSE
    )
    sums = rows.order_by().values("movement__enrolment").annotate(sum=Sum("amount"))
    return {pk: -int(points) for pk, points in sums.values_list("movement__enrolment", "sum")}


def with_ended_lots(today: date, most: int = 2_000) -> list[int]:
    """Keys of memberships with lots that ended before a day and have something left, ascending, whoever asks."""
    rows = Lot.objects.filter(left__gt=0, expires_on__lt=today).order_by("enrolment")
    return list(rows.values_list("enrolment", flat=True).distinct()[:most])


def lots_of(enrolment: Enrolment, *, unit: str = "", everything: bool = False) -> tuple[LotRow, ...]:
    """A member's lots, those that end soonest first; without `everything` only what is left."""
    rows = Lot.objects.filter(enrolment=enrolment)
    if unit:
        rows = rows.filter(unit=unit)
    if not everything:
        rows = rows.filter(left__gt=0)
    fields = ("pk", "unit", "number", "amount", "left", "earned_on", "expires_on")
    return tuple(LotRow(*row) for row in rows.order_by("expires_on", "pk").values_list(*fields))


def statement(person: Person, enrolment: Enrolment, first: date, last: date) -> Statement:
    """A member's movements between two days, both included, with balances before and after; four queries."""
    movements: list[Any] = list(
        Movement.objects.filter(enrolment=enrolment, on__lte=last)
        .order_by("on", "pk")
        .values_list(
            "pk", "kind", "on", "words", "document", "document__number", "reverses", "reversed_by", "by__name", "at"
        )
    )
    owed: defaultdict[tuple[int, str], int] = defaultdict(int)
    rows = Posting.objects.filter(movement__enrolment=enrolment, account=LIABILITY)
    for movement, unit, amount in rows.values_list("movement", "unit", "amount"):
        owed[movement, unit] += amount
    points = fen = 0
    opening = (0, 0)
    moves = []
    for pk, kind, on, words, document, number, reverses, reversed_by, by, at in movements:
        points, fen = points + owed[pk, POINTS], fen + owed[pk, FEN]
        if on < first:
            opening = (points, fen)
            continue
        free = reverses is None and reversed_by is None and kind not in (ledger.EXPIRE, ledger.REVERSE)
        moves.append(
            MoveRow(
                pk, kind, on, words, owed[pk, POINTS], owed[pk, FEN], points, fen, document, number or "", free, by, at
            )
        )
    return Statement(first, last, *opening, points, fen, tuple(moves), lots_of(enrolment))


@dataclass(frozen=True)
class MemberOwed:
    """What is owed to one member: points, their worth in fen, and coupons in fen."""

    pk: int
    terminal_code: str
    terminal_name: str
    points: int
    worth_fen: int
    coupon_fen: int


@dataclass(frozen=True)
class EndingMonth:
    """What ends in a month unless it is used; the first of the month."""

    month: date
    points: int
    worth_fen: int
    coupon_fen: int


@dataclass(frozen=True)
class Liability:
    """What a programme owes its members on a day, by account, by member, and by the month in which it ends; fen."""

    accounts: dict[tuple[str, str], int]
    members: tuple[MemberOwed, ...]
    months: tuple[EndingMonth, ...]
    point_fen: int

    @property
    def points(self) -> int:
        """Points owed."""
        return self.accounts.get((LIABILITY, POINTS), 0)

    @property
    def coupon_fen(self) -> int:
        """Coupons owed, fen."""
        return self.accounts.get((LIABILITY, FEN), 0)

    @property
    def fen(self) -> int:
        """Everything owed at its worth, fen."""
        return ledger.worth_fen(self.points, self.point_fen) + self.coupon_fen

    @property
    def agrees(self) -> bool:
        """Whether members and months come to what the accounts say, in points and in coupons."""
        sums = [
            (sum(one.points for one in rows), sum(one.coupon_fen for one in rows))
            for rows in (self.members, self.months)
        ]
        return sums == [(self.points, self.coupon_fen)] * 2

    def account_rows(self) -> list[tuple[str, int, int]]:
        """Each account with its points and its fen."""
        return [
            (name, self.accounts.get((name, POINTS), 0), self.accounts.get((name, FEN), 0))
            for name in (LIABILITY, EXPENSE, REDEEMED, EXPIRED)
        ]


def liability(person: Person, programme: Programme, rules: Rules) -> Liability:
    """What a programme owes as it stands, of the members this person may see; three queries.

    Accounts are summed from postings, members and months from lots: the page shows that both agree.
    """
    mine = Enrolment.objects.visible_to(person, SEE).filter(programme=programme)
    sums = Posting.objects.filter(movement__enrolment__in=mine).values_list("account", "unit").order_by()
    accounts = {(account, unit): int(amount) for account, unit, amount in sums.annotate(sum=Sum("amount"))}
    rows = mine.exclude(points=0, fen=0).order_by("-points", "-fen", "pk")
    fields = ("pk", "terminal__code", "terminal__name", "points", "fen")
    members = tuple(
        MemberOwed(pk, code, name, points, ledger.worth_fen(points, rules.point_fen), fen)
        for pk, code, name, points, fen in rows.values_list(*fields)
    )
    lots = Lot.objects.filter(enrolment__in=mine, left__gt=0).values_list("expires_on", "unit").order_by("expires_on")
    months = _by_month(lots.annotate(sum=Sum("left")), rules)
    return Liability(accounts, members, months, rules.point_fen)


def _by_month(rows: Iterable[Any], rules: Rules) -> tuple[EndingMonth, ...]:
    found: defaultdict[date, dict[str, int]] = defaultdict(lambda: {POINTS: 0, FEN: 0})
    for ends, unit, left in rows:
        found[ends.replace(day=1)][unit] += int(left)
    return tuple(
        EndingMonth(month, owed[POINTS], ledger.worth_fen(owed[POINTS], rules.point_fen), owed[FEN])
        for month, owed in sorted(found.items())
    )


def open_invoices(person: Person, terminal: int) -> list[Any]:
    """Invoices of a customer a price benefit may be credited to: open ones, soonest due first (receivables' ItemFacts)."""
    return [item for item in receivables.owed_by(person, "receivables.see", terminal) if item.open_fen > 0]


def next_coupon(enrolment: Enrolment) -> str:
    """The number of a member's next coupon; the membership is locked already."""
    count = Lot.objects.filter(enrolment=enrolment, unit=FEN).count()
    return f"Q{enrolment.programme_id}-{enrolment.pk}-{count + 1}"
