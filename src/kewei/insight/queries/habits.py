"""购买习惯: every terminal's rhythm, alarm and chance of buying again, reckoned from prepared months; and what was reckoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Greatest

from kewei.insight.rules import buyers, keeping
from kewei.insight.rules.buyers import WEEK
from kewei.insight.rules.periods import months_between
from kewei.insight.rules.trading import BEFORE, NOW, Month, Trades, trades_of
from kewei.journal import queries_policies
from kewei.journal.bulk import among
from kewei.kernel.calendar import month_before
from kewei.people.models import Person
from kewei.sales import queries as sales
from kewei.sales.models import Habit, Loss, Reckoning
from kewei.sales.queries.months import THROUGH_BIT
from kewei.sales.rules import lapse
from kewei.sales.rules.habits import MIDDLE, SEGMENTS, segment_of
from kewei.sales.rules.losses import REASONS
from kewei.sales.rules.rhythms import Habits, Ints, habits_of, purchases_of
from kewei.terminals.models import Closure, Terminal

SEE = "sales.see"
AHEAD_DAYS = 90
# So many of the commonest products of a kind are remembered.
USUAL = 40
MILLION = 1_000_000


# --- reckoning --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reckoned:
    """Rows for sales.actions.keep_habits, and what to remember of the model, in millionths."""

    rows: list[tuple[Any, ...]]
    told: dict[str, Any]


def reckon(today: date) -> Reckoned:
    """Every terminal that bought of us in BITS months up to today. Whoever asks: for the nightly job."""
    policy = queries_policies.in_force(lapse.LAPSE, today)
    first = month_before(today, keeping.BITS - 1)
    months = [_direct(month) for month in sales.columns(first, today)]
    buyer, day = _purchases(months, today)
    habits = habits_of(buyer, day, policy.value.gaps)
    if not len(habits.buyer):
        return Reckoned([], {"policy": policy.label})
    year = month_before(today, 11)
    told = trades_of([
        Month(NOW if month >= year else BEFORE, *columns)
        for month, columns in months
        if month >= month_before(today, 23)
    ])  # fmt: skip
    place = np.searchsorted(habits.buyer, told.terminal)
    sums = np.zeros((4, len(habits.buyer)), np.int64)
    sums[3] -= 1
    inside = habits.buyer[np.minimum(place, len(habits.buyer) - 1)] == told.terminal
    for n, column in enumerate((
        told.orders_now, told.of_terminals(told.now_fen), told.of_terminals(told.before_fen), keeping.mix_moved_bp(told),
    )):  # fmt: skip
        sums[n, place[inside]] = column[inside]
    bits = np.zeros(len(habits.buyer), np.int64)
    for month, columns in months:
        bought = np.unique(columns[0][columns[2] != 0])
        bits[np.isin(habits.buyer, bought)] |= 1 << (months_between(month, today) - 1)
    alive, expected, model = _model(habits, today)
    rows = _rows(habits, today, policy.value, sums, alive, expected, bits)
    return Reckoned(rows, model | {"policy": policy.label, "kinds": _usual_of_kinds(told)})


def _usual_of_kinds(told: Trades) -> dict[str, list[list[int]]]:
    """What terminals of each kind usually buy: of the products in the catalogue [product, share of the kind's buyers (basis
    points), what one of these spends on it in a year (fen)], the commonest first."""
    kinds = dict(Terminal.objects.filter(among("id", told.terminal.tolist())).values_list("pk", "kind"))
    names = sorted(set(kinds.values()))
    rows = np.diff(np.append(told.starts, len(told.good)))
    of_terminal = np.array([names.index(kinds[pk]) for pk in told.terminal.tolist()], np.int64)
    buying = told.of_terminals(told.now_fen) > 0
    kind, live = np.repeat(of_terminal, rows), (told.good > 0) & (told.now_fen > 0) & np.repeat(buying, rows)
    found: dict[str, list[list[int]]] = {}
    for n, name in enumerate(names):
        buyers_of_kind = int((buying & (of_terminal == n)).sum())
        here = live & (kind == n)
        goods, place, count = np.unique(told.good[here], return_inverse=True, return_counts=True)
        spent = np.bincount(place, told.now_fen[here].astype(np.float64), len(goods)) if len(goods) else count
        best = np.argsort(-count, kind="stable")[:USUAL]
        found[name] = [
            [int(goods[i]), int(count[i]) * 10_000 // buyers_of_kind, int(spent[i]) // int(count[i])] for i in best
        ]
    return found


def _direct(month: sales.Columns) -> tuple[date, tuple[Ints, ...]]:
    """A month's rows of what we sold ourselves: terminal, good, days, thousandths, fen."""
    columns = month.table
    return month.month, tuple(columns[:, columns[2] >> THROUGH_BIT == 0])


