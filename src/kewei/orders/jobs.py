"""What the clock asks of orders: reservations whose time is over, and a new day on which a licence may have ended."""

from __future__ import annotations

from datetime import datetime, time

from kewei.credit.queries import headroom
from kewei.journal.rules import Every
from kewei.kernel.refusals import Refused
from kewei.orders import actions, queries
from kewei.people import queries as people


def lapse(*, now: datetime) -> None:
    """占用超时  Give back what orders hold that nobody delivered in time."""
    by = people.system()
    for reference, _terminal, _fen in headroom.expired(now):
        room, _colon, pk = reference.partition(":")
        if room == "orders.order":
            actions.let_lapse(order=queries.order_for(by, int(pk)), by=by, now=now)


def morning(*, now: datetime) -> None:
    """Ask the gate about every waiting order on a new day: licences end and authorisations too."""
    by = people.system()
    for order in queries.all_waiting():
        try:
            actions.recheck_order(order=order, by=by, now=now)
        except Refused:
            continue  # somebody moved it on meanwhile


JOBS = [("orders.lapse", Every(minutes=10), lapse), ("orders.morning", time(5, 30), morning)]
