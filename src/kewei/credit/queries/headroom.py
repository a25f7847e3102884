"""Reservations and the accounts that sum them up, as actions need them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from kewei.credit.models import Account, Reservation
from kewei.credit.rules.headroom import Held
from kewei.terminals import queries as terminals


def lock_accounts(terminal_ids: Collection[int]) -> dict[int, Account]:
    """Accounts of these customers, made where missing, locked in the order of their keys.

    On SQLite the transaction holds the only write lock from its beginning.
    """
    wanted = sorted(set(terminal_ids))
    known = set(Account.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    missing = [Account(terminal_id=pk) for pk in wanted if pk not in known]
    if missing:
        Account.objects.bulk_create(missing, ignore_conflicts=True)
    return {a.pk: a for a in Account.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}


def reservation_locked(reference: str) -> Reservation | None:
    """The reservation of an order, locked; None where it never took any headroom."""
    return Reservation.objects.select_for_update().filter(reference=reference).first()


def held(reference: str) -> Held:
    """What an order holds now; nothing where it never took any headroom."""
    found = Reservation.objects.filter(reference=reference).values_list("ordered_fen", "delivered_fen", "until").first()
    return Held(*found) if found else Held()


def expired(now: datetime, most: int = 500) -> list[tuple[str, int, int]]:
    """Reservations whose time is over: (reference, customer, fen not delivered), oldest first."""
    rows = Reservation.objects.filter(ordered_fen__gt=0, until__lte=now).order_by("until", "pk")
    return list(rows.values_list("reference", "terminal_id", "ordered_fen")[:most])


def group_head(terminal_id: int) -> int:
    """The head of a customer's group, itself where it belongs to none."""
    return terminals.group_heads([terminal_id]).get(terminal_id, terminal_id)
