"""What key accounts wish of visits: actions of plans in force that need somebody to go there; whoever asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from kewei.keyaccounts.models import PlanAction
from kewei.keyaccounts.queries.plans import progress_among
from kewei.keyaccounts.rules.plans import AMENDING, HANDED_IN, LIVE, PLANNED, SENT_BACK, WAITING


@dataclass(frozen=True)
class Wished:
    """An action that needs a visit: at which terminal, of which plan and number, what for, by when, whose it is."""

    terminal: int
    plan: int
    number: int
    kind: str
    words: str
    serves: str
    due_on: date
    owner: int


def wished(day: date) -> list[Wished]:
    """Actions of plans in force on a day that need a visit and are neither done nor left, by day; two queries."""
    rows = PlanAction.objects.filter(
        visit=True, version__number=F("version__plan__in_force"), version__plan__state__in=_GOING,
        version__plan__first_on__lte=day, version__plan__last_on__gte=day,
    )  # fmt: skip
    fields = (
        "terminal", "version__plan__terminal", "version__plan", "number", "kind", "words", "serves", "due_on", "owner",
    )  # fmt: skip
    found = list(rows.order_by("due_on", "version__plan", "number").values_list(*fields))
    states = progress_among({row[2] for row in found})
    return [
        Wished(own or of_plan, plan, number, *rest)
        for own, of_plan, plan, number, *rest in found
        if states.get(plan, {}).get(number, PLANNED) in WAITING
    ]


# The version in force goes on being worked by while another is written or waits.
_GOING = (LIVE, AMENDING, HANDED_IN, SENT_BACK)


def actions_waiting(terminal_ids: Collection[int], day: date) -> list[Wished]:
    """The same of these terminals."""
    wanted = set(terminal_ids)
    return [one for one in wished(day) if one.terminal in wanted]
