"""Key accounts and visits: their actions are wished for, reports move them, what visits cost is told (domain 2.9, 4.4)."""

from datetime import date, timedelta

import pytest
from tests import cast

from kewei.journal.actions import catch_up
from kewei.journal.following import followers
from kewei.keyaccounts import actions as keyaccounts
from kewei.keyaccounts.models import Progress
from kewei.keyaccounts.queries.earning import efforts_between
from kewei.keyaccounts.rules.earning import Effort
from kewei.keyaccounts.tests import accounts
from kewei.membership.models import StockTold
from kewei.visits import actions, jobs
from kewei.visits.models import Wish
from kewei.visits.rules import wishes as rules
from kewei.visits.tests import going
from kewei.visits.tests.going import arrive, product, tell

NOW, TODAY = cast.MORNING, date(2026, 11, 23)


@pytest.fixture
def staff(db):
    return cast.assemble()


def gather(staff, now=NOW):
    return actions.gather_wishes(by=staff.system, now=now)


def live():
    return list(Wish.objects.filter(source=rules.KEY_ACCOUNT, ended_at=None).order_by("last_on", "pk"))


def follow(staff):
    for follower in followers():
        catch_up(follower=follower, by=staff.system, now=NOW)


def test_actions_of_a_plan_in_force_are_wished_for(staff):
    plan = accounts.live(staff)
    gather(staff)
    found = live()
    # The executive visit needs nobody of ours on the road; the two others come for selling and for reconciling.
    assert [(one.purpose, one.last_on, one.role) for one in found] == [
        ("order", date(2026, 12, 10), ""),
        ("reconcile", date(2026, 12, 20), ""),
    ]
    assert found[0].first_on == date(2026, 11, 19)
    assert rules.account_action(found[0].key) == (plan.pk, 1)
    assert rules.words(found[0].says, found[0].numbers, str) == "大客户计划 2026-12-10 前：与药学部对下一季用量"
    assert gather(staff)["begun"] == 0
    keyaccounts.note_progress(plan=plan.pk, number=1, state="done", by=staff.wang, now=NOW)
    gather(staff)
    assert [one.purpose for one in live()] == ["reconcile"]


def test_a_report_moves_what_it_was_wished_for(staff):
    plan = accounts.live(staff)
    gather(staff)
    visit = going.arrive(staff.wang, staff.wangs_hospital, NOW - timedelta(hours=2), now=NOW - timedelta(hours=2))
    going.tell(visit, at=NOW)
    follow(staff)
    assert [(one.plan_id, one.number, one.state, one.on) for one in Progress.objects.all()] == [
        (plan.pk, 1, "begun", visit.day)
    ]
    # A visit for something else, or one that missed its aim, moves nothing.
    other = going.arrive(
        staff.wang, staff.wangs_hospital, NOW - timedelta(hours=1), now=NOW - timedelta(hours=1), purposes=["licence"]
    )
    going.tell(other, at=NOW)
    missed = going.arrive(staff.wang, staff.wangs_hospital, NOW, purposes=["reconcile"])
    going.tell(missed, achieved="missed", met=[])
    follow(staff)
    assert Progress.objects.count() == 1


def test_what_visits_cost_is_told_every_night(staff):
    visit = going.arrive(staff.wang, staff.wangs_hospital, NOW - timedelta(hours=2), now=NOW - timedelta(hours=2))
    going.tell(visit, at=NOW, expense_fen=5_00, expense_kind="transport", expense_why="停车")
    going.arrive(staff.wang, staff.wangs_pharmacy)
    signed = going.sign(staff.zhou, staff.wangs_hospital, purposes=["academic"])
    going.arrive(staff.zhou, staff.wangs_hospital, purposes=["academic"], checklist=signed.pk)
    jobs.tell_efforts(now=NOW)
    jobs.tell_efforts(now=NOW)
    assert efforts_between(date(2026, 11, 1), TODAY) == {
        staff.wangs_hospital.pk: Effort(1, 30, 5_00),
        staff.wangs_pharmacy.pk: Effort(1, 0, 0),
    }


def test_what_was_counted_on_the_shelf_is_what_the_usage_card_reckons_from(staff):
    drug = product()
    visit = arrive(staff.wang, staff.wangs_pharmacy)
    tell(visit, stock=[{"product": drug.pk, "units": 40, "near_units": 5, "near_on": date(2027, 1, 31), "batch": "B1"}])
    follow(staff)
    follow(staff)
    told = StockTold.objects.get()
    assert (told.terminal, told.product, told.units, told.near_units, told.batch, told.on) == (
        staff.wangs_pharmacy, drug, 40, 5, "B1", TODAY,
    )  # fmt: skip
