"""Plans through their actions: who may, what is refused, versions, progress, reviews, wishes (domain 2.9, 4.5, 4.8)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from tests import cast

from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.keyaccounts import actions
from kewei.keyaccounts import queries as keyaccounts
from kewei.keyaccounts.models import Plan, PlanAction, PlanState, Progress, Review, Version
from kewei.keyaccounts.queries import plans, reviewing
from kewei.keyaccounts.queries.earning import efforts_between
from kewei.keyaccounts.rules.earning import Effort
from kewei.keyaccounts.rules.plans import (
    ActionGiven,
    BadPlan,
    NotTheMembers,
    OwnPlanNotApproved,
    PlanIncomplete,
    PlanOverlaps,
    UnknownAction,
    WrongPlanState,
)
from kewei.keyaccounts.rules.reviewing import AccountReviewNeedsWords, QuarterNotOver
from kewei.keyaccounts.tests import accounts
from kewei.keyaccounts.tests.accounts import FIRST, LAST, NOW, TODAY, content, live, sold, written
from kewei.receivables import actions as receivables


@pytest.fixture
def staff(db):
    return cast.assemble()


def test_a_plan_is_written_handed_in_and_approved(staff):
    sold(staff.wangs_hospital, date(2026, 8, 1), 100_000_00)
    plan = live(staff)
    assert (plan.state, plan.newest, plan.in_force) == ("live", 1, 1)
    seen = plans.plan_file(staff.wang, plan.pk, TODAY)
    assert [one.state for one in seen.states] == ["draft", "handed_in", "live"]
    assert seen.completeness.percent == 100
    assert seen.figures["sales_fen"] == 100_000_00
    assert seen.figures["policy"] == "keyaccounts.identify@0"
    assert seen.content == replace(
        content(staff.wang),
        actions=tuple(replace(one, number=n) for n, one in enumerate(content(staff.wang).actions, 1)),
    )
    assert [one.state for one in seen.actions] == ["planned"] * 3


def test_who_may_not(staff):
    plan = written(staff)
    for stranger in (staff.sun, staff.zhou):
        with pytest.raises((NotFound, NotAllowed)):
            actions.write_plan(plan=plan.pk, content=content(staff.wang), by=stranger, now=NOW)
        with pytest.raises((NotFound, NotAllowed)):
            accounts.actions.start_plan(
                terminal=staff.wangs_pharmacy, first_on=FIRST, last_on=LAST, owner=stranger, by=stranger, now=NOW
            )
    with pytest.raises(NotFound):
        plans.plan_file(staff.sun, plan.pk, TODAY)
    assert plans.list_plans(staff.zhou, TODAY) == ([], 0)
    actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    with pytest.raises(NotAllowed):
        actions.approve_plan(plan=plan.pk, by=staff.wang, now=NOW)
    with pytest.raises(NotAllowed):
        actions.note_efforts(month=FIRST, efforts={}, by=staff.li, now=NOW)
    assert Plan.objects.get(pk=plan.pk).state == "handed_in"


def test_a_plan_waits_for_whoever_neither_wrote_nor_answers_for_it(staff):
    plan = accounts.begin(staff)
    actions.write_plan(plan=plan.pk, content=content(staff.wang), by=staff.li, now=NOW)
    assert plans.waiting_for(staff.zheng, TODAY) == []
    actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    waits = {who: plans.waiting_for(getattr(staff, who), TODAY) for who in ("zheng", "li", "wang", "zhou")}
    assert {who: [row.pk for row in rows] for who, rows in waits.items()} == {
        "zheng": [plan.pk], "li": [], "wang": [], "zhou": [],
    }  # fmt: skip


def test_nobody_approves_their_own(staff):
    plan = accounts.begin(staff)
    actions.write_plan(plan=plan.pk, content=content(staff.wang), by=staff.li, now=NOW)
    actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    with pytest.raises(OwnPlanNotApproved):
        actions.approve_plan(plan=plan.pk, by=staff.li, now=NOW)
    actions.approve_plan(plan=plan.pk, by=staff.zheng, now=NOW)


def test_days_taken_and_days_that_are_no_months(staff):
    accounts.begin(staff)
    with pytest.raises(PlanOverlaps):
        accounts.begin(staff, first=date(2027, 6, 1), last=date(2027, 12, 31))
    accounts.begin(staff, first=date(2027, 7, 1), last=date(2028, 6, 30))
    with pytest.raises(BadPlan):
        accounts.begin(staff, staff.wangs_pharmacy, first=date(2026, 7, 2))
    with pytest.raises(BadPlan):
        accounts.begin(staff, staff.wangs_pharmacy, for_group=True)
    assert Plan.objects.count() == 2


def test_an_incomplete_plan_is_not_handed_in(staff):
    plan = written(staff, risks=())
    with pytest.raises(PlanIncomplete):
        actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    assert Version.objects.get().sealed_at is None


def test_sent_back_it_is_open_again_and_withdrawn_it_ends(staff):
    plan = written(staff)
    actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    with pytest.raises(WrongPlanState):
        actions.write_plan(plan=plan.pk, content=content(staff.wang), by=staff.wang, now=NOW)
    with pytest.raises(BadPlan):
        actions.send_back_plan(plan=plan.pk, note=" ", by=staff.li, now=NOW)
    actions.send_back_plan(plan=plan.pk, note="目标太低", by=staff.li, now=NOW)
    assert Version.objects.get().sealed_at is None
    actions.write_plan(plan=plan.pk, content=content(staff.wang), by=staff.wang, now=NOW)
    actions.withdraw_plan(plan=plan.pk, by=staff.wang, now=NOW)
    assert Plan.objects.get().state == "dropped"
    accounts.begin(staff)  # the days are free again


def test_an_amendment_leaves_what_is_in_force_until_it_is_approved(staff):
    plan = live(staff)
    actions.note_progress(plan=plan.pk, number=1, state="done", words="谈妥", by=staff.wang, now=NOW)
    actions.amend_plan(plan=plan.pk, why="集采落标", by=staff.wang, now=NOW)
    now_content = plans.plan_file(staff.wang, plan.pk, TODAY).content
    kept = now_content.actions[1:]
    fresh = ActionGiven("换推两个非集采品种", staff.wang.pk, date(2027, 2, 1), visit=True)
    actions.write_plan(
        plan=plan.pk, content=replace(now_content, actions=(*kept, fresh)), by=staff.wang, now=NOW
    )  # fmt: skip
    # What is new gets a number of its own: the progress of the first does not stick to it.
    assert [one.number for one in plans.plan_file(staff.wang, plan.pk, TODAY).actions] == [2, 3, 4]
    assert [one.number for one in keyaccounts.wished(TODAY)] == [2]
    strange = replace(fresh, number=99)
    with pytest.raises(UnknownAction):
        actions.write_plan(plan=plan.pk, content=replace(now_content, actions=(strange,)), by=staff.wang, now=NOW)
    actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    assert Plan.objects.get().in_force == 1
    actions.approve_plan(plan=plan.pk, by=staff.li, now=NOW)
    assert (Plan.objects.get().in_force, Plan.objects.get().newest) == (2, 2)
    assert [one.number for one in keyaccounts.wished(TODAY)] == [2, 4]
    # Giving an amendment up goes back to what is in force; the next one has a number of its own.
    actions.amend_plan(plan=plan.pk, why="再看", by=staff.wang, now=NOW)
    actions.withdraw_plan(plan=plan.pk, by=staff.wang, now=NOW)
    assert (Plan.objects.get().state, Plan.objects.get().newest) == ("live", 2)
    actions.amend_plan(plan=plan.pk, why="再看", by=staff.wang, now=NOW)
    assert Plan.objects.get().newest == 4


def test_an_action_happens_at_the_account_or_a_member(staff):
    stranger = content(staff.wang).actions[0]
    with pytest.raises(NotTheMembers):
        written(staff, actions=(replace(stranger, terminal=staff.wangs_pharmacy.pk),))
    staff.wangs_pharmacy.group = staff.wangs_hospital
    staff.wangs_pharmacy.save()
    Plan.objects.all().update(state="dropped")
    plan = accounts.begin(staff, for_group=True)
    at_member = replace(stranger, terminal=staff.wangs_pharmacy.pk)
    actions.write_plan(plan=plan.pk, content=content(staff.wang, actions=(at_member,)), by=staff.wang, now=NOW)
    with pytest.raises(BadPlan):
        actions.write_plan(
            plan=plan.pk, content=content(staff.wang, actions=(replace(at_member, owner=999_999),)), by=staff.wang, now=NOW
        )  # fmt: skip
    assert PlanAction.objects.get(version__plan=plan).terminal_id == staff.wangs_pharmacy.pk


def test_progress_by_hand_and_by_visit(staff):
    plan = live(staff)
    tell = {"plan": plan.pk, "on": TODAY, "by": staff.system, "now": NOW}
    assert actions.note_visit(number=1, visit=7, **tell).state == "begun"
    assert actions.note_visit(number=1, visit=7, **tell) is None
    actions.note_visit(number=1, visit=8, **tell)
    row = plans.plan_file(staff.wang, plan.pk, TODAY).actions[0]
    assert (row.state, row.visits) == ("begun", 2)
    actions.note_progress(plan=plan.pk, number=1, state="done", by=staff.wang, now=NOW)
    assert actions.note_visit(number=1, visit=9, **tell) is None
    assert [one.number for one in keyaccounts.wished(TODAY)] == [2]
    with pytest.raises(UnknownAction):
        actions.note_progress(plan=plan.pk, number=9, state="done", by=staff.wang, now=NOW)
    with pytest.raises(NotFound):
        actions.note_progress(plan=plan.pk, number=1, state="begun", by=staff.sun, now=NOW)
    row = plans.list_plans(staff.wang, TODAY + timedelta(days=60))[0][0]
    assert (row.done, row.actions, row.late) == (1, 3, 2)


def test_a_visit_for_an_action_that_an_amendment_dropped_moves_nothing(staff):
    """It was wished for that morning, before the amendment was approved."""
    plan = live(staff)
    actions.amend_plan(plan=plan.pk, why="集采落标", by=staff.wang, now=NOW)
    now_content = plans.plan_file(staff.wang, plan.pk, TODAY).content
    actions.write_plan(
        plan=plan.pk, content=replace(now_content, actions=now_content.actions[1:]), by=staff.wang, now=NOW
    )  # fmt: skip
    actions.hand_in_plan(plan=plan.pk, by=staff.wang, now=NOW)
    actions.approve_plan(plan=plan.pk, by=staff.li, now=NOW)
    assert actions.note_visit(plan=plan.pk, number=1, visit=7, on=TODAY, by=staff.system, now=NOW) is None
    assert not Progress.objects.exists()


def test_closed_plans_wish_for_nothing(staff):
    plan = live(staff)
    assert len(keyaccounts.actions_waiting([staff.wangs_hospital.pk], TODAY)) == 2
    assert keyaccounts.wished(date(2027, 7, 1)) == []
    actions.close_plan(plan=plan.pk, note="改由集团统一", by=staff.li, now=NOW)
    assert keyaccounts.wished(TODAY) == []
    with pytest.raises(WrongPlanState):
        actions.amend_plan(plan=plan.pk, why="x", by=staff.wang, now=NOW)


# --- reviews ----------------------------------------------------------------------------------------------------------


def trade(staff):
    """The first quarter of the plan: 95,000 sold in two products, one invoice paid after 80 days, one overdue."""
    hospital = staff.wangs_hospital
    sold(hospital, date(2026, 7, 10), 60_000_00)
    sold(hospital, date(2026, 9, 10), 35_000_00, "头孢")
    sold(hospital, date(2026, 10, 2), 1_000_00, "下一季")
    for number, on, fen in (("1", date(2026, 7, 1), 50_000_00), ("2", date(2026, 7, 10), 30_000_00)):
        receivables.post_invoice(
            terminal=hospital, number=f"2642000000000000000{number}", invoice_date=on, due_date=on + timedelta(days=60),
            total_fen=fen, by=staff.qian, now=NOW,
        )  # fmt: skip
    receivables.receive_payment(
        terminal=hospital, number="SK-1", received_on=date(2026, 9, 19), fen=50_000_00, how="oldest", by=staff.qian,
        now=NOW,
    )  # fmt: skip


def test_a_review_compares_plan_and_ledger(staff):
    trade(staff)
    plan = live(staff)
    seen = reviewing.preview(plan, 1, TODAY)
    assert not seen.running
    lines = {line.kind: line for line in seen.lines}
    assert (lines["sales"].expected, lines["sales"].actual, lines["sales"].verdict) == (
        100_000_00,
        95_000_00,
        "near",
    )
    assert (lines["products"].expected, lines["products"].actual) == (7, 2)
    assert (lines["collection_days"].expected, lines["collection_days"].actual, lines["collection_days"].verdict) == (
        110,
        80,
        "met",
    )
    # 30,000 of 30,000 owed are past due on the last day of the quarter.
    assert (lines["overdue_rate"].actual, lines["overdue_rate"].verdict) == (10_000, "missed")
    with pytest.raises(AccountReviewNeedsWords):
        actions.keep_review(plan=plan.pk, quarter=1, by=staff.wang, now=NOW)
    review = actions.keep_review(
        plan=plan.pk, quarter=1, reasons="品种没进院；财务排队", adjust="十二月前补两个品种", by=staff.wang, now=NOW
    )
    assert (review.verdict, review.policy, review.figures["settled_fen"]) == (
        "missed",
        "keyaccounts.review@0",
        50_000_00,
    )
    row = plans.list_plans(staff.wang, TODAY)[0][0]
    assert (row.verdict, row.reviewed, row.due_quarter) == ("missed", 1, None)
    assert plans.list_plans(staff.wang, TODAY, state="unreviewed")[1] == 0
    (due,) = plans.unreviewed(staff.wang, date(2027, 1, 5))
    assert (due[0].due_quarter, due[1]) == (2, date(2027, 1, 30))


def test_a_running_quarter_is_shown_and_not_kept(staff):
    trade(staff)
    plan = live(staff)
    seen = reviewing.preview(plan, 2, TODAY)
    assert (seen.running, seen.last_on) == (True, TODAY)
    assert seen.figures["sales_fen"] == 96_000_00
    with pytest.raises(QuarterNotOver):
        actions.keep_review(plan=plan.pk, quarter=2, by=staff.wang, now=NOW)
    with pytest.raises(WrongPlanState):
        actions.keep_review(plan=written_elsewhere(staff).pk, quarter=1, by=staff.wang, now=NOW)


def written_elsewhere(staff):
    """A draft of another customer, never in force."""
    return accounts.begin(staff, staff.wangs_pharmacy)


def test_a_review_of_a_group_sums_its_members_and_the_share_is_told(staff):
    staff.wangs_pharmacy.group = staff.wangs_hospital
    staff.wangs_pharmacy.save()
    sold(staff.wangs_hospital, date(2026, 7, 10), 1_000_00)
    sold(staff.wangs_pharmacy, date(2026, 7, 10), 500_00)
    plan = accounts.begin(staff, for_group=True)
    assert reviewing.preview(plan, 1, TODAY, told_share_bp=2600).figures["sales_fen"] == 1_500_00
    assert reviewing.preview(plan, 1, TODAY, told_share_bp=2600).figures["share_bp"] == 2600


def test_states_progress_and_reviews_are_only_added_to(staff):
    plan = live(staff)
    actions.note_progress(plan=plan.pk, number=1, state="done", by=staff.wang, now=NOW)
    actions.keep_review(plan=plan.pk, quarter=1, reasons="a", adjust="b", by=staff.wang, now=NOW)
    for model in (PlanState, Progress, Review):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_efforts_of_a_month_take_the_place_of_what_was_told(staff):
    pk = staff.wangs_hospital.pk
    tell = {"month": date(2026, 10, 1), "by": staff.system, "now": NOW}
    actions.note_efforts(efforts={pk: Effort(2, 60, 0), staff.wangs_pharmacy.pk: Effort(1, 10, 0)}, **tell)
    actions.note_efforts(efforts={pk: Effort(3, 90, 5_00)}, **tell)
    assert efforts_between(date(2026, 1, 1), date(2026, 12, 31)) == {pk: Effort(3, 90, 5_00)}
