"""Every line of docs/algorithms/licences.md; and what holds for any papers."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kewei.kernel.policies import BadPolicy
from kewei.receivables.tests.rules.worked import day, several, table
from kewei.terminals.rules.licences import LICENCE_KINDS, SCOPE_CLASSES, LicenceDates, licence_state
from kewei.terminals.rules.papers import (
    LICENCE_LADDER,
    POLICIES,
    REQUIRED,
    SCOPE,
    AuthorisedPerson,
    Paper,
    PaperPolicies,
    Papers,
    VetoOf,
    paper_findings,
    scope_findings,
    verification_due,
)
from kewei.terminals.rules.words import KINDS

PAGE = "licences.md"
TODAY = date(2026, 11, 23)
IN_FORCE = PaperPolicies(*(policy.read(policy.body) for policy in POLICIES))
BUYER = AuthorisedPerson(1, ("buy",), date(2027, 1, 1))
DAYS = st.dates(date(2000, 1, 1), date(2090, 1, 1))


def paper(text: str, scope: tuple[str, ...] = ()) -> Paper:
    kind, end = text.split()
    ends = None if end.strip("!") == "-" else day(end.strip("!"))
    return Paper(kind, "1", ends, scope=scope, suspended=end.endswith("!"), verified_on=date(2026, 1, 1))


def held(kind: str, *papers: Paper) -> Papers:
    return Papers(kind, licences=papers, authorised=(BUYER,))


def named(findings, level: str) -> list[str]:
    return [finding.rule for finding in findings if finding.level == level]


@pytest.mark.parametrize("case", table(PAGE, "ends", "today"), ids=lambda case: f"{case['ends']} on {case['today']}")
def test_ladder(case):
    state, rung = licence_state(LicenceDates("medical", day(case["ends"])), day(case["today"]), IN_FORCE.ladder)
    assert (state, str(rung or "")) == (case["state"], case["rung"])


@pytest.mark.parametrize("case", table(PAGE, "kind", "beds"), ids=lambda case: f"{case['kind']} {case['beds']}")
def test_verification(case):
    beds = int(case["beds"]) if case["beds"] else None
    last = day(case["last"]) if case["last"] else None
    due = verification_due(case["kind"], beds, last, IN_FORCE.verification)
    assert str(due or "") == case["holds until"]


@pytest.mark.parametrize("case", table(PAGE, "customer"), ids=lambda case: f"{case['customer']} {case['papers']}")
def test_papers(case):
    found = paper_findings(held(case["customer"], *map(paper, several(case["papers"]))), TODAY, IN_FORCE)
    assert named(found, "block") == several(case["block"])
    assert named(found, "warn") == several(case["warn"])


@pytest.mark.parametrize("case", table(PAGE, "class"), ids=lambda case: " ".join(case.values()))
def test_scope(case):
    licence = paper("business 2030-01-01", tuple(several(case["scope"])))
    papers = held(case["customer"], licence, *map(paper, several(case["extra"])))
    scope_class, prescription = ("general", "rx") if case["class"] == "rx" else (case["class"], "")
    found = scope_findings(papers, scope_class, prescription, False, TODAY, IN_FORCE)
    assert [f"{one.level} {one.rule}" for one in found] == ([case["answer"]] if case["answer"] else [])


def test_every_class_sold_to_every_kind_is_decided_exactly_once():
    table_in_force = IN_FORCE.scope
    assert table_in_force.doubts() == []
    assert all(table_in_force.row(scope_class, kind) for scope_class in SCOPE_CLASSES for kind in KINDS)
    assert {paper for row in table_in_force.rows for paper in row.papers} <= set(LICENCE_KINDS)


@pytest.mark.parametrize("at", range(len(SCOPE.body["rows"])))
def test_no_row_can_be_left_out_or_said_twice(at):
    rows = SCOPE.body["rows"]
    for wrong in (rows[:at] + rows[at + 1 :], [*rows, rows[at]]):
        with pytest.raises(BadPolicy):
            SCOPE.read({**SCOPE.body, "rows": wrong})


def test_every_kind_says_what_it_must_hold():
    assert set(REQUIRED.body) == set(KINDS)


@given(end=DAYS, today=DAYS)
def test_a_paper_is_good_on_its_last_day_and_not_on_the_next(end, today):
    papers = held("public_hospital", Paper("medical", "1", end, verified_on=today))
    blocked = named(paper_findings(papers, today, IN_FORCE), "block")
    assert blocked == ([] if today <= end else ["paper_expired"])


@given(end=DAYS, left=st.integers(-400, 400))
def test_rungs_only_tighten_as_days_pass(end, left):
    def loudness(on: date) -> tuple[int, int]:
        state, rung = licence_state(LicenceDates("medical", end), on, IN_FORCE.ladder)
        return ("valid", "ending", "expired").index(state), -(rung or 0)

    today = end - timedelta(days=left)
    assert loudness(today) <= loudness(today + timedelta(days=1))


@given(last=DAYS, beds=st.integers(0, 5000))
def test_a_verification_holds_whole_years(last, beds):
    due = verification_due("public_hospital", beds, last, IN_FORCE.verification)
    assert due is not None
    assert due.year - last.year == (3 if beds >= 100 else 1)
    assert (due.month, due.day) == ((2, 28) if (last.month, last.day) == (2, 29) else (last.month, last.day))


@given(
    kind=st.sampled_from(list(KINDS)), scope_class=st.sampled_from(list(SCOPE_CLASSES)),
    scope=st.lists(st.sampled_from(list(SCOPE_CLASSES))).map(tuple),
    more=st.sampled_from(list(LICENCE_KINDS)), prescription=st.sampled_from(["rx", ""]),
)  # fmt: skip
def test_a_veto_stops_every_class_and_more_papers_never_hurt(kind, scope_class, scope, more, prescription):
    papers = held(kind, Paper("business", "1", date(2030, 1, 1), scope=scope))
    vetoed = Papers(kind, licences=papers.licences, vetoes=(VetoOf(scope_class, "质管"),))
    assert "veto_class" in named(scope_findings(vetoed, scope_class, prescription, False, TODAY, IN_FORCE), "block")
    extra = held(kind, *papers.licences, Paper(more, "2", date(2030, 1, 1)))
    before = named(scope_findings(papers, scope_class, prescription, False, TODAY, IN_FORCE), "block")
    after = named(scope_findings(extra, scope_class, prescription, False, TODAY, IN_FORCE), "block")
    assert set(after) <= set(before)


@pytest.mark.parametrize(
    ("kinds", "until", "missing"),
    [(("buy",), None, True), (("buy",), date(2026, 11, 22), True), (("receive",), date(2027, 1, 1), True),
     (("buy",), date(2026, 11, 23), False)],
)  # fmt: skip
def test_an_authorisation_without_end_or_past_it_is_none(kinds, until, missing):
    papers = Papers("military", licences=(paper("superior_permit -"),), authorised=(AuthorisedPerson(1, kinds, until),))
    assert ("buyer_missing" in named(paper_findings(papers, TODAY, IN_FORCE), "warn")) is missing


def test_no_finding_that_blocks_can_be_waived():
    for kind in KINDS:
        found = list(paper_findings(Papers(kind, closed=True, vetoes=(VetoOf("", "质管"),)), TODAY, IN_FORCE))
        for scope_class in SCOPE_CLASSES:
            found += scope_findings(held(kind), scope_class, "rx", True, TODAY, IN_FORCE)
        assert not [one for one in found if one.level == "block" and one.waivable]


def test_the_policy_says_on_which_rungs_an_order_warns():
    """Shipped: on every rung (domain 4.1); a company that wants to hear of it only near the end says so."""
    end = TODAY + timedelta(days=60)
    papers = held("public_hospital", Paper("medical", "1", end, verified_on=TODAY))
    near = replace(IN_FORCE, ladder=LICENCE_LADDER.read({"days": [180, 90, 60, 30, 7], "warns": [30, 7]}))
    assert [one.level for one in paper_findings(papers, TODAY, IN_FORCE)] == ["warn"]
    assert [one.level for one in paper_findings(papers, TODAY, near)] == ["record"]
    assert LICENCE_LADDER.read({"days": [30, 7]}).warns == (30, 7)
    with pytest.raises(BadPolicy):
        LICENCE_LADDER.read({"days": [30, 7], "warns": [60]})
