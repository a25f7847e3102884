"""What visits mean to key accounts: how much went into each customer in a month, and which wishes of theirs a visit served."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.db.models import Q

from kewei.kernel.calendar import month_end
from kewei.keyaccounts.rules.earning import Effort
from kewei.visits.models import Visit, Wish
from kewei.visits.rules.roles import MEDICAL
from kewei.visits.rules.wishes import KEY_ACCOUNT, account_action


def efforts_of(month: date) -> dict[int, Effort]:
    """Visits of whoever sells, minutes from arriving to leaving, expenses in fen, by customer; whoever asks, one query.

    An MR informs and does not sell: what that costs is no cost of a sale (4.4). A visit without a report counts with no
    minutes yet.
    """
    first = month.replace(day=1)
    rows = Visit.objects.filter(day__gte=first, day__lte=month_end(first)).exclude(role=MEDICAL)
    found: dict[int, Effort] = defaultdict(Effort)
    fields = ("terminal", "arrived_at", "report__left_at", "report__expense_fen")
    for terminal, arrived, left, expense_fen in rows.values_list(*fields):
        minutes = max(0, int((left - arrived).total_seconds()) // 60) if left else 0
        found[terminal] += Effort(1, minutes, expense_fen or 0)
    return dict(found)


def account_actions_served(visit_id: int) -> list[tuple[int, int]]:
    """(plan, number) of the key-account actions a visit worked on: those wished for on its day with one of its purposes."""
    visit = Visit.objects.filter(pk=visit_id).first()
    if visit is None:
        return []
    wishes = Wish.objects.filter(
        Q(ended_at=None) | Q(ended_at__gte=visit.arrived_at), terminal=visit.terminal_id, source=KEY_ACCOUNT,
        first_on__lte=visit.day, last_on__gte=visit.day, purpose__in=visit.purposes,
    )  # fmt: skip
    return sorted({account_action(key) for key in wishes.values_list("key", flat=True)})
