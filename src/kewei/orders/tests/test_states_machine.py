"""Whatever people do to an order, in whatever turn: states, sums and headroom stay what they must be."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests import trading
from tests.trading import NOW, TODAY

from kewei.credit.queries.headroom import held
from kewei.kernel.refusals import Refused
from kewei.orders import actions, queries
from kewei.orders.models import Delivery, Order, OrderInvoice, OrderState
from kewei.orders.rules.lines import SentBack
from kewei.orders.rules.states import FROM, STATES

pytestmark = pytest.mark.django_db

DEEDS = (
    "recheck", "release", "special", "lapse", "cancel", "cancel_some", "deliver", "deliver_some", "invoice", "take_back",
)  # fmt: skip


def do(trade, order: Order, deed: str, share: int) -> None:
    """One deed; `share` of a hundred where it is about a part."""
    staff, line = trade.staff, order.lines.get()
    open_milli = line.quantity_milli - line.cancelled_milli - line.delivered_milli
    some = max(1, open_milli * share // 100)
    delivery = Delivery.objects.filter(order=order).order_by("pk").last()
    if deed == "recheck":
        actions.recheck_order(order=order, by=staff.zhao, now=NOW)
    elif deed == "release":
        actions.release_order(order=order, by=staff.zhao, now=NOW)
    elif deed == "special":
        actions.release_specially(order=order, reason="急", expires_on=TODAY, by=staff.zheng, now=NOW)
    elif deed == "lapse":
        actions.let_lapse(order=order, by=staff.system, now=NOW + timedelta(days=8))
    elif deed == "cancel":
        actions.cancel_order(order=order, by=staff.wang, now=NOW)
    elif deed == "cancel_some":
        actions.cancel_order(order=order, lines={line.pk: some}, by=staff.wang, now=NOW)
    elif deed == "deliver":
        trade.ship(order)
    elif deed == "deliver_some":
        trade.ship(order, max(1, some // 1000))
    elif delivery is not None and deed == "invoice":
        trade.invoice(delivery)
    elif delivery is not None:
        part = delivery.lines.get()
        back = max(1, part.quantity_milli * share // 100)
        actions.take_back(
            delivery=delivery, lines=[SentBack(part.pk, back)], reason="退", on=TODAY,
            red_letter_number=f"HZ{order.pk}-{OrderState.objects.count()}-{share}", by=staff.qian, now=NOW,
        )  # fmt: skip


VERBS = {
    "special": "release_specially", "cancel_some": "cancel", "deliver_some": "deliver", "lapse": "",
}  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(1, 200),
    st.sampled_from("ABC"),
    st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(1, 100)), max_size=12),
)
def test_any_turn_of_deeds_leaves_an_order_whole(boxes, letter, deeds):
    with transaction.atomic():
        trade = trading.open_shop(letter=letter)
        order = trade.order(boxes)
        for deed, share in deeds:
            before = Order.objects.get(pk=order.pk)
            try:
                do(trade, before, deed, share)
            except Refused:
                now = Order.objects.get(pk=order.pk)
                assert (now.state, now.state_at) == (before.state, before.state_at)
            else:
                verb = VERBS.get(deed, deed)
                assert not verb or before.state in FROM[verb] or verb in ("invoice", "take_back")
            whole(Order.objects.get(pk=order.pk))
        assert list(queries.findings()) == []
        transaction.set_rollback(True)


def whole(order: Order) -> None:
    """What must hold of an order in any state."""
    last = OrderState.objects.filter(order=order).order_by("pk").last()
    line, reserved = order.lines.get(), held(f"orders.order:{order.pk}")
    assert order.state == last.state
    assert order.state in STATES
    open_milli = line.quantity_milli - line.cancelled_milli - line.delivered_milli
    assert 0 <= line.returned_milli <= line.delivered_milli
    if order.state in ("held", "lapsed", "cancelled"):
        assert (reserved.ordered_fen, reserved.delivered_fen) == (0, 0)
    if order.state in ("delivered", "closed", "cancelled"):
        assert open_milli == 0
    if order.state in ("waiting", "released"):
        assert reserved.ordered_fen == line.fen - line.fen * line.cancelled_milli // line.quantity_milli
    if order.state == "closed":
        assert reserved.delivered_fen == 0
        assert (
            OrderInvoice.objects.filter(delivery__order=order).exists() or line.returned_milli == line.delivered_milli
        )
