"""Every line of docs/algorithms/gate.md."""

from dataclasses import replace

import pytest
from tests import trading
from tests.trading import NOW, TODAY

from kewei.credit.queries.standing import standing
from kewei.credit.rules.exposure import Exposure
from kewei.orders import actions
from kewei.orders.rules.gate import BLOCK, decide
from kewei.orders.rules.lines import SentBack
from kewei.orders.rules.states import FROM, state_after
from kewei.orders.tests.test_gate_rules import CASE, LINE, POLICIES, STANDS
from kewei.receivables import actions as receivables
from kewei.receivables.tests.rules.worked import several, table

PAGE = "gate.md"
LIMIT_FEN = 1_000_00


def fen(text: str) -> int:
    yuan, _, rest = text.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


@pytest.mark.parametrize("case", table(PAGE, "what", "pays"), ids=lambda case: case["what"])
def test_orders_judged(case):
    left = case["left"]
    stands = replace(
        STANDS, grade=case["grade"], overdue_days=int(case["overdue days"]), limit_fen=None if left == "none" else LIMIT_FEN,
        exposure=Exposure(invoiced_fen=0 if left == "none" else LIMIT_FEN - fen(left)),
    )  # fmt: skip
    wanted_fen = fen(case["order"])
    line = replace(LINE, supply=case["supply"], fen=wanted_fen)
    judged = replace(CASE, payment=case["pays"], standing=stands, lines=(line,), wanted_fen=wanted_fen)
    decision = decide(judged, POLICIES)
    assert decision.outcome == case["outcome"]
    said = {one.rule for one in decision.lines if one.level == BLOCK or one.asks or one.rule == "limit_touched"}
    assert said == ({case["because"]} if case["because"] else set())
    assert state_after(decision, stands.grade, POLICIES.gate.released_by_itself, case["pays"]) == case["state"]


def test_what_may_follow_a_state():
    written = {row["verb"]: set(several(row["from"])) for row in table(PAGE, "verb", "from")}
    assert written == {verb: set(states) for verb, states in FROM.items()}


@pytest.mark.django_db
def test_exposure_along_the_way():
    steps = table(PAGE, "step", "ordered", "delivered", "invoiced", "unapplied")
    trade = trading.open_shop()
    order, by, made = None, trade.staff.qian, {}

    def leave():
        made["delivery"] = trade.ship(order, 60)

    def back(number=""):
        actions.take_back(
            delivery=made["delivery"], lines=[SentBack(made["delivery"].lines.get().pk, 10_000)], reason="退", on=TODAY,
            red_letter_number=number, by=by, now=NOW,
        )  # fmt: skip

    def pay():
        receivables.receive_payment(
            terminal=trade.hospital, number="SK1", received_on=TODAY, fen=500_00, how="oldest", by=by, now=NOW
        )

    deeds = [
        leave, back, lambda: trade.invoice(made["delivery"]), lambda: back("HZ1"),
        lambda: actions.cancel_order(order=order, reason="不要了", by=trade.staff.wang, now=NOW), pay,
    ]  # fmt: skip
    for row, deed in zip(steps, [None, *deeds], strict=True):
        if deed is None:
            order = trade.order(100)
        else:
            deed()
        found = standing(trade.hospital.pk, TODAY).exposure
        parts = ("ordered", "delivered", "invoiced", "unapplied")
        assert {name: found.part(name) for name in parts} == {name: int(row[name]) * 100 for name in parts}, row["step"]
        assert found.total_fen == int(row["exposure"]) * 100
