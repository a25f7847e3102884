"""What earlier facts ask of visits: a report moves the key-account actions it served."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from kewei.keyaccounts import actions as keyaccounts_actions
from kewei.people import queries as people
from kewei.visits import facts
from kewei.visits.queries.efforts import account_actions_served

# A visit that missed its aim moves nothing.
MOVES = ("done", "partly")


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


FOLLOWS = {facts.REPORTED: move_account_actions}
