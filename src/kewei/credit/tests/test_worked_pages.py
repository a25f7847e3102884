"""Every worked table of docs/algorithms limit, exposure, terms, holds, watching."""

import re
from datetime import date, timedelta

import pytest

from kewei.credit.rules import costs, holds, watching
from kewei.credit.rules.exposure import PARTS, Exposure
from kewei.credit.rules.limits import LIMIT, LimitFacts, suggest
from kewei.credit.rules.reviews import REVIEWS, last_before, refresh_due, review_due, state_of
from kewei.credit.rules.terms import STATUTORY, TERMS, StatutoryPolicy, statutory_term
from kewei.credit.rules.watching import Sight
from kewei.receivables.rules.bills import add_months
from kewei.receivables.tests.rules.worked import fen, several, table

DAY = date(2026, 11, 23)
WORKED = suggest(
    LimitFacts(
        grade="B", monthly_fen=300_000_00, term_days=60, net_worth_fen=2_000_000_00, working_capital_fen=800_000_00,
        turnover_fen=12_000_000_00, peer_limits_fen=(300_000_00, 400_000_00, 500_000_00),
    ),
    LIMIT.read(LIMIT.body), DAY,
)  # fmt: skip


@pytest.mark.parametrize("case", table("limit.md", "line"), ids=lambda case: case["line"])
def test_the_worked_limit(case):
    assert {line.code: line.fen for line in WORKED.lines}[case["line"]] == fen(case["yuan"])


def test_every_line_of_the_worked_limit_is_on_the_page():
    assert [line.code for line in WORKED.lines] == [case["line"] for case in table("limit.md", "line")]


@pytest.mark.parametrize("case", table("limit.md", "method"), ids=lambda case: case["method"])
def test_the_published_ways(case):
    assert {line.code: line.fen for line in WORKED.alternatives}[case["method"]] == fen(case["yuan"])


@pytest.mark.parametrize("case", table("limit.md", "balance"), ids=lambda case: case["balance"])
def test_what_credit_costs(case):
    days = int(case["days"])
    summed = costs.fen_days(fen(case["balance"]), [], DAY, DAY + timedelta(days=days - 1))
    assert costs.cost_fen(summed, int(case["rate bp"])) == fen(case["cost"])


def test_a_balance_is_summed_day_by_day_and_never_below_nought():
    last = DAY + timedelta(days=9)
    moves = [(DAY + timedelta(days=2), 100), (DAY + timedelta(days=5), -300), (DAY + timedelta(days=8), 250)]
    assert costs.fen_days(100, moves, DAY, last) == 100 * 2 + 200 * 3 + 0 * 3 + 150 * 2
    assert costs.fen_days(0, [(DAY, 7)], DAY, DAY) == 7


@pytest.mark.parametrize("case", table("exposure.md", "step"), ids=lambda case: case["step"])
def test_the_steps_of_exposure(case):
    parts = Exposure(*(fen(case[name]) for name in PARTS))
    assert parts.total_fen == fen(case["exposure"])


@pytest.mark.parametrize("case", table("terms.md", "kind"), ids=lambda case: case["kind"])
def test_the_longest_terms(case):
    terms = TERMS.read(TERMS.body)
    assert {grade: terms[grade][case["kind"]] for grade in "ABCD"} == {grade: int(case[grade]) for grade in "ABCD"}


@pytest.mark.parametrize("case", table("terms.md", "seller"), ids=lambda case: f"{case['seller']} {case['why']}")
def test_whether_the_regulation_applies(case):
    shipped = STATUTORY.read(STATUTORY.body)
    policy = StatutoryPolicy(
        case["seller"], case["declared"] == "yes", shipped.days, shipped.contract_days, shipped.large_days,
        shipped.daily_bp, shipped.provinces,
    )  # fmt: skip
    found = statutory_term(case["buyer"], case["buyer size"], case["province"], policy)
    assert found.why == case["why"]
    assert found.most_days == (int(case["most days"]) if case["most days"] else None)
    assert found.default_days == (int(case["default days"]) if case["default days"] else None)
    assert found.applies == (case["why"] in ("public", "large"))


@pytest.mark.parametrize("case", table("holds.md", "grade"), ids=lambda case: f"{case['grade']} {case['holds']}")
def test_what_holds(case):
    trouble = holds.Trouble(
        case["grade"], int(case["days overdue"]), int(case["bills dishonoured"]), fen(case["exposure"]),
        fen(case["limit"]), case["licence lost"] == "yes",
    )  # fmt: skip
    change = holds.changes(trouble, {}, (), holds.HOLDS.read(holds.HOLDS.body))
    assert list(change.place) == several(case["holds"])


def seen(kind, words):
    """The sight a line of the page describes."""
    first, last = (fen(text) for text in [*re.findall(r"\d[\d,.]*\d|\d", words), "0"][:2])
    days = first // 100
    if kind == "near_limit":
        return Sight(exposure_fen=first, limit_fen=last, limit_until=date(2027, 11, 1))
    if kind == "limit_ending":
        return Sight(limit_fen=1, limit_until=DAY + timedelta(days=days))
    if kind == "overdue_growing":
        return Sight(overdue_fen=last, overdue_before_fen=first)
    if kind == "rhythm":
        return Sight(invoice_days=tuple(DAY - timedelta(days=last // 100 + days * n) for n in range(4)))
    return Sight(papers=(("paper_ending", "medical", "X", days),))


@pytest.mark.parametrize("case", table("watching.md", "sign"), ids=lambda case: case["what is seen"])
def test_what_is_a_sign(case):
    policy = watching.WATCH.read(watching.WATCH.body)
    found = [sign.kind for sign in watching.signs(seen(case["sign"], case["what is seen"]), DAY, policy)]
    assert found == ([case["sign"]] if case["seen"] == "yes" else [])


def test_reviews_come_by_grade_and_before_the_limit_ends():
    policy = REVIEWS.read(REVIEWS.body)
    far = date(2028, 1, 1)
    due = {grade: review_due(DAY, grade, far, policy) for grade in "ABC"}
    assert due == {"A": date(2027, 11, 23), "B": date(2027, 5, 23), "C": date(2027, 2, 23)}
    assert review_due(DAY, "A", date(2027, 3, 1), policy) == date(2027, 3, 1)
    assert review_due(DAY, "D", far, policy) == far
    assert refresh_due(None, None, DAY, policy) == DAY
    for n in range(800):  # over all ends of months and a leap day
        today = date(2027, 1, 15) + timedelta(days=n)
        for months in (3, 6, 12):
            last = last_before(today, months)
            assert add_months(last, months) < today <= add_months(last + timedelta(days=1), months)
    assert refresh_due(date(2026, 5, 1), date(2026, 11, 1), DAY, policy) == date(2026, 11, 1)
    assert [state_of(DAY + timedelta(days=n), DAY, policy) for n in (-1, 0, 60, 61)] == [
        "overdue",
        "soon",
        "soon",
        "later",
    ]