def _purchases(months: Sequence[tuple[date, tuple[Ints, ...]]], today: date) -> tuple[Ints, Ints]:
    """Terminals and days, one row for each bit set up to today."""
    told = [
        purchases_of(terminal, np.full(len(terminal), month.toordinal()), days, today.toordinal())
        for month, (terminal, _good, days, *_sums) in months
    ]
    empty = np.zeros(0, np.int64)
    return np.concatenate([empty, *(who for who, _day in told)]), np.concatenate([empty, *(day for _who, day in told)])


def _model(habits: Habits, today: date) -> tuple[Any, Any, dict[str, Any]]:
    """The chance to be alive and the orders expected ahead of each; None where there are too few buyers to learn from."""
    histories = buyers.Histories.of_habits(habits, today.toordinal())
    try:
        model = buyers.fit(histories)
    except buyers.NoBuyers as why:
        return None, None, {"none": why.numbers}
    alive = buyers.alive(histories, model)
    expected = np.nan_to_num(buyers.expected(histories, model, AHEAD_DAYS / WEEK))
    told = {name: round(getattr(model, name) * MILLION) for name in ("r", "alpha", "a", "b")}
    return alive, expected, told | {"buyers": model.buyers, "ahead_days": AHEAD_DAYS}


def _rows(
    habits: Habits, today: date, policy: lapse.Alarm, sums: Ints, alive: Any, expected: Any, bits: Ints
) -> list[tuple[Any, ...]]:
    rhythmic = habits.usual > 0
    alarms = lapse.alarm_days(habits, policy)
    orders, year_fen, before_fen, mix = sums
    fifth = [keeping.fifths(column).tolist() for column in (habits.last, orders, year_fen)]
    nothing: list[None] = [None] * len(habits.buyer)
    columns = (
        habits.buyer.tolist(), _days(habits.first), _days(habits.last), habits.purchases.tolist(),
        _where(rhythmic, habits.usual), _where(rhythmic, habits.spread), _where(rhythmic, habits.last + habits.usual, True),
        _where(alarms > 0, alarms, True),
        nothing if alive is None else [round(value * 10_000) for value in alive.tolist()],
        nothing if expected is None else [round(value * 1000) for value in expected.tolist()],
        orders.tolist(), year_fen.tolist(), before_fen.tolist(), *fifth, _where(mix >= 0, mix), bits.tolist(),
    )  # fmt: skip
    return list(zip(*columns, strict=True))


def _days(column: Ints) -> list[date]:
    return [date.fromordinal(day) for day in column.tolist()]


def _where(there: Any, column: Ints, days: bool = False) -> list[Any]:
    return [
        (date.fromordinal(value) if days else value) if known else None
        for known, value in zip(there.tolist(), column.tolist(), strict=True)
    ]


# --- what was reckoned ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Age:
    """When habits were last reckoned, as of which day, of how many terminals, and by what model; None: never."""

    at: datetime | None
    as_of: date | None = None
    terminals: int = 0
    told: dict[str, Any] | None = None


def age() -> Age:
    """How old what was reckoned is. One query."""
    row = Reckoning.objects.order_by("-pk").first()
    return Age(None) if row is None else Age(row.at, row.as_of, row.terminals, row.told)


@dataclass(frozen=True)
class HabitRow:
    """A terminal's habit as shown: days, chance and value; `missed` are whole intervals of its own without an order that was
    due; `reason` why it was lost, as told of this silence."""

    pk: int
    code: str
    name: str
    owner: str
    kind: str
    first_day: date
    last_day: date
    purchases: int
    usual_days: int | None
    spread_days: int | None
    next_day: date | None
    alarm_day: date | None
    alive_bp: int | None
    expected_milli: int | None
    orders_year: int
    year_fen: int
    before_fen: int
    recency: int
    frequency: int
    money: int
    mix_bp: int | None
    reason: str
    silent_days: int
    missed: int | None

    @property
    def segment(self) -> str:
        """Its segment by fifths."""
        return segment_of(self.recency, self.frequency, self.money)

    @property
    def worth_fen(self) -> int:
        """What it bought in the better of the two years: what may be lost with it."""
        return max(self.year_fen, self.before_fen)


ORDERS = {"worth": "worth", "silent": "last_day", "alive": "alive_bp", "next": "next_day", "mix": "mix_bp"}
LAPSED, DUE, EVERY = "lapsed", "due", "all"


