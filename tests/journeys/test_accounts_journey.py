"""A hospital's year as a key account: found by profit, planned, approved, visited, reviewed against the ledger, amended."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from tests import cast

from kewei.journal.actions import catch_up
from kewei.journal.following import followers
from kewei.kernel.ids import new_key
from kewei.keyaccounts.models import Plan, Review
from kewei.keyaccounts.queries import plans
from kewei.keyaccounts.tests import accounts
from kewei.receivables import actions as receivables
from kewei.visits import actions as visits
from kewei.visits import jobs
from kewei.visits.models import Wish
from kewei.visits.tests import going

JANUARY = datetime(2026, 12, 28, 1, 0, tzinfo=UTC)
FEBRUARY = datetime(2027, 2, 4, 1, 0, tzinfo=UTC)
APRIL = datetime(2027, 4, 6, 1, 0, tzinfo=UTC)


@pytest.fixture
def staff(db):
    return cast.assemble()


def test_a_hospitals_year(staff, client, time_machine):
    hospital = staff.wangs_hospital

    # Found: it sells most, and after credit and visits still earns most.
    time_machine.move_to(JANUARY, tick=False)
    for month in range(1, 12):
        accounts.sold(hospital, date(2026, month, 15), 80_000_00)
        accounts.sold(staff.wangs_pharmacy, date(2026, month, 15), 20_000_00)
    receivables.post_invoice(
        terminal=hospital, number="26420000000000000101", invoice_date=date(2026, 9, 1), due_date=date(2026, 11, 30),
        total_fen=80_000_00, by=staff.qian, now=JANUARY,
    )  # fmt: skip
    client.force_login(staff.wang)
    assert "销售额第 1 位" in client.get(reverse("keyaccounts:candidates")).content.decode()

    # Planned by Wang for the year, handed in, approved by Li, who did not write it.
    begun = client.post(
        reverse("keyaccounts:start") + f"?terminal={hospital.pk}",
        {"form_key": new_key(), "first_on": "2027-01-01", "last_on": "2027-12-31", "owner": staff.wang.pk},
    )
    plan = Plan.objects.get()
    assert begun.url == reverse("keyaccounts:write", args=[plan.pk])
    written = {
        "form_key": new_key(), "reasons": ["sales", "profit"], "covered": "四个品种", "share_bp": "30", "share_basis": "估计",
        "competition": "两家", "procurement": "中选一个", "term_days": "90",
        "role-0-department": "pharmacy", "role-0-post": "药学部主任", "role-0-part": "decides", "role-0-attitude": "supports",
        "role-1-department": "finance", "role-1-post": "财务科", "role-1-part": "carries_out", "role-1-attitude": "neutral",
        "goal-sales-target": "1200000", "goal-collection_days-baseline": "150", "goal-collection_days-target": "90",
        "goal-overdue_rate-baseline": "100", "goal-overdue_rate-target": "20",
        "action-0-kind": "work", "action-0-words": "每月 20 日前交齐结算资料", "action-0-owner": staff.wang.pk,
        "action-0-due_on": "2027-02-20", "action-0-serves": "collection_days", "action-0-visit": "on",
        "risk-0-kind": "concentration", "risk-0-words": "占比高", "risk-0-level": "high", "risk-0-answer": "再开发两家",
    }  # fmt: skip
    assert client.post(reverse("keyaccounts:write", args=[plan.pk]), written).status_code == 302
    client.post(reverse("keyaccounts:hand_in", args=[plan.pk]), {"form_key": new_key()})
    client.force_login(staff.li)
    assert reverse("keyaccounts:plan", args=[plan.pk]) in client.get(reverse("desk:inbox")).content.decode()
    client.post(reverse("keyaccounts:approve", args=[plan.pk]), {"form_key": new_key(), "note": "同意"})
    plan.refresh_from_db()
    assert (plan.state, plan.in_force) == ("live", 1)

    # February: the morning wishes for the visit, Wang makes it, and the action is begun by itself.
    time_machine.move_to(FEBRUARY, tick=False)
    jobs.gather_wishes(now=FEBRUARY)
    wish = Wish.objects.get(source="key_account")
    assert (wish.terminal_id, wish.purpose) == (hospital.pk, "reconcile")
    visit = going.arrive(staff.wang, hospital, FEBRUARY, now=FEBRUARY, purposes=["reconcile"])
    told = FEBRUARY + timedelta(hours=1)
    visits.report_visit(
        visit=visit.pk, left_at=FEBRUARY + timedelta(minutes=40), achieved="done", met=[{"name": "何平", "job": "财务"}],
        next_step="次月提前一天交单", next_on=date(2027, 2, 20), by=staff.wang, now=told,
    )  # fmt: skip
    for follower in followers():
        catch_up(follower=follower, by=staff.system, now=told)
    assert plans.plan_file(staff.wang, plan.pk, told.date()).actions[0].state == "begun"

    # The quarter: it sells as planned and pays faster, but what was overdue is only half paid.
    accounts.sold(hospital, date(2027, 2, 15), 310_000_00)
    receivables.receive_payment(
        terminal=hospital, number="SK-101", received_on=date(2027, 1, 9), fen=40_000_00, how="oldest", by=staff.qian,
        now=told,
    )  # fmt: skip
    time_machine.move_to(APRIL, tick=False)
    jobs.tell_efforts(now=APRIL)
    client.force_login(staff.wang)
    assert "该复盘" in client.get(reverse("keyaccounts:plans")).content.decode()
    shown = client.get(reverse("keyaccounts:review", args=[plan.pk, 1])).content.decode()
    assert "310,000.00" in shown
    silent = client.post(reverse("keyaccounts:review", args=[plan.pk, 1]), {"form_key": new_key()})
    assert silent.status_code == 422
    client.post(
        reverse("keyaccounts:review", args=[plan.pk, 1]),
        {"form_key": new_key(), "reasons": "财务排队，只付一半", "adjust": "四月对账后约付款日", "share": "31"},
    )
    review = Review.objects.get()
    assert {one["kind"]: (one["actual"], one["verdict"]) for one in review.lines} == {
        "sales": (310_000_00, "met"),
        "collection_days": (130, "met"),
        "overdue_rate": (10_000, "missed"),
    }
    assert (review.verdict, review.figures["visits"], review.figures["actions"]) == ("missed", 1, {"begun": 1})

    # What follows from it is a new version; the old one goes on until Li approves.
    client.post(reverse("keyaccounts:amend", args=[plan.pk]), {"form_key": new_key(), "note": "加付款日"})
    again = written | {
        "form_key": new_key(), "action-0-number": "1",
        "action-1-kind": "work", "action-1-words": "与财务约定付款日", "action-1-owner": staff.wang.pk,
        "action-1-due_on": "2027-05-15", "action-1-serves": "overdue_rate", "action-1-visit": "on",
    }  # fmt: skip
    assert client.post(reverse("keyaccounts:write", args=[plan.pk]), again).status_code == 302
    client.post(reverse("keyaccounts:hand_in", args=[plan.pk]), {"form_key": new_key()})
    jobs.gather_wishes(now=APRIL)
    assert not Wish.objects.filter(source="key_account", ended_at=None, purpose="collect").exists()
    client.force_login(staff.li)
    client.post(reverse("keyaccounts:approve", args=[plan.pk]), {"form_key": new_key()})
    jobs.gather_wishes(now=APRIL)
    assert Wish.objects.filter(source="key_account", ended_at=None, purpose="collect").exists()
    # Sun, elsewhere, and Zhou, who sells nothing, see none of it.
    client.force_login(staff.sun)
    assert client.get(reverse("keyaccounts:plan", args=[plan.pk])).status_code == 404
    client.force_login(staff.zhou)
    assert client.get(reverse("keyaccounts:plans")).status_code == 403
