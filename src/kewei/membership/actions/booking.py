"""Writing a movement: its lots, its postings, and the balances both are summed in. The membership is locked already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from kewei.membership.models import Enrolment, Lot, Movement, Posting
from kewei.membership.rules.ledger import FEN, LIABILITY, POINTS, Leg, Share, balanced, given_up, promised
from kewei.people.models import Person


@dataclass(frozen=True, slots=True)
class Promise:
    """What becomes owed: so much of a unit until a day; a coupon has a number."""

    unit: str
    amount: int
    expires_on: date
    number: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What is no longer owed: shares of lots of a unit, and the account they go to."""

    unit: str
    shares: Sequence[Share]
    account: str


def book(
    enrolment: Enrolment, kind: str, on: date, by: Person, now: datetime, *, promises: Sequence[Promise] = (),
    given: Sequence[Given] = (), **more: Any,
) -> Movement:  # fmt: skip
    """Keep a movement of a locked membership with its lots and postings; `more` are further columns of it."""
    made = Movement.objects.create(enrolment=enrolment, kind=kind, on=on, by=by, at=now, **more)
    legs: list[Leg] = []
    for one in promises:
        lot = Lot.objects.create(
            enrolment=enrolment, unit=one.unit, number=one.number, amount=one.amount, left=one.amount, earned_on=on,
            expires_on=one.expires_on, movement=made,
        )  # fmt: skip
        legs += promised(one.unit, lot.pk, one.amount)
    for each in given:
        for share in each.shares:
            Lot.objects.filter(pk=share.lot).update(left=F("left") - share.amount)
        legs += given_up(each.unit, each.shares, each.account)
    keep(enrolment, made, legs)
    return made


def keep(enrolment: Enrolment, movement: Movement, legs: Sequence[Leg]) -> None:
    """Keep the postings of a movement and carry what we owe over to the member's balances."""
    if not balanced(legs):
        raise AssertionError(f"unbalanced legs: {legs}")
    Posting.objects.bulk_create(
        Posting(movement=movement, account=leg.account, unit=leg.unit, amount=leg.amount, lot_id=leg.lot)
        for leg in legs
        if leg.amount
    )
    owed: Counter[str] = Counter()
    for leg in legs:
        if leg.account == LIABILITY:
            owed[leg.unit] += leg.amount
    enrolment.points += owed[POINTS]
    enrolment.fen += owed[FEN]
    enrolment.save(update_fields=["points", "fen"])
