"""谁是大客户: what every customer a person sees earns after the cost of credit and of visits, and who is large by it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
from django.db.models import Max, Sum

from kewei.credit.queries.costs import CreditCost, credit_costs
from kewei.journal import queries_policies
from kewei.kernel.calendar import month_before
from kewei.keyaccounts.models import MonthOfEffort, Plan
from kewei.keyaccounts.rules import earning as rules
from kewei.keyaccounts.rules.earning import IDENTIFY, Earned, Effort, Identify, Reason
from kewei.keyaccounts.rules.plans import OPEN
from kewei.people.models import Person
from kewei.receivables.queries import items
from kewei.receivables.queries.scope import visible_terminals
from kewei.sales import queries as sales
from kewei.terminals import queries as terminals
from kewei.terminals.queries.briefs import brief_cards, members_among

SEE = "keyaccounts.see"


@dataclass(frozen=True)
class Candidate:
    """A customer, or a group under its head, that may be a key account; fen and basis points.

    `share_bp` is its part of the sales of everybody the reader sees. `plan` is the open one, if any, with its state.
    """

    key: int
    code: str
    name: str
    kind: str
    owner_name: str
    members: int
    earned: Earned
    share_bp: int
    owed_fen: int
    overdue_fen: int
    reasons: tuple[Reason, ...]
    warnings: tuple[str, ...]
    plan: int | None = None
    plan_state: str = ""


@dataclass(frozen=True)
class Identified:
    """The candidates of a period, what everybody together earned, and how much hangs on few; `told_at` is when visits were
    last counted, None where nobody has told."""

    first: date
    last: date
    rows: tuple[Candidate, ...]
    whole: Earned
    customers: int
    hhi: int
    spread: str
    told_at: datetime | None
    policy: str
    by: Identify


def period(day: date, months: int) -> tuple[date, date]:
    """The whole months before the month of a day: what is complete on the ledger."""
    return month_before(day, months), day.replace(day=1) - timedelta(days=1)


def identified(person: Person, day: date, *, grouped: bool = True) -> Identified:
    """大客户候选  Everybody a person sees, by what they earned in the whole months before a day; groups as one.

    About fifteen statements for any number of terminals up to 20,000 that bought something, and one more for each month of
    sales not yet prepared.
    """
    policy = queries_policies.in_force(IDENTIFY, day)
    by = policy.value
    first, last = period(day, by.months)
    visible = visible_terminals(person, SEE)
    seen = None if visible is None else set(visible)
    sold = {pk: fen for pk, fen in _sold_by_everybody(first, last).items() if seen is None or pk in seen}
    costs = {pk: cost for pk, cost in credit_costs(first, last).items() if seen is None or pk in seen}
    efforts = {pk: one for pk, one in efforts_between(first, last).items() if seen is None or pk in seen}
    everybody = {*sold, *costs, *efforts}
    heads = terminals.group_heads(everybody) if grouped else {}
    members: dict[int, list[int]] = defaultdict(list)
    for pk in sorted(everybody):
        members[heads.get(pk, pk)].append(pk)
    each = {pk: _earned(pk, sold, costs, efforts, by) for pk in everybody}
    earnings = {head: rules.together(each[pk] for pk in pks) for head, pks in members.items()}
    held = rules.places(earnings, by)
    plans = {key: plan for key, plan in _open_plans().items() if seen is None or key in seen}
    keys = sorted(held.keys | plans.keys())
    amounts = [one.sales_fen for one in earnings.values()]
    rows = _rows(person, keys, members, earnings, held, plans, sold, sum(max(0, fen) for fen in amounts), day, by)
    hhi = rules.concentration(amounts)
    whole = rules.together(each.values())
    return Identified(
        first, last, rows, whole, len([fen for fen in amounts if fen > 0]), hhi, rules.spread(hhi, by), told_at(),
        policy.label, by,
    )  # fmt: skip


def _rows(
    person: Person, keys: list[int], members: Mapping[int, list[int]], earnings: Mapping[int, Earned], held: rules.Places,
    plans: Mapping[int, tuple[int, str]], sold: Mapping[int, int], whole_fen: int, day: date, by: Identify,
) -> tuple[Candidate, ...]:  # fmt: skip
    cards = brief_cards(keys)
    owed = items.figures(person, sorted({pk for key in keys for pk in members.get(key, [key])}), day)
    found = []
    for key in keys:
        if key not in cards:
            continue
        card, pks, earned = cards[key], members.get(key, [key]), earnings.get(key, Earned())
        owed_fen = sum(max(0, owed[pk].balance_fen + owed[pk].unapplied_fen) for pk in pks if pk in owed)
        one = rules.Seen(
            key, earned, rules.share_bp(earned.sales_fen, whole_fen), sum(sold.get(pk, 0) > 0 for pk in pks), card.grade,
            owed_fen, sum(owed[pk].overdue_fen for pk in pks if pk in owed),
        )  # fmt: skip
        plan, state = plans.get(key, (None, ""))
        found.append(
            Candidate(
                key, card.code, card.name, card.kind, card.owner_name, len(pks), earned, one.share_bp, owed_fen,
                one.overdue_fen, rules.reasons_of(one, held, by), rules.warnings_of(one, by), plan, state,
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda row: (-row.earned.sales_fen, row.key)))


def figures_of(terminal_ids: Collection[int], day: date) -> tuple[Earned, str]:
    """What a few customers together earned in the whole months before a day, and the policy's label; whoever asks."""
    policy = queries_policies.in_force(IDENTIFY, day)
    first, last = period(day, policy.value.months)
    ids = sorted(terminal_ids)
    return rules.together(earned_each(ids, first, last, policy.value).values()), policy.label


