"""Exposure has one formula; headroom is taken and given back to the fen (docs/algorithms/exposure.md)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import cast

from kewei.credit import actions
from kewei.credit.models import Account, HeadroomMove, Reservation
from kewei.credit.queries import standing as asking
from kewei.credit.rules.exposure import Exposure, Standing
from kewei.credit.rules.headroom import MoreThanReserved, NothingToReserve
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.receivables import actions as receivables

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
NOW = cast.MORNING


@pytest.fixture
def staff(db):
    return cast.assemble()


def take(staff, fen=100_00, reference="orders.order:1", by=None):
    return actions.reserve_headroom(
        terminal=staff.wangs_hospital, reference=reference, fen=fen, until=NOW + timedelta(days=7),
        verb="orders.place", by=by or staff.wang, now=NOW,
    )  # fmt: skip


def invoice(staff, fen=500_00, number="FP1", terminal=None, due=date(2026, 11, 1)):
    return receivables.post_invoice(
        terminal=terminal or staff.wangs_hospital, number=number, invoice_date=date(2026, 10, 1), due_date=due,
        total_fen=fen, by=staff.qian, now=NOW,
    )  # fmt: skip


def limit(staff, fen, **more):
    given = {"terminal": staff.wangs_hospital, "term_days": 60, "since": DAY, "until": date(2027, 5, 1)} | more
    return actions.grant_limit(fen=fen, application=None, by=staff.feng, now=NOW, **given)


def test_exposure_is_the_sum_of_its_parts():
    assert Exposure(1, 20, 300, 4_000, 50_000, 600_000).total_fen == 1 + 20 + 300 + 4_000 - 50_000 - 600_000


def test_no_limit_is_no_credit_even_where_something_was_paid_ahead():
    assert Standing(exposure=Exposure(unapplied_fen=500)).headroom_fen == 0
    assert Standing(limit_fen=0, exposure=Exposure(unapplied_fen=500)).headroom_fen == 500


def test_an_order_goes_from_ordered_to_delivered_to_invoiced(staff):
    take(staff, 100_00)
    invoice(staff, 500_00)
    stands = asking.standing(staff.wangs_hospital.pk, DAY)
    assert stands.exposure == Exposure(ordered_fen=100_00, invoiced_fen=500_00)
    assert (stands.overdue_days, stands.overdue_fen) == (22, 500_00)
    given = {"reference": "orders.order:1", "verb": "orders.deliver", "by": staff.chu, "now": NOW}
    actions.deliver_reserved(fen=60_00, **given)
    assert asking.standing(staff.wangs_hospital.pk, DAY).exposure == Exposure(40_00, 60_00, 500_00)
    actions.give_back_headroom(part="delivered", fen=60_00, why="invoiced", **given)
    assert asking.standing(staff.wangs_hospital.pk, DAY).exposure.total_fen == 540_00
    with pytest.raises(MoreThanReserved) as no:
        actions.give_back_headroom(part="ordered", fen=40_01, why="cancelled", **given)
    assert no.value.held_fen == 40_00
    assert asking.standing(staff.wangs_hospital.pk, DAY, without="orders.order:1").exposure.ordered_fen == 0


def test_limits_count_only_in_their_days_and_the_group_binds_too(staff):
    assert asking.standing(staff.wangs_hospital.pk, DAY).limit_fen is None
    limit(staff, 1_000_00)
    limit(staff, 200_00, temporary=True, until=date(2026, 12, 20))
    stands = asking.standing(staff.wangs_hospital.pk, DAY)
    assert (stands.limit_fen, stands.temporary_fen, stands.headroom_fen) == (1_000_00, 200_00, 1_200_00)
    assert asking.standing(staff.wangs_hospital.pk, date(2026, 12, 21)).headroom_fen == 1_000_00
    assert asking.standing(staff.wangs_hospital.pk, date(2027, 5, 2)).limit_fen is None
    staff.wangs_pharmacy.group = staff.wangs_hospital
    staff.wangs_pharmacy.save()
    limit(staff, 600_00, for_group=True)
    invoice(staff, 450_00, number="FP9", terminal=staff.wangs_pharmacy)
    stands = asking.standing(staff.wangs_hospital.pk, DAY)
    assert (stands.group_limit_fen, stands.group_exposure_fen, stands.headroom_fen) == (600_00, 450_00, 150_00)


def test_money_not_yet_applied_takes_from_exposure(staff):
    invoice(staff, 500_00)
    receivables.receive_payment(
        terminal=staff.wangs_hospital, number="SK1", received_on=DAY, fen=120_00, by=staff.qian, now=NOW
    )
    assert asking.standing(staff.wangs_hospital.pk, DAY).exposure == Exposure(invoiced_fen=500_00, unapplied_fen=120_00)


def test_standing_takes_few_statements_however_much_there_is(staff):
    limit(staff, 1_000_00)
    for n in range(30):
        invoice(staff, 100 + n, number=f"N{n}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        asking.standing(staff.wangs_hospital.pk, DAY)
    assert len(asked) <= 6


def test_who_may_not_order_takes_no_headroom(staff):
    with pytest.raises(NotAllowed):
        take(staff, by=staff.zhou)
    with pytest.raises(NotFound):
        take(staff, by=staff.sun)
    with pytest.raises(NothingToReserve):
        take(staff, fen=0)
    assert not Reservation.objects.exists()


steps = st.lists(
    st.tuples(st.sampled_from(["reserve", "deliver", "ordered", "delivered"]), st.integers(1, 3), st.integers(1, 500)),
    max_size=25,
)


@settings(max_examples=60)
@given(steps)
def test_any_path_leaves_the_account_as_the_sum_of_its_moves(path):
    from django.db import transaction

    with transaction.atomic():
        staff = cast.assemble()
        model: dict[str, list[int]] = {}
        for what, order, fen in path:
            reference = f"orders.order:{order}"
            has = model.setdefault(reference, [0, 0])
            given = {"reference": reference, "fen": fen, "verb": "orders.place", "by": staff.zheng, "now": NOW}
            try:
                if what == "reserve":
                    take(staff, fen, reference)
                    has[0] += fen
                elif what == "deliver":
                    actions.deliver_reserved(**given)
                    has[0], has[1] = has[0] - fen, has[1] + fen
                else:
                    actions.give_back_headroom(part=what, why="cancelled", **given)
                    has[what == "delivered"] -= fen
            except MoreThanReserved:
                assert fen > has[what == "delivered"]
        account = Account.objects.filter(pk=staff.wangs_hospital.pk).first() or Account()
        assert [account.ordered_fen, account.delivered_fen] == [sum(h[n] for h in model.values()) for n in (0, 1)]
        for n, part in enumerate(("ordered", "delivered")):
            moved = sum(HeadroomMove.objects.filter(part=part).values_list("fen", flat=True))
            assert moved == [account.ordered_fen, account.delivered_fen][n]
        transaction.set_rollback(True)