def habits(
    person: Person, today: date, *, state: str = EVERY, reason: str = "", owner: int | None = None, segment: str = "",
    terminals: Sequence[int] | None = None, order: str = "-worth", start: int = 0, limit: int | None = 50,
) -> tuple[list[HabitRow], int]:  # fmt: skip
    """One page of habits and how many there are, of terminals this person sees sales of and nobody has closed. Two queries.

    `state` LAPSED: silent beyond their own alarm; DUE: their next order is due and the alarm is not yet. `reason` is one of
    REASONS, or `none`: not asked yet about this silence.
    """
    rows = _with_reason(_asked(person, today, state, owner, segment, terminals))
    if reason:
        rows = rows.filter(reason=None) if reason == "none" else rows.filter(reason=reason)
    count = rows.order_by().count()
    rows = rows.annotate(worth=Greatest("year_fen", "before_fen")).order_by(*_order(order))
    page = rows[start : None if limit is None else start + limit]
    return [_row(values, today) for values in page.values_list(*_FIELDS)], count


_FIELDS = (
    "terminal", "terminal__code", "terminal__name", "terminal__owner__name", "terminal__kind", "first_day", "last_day",
    "purchases", "usual_days", "spread_days", "next_day", "alarm_day", "alive_bp", "expected_milli", "orders_year",
    "year_fen", "before_fen", "recency", "frequency", "money", "mix_bp", "reason",
)  # fmt: skip
_NAMES = ("pk", "code", "name", "owner", "kind", *_FIELDS[5:])


def _with_reason(rows: QuerySet[Habit]) -> Any:
    """With what was told last of this silence."""
    told = Loss.objects.filter(terminal=OuterRef("terminal"), last_day__gte=OuterRef("last_day")).order_by("-pk")
    return rows.annotate(reason=Subquery(told.values("reason")[:1]))


def _order(order: str) -> list[Any]:
    field = F(ORDERS.get(order.lstrip("-"), "worth"))
    return [field.desc(nulls_last=True) if order.startswith("-") else field.asc(nulls_last=True), "terminal"]


def _row(values: Sequence[Any], today: date) -> HabitRow:
    given = dict(zip(_NAMES, values, strict=True))
    silent = (today - given["last_day"]).days
    missed = max(0, silent // given["usual_days"]) if given["usual_days"] else None
    texts = {name: given[name] or "" for name in ("owner", "reason")}
    return HabitRow(**given | texts, silent_days=silent, missed=missed)


def _asked(
    person: Person, today: date, state: str, owner: int | None, segment: str, terminals: Sequence[int] | None
) -> QuerySet[Habit]:
    rows = Habit.objects.visible_to(person, SEE)
    rows = rows.exclude(terminal__in=Closure.objects.filter(lifted_at=None).values("terminal"))
    if state == LAPSED:
        rows = rows.filter(alarm_day__lte=today)
    if state == DUE:
        rows = rows.filter(next_day__lte=today, alarm_day__gt=today)
    if owner:
        rows = rows.filter(terminal__owner=owner)
    if terminals is not None:
        rows = rows.filter(terminal__in=list(terminals))
    if segment:
        rows = _of_segment(rows, segment)
    return rows


def _of_segment(rows: QuerySet[Habit], segment: str) -> QuerySet[Habit]:
    found = next((key for key, code in SEGMENTS.items() if code == segment), None)
    if found is None:
        return rows.none()
    for field, above in zip(("recency", "frequency", "money"), found, strict=True):
        rows = rows.filter(**{f"{field}__{'gt' if above else 'lte'}": MIDDLE})
    return rows


def habit_of(person: Person, terminal: int, today: date) -> HabitRow | None:
    """One terminal's habit; None where it never bought of us or may not be seen."""
    rows = _with_reason(_asked(person, today, EVERY, None, "", [terminal]))
    found = [_row(values, today) for values in rows.values_list(*_FIELDS)]
    return found[0] if found else None


# --- why customers were lost ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LossSum:
    """A reason: of how many lapsed customers, and what they bought in their better year, fen."""

    reason: str
    terminals: int
    fen: int


def losses(person: Person, today: date) -> list[LossSum]:
    """Lapsed customers by the reason told of this silence; those not asked yet last, as an empty reason. One query."""
    rows = _with_reason(_asked(person, today, LAPSED, None, "", None)).order_by().values("reason")
    told = rows.annotate(many=Count("pk"), worth=Sum(Greatest("year_fen", "before_fen")))
    sums = {row["reason"] or "": (row["many"], int(row["worth"])) for row in told}
    return [LossSum(reason, *sums.get(reason, (0, 0))) for reason in (*REASONS, "")]


@dataclass(frozen=True)
class Said:
    """What was told of a loss: why, in which words, by whom, when, after which purchase."""

    reason: str
    note: str
    by: str
    at: datetime
    last_day: date


def said_of(terminal: int) -> list[Said]:
    """Everything told of why a terminal stopped, newest first; the terminal is one the reader sees."""
    rows = Loss.objects.filter(terminal=terminal).order_by("-pk")
    return [Said(*row) for row in rows.values_list("reason", "note", "told_by__name", "told_at", "last_day")]