def earned_each(terminal_ids: Collection[int], first: date, last: date, by: Identify) -> dict[int, Earned]:
    """What each of a few customers earned in whole months, however its goods came, after credit and visits; whoever asks. The
    one way contribution is reckoned: key accounts, their plans and the list of margins ask it."""
    ids = sorted(terminal_ids)
    sold, costs = sales.sold_between(first, last, ids), credit_costs(first, last, ids)
    efforts = efforts_between(first, last, ids)
    return {pk: _earned(pk, sold, costs, efforts, by) for pk in ids}


def members_of(terminal_id: int, for_group: bool) -> list[int]:
    """The customers a plan is about: the head and everybody in its group, or the one; whoever asks."""
    return [terminal_id, *(pk for pk, _head in members_among([terminal_id]))] if for_group else [terminal_id]


def efforts_between(first: date, last: date, terminal_ids: Collection[int] | None = None) -> dict[int, Effort]:
    """What went into visiting each customer in the months that begin within two days, whoever asks; one query."""
    rows = MonthOfEffort.objects.filter(month__gte=first, month__lte=last)
    if terminal_ids is not None:
        rows = rows.filter(terminal__in=list(terminal_ids))
    sums = rows.order_by().values("terminal").annotate(v=Sum("visits"), m=Sum("minutes"), e=Sum("expense_fen"))
    return {pk: Effort(int(v), int(m), int(e)) for pk, v, m, e in sums.values_list("terminal", "v", "m", "e")}


def told_at() -> datetime | None:
    """When visits were last counted."""
    return MonthOfEffort.objects.aggregate(at=Max("told_at"))["at"]


def _sold_by_everybody(first: date, last: date) -> dict[int, int]:
    """What each terminal bought in whole months, fen, off the columns prepared by month: millions of lines need not be read."""
    parts = [one.table for one in sales.columns(first, last)]
    # Keys are small whole numbers: a table of all of them is the quickest way.
    size = 1 + max((int(part[0].max()) for part in parts if part.shape[1]), default=0)
    sums, sold = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.bool_)
    for part in parts:
        np.add.at(sums, part[0], part[4])
        sold[part[0]] = True
    keys = np.flatnonzero(sold)
    return dict(zip(keys.tolist(), sums[keys].tolist(), strict=True))


def _earned(
    pk: int, sold: Mapping[int, int], costs: Mapping[int, CreditCost], efforts: Mapping[int, Effort], by: Identify
) -> Earned:
    cost = costs.get(pk)
    tied_fen, credit_fen = (cost.average_fen, cost.fen) if cost else (0, 0)
    return rules.earned(sold.get(pk, 0), tied_fen, credit_fen, efforts.get(pk, Effort()), by)


def _open_plans() -> dict[int, tuple[int, str]]:
    """The newest open plan of each customer: its key and state."""
    rows = Plan.objects.filter(state__in=OPEN).order_by("first_on", "pk")
    return {terminal: (pk, state) for terminal, pk, state in rows.values_list("terminal", "pk", "state")}
