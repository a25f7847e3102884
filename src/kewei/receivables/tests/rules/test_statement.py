"""The statement of docs/algorithms/statement.md, and what refuses to be one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.receivables.rules import Movement, OpenItem, build_statement, refusals
from kewei.receivables.rules.statement import DECLARATION, REQUEST, SECTIONS
from kewei.receivables.tests.rules.worked import day, fen, table

PAGE = "statement.md"
HEAD = table(PAGE, "opening")[0]
LINES = table(PAGE, "day", "section")
RESULT = {row["result"]: row["value"] for row in table(PAGE, "result")}
MOVEMENTS = [Movement(row["section"], day(row["day"]), row["number"], fen(row["movement"])) for row in LINES]
OPEN = [
    OpenItem(place, row["open invoice"], day(row["due"]), day(row["issued"]), fen(row["open"]))
    for place, row in enumerate(table(PAGE, "open invoice"))
]


def march(**changed):
    given_facts = {
        "first": day(HEAD["first"]),
        "last": day(HEAD["last"]),
        "opening_fen": fen(HEAD["opening"]),
        "movements": list(reversed(MOVEMENTS)),
        "open_items": OPEN,
        "unapplied_fen": fen(RESULT["unapplied"]),
    }
    return build_statement(**{**given_facts, **changed})


def test_lines_run_in_order_with_the_balance_after_each():
    assert [(line.movement, line.balance_fen) for line in march().lines] == [
        (movement, fen(row["balance"])) for movement, row in zip(MOVEMENTS, LINES, strict=True)
    ]


def test_totals_are_those_of_the_page():
    made = march()
    names = ["invoices", "red-letter notes", "receipts", "allowances", "write-offs", "reversals"]
    assert list(made.section_fen) == list(SECTIONS)
    assert list(made.section_fen.values()) == [fen(RESULT[name]) for name in names]
    assert made.closing_fen == fen(RESULT["closing"])
    assert made.closing_in_words == RESULT["in words"]
    assert (made.due_fen, made.overdue_fen) == (fen(RESULT["due"]), fen(RESULT["overdue"]))
    assert [line.overdue_days for line in made.open_lines] == [
        int(row["overdue days"]) for row in table(PAGE, "open invoice")
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"opening_fen": 100_001},
        {"unapplied_fen": 0},
        {"open_items": OPEN[:1]},
        {"movements": MOVEMENTS[1:]},
    ],
)
def test_a_statement_that_does_not_add_up_is_not_made(wrong):
    with pytest.raises(refusals.StatementDoesNotAdd):
        march(**wrong)


def test_the_refusal_says_by_how_much():
    with pytest.raises(refusals.StatementDoesNotAdd) as refused:
        march(opening_fen=100_001)
    assert refused.value.numbers == {"opening_fen": 100_001, "moved_fen": 15_000, "closing_fen": 115_000}


def test_a_movement_of_another_month_is_refused():
    stray = replace(MOVEMENTS[0], on=date(2026, 4, 1))
    with pytest.raises(refusals.OutsidePeriod):
        march(movements=[stray, *MOVEMENTS[1:]])


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(refusals.PeriodReversed):
        march(last=date(2026, 2, 28))


def test_a_month_without_movements_is_a_statement_too():
    quiet = march(movements=[], opening_fen=115_000)
    assert quiet.lines == ()
    assert quiet.closing_fen == quiet.opening_fen


def test_money_we_hold_makes_a_negative_closing():
    held = march(movements=[], opening_fen=-5_000, open_items=[])
    assert held.closing_fen == -5_000
    assert held.closing_in_words == "负伍拾元整"
    assert (held.due_fen, held.overdue_fen) == (0, 0)


def test_the_two_sentences_keep_the_claims_and_ask_for_the_money():
    assert "不视为" in DECLARATION
    assert "利息" in DECLARATION
    assert REQUEST.format(pay_by="2026-04-15", due_fen="1,200.00") == "请于 2026-04-15 前支付已到期款项 1,200.00 元。"


rows = st.lists(
    st.tuples(st.sampled_from(list(SECTIONS)), st.integers(0, 30), st.integers(-(10**12), 10**12)), max_size=20
)


@given(rows, st.integers(-(10**12), 10**12))
def test_running_balances_end_at_closing(moved, opening_fen):
    movements = [
        Movement(section, date(2026, 3, 1) + timedelta(days=n), f"N{place}", amount)
        for place, (section, n, amount) in enumerate(moved)
    ]
    closing_fen = opening_fen + sum(amount for _, _, amount in moved)
    owed = [OpenItem(1, "N1", date(2026, 3, 1), date(2026, 3, 1), closing_fen)] if closing_fen > 0 else []
    made = march(
        movements=movements, opening_fen=opening_fen, open_items=owed, unapplied_fen=0 if owed else -closing_fen
    )
    assert made.closing_fen == closing_fen == opening_fen + sum(made.section_fen.values())
    assert (made.lines[-1].balance_fen if made.lines else opening_fen) == closing_fen
