"""Every worked table of docs/algorithms/exit.md."""

from __future__ import annotations

import pytest

from kewei.collecting.rules import escalation, exits
from kewei.collecting.rules.escalation import ESCALATION, read_rungs
from kewei.collecting.rules.exits import EXIT, Proposal, read_exit
from kewei.kernel.policies import BadPolicy
from kewei.kernel.refusals import Refused
from kewei.receivables.tests.rules.worked import fen, several, table

PAGE = "exit.md"
RUNGS = ESCALATION.read(ESCALATION.body)
POLICY = EXIT.read(EXIT.body)


def answer(ask) -> str:
    try:
        ask()
    except Refused as no:
        return no.code
    return "ok"


@pytest.mark.parametrize("case", table(PAGE, "side", "rung"), ids=lambda case: " ".join(case.values()))
def test_a_rung(case):
    given = {
        "done": several(case["done"]), "stage": int(case["stage"]), "segment": case["segment"], "sme": case["sme"] == "yes",
        "pressed": case["pressed"] == "yes", "rungs": RUNGS,
    }  # fmt: skip
    assert answer(lambda: escalation.check_rung(case["side"], case["rung"], **given)) == case["answer"]


@pytest.mark.parametrize("case", table(PAGE, "steps", "write off"), ids=lambda case: " ".join(case.values()))
def test_what_is_found(case):
    asked = Proposal(
        steps=tuple(several(case["steps"])), write_off_fen=fen(case["write off"]), overdue_fen=fen(case["overdue"]),
        days=int(case["days"]), limitation_checked=case["checked"] == "yes", alive_fen=fen(case["alive"]),
    )  # fmt: skip
    assert [f"{one.level} {one.code}" for one in exits.findings(asked, POLICY)] == several(case["finds"])
    stopped = case["finds"].startswith("block")
    assert (answer(lambda: exits.check_proposal(asked, POLICY)) == "ok") is not stopped


@pytest.mark.parametrize("case", table(PAGE, "write off", "roles"), ids=lambda case: " ".join(case.values()))
def test_who_may_agree(case):
    roles = several(case["roles"])
    assert answer(lambda: exits.check_decision(1, 2, roles, fen(case["write off"]), POLICY)) == case["answer"]
    assert answer(lambda: exits.check_decision(1, 1, roles, fen(case["write off"]), POLICY)) == "own_exit"


def test_policies_that_cannot_be_are_refused():
    rows = ESCALATION.body["rungs"]
    for wrong in (
        [],
        rows[:5],
        [rows[0] | {"code": "moon"}, *rows[1:]],
        [*rows, rows[5] | {"code": "medical"}],
        [rows[1], rows[0], *rows[5:]],
    ):
        with pytest.raises(BadPolicy):
            read_rungs({"rungs": wrong})
    for wrong in ([], [{"up_to_fen": 1, "role": "representative"}], [{"up_to_fen": 2, "role": "director"}] * 2):
        with pytest.raises(BadPolicy):
            read_exit(EXIT.body | {"authority": wrong})
