"""What every verb of an order does: lock, judge, keep the verdict, move headroom, note the state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from kewei.credit import actions as credit_actions
from kewei.credit.queries import headroom
from kewei.journal.actions import action, record
from kewei.kernel.ids import digest
from kewei.kernel.plain import as_json
from kewei.kernel.refusals import N_, NotFound, Refused
from kewei.orders import facts
from kewei.orders.models import Order, OrderState, Verdict
from kewei.orders.queries import cases
from kewei.orders.rules.gate import Case, Decision, GatePolicies, decide
from kewei.orders.rules.says import refusal_of
from kewei.orders.rules.states import GateClosed, NeedsSpecialRelease
from kewei.people.models import Person


def locked(order: Any, verb: str, by: Person, now: datetime) -> Order:
    """The order as it stands now, locked after its customer's account, so that two verbs never wait crosswise."""
    seen = Order.objects.visible_to(by, verb).filter(pk=order.pk).select_related("terminal").first()
    if seen is None:
        raise NotFound(noun=N_("订单"))
    credit_actions.lock_headroom(terminal=seen.terminal, verb=verb, by=by, now=now)
    return Order.objects.select_for_update(of=("self",)).select_related("terminal").get(pk=seen.pk)


def judge(order: Order, moment: str, by: Person, now: datetime) -> tuple[Decision, Case, GatePolicies, Verdict]:
    """Ask the gate about an order as it stands and keep what it said."""
    case, policies, labels = cases.case_of(order, moment, localdate(now))
    decision = decide(case, policies)
    return decision, case, policies, keep_verdict(order, case, decision, labels, by, now)


def keep_verdict(
    order: Order, case: Case, decision: Decision, labels: dict[str, str], by: Person, now: datetime
) -> Verdict:
    """Keep everything the gate looked at and said, with a digest over it."""
    looked_at, said = as_json(case), as_json(decision.lines)
    return Verdict.objects.create(
        order=order, terminal_id=order.terminal_id, moment=case.moment, outcome=decision.outcome,
        blocked_by=sorted({line.rule for line in decision.blocking}), verdicts=said, case=looked_at, policies=labels,
        digest=digest([looked_at, labels, said]), by=by, at=now,
    )  # fmt: skip


def refused(verdict: Verdict, decision: Decision, verb: str, by: Person, now: datetime) -> Refused:
    """The refusal with the gravest reason; what the gate said is kept although everything else is undone.

    GateClosed where nobody can waive it, else NeedsSpecialRelease.
    """
    number = verdict.order.number
    first = refusal_of((decision.final or decision.blocking or decision.asking)[0])
    no: Refused = NeedsSpecialRelease(number=number, first=first)
    if decision.final:
        no = GateClosed(number=number, first=first)
    return left_behind(no, verdict, verb, by, now)


def left_behind(no: Refused, verdict: Verdict, verb: str, by: Person, now: datetime) -> Refused:
    """A refusal that leaves the verdict it was given by."""
    return no.leaving(lambda: keep_refusal(verdict=verdict, why=no.code, verb=verb, by=by, now=now))


@action
def keep_refusal(*, verdict: Verdict, why: str, verb: str, by: Person, now: datetime) -> Verdict:
    """关口不放  Keep what the gate said when it did not let an order go, or when whoever asked had not the authority."""
    by.must(verb)
    verdict.pk = None
    verdict.save(force_insert=True)
    record(
        facts.ORDER_REFUSED, verdict.order, by=by, at=now, terminal=verdict.terminal_id, number=verdict.order.number,
        moment=verdict.moment, why=why, blocked_by=verdict.blocked_by,
    )  # fmt: skip
    return verdict


def enter(order: Order, state: str, by: Person, now: datetime, why: str = "") -> None:
    """Note that the order came into a state."""
    OrderState.objects.create(order=order, state=state, why=why[:300], by=by, at=now)
    order.state, order.state_at = state, now
    Order.objects.filter(pk=order.pk).update(state=state, state_at=now)


def hold_headroom(order: Order, wanted_fen: int, policies: GatePolicies, verb: str, by: Person, now: datetime) -> None:
    """Let the order's reservation hold `wanted_fen` not yet delivered, until the policy's days from now are over."""
    if order.payment != "credit":
        return
    reference = cases.reference(order)
    has = headroom.held(reference)
    until = now + timedelta(days=policies.gate.reserve_days)
    if wanted_fen > has.ordered_fen:
        credit_actions.reserve_headroom(
            terminal=order.terminal, reference=reference, fen=wanted_fen - has.ordered_fen, until=until, verb=verb,
            by=by, now=now,
        )  # fmt: skip
    elif wanted_fen < has.ordered_fen:
        let_go(order, has.ordered_fen - wanted_fen, "ordered", "cancelled", verb, by, now)


def let_go(order: Order, fen: int, part: str, why: str, verb: str, by: Person, now: datetime) -> None:
    """Give `fen` of the order's reservation back, as far as it holds that much."""
    held = headroom.held(cases.reference(order))
    fen = min(fen, held.ordered_fen if part == "ordered" else held.delivered_fen)
    if fen > 0:
        credit_actions.give_back_headroom(
            reference=cases.reference(order), part=part, fen=fen, why=why, verb=verb, by=by, now=now
        )
