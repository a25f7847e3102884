"""A new county hospital, from its papers to its first order on credit; the order refused three ways; a raise; a hold."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests import cast
from tests.trading import NOW, TODAY, Trade, product

from kewei.credit import actions as credit
from kewei.credit.models import Account, Hold, Limit
from kewei.credit.queries import standing
from kewei.credit.rules.redlines import LISTS
from kewei.journal.actions.following import catch_up
from kewei.journal.following import followers
from kewei.orders import actions as orders
from kewei.orders.models import Order
from kewei.orders.queries.orders import verdicts_of
from kewei.orders.rules.says import refusal_of
from kewei.people import queries as people
from kewei.receivables import actions as receivables
from kewei.terminals import actions as terminals
from kewei.terminals.models import Terminal

pytestmark = pytest.mark.django_db

ANSWERS = {
    "principal": {"name": "周院长", "experience": 20, "dishonest": False, "lawsuits": 0, "share": 60},
    "scale": {
        "open_months": 240, "shell": False, "insured": 600, "registered_fen": 50_000_000_00, "hospital_level": 2,
    },
    "selling": {"turnover_fen": 200_000_000_00, "sell_through": True, "district_rank": 90},
    "management": {"penalty": 0, "penalty_free": 120, "suspended": False, "erp": True},
    "references": {
        "suppliers": [
            {"supplier": name, "term_days": 60, "highest_fen": 1_000_000_00, "overdue_days": 0}
            for name in ("甲医药", "乙医药", "丙医药")
        ],
        "sued_by_supplier": False,
    },
    "bank": {"bank": "建设银行", "account": True, "bank_line": True, "bill_state": 0, "guarantees": False},
    "staff": {"wage_arrears": False, "arbitrations": 0, "steady_staff": True},
    "peers": {"opinions": [{"peer": "同行甲", "opinion": 3}, {"peer": "同行乙", "opinion": 3}]},
    "hospital": {"over_legal_days": 0, "funded": 90},
}  # fmt: skip


@pytest.fixture
def trade():
    staff = cast.assemble()
    return Trade(
        staff,
        product("P1", "阿莫西林胶囊", 10_00),
        product("P2", "胰岛素注射液", 40_00, scope_class="biological"),
        product("P3", "盐酸吗啡注射液", 20_00, scope_class="narcotic_1"),
    )


def test_a_county_hospital_wins_trust_and_loses_it_and_wins_it_back(trade):
    staff = trade.staff
    hospital = opened_with_papers(staff)
    surveyed(staff, hospital)
    scored(staff, hospital)
    granted(staff, hospital)

    for number in range(3):
        paid_ahead(trade, hospital, number)
    first = released(trade.order(quantity=50, terminal=hospital), staff)
    assert standing.standing(hospital.pk, TODAY).exposure.ordered_fen == 500_00

    refused_three_ways(trade, hospital)
    raised_by_four(staff, hospital)
    held_until_the_money_arrives(trade, hospital, first)


def opened_with_papers(staff: cast.Cast) -> Terminal:
    """Wang opens the card; Wu verifies the licence; the hospital says who may buy and receive."""
    hospital = terminals.add_terminal(name="京山县人民医院", kind="public_hospital", by=staff.wang, now=NOW)
    terminals.record_licence(
        terminal=hospital, kind="medical", number="PDY00001", valid_from=date(2024, 1, 1), valid_to=date(2028, 12, 31),
        verify_by=date(2027, 5, 1), scope=["general", "biological"], verified_how="sealed_copy", by=staff.wu, now=NOW,
    )  # fmt: skip
    terminals.add_authorised(
        terminal=hospital, name="何采", kinds=["buy", "receive"], valid_to=date(2027, 6, 1), by=staff.wang, now=NOW
    )
    return hospital


def surveyed(staff: cast.Cast, hospital: Terminal) -> None:
    """Wang surveys on the spot and looks into the six lists; Zhao accepts."""
    survey = credit.start_survey(terminal=hospital, how="site", surveyed_on=TODAY, by=staff.wang, now=NOW)
    credit.save_survey(
        survey=survey,
        answers=ANSWERS,
        opinion="县内唯一二甲医院，回款正常",
        suggested_grade="B",
        by=staff.wang,
        now=NOW,
    )
    for line in LISTS:
        credit.check_list(
            terminal=hospital, line=line, found=False, checked_on=TODAY, survey=survey, by=staff.wang, now=NOW
        )
    survey = credit.hand_in_survey(survey=survey, by=staff.wang, now=NOW)
    credit.review_survey(survey=survey, accept=True, by=staff.zhao, now=NOW)


def scored(staff: cast.Cast, hospital: Terminal) -> None:
    """The house computes the grade; nobody types one."""
    credit.score_many(terminal_ids=[hospital.pk], as_of=TODAY, by=staff.zhao, now=NOW)
    assert Account.objects.get(terminal=hospital).grade in ("A", "B", "C")


def granted(staff: cast.Cast, hospital: Terminal) -> None:
    """Wang asks for what the first months need; everybody the authority table names agrees."""
    application = credit.apply_for_credit(
        terminal=hospital, kind="new", wanted_fen=20_000_00, term_days=30, until=date(2027, 5, 1), pledged=True,
        over_reason="新客户，首月预计采购两万元", first_order_fen=10_000_00, by=staff.wang, now=NOW,
    )  # fmt: skip
    agreed_by(staff, application)
    assert Limit.objects.get(terminal=hospital, ended_at=None).fen == 20_000_00


def agreed_by(staff: cast.Cast, application) -> list[str]:
    """Let everybody on the route agree; answers with the roles that did."""
    speakers = {
        "manager": staff.li, "credit": staff.zhao, "credit_manager": staff.feng, "finance_director": staff.tao,
        "director": staff.zheng,
    }  # fmt: skip
    spoke = []
    while application.state == "waiting":
        role = application.waiting_for
        application = credit.give_opinion(application=application, word="agree", by=speakers[role], now=NOW)
        spoke.append(role)
    assert application.state == "granted"
    return spoke


def paid_ahead(trade: Trade, hospital: Terminal, number: int) -> None:
    """One of the first three orders: the money comes before the goods; on credit it would have been refused."""
    early = trade.order(quantity=5, terminal=hospital)
    assert early.state == "held"
    assert f"现已付清 {number} 单" in sentences(early)
    orders.cancel_order(order=early, reason="改为预付", by=trade.staff.wang, now=NOW)
    money = receivables.receive_payment(
        terminal=hospital, number=f"YS{number}", received_on=TODAY, fen=50_00, how="none", by=trade.staff.qian, now=NOW
    )
    order = released(trade.order(quantity=5, terminal=hospital, payment="prepaid"), trade.staff)
    trade.invoice(trade.ship(order))
    receivables.allocate_by(credit=money, how="oldest", by=trade.staff.qian, now=NOW)


def released(order: Order, staff: cast.Cast) -> Order:
    """The order as it stands once somebody has released it, where the gate asked for that."""
    if order.state == "waiting":
        order = orders.release_order(order=order, by=staff.zhao, now=NOW)
    assert order.state == "released", sentences(order)
    return order


def sentences(order: Order) -> str:
    """What the gate said of an order, in words."""
    newest = verdicts_of(people.person_by_login("zheng"), order.pk)[0]
    return "；".join(refusal_of(line).sentence(str) for line in newest.lines)


def refused_three_ways(trade: Trade, hospital: Terminal) -> None:
    """The same order: over the limit; a narcotic without the seal card; with the licence expired."""
    staff = trade.staff
    over = trade.order(quantity=5_000, terminal=hospital)
    outside = trade.order(quantity=1, product=trade.morphine, terminal=hospital)
    later = NOW + timedelta(days=900)
    expired = trade.order(quantity=50, terminal=hospital, now=later)
    for order, rule, word in (
        (over, "over_limit", "额度"), (outside, "scope_paper", "印鉴卡"), (expired, "paper_expired", "过期"),
    ):  # fmt: skip
        assert order.state == "held"
        found = {said["rule"] for said in order.verdicts.order_by("-pk")[0].verdicts if said["level"] == "block"}
        assert rule in found
        assert word in sentences(order)
    for order in (over, outside, expired):
        orders.cancel_order(order=order, reason="不再需要", by=staff.wang, now=later)


def raised_by_four(staff: cast.Cast, hospital: Terminal) -> None:
    """A raise far above the suggestion passes all four desks and replaces the limit."""
    application = credit.apply_for_credit(
        terminal=hospital, kind="raise", wanted_fen=200_000_00, term_days=30, until=date(2027, 5, 1), pledged=True,
        over_reason="新住院楼启用，药品目录扩大一倍", by=staff.wang, now=NOW,
    )  # fmt: skip
    assert agreed_by(staff, application) == ["manager", "credit_manager", "finance_director", "director"]
    assert Limit.objects.get(terminal=hospital, ended_at=None).fen == 200_000_00
    assert Limit.objects.filter(terminal=hospital).count() == 2, "the limit before stays written"


def held_until_the_money_arrives(trade: Trade, hospital: Terminal, first: Order) -> None:
    """The first delivery is not paid in time: no more credit, by rule; the day the money comes, credit again."""
    entry = trade.invoice(trade.ship(first))
    late = NOW + timedelta(days=100)
    credit.keep_holds(terminals=[hospital.pk], by=people.system(), now=late)
    hold = Hold.objects.get(terminal=hospital, lifted_at=None)
    assert (hold.automatic, hold.reason) == (True, "overdue")
    held = trade.order(quantity=10, terminal=hospital, now=late)
    assert held.state == "held"

    receivables.receive_payment(
        terminal=hospital, number="SK0001", received_on=TODAY + timedelta(days=100), fen=entry.total_fen, how="oldest",
        by=trade.staff.qian, now=late,
    )  # fmt: skip
    for follower in followers():
        catch_up(follower=follower, by=people.system(), now=late)
    hold.refresh_from_db()
    assert hold.lifted_at is not None
    assert Order.objects.get(pk=held.pk).state != "held", "the order went through the gate again by itself"
