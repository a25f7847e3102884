"""The table of conduct: no gap, no overlap, and what domain 4.5 says of each item."""

from dataclasses import replace

import pytest

from kewei.kernel.policies import BadPolicy
from kewei.membership.rules import conduct
from kewei.membership.rules.conduct import FORBIDDEN, KINDS, LIMITS, TABLE, Wanted, blocked, decide

POLICY = LIMITS.read(LIMITS.body)
NAMES = ("T0002", "益丰大药房中山路店")
SERVICE = Wanted("service", "近效期盘点", 0, "服务协议", "in_kind", evidence=("purpose",))


def test_the_table_has_no_gap_and_no_overlap():
    assert conduct.doubts() == []


def test_a_row_too_many_or_too_few_is_found():
    assert conduct.doubts([*TABLE, TABLE[0]])
    assert conduct.doubts(TABLE[1:])


def test_every_rule_has_its_words():
    rules = {row.rule for row in TABLE if row.rule}
    assert rules == set(conduct.SAYS)
    assert {row.rule for row in TABLE if row.level == "block"} == set(conduct.BLOCKS)


@pytest.mark.parametrize("kind", FORBIDDEN)
def test_nothing_of_a_personal_kind_passes(kind):
    decision = decide(replace(SERVICE, kind=kind), NAMES, POLICY)
    assert isinstance(blocked(decision), conduct.PersonalBenefit)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_passes_to_anybody_but_the_member(kind):
    channel = "red_letter" if kind in conduct.PRICE else "in_kind"
    wanted = replace(SERVICE, kind=kind, channel=channel, evidence=tuple(conduct.EVIDENCE))
    assert isinstance(blocked(decide(replace(wanted, recipient="店长张三"), NAMES, POLICY)), conduct.BenefitToPerson)
    assert blocked(decide(replace(wanted, recipient="益丰大药房中山路店"), NAMES, POLICY)) is None


@pytest.mark.parametrize("kind", conduct.PRICE)
@pytest.mark.parametrize("channel", conduct.CHANNELS)
def test_a_price_benefit_is_on_the_books_or_not_at_all(kind, channel):
    no = blocked(decide(replace(SERVICE, kind=kind, channel=channel, fen=100), NAMES, POLICY))
    assert isinstance(no, conduct.OffTheBooks) is (channel not in ("invoice", "red_letter"))


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in conduct.PRICE])
def test_nothing_is_paid_in_cash(kind):
    wanted = replace(SERVICE, kind=kind, channel="cash", evidence=tuple(conduct.EVIDENCE))
    assert isinstance(blocked(decide(wanted, NAMES, POLICY)), conduct.PaidInCash)


@pytest.mark.parametrize("kind", ["service", "training", "academic", "meal", "fee", "staff_incentive"])
def test_services_and_sponsorship_are_tied_to_no_order(kind):
    wanted = replace(SERVICE, kind=kind, evidence=tuple(conduct.EVIDENCE), tied=True)
    assert isinstance(blocked(decide(wanted, NAMES, POLICY)), conduct.TiedToOrders)


@pytest.mark.parametrize(
    ("change", "outcome", "sides", "rules"),
    [
        ({}, "pass", ("compliance",), []),
        ({"evidence": ()}, "warn", ("compliance",), ["evidence_thin"]),
        ({"kind": "fee", "evidence": ("need",)}, "block", None, ["evidence_missing"]),
        ({"kind": "free_goods", "evidence": ("need", "contract")}, "warn", ("compliance", "legal"), ["free_goods"]),
        ({"kind": "staff_incentive", "evidence": ("contract", "deliverable")}, "warn", ("compliance",), ["staff_incentive"]),
        ({"kind": "academic", "evidence": ("purpose", "agenda", "contract")}, "pass", ("compliance",), ["academic"]),
        ({"fen": 20_000_01}, "warn", ("compliance",), ["over_cap"]),
        ({"kind": "relief", "near_tender": True}, "warn", ("compliance",), ["near_tender"]),
        ({"words": "给店长的购物卡"}, "block", None, ["personal_words"]),
        (
            {"kind": "distributor_service", "fen": 10_000_00, "evidence": ("contract", "deliverable", "invoice")},
            "warn", ("compliance",), ["distributor_service", "round_sum"],
        ),
    ],
)  # fmt: skip
def test_what_each_item_of_the_guidelines_comes_to(change, outcome, sides, rules):
    decision = decide(replace(SERVICE, **change), NAMES, POLICY)
    assert (decision.outcome, [line.rule for line in decision.lines]) == (outcome, rules)
    assert sides is None or decision.sides == sides


def test_what_there_is_not_is_refused_by_name():
    for change in ({"kind": "yacht"}, {"channel": "pigeon"}):
        with pytest.raises(conduct.UnknownBenefit):
            decide(replace(SERVICE, **change), NAMES, POLICY)


def test_the_policy_names_kinds_and_evidence_there_are():
    for change in ({"caps_fen": {"yacht": 1}}, {"evidence": {"fee": ["a photo"]}}, {"round_fen": 0}):
        with pytest.raises(BadPolicy):
            LIMITS.read(LIMITS.body | change)
