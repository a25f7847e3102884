"""Benefits pass the table of conduct, then the people; a price benefit becomes a coupon (domain 4.5)."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests import cast

from kewei.journal.models import Fact, Intake
from kewei.kernel.refusals import NotAllowed, NotFound
from kewei.membership import actions
from kewei.membership.models import Benefit, Enrolment, Movement, StockTold
from kewei.membership.queries import benefits, files, findings, usage
from kewei.membership.rules import benefits as rules
from kewei.membership.rules import conduct
from kewei.membership.rules.files import FiledBenefitMoved, MembershipFileFault
from kewei.membership.rules.programmes import MemberNoMore, OverBudget, OwnProposal, WhyMissing
from kewei.membership.tests import joining
from kewei.membership.tests.joining import GROUND, NOW, TODAY
from kewei.products.models import Product


@pytest.fixture
def staff(db):
    return cast.assemble()


@pytest.fixture
def member(staff):
    return joining.member(staff)


def want(staff, member, kind="service", by=None, **more):
    given = {"words": "近效期盘点与调换", "ground": GROUND, "evidence": ("purpose",)} | more
    return actions.want_benefit(enrolment=member.pk, kind=kind, by=by or staff.wang, now=NOW, **given)


def decide(benefit, who, agree=True, side="compliance", why=""):
    return actions.decide_benefit(benefit=benefit.pk, agree=agree, side=side, why=why, by=who, now=NOW)


def test_a_benefit_has_ground_cap_and_approver(staff, member):
    made = want(staff, member)
    assert (made.outcome, made.cap_fen, made.ground, made.sides) == ("pass", 20_000_00, GROUND, ["compliance"])
    with pytest.raises(NotAllowed):
        decide(made, staff.li)
    assert decide(made, staff.tao).state == "granted"
    with pytest.raises(rules.BenefitDecided):
        decide(made, staff.he)
    card = benefits.benefit(staff.wang, made.pk)
    assert [(one.side, one.agrees, one.by) for one in card.opinions] == [("compliance", True, "陶")]
    for change in ({"words": " "}, {"ground": " "}):
        with pytest.raises(rules.BenefitSaysLittle):
            want(staff, member, **change)


def test_nobody_approves_their_own_and_a_warning_needs_a_reason(staff, member):
    own = want(staff, member, by=staff.zheng, evidence=())
    with pytest.raises(OwnProposal):
        decide(own, staff.zheng, why="好")
    with pytest.raises(WhyMissing):
        decide(own, staff.he)
    assert decide(own, staff.he, why="试点").state == "granted"


def test_free_goods_need_counsel_too(staff, member):
    made = want(staff, member, "free_goods", fen=100_00, evidence=("need", "contract"))
    assert decide(made, staff.tao, why="陈列用").state == "waiting"
    with pytest.raises(NotAllowed):
        decide(made, staff.tao, side="legal", why="x")
    with pytest.raises(rules.NotAsked):
        decide(made, staff.he, why="又")
    assert decide(made, staff.he, side="legal", why="合同已审").state == "granted"


def test_one_no_is_a_no(staff, member):
    made = want(staff, member)
    with pytest.raises(WhyMissing):
        decide(made, staff.he, agree=False)
    assert decide(made, staff.he, agree=False, why="依据不足").state == "refused"


def test_a_rebate_becomes_a_coupon_which_only_a_document_uses(staff, member):
    made = want(staff, member, "rebate", fen=3_000_00, channel="red_letter", tied=True)
    decide(made, staff.he)
    assert Enrolment.objects.get(pk=member.pk).fen == 3_000_00
    coupon = Movement.objects.get(kind="grant").lots.get()
    with pytest.raises(conduct.OffTheBooks):
        actions.use_coupon(coupon=coupon.pk, fen=100, channel="cash", number="X", on=TODAY, by=staff.qian, now=NOW)
    assert list(findings()) == []


def test_the_budget_bounds_what_is_granted(staff):
    member = joining.member(staff, budget_fen=1_000_00)
    made = want(staff, member, "rebate", fen=1_000_01, channel="invoice")
    with pytest.raises(OverBudget) as no:
        decide(made, staff.he)
    assert no.value.left_fen == 1_000_00
    assert Benefit.objects.get().state == "waiting"


def test_the_cap_is_of_the_year_over_all_benefits_of_a_kind(staff, member):
    assert want(staff, member, fen=12_000_00).outcome == "pass"
    assert want(staff, member, fen=12_000_00).outcome == "warn"


@pytest.mark.django_db(transaction=True)
def test_what_is_blocked_is_refused_by_name_and_noted():
    staff = cast.assemble()
    member = joining.member(staff)
    for change, no in (
        ({"kind": "gift"}, conduct.PersonalBenefit),
        ({"recipient": "张医生"}, conduct.BenefitToPerson),
        ({"kind": "rebate", "fen": 100, "channel": "transfer"}, conduct.OffTheBooks),
        ({"kind": "academic", "tied": True}, conduct.TiedToOrders),
    ):
        with pytest.raises(no):
            want(staff, member, **change)
    assert not Benefit.objects.exists()
    noted = Fact.objects.filter(name="membership.benefit_blocked").order_by("seq")
    assert len(noted) == 4
    assert "张医生" not in "".join(str(fact.detail) for fact in noted)


def test_only_ones_own_is_withdrawn_and_only_while_it_waits(staff, member):
    made = want(staff, member)
    with pytest.raises(rules.WithdrawOthers):
        actions.withdraw_benefit(benefit=made.pk, by=staff.li, now=NOW)
    actions.withdraw_benefit(benefit=made.pk, by=staff.wang, now=NOW)
    with pytest.raises(rules.BenefitDecided):
        actions.withdraw_benefit(benefit=made.pk, by=staff.wang, now=NOW)
    with pytest.raises(NotFound):
        benefits.benefit(staff.sun, made.pk)


# --- files ------------------------------------------------------------------------------------------------------------


def intake(staff, noun="benefits"):
    return Intake.objects.create(noun=noun, filename="f.csv", file_digest="d" * 64, taken_by=staff.qian, taken_at=NOW)


def row(**change):
    return {
        "customer_code": "T0002", "programme": "LS26", "kind": "service", "words": "盘点", "ground": GROUND,
        "evidence": ("purpose",),
    } | change  # fmt: skip


def test_a_file_of_benefits_proposes_each_and_takes_them_back(staff, member):
    done = actions.import_benefits(rows=[row(), row(fen=500_00)], intake=intake(staff), by=staff.li, now=NOW)
    assert Benefit.objects.filter(state="waiting").count() == 2
    assert len(list(files.export_benefits(staff.li))) == 2
    back = actions.undo_import_benefits(intake=intake(staff), **done, by=staff.li, now=NOW)
    assert back == {"withdrawn": 2, "left": 0}
    again = actions.import_benefits(rows=[row()], intake=intake(staff), by=staff.li, now=NOW)
    decide(Benefit.objects.latest("pk"), staff.he)
    with pytest.raises(FiledBenefitMoved):
        actions.undo_import_benefits(intake=intake(staff), **again, by=staff.li, now=NOW)


def test_counts_of_shelves_come_in_by_file_and_reach_the_usage_card(staff, member):
    what = Product.objects.create(code="P1", name="阿莫西林", unit="盒", scope_class="general", added_at=NOW)
    shop = member.terminal
    counted = {"customer_code": shop.code, "product_code": "P1", "on": TODAY, "units": 40, "near_units": 5}
    bad = [
        counted | {"customer_code": staff.suns_clinic.code}, counted | {"product_code": "P2"}, counted | {"near_units": 41},
        counted | {"on": TODAY + timedelta(days=1)},
    ]  # fmt: skip
    plan = files.plan_stock(staff.wang, enumerate([counted, *bad], 1), TODAY)
    assert [(row, column) for row, column, _why in plan.faults] == [
        (2, "customer_code"), (3, "product_code"), (4, "units"), (5, "units"),
    ]  # fmt: skip
    with pytest.raises(MembershipFileFault):
        actions.import_stock(rows=bad, intake=intake(staff), by=staff.wang, now=NOW)
    actions.tell_stock(terminal=shop, product=what, units=90, on=date(2026, 11, 1), by=staff.wang, now=NOW)
    came = intake(staff)
    made = actions.import_stock(rows=[counted], intake=came, by=staff.wang, now=NOW)
    (used,) = usage.usage_card(staff.wang, shop.pk, TODAY).products
    assert (used.use.stock_milli, used.counted_on) == (40_000, TODAY)
    assert files.plan_stock(staff.wang, [(1, counted)], TODAY).same == 1
    assert [row["units"] for row in files.export_stock(staff.wang)] == [40, 90]
    # Undone, the count before it counts again; nothing was erased.
    actions.undo_import_stock(intake=came, **made, by=staff.wang, now=NOW)
    assert usage.usage_card(staff.wang, shop.pk, TODAY).products[0].counted_on == date(2026, 11, 1)
    assert (
        StockTold.objects.count(),
        actions.undo_import_stock(intake=came, **made, by=staff.wang, now=NOW)["left"],
    ) == (3, 1)
    with pytest.raises(NotAllowed):
        actions.import_stock(rows=[counted], intake=came, by=staff.qian, now=NOW)


def test_what_the_table_blocks_is_a_fault_of_its_row(staff, member, django_assert_num_queries):
    rows = [
        row(),
        row(kind="cash"),
        row(recipient="李店长"),
        row(kind="rebate", fen=1, channel="cash"),
        row(programme="X"),
    ]
    plan = files.plan_benefits(staff.li, enumerate(rows, 1), TODAY)
    with CaptureQueriesContext(connection) as few:
        files.plan_benefits(staff.li, enumerate(rows[:1], 1), TODAY)
    with django_assert_num_queries(len(few)):
        files.plan_benefits(staff.li, enumerate(rows * 5, 1), TODAY)
    assert [(number, why.code) for number, _column, why in plan.faults] == [
        (2, "personal_benefit"), (3, "benefit_to_person"), (4, "price_off_the_books"), (5, "member_not_in_programme"),
    ]  # fmt: skip
    with pytest.raises(MembershipFileFault):
        actions.import_benefits(rows=rows, intake=intake(staff), by=staff.li, now=NOW)
    assert not Benefit.objects.exists()


def test_a_file_of_points_books_each_and_reverses_them(staff, member):
    def line(points, why="盘点补记"):
        return {"customer_code": "T0002", "programme": "LS26", "points": points, "why": why}

    done = actions.import_adjustments(
        rows=[line(300), line(-100)], intake=intake(staff, "points"), by=staff.qian, now=NOW
    )
    assert Enrolment.objects.get(pk=member.pk).points == 200
    assert [one["points"] for one in files.export_adjustments(staff.qian)] == [-100, 300]
    actions.undo_import_adjustments(intake=intake(staff), **done, by=staff.qian, now=NOW)
    assert Enrolment.objects.get(pk=member.pk).points == 0
    for wrong in (line(0), line(5, " "), line(-1)):
        with pytest.raises(MembershipFileFault):
            actions.import_adjustments(rows=[wrong], intake=intake(staff), by=staff.qian, now=NOW)
    assert list(findings()) == []


def test_what_waits_for_a_side_stands_in_its_inbox_until_it_has_spoken(staff, member, client):
    made = want(staff, member)
    waits = lambda who, *sides: [row.pk for row in benefits.waiting_for(who, sides)]  # noqa: E731
    assert waits(staff.tao, "compliance") == [made.pk]
    assert (waits(staff.tao, "legal"), waits(staff.tao), waits(staff.wang, "compliance")) == ([], [], [])
    address = reverse("membership:benefit", args=[made.pk])
    client.force_login(staff.tao)
    assert address in client.get(reverse("desk:inbox")).content.decode()
    decide(made, staff.tao)
    assert waits(staff.tao, "compliance") == []
    assert address not in client.get(reverse("desk:inbox")).content.decode()


def test_nothing_is_granted_to_who_has_left(staff, member):
    made = want(staff, member, "rebate", fen=3_000_00, channel="red_letter", tied=True)
    actions.end_enrolment(enrolment=member.pk, why="停业", by=staff.li, now=NOW)
    with pytest.raises(MemberNoMore):
        decide(made, staff.he)
    assert (Benefit.objects.get().state, Enrolment.objects.get(pk=member.pk).fen) == ("waiting", 0)
    assert decide(made, staff.he, agree=False, why="已退会").state == "refused"


def test_what_waits_for_counsel_alone_hides_nothing_from_compliance(staff, member):
    for _n in range(3):
        decide(want(staff, member, "free_goods", fen=100_00, evidence=("need", "contract")), staff.tao, why="陈列用")
    made = want(staff, member)
    assert [row.pk for row in benefits.waiting_for(staff.tao, ["compliance"], limit=1)] == [made.pk]
