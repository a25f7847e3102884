"""Placing, checking again, releasing, cancelling: what happens before goods leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import actions as credit_actions
from kewei.credit.queries import headroom
from kewei.journal import queries_policies
from kewei.journal.actions import action, record
from kewei.journal.bulk import next_ids
from kewei.kernel.refusals import NotAllowed, Refused
from kewei.orders import facts
from kewei.orders.actions.keeping import (
    enter,
    hold_headroom,
    judge,
    keep_verdict,
    left_behind,
    let_go,
    locked,
    refused,
)
from kewei.orders.models import Order, OrderLine, SpecialRelease
from kewei.orders.queries import cases
from kewei.orders.rules.authority import AUTHORITY, check_authority
from kewei.orders.rules.gate import ENTRY, PASS, RELEASE, decide
from kewei.orders.rules.lines import LineWanted, check_lines
from kewei.orders.rules.states import (
    CANCELLED,
    DELIVERED,
    HELD,
    LAPSED,
    PART,
    RELEASED,
    WAITING,
    OwnOrder,
    check_state,
    state_after,
)
from kewei.people import queries as people
from kewei.people.models import Person

PLACE, CANCEL, GO, RECHECK = "orders.place", "orders.cancel", "orders.release", "orders.recheck"


@action
def place_order(
    *,
    terminal: Any,
    lines: Sequence[LineWanted],
    payment: str = "credit",
    customer_ref: str = "",
    wanted_on: date | None = None,
    note: str = "",
    ship_to: Any = None,
    source: str = "page",
    intake: Any = None,
    by: Person,
    now: datetime,
) -> Order:
    """下单  Keep an order and what the gate says of it: held, waiting for a person, or released by itself.

    An order that the gate blocks is kept too: a refusal is a good outcome, and is counted. Prices not given come from
    the price book, else the listed price. Raises what check_lines raises, NotFound for an unknown product.
    """
    by.must(PLACE, terminal)
    check_lines(list(lines))
    credit_actions.lock_headroom(terminal=terminal, verb=PLACE, by=by, now=now)
    case, policies, labels = cases.new_case(terminal.pk, lines, payment, localdate(now))
    decision = decide(case, policies)
    state = state_after(decision, case.standing.grade, policies.gate.released_by_itself, payment)
    pk = next_ids(Order, 1)[0]
    order = Order.objects.create(
        pk=pk, number=f"D{localdate(now):%y%m%d}{pk:06d}", terminal=terminal, ship_to=ship_to, customer_ref=customer_ref,
        payment=payment, term_days=case.standing.term_days or None, wanted_on=wanted_on, note=note, source=source,
        total_fen=case.wanted_fen, placed_by=by, placed_at=now, state=state, state_at=now, intake=intake,
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order, place=line.place, product_id=line.product, quantity_milli=line.quantity_milli,
            price_fen=line.price_fen or 0, fen=line.fen, note=wanted.note,
        )
        for line, wanted in zip(case.lines, lines, strict=True)
    )  # fmt: skip
    keep_verdict(order, case, decision, labels, by, now)
    if state != HELD:
        hold_headroom(order, case.wanted_fen, policies, PLACE, by, now)
    enter(order, state, by, now)
    record(
        facts.ORDER_PLACED, order, by=by, at=now, terminal=terminal.pk, number=order.number, total_fen=order.total_fen,
        state=state, payment=payment, blocked_by=sorted({line.rule for line in decision.blocking}),
    )  # fmt: skip
    return order


@action
def recheck_order(*, order: Any, by: Person, now: datetime) -> Order:
    """复核  Ask the gate again: what held it may be gone, or have come. Raises WrongState."""
    by.must(RECHECK if by.may(RECHECK) else GO)
    kept = locked(order, RECHECK if by.may(RECHECK) else GO, by, now)
    check_state("recheck", kept.number, kept.state)
    decision, case, policies, _verdict = judge(kept, ENTRY, by, now)
    state = state_after(decision, case.standing.grade, policies.gate.released_by_itself, kept.payment)
    verb = RECHECK if by.may(RECHECK) else GO
    _follow(kept, state, case.wanted_fen, policies, verb, by, now)
    record(
        facts.ORDER_CHECKED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, state=state,
        blocked_by=sorted({line.rule for line in decision.blocking}),
    )  # fmt: skip
    return kept


@action
def release_order(*, order: Any, by: Person, now: datetime) -> Order:
    """放行  Let an order that passes go to the warehouse; never one's own.

    Raises WrongState, OwnOrder, GateClosed where something stands in the way, NeedsSpecialRelease where somebody with
    authority must give a reason.
    """
    by.must(GO)
    kept = locked(order, GO, by, now)
    check_state("release", kept.number, kept.state)
    _check_other(kept, by, now)
    decision, case, policies, verdict = judge(kept, RELEASE, by, now)
    if decision.outcome != PASS:
        raise refused(verdict, decision, GO, by, now)
    hold_headroom(kept, case.wanted_fen, policies, GO, by, now)
    enter(kept, RELEASED, by, now)
    record(facts.ORDER_RELEASED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number)
    return kept


@action
def release_specially(
    *, order: Any, reason: str, expires_on: date, stands_in_for: Person | None = None, by: Person, now: datetime
) -> Order:
    """特批放行  Let an order pass what may be waived, for a reason, within one's authority, until a day.

    Also one that was released and no longer passes: it stays where it is, and may go on. A deputy, who may release
    orders himself, is judged by the authority of whom he stands in for and never by the greater of both. Raises
    WrongState, OwnOrder, GateClosed where something nobody can waive stands in the way, ReleaseNeedsWords,
    ReleaseTooLong, NoAuthority, BeyondAuthority, SalesForReleaser.
    """
    by.must(GO)
    kept = locked(order, GO, by, now)
    check_state("release_specially", kept.number, kept.state)
    _check_other(kept, by, now, stands_in_for)
    decision, case, policies, verdict = judge(kept, RELEASE, by, now)
    if decision.final:
        raise refused(verdict, decision, GO, by, now)
    authority = queries_policies.in_force(AUTHORITY, localdate(now))
    over_fen = decision.over_fen
    own_roles = {held.role for held in by.held}
    try:
        role = check_authority(
            authority.value,
            {held.role for held in stands_in_for.held} if stands_in_for else own_roles,
            max(over_fen, case.wanted_fen),
            reason,
            localdate(now),
            expires_on,
            deputy_roles=own_roles if stands_in_for else None,
        )
    except Refused as no:
        raise left_behind(no, verdict, GO, by, now) from no
    waives = sorted({line.rule for line in (*decision.blocking, *decision.asking)})
    SpecialRelease.objects.create(
        order=kept, verdict=verdict, waives=waives, reason=reason.strip(), over_fen=over_fen,
        authority=f"{authority.label}:{role}", expires_on=expires_on, by=by, stands_in_for=stands_in_for, at=now,
    )  # fmt: skip
    hold_headroom(kept, case.wanted_fen - cases.uninvoiced_fen(kept), policies, GO, by, now)
    enter(kept, PART if kept.state == PART else RELEASED, by, now, reason)
    record(
        facts.ORDER_RELEASED_SPECIALLY, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, waives=waives,
        over_fen=over_fen, reason=reason, role=role, expires_on=expires_on,
        stands_in_for=stands_in_for.login if stands_in_for else "",
    )  # fmt: skip
    return kept


@action
def cancel_order(
    *, order: Any, reason: str = "", lines: Mapping[int, int] | None = None, by: Person, now: datetime
) -> Order:
    """取消订单  Cancel what is not delivered, of the whole order or of some lines ({line key: thousandths}).

    Raises WrongState, MoreThanOpen.
    """
    by.must(CANCEL)
    kept = locked(order, CANCEL, by, now)
    check_state("cancel", kept.number, kept.state)
    rows = list(OrderLine.objects.select_for_update().filter(order=kept).order_by("place"))
    states = {row.pk: cases.line_state(row) for row in rows}
    wanted = dict(lines) if lines else {pk: state.open_milli for pk, state in states.items() if state.open_milli}
    fen = 0
    for row in rows:
        if row.pk in wanted:
            fen += states[row.pk].next_fen(wanted[row.pk])
            row.cancelled_milli += wanted[row.pk]
            row.save(update_fields=["cancelled_milli"])
    let_go(kept, fen, "ordered", "cancelled", CANCEL, by, now)
    open_milli = sum(cases.line_state(row).open_milli for row in rows)
    delivered = any(row.delivered_milli for row in rows)
    state = kept.state if open_milli else (DELIVERED if delivered else CANCELLED)
    if state == DELIVERED and not cases.uninvoiced_fen(kept):
        state = "closed"
    enter(kept, state, by, now, reason)
    record(
        facts.ORDER_CANCELLED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, fen=fen, state=state,
        reason=reason,
    )  # fmt: skip
    return kept


@action
def let_lapse(*, order: Any, by: Person, now: datetime) -> Order:
    """占用超时  Nobody delivered in time: what the order holds goes back, and the gate is asked again before it goes on."""
    by.must(RECHECK)
    kept = locked(order, RECHECK, by, now)
    held = headroom.held(cases.reference(kept))
    if held.until is None or held.until > now:
        return kept
    let_go(kept, held.ordered_fen, "ordered", "lapsed", RECHECK, by, now)
    if kept.state in (WAITING, RELEASED):
        enter(kept, LAPSED, by, now)
    record(facts.ORDER_LAPSED, kept, by=by, at=now, terminal=kept.terminal_id, number=kept.number, fen=held.ordered_fen)
    return kept


def _follow(kept: Order, state: str, wanted_fen: int, policies: Any, verb: str, by: Person, now: datetime) -> None:
    """Put an order where the gate's new answer belongs, headroom with it."""
    if state == HELD:
        let_go(kept, wanted_fen, "ordered", "cancelled", verb, by, now)
    else:
        hold_headroom(kept, wanted_fen, policies, verb, by, now)
    if state != kept.state:
        enter(kept, state, by, now)


def _check_other(order: Order, by: Person, now: datetime, stands_in_for: Person | None = None) -> None:
    """Nobody releases an order they placed, nor as the deputy of whoever placed it, nor as nobody's deputy."""
    if by.pk == order.placed_by_id or (stands_in_for is not None and stands_in_for.pk == order.placed_by_id):
        raise OwnOrder
    if stands_in_for is None:
        return
    if stands_in_for.pk not in {one.pk for one in people.stands_in_for(by, localdate(now))}:
        raise NotAllowed(verb=GO)
    stands_in_for.must(GO, order.terminal)
