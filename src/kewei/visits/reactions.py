"""What earlier facts ask of visits: a report moves the key-account actions it served, counts for campaigns, and tells the
usage card what lies on the shelf."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime
from typing import Any

from kewei.campaigns import actions as campaigns_actions
from kewei.keyaccounts import actions as keyaccounts_actions
from kewei.membership import actions as membership_actions
from kewei.membership.rules.usage import BadStock
from kewei.people import queries as people
from kewei.visits import facts
from kewei.visits.queries import visits
from kewei.visits.queries.efforts import account_actions_served

# A visit that missed its aim moves nothing.
MOVES = ("done", "partly")


def tell_rooms_below(fact: Any, *, now: datetime) -> None:
    """拜访记录下传  What a reported visit did for key accounts and campaigns, and counted on the shelf."""
    move_account_actions(fact, now=now)
    tell_again(fact, now=now)


def tell_again(fact: Any, *, now: datetime) -> None:
    """更正下传  What a corrected report says anew; of counts of one day the newest holds."""
    count_for_campaigns(fact, now=now)
    tell_stock(fact, now=now)


def move_account_actions(fact: Any, *, now: datetime) -> None:
    """拜访推进行动  Actions of key-account plans the reported visit was wished for are begun, each once."""
    told = fact.detail
    if told.get("achieved") not in MOVES:
        return
    for plan, number in account_actions_served(told["visit"]):
        keyaccounts_actions.note_visit(
            plan=plan,
            number=number,
            visit=told["visit"],
            on=date.fromisoformat(told["day"]),
            by=people.system(),
            now=now,
        )


def count_for_campaigns(fact: Any, *, now: datetime) -> None:
    """为活动拜访  A reported visit counts for the campaigns of the products it was about: as cost, or as contamination."""
    told = visits.spoken_of(fact.detail["visit"])
    if told is not None and told.products:
        campaigns_actions.count_visit(
            terminal=told.terminal, visit=told.visit, day=told.day, minutes=told.minutes, products=told.products,
            person=told.person, by=people.system(), now=now,
        )  # fmt: skip


def tell_stock(fact: Any, *, now: datetime) -> None:
    """库存下传  What was counted on the shelf is what the usage card reckons from."""
    visit, counts = visits.counted_at(fact.detail["visit"])
    for one in counts:
        # More near their end than there are at all is for the manager's eye, not for the card.
        with suppress(BadStock):
            membership_actions.tell_stock(
                terminal=visit.terminal, product=one.product, units=one.units, near_units=one.near_units,
                near_on=one.near_on, batch=one.batch, on=visit.day, by=people.system(), now=now,
            )  # fmt: skip


FOLLOWS = {facts.REPORTED: tell_rooms_below, facts.CORRECTED: tell_again}
