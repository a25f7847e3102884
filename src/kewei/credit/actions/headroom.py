"""Taking and giving back headroom: whoever decides about an order locks the account first, then asks, then takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from kewei.credit import facts
from kewei.credit.models import Account, HeadroomMove, Reservation
from kewei.credit.queries import headroom
from kewei.credit.rules.headroom import ORDERED, Held, MoreThanReserved, Move, deliver, give_back, reserve
from kewei.journal.actions import action, record
from kewei.people.models import Person


@action
def lock_headroom(*, terminal: Any, verb: str, by: Person, now: datetime) -> None:
    """锁定额度  Until the transaction ends nobody else takes headroom of this customer or of its group."""
    by.must(verb, terminal)
    headroom.lock_accounts({terminal.pk, headroom.group_head(terminal.pk)})


@action
def reserve_headroom(
    *, terminal: Any, reference: str, fen: int, until: datetime | None, verb: str, by: Person, now: datetime
) -> Reservation:
    """占用额度  Take `fen` of headroom for an order until a moment; whether there is enough, the gate has decided.

    Raises NothingToReserve.
    """
    by.must(verb, terminal)
    account = headroom.lock_accounts({terminal.pk})[terminal.pk]
    kept = headroom.reservation_locked(reference) or Reservation(terminal_id=terminal.pk, reference=reference)
    after, moves = reserve(_held(kept), fen, until)
    return _keep(kept, account, after, moves, by, now)


@action
def deliver_reserved(*, reference: str, fen: int, verb: str, by: Person, now: datetime) -> Reservation:
    """发货转出  Goods of `fen` left: what was ordered is now delivered. Raises MoreThanReserved."""
    by.must(verb)
    kept = _reservation(reference, fen)
    account = headroom.lock_accounts({kept.terminal_id})[kept.terminal_id]
    after, moves = deliver(_held(kept), fen, reference)
    return _keep(kept, account, after, moves, by, now)


@action
def give_back_headroom(
    *, reference: str, part: str = ORDERED, fen: int, why: str, verb: str, by: Person, now: datetime
) -> Reservation:
    """释放额度  Give `fen` of a part back, for a reason of rules.headroom.WHYS. Raises MoreThanReserved."""
    by.must(verb)
    kept = _reservation(reference, fen)
    account = headroom.lock_accounts({kept.terminal_id})[kept.terminal_id]
    after, moves = give_back(_held(kept), part, fen, why, reference)
    return _keep(kept, account, after, moves, by, now)


def _reservation(reference: str, fen: int) -> Reservation:
    """The reservation; its account is locked before it is read again, as everybody else does."""
    found = Reservation.objects.filter(reference=reference).first()
    if found is None:
        raise MoreThanReserved(reference=reference, held_fen=0, wanted_fen=fen)
    headroom.lock_accounts({found.terminal_id})
    return headroom.reservation_locked(reference) or found


def _held(kept: Reservation) -> Held:
    return Held(kept.ordered_fen, kept.delivered_fen, kept.until)


def _keep(
    kept: Reservation, account: Account, after: Held, moves: list[Move], by: Person, now: datetime
) -> Reservation:
    ordered = after.ordered_fen - kept.ordered_fen
    delivered = after.delivered_fen - kept.delivered_fen
    kept.ordered_fen, kept.delivered_fen = after.ordered_fen, after.delivered_fen
    kept.until = after.until if after.ordered_fen else None
    kept.save()
    HeadroomMove.objects.bulk_create(
        HeadroomMove(
            terminal_id=kept.terminal_id, reference=kept.reference, part=move.part, fen=move.fen, why=move.why, by=by,
            at=now,
        )
        for move in moves
    )  # fmt: skip
    Account.objects.filter(pk=account.pk).update(
        ordered_fen=F("ordered_fen") + ordered, delivered_fen=F("delivered_fen") + delivered
    )
    record(
        facts.HEADROOM_MOVED, kept.reference, by=by, at=now, terminal=kept.terminal_id,
        moves=[[move.part, move.fen, move.why] for move in moves],
    )  # fmt: skip
    return kept
