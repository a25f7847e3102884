"""Every line of docs/algorithms/matching-receipts.md, and what keeps a rule from booking the wrong customer."""

from dataclasses import replace
from datetime import date

import pytest

from kewei.receivables.rules import Candidate, Incoming, OpenItem, apply_by_rule, check_shares, matching, propose
from kewei.receivables.tests.rules.worked import day, fen, several, table

PAGE = "matching-receipts.md"
INVOICES = table(PAGE, "owner", "number")
ITEMS = [
    OpenItem(place, row["number"], day(row["due"]), day(row["on"]), fen(row["open"]))
    for place, row in enumerate(INVOICES)
]
NUMBERS = {item.item_id: item.number for item in ITEMS}
CUSTOMERS = [
    Candidate(
        int(row["customer"]),
        f"C{row['customer']}",
        tuple(several(row["names"])),
        tuple(several(row["payers"])),
        tuple(item for item, invoice in zip(ITEMS, INVOICES, strict=True) if invoice["owner"] == row["customer"]),
        day(row["statement"]) if row["statement"] else None,
        fen(row["stated"] or "0"),
    )
    for row in table(PAGE, "customer", "names")
]
RECEIVED_ON = date(2026, 6, 30)


@pytest.mark.parametrize("case", table(PAGE, "amount", "from"), ids=lambda c: f"{c['amount']} {c['from']} {c['memo']}")
def test_worked_table(case):
    money = Incoming(fen(case["amount"]), RECEIVED_ON, case["from"], case["memo"])
    proposals = propose(money, CUSTOMERS)
    if not case["best"]:
        assert proposals == []
        assert apply_by_rule(proposals) is None
        return
    best = proposals[0]
    assert f"{best.customer_id} {best.reason.code} {best.payer.code}" == case["best"]
    settles = [(part.split()[0], fen(part.split()[1])) for part in several(case["settles"])]
    assert [(NUMBERS[share.item_id], share.fen) for share in best.shares] == settles
    assert best.left_fen == fen(case["left"])
    assert apply_by_rule(proposals) == (best if case["by rule"] == "yes" else None)


@pytest.mark.parametrize("case", table(PAGE, "amount", "from"), ids=lambda c: f"{c['amount']} {c['from']} {c['memo']}")
def test_every_proposal_could_be_booked_as_it_stands(case):
    money = Incoming(fen(case["amount"]), RECEIVED_ON, case["from"], case["memo"])
    for proposal in propose(money, CUSTOMERS):
        items = next(c for c in CUSTOMERS if c.customer_id == proposal.customer_id).items
        assert check_shares(proposal.shares, items, money.fen) == proposal.left_fen


def test_the_page_lists_every_reason_and_payer_in_order():
    reasons = table(PAGE, "reason", "sure")
    assert [(row["reason"], row["sure"] == "yes", row["中文"]) for row in reasons] == [
        (reason.code, reason.sure, reason.says) for reason in matching.REASONS.values()
    ]
    payers = table(PAGE, "payer", "known")
    assert [(row["payer"], row["中文"]) for row in payers] == [(p.code, p.says) for p in matching.PAYERS.values()]
    assert {row["payer"] for row in payers if row["known"] == "yes"} == matching.KNOWN


def test_the_order_of_customers_does_not_matter():
    money = Incoming(33_333, RECEIVED_ON, "张三")
    assert propose(money, CUSTOMERS) == propose(money, list(reversed(CUSTOMERS)))
    assert [proposal.customer_id for proposal in propose(money, CUSTOMERS)] == [1, 3]


def test_no_more_proposals_than_asked_for():
    assert len(propose(Incoming(33_333, RECEIVED_ON, "张三"), CUSTOMERS, limit=1)) == 1


def test_two_customers_the_fund_could_be_paying_for_wait_for_a_person():
    hospital, clinic = CUSTOMERS[0], CUSTOMERS[1]
    same_amount = replace(clinic, items=(replace(clinic.items[0], open_fen=25_000),))
    money = Incoming(25_000, RECEIVED_ON, "江北县医疗保障基金中心")
    assert apply_by_rule(propose(money, [hospital, same_amount])) is None
    named = replace(money, memo="江南中医院")
    chosen = apply_by_rule(propose(named, [hospital, same_amount]))
    assert chosen is not None
    assert chosen.customer_id == clinic.customer_id


def test_two_reasons_that_disagree_wait_for_a_person():
    pharmacy = CUSTOMERS[2]
    one = replace(pharmacy.items[2], item_id=90, number="N90", due_date=date(2026, 8, 1), open_fen=39_333)
    money = Incoming(39_333, RECEIVED_ON, "康泰药房")
    proposals = propose(money, [replace(pharmacy, items=(*pharmacy.items, one))])
    assert [proposal.reason.code for proposal in proposals] == ["one_invoice", "oldest_run"]
    assert apply_by_rule(proposals) is None


def test_a_named_invoice_outweighs_an_equal_sum():
    pharmacy = CUSTOMERS[2]
    money = Incoming(6_000, RECEIVED_ON, "康泰药房", "08812322")
    chosen = apply_by_rule(propose(money, [pharmacy]))
    assert chosen is not None
    assert [NUMBERS[share.item_id] for share in chosen.shares] == ["08812322"]


def test_a_statement_partly_paid_since_is_no_longer_its_balance():
    clinic = CUSTOMERS[1]
    partly_paid = replace(clinic, items=(replace(clinic.items[0], open_fen=20_000), *clinic.items[1:]))
    codes = [p.reason.code for p in propose(Incoming(70_000, RECEIVED_ON, "江南中医院"), [partly_paid])]
    assert "statement" not in codes


@pytest.mark.parametrize("nothing", [Incoming(0, RECEIVED_ON, "康泰药房"), Incoming(-5, RECEIVED_ON, "康泰药房")])
def test_no_money_pays_nothing(nothing):
    assert propose(nothing, CUSTOMERS) == []


def test_two_letters_in_a_memo_mention_nobody():
    short = Candidate(5, "C5", ("货款",), items=CUSTOMERS[2].items)
    assert matching.payer_of(Incoming(100, RECEIVED_ON, "张三", "货款"), short).code == "stranger"


def test_brackets_and_width_of_a_name_do_not_matter():
    chain = Candidate(6, "C6", ("康泰(江北)大药房",), items=CUSTOMERS[2].items)
    assert matching.payer_of(Incoming(100, RECEIVED_ON, "康泰（江北）大药房"), chain).code == "own"
